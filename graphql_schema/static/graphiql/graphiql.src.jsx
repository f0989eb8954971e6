// GraphiQL for Rong: one file, bundled from the packages listed in THIRD_PARTY.md.
import React from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-ws';

const root = document.getElementById('graphiql');
const endpoint = window.location.pathname;
const socketUrl = window.location.origin.replace(/^http/, 'ws') + endpoint;

let headers = {};
// Browsers cannot set headers on a WebSocket: the header editor's content travels as connection_init's payload.
const wsClient = createClient({ url: socketUrl, lazy: true, lazyCloseTimeout: 0, connectionParams: () => headers });
const fetcher = createGraphiQLFetcher({ url: endpoint, wsClient });

function fetchWithHeaders(params, options) {
  headers = options?.headers ?? {};
  return fetcher(params, options);
}

createRoot(root).render(
  <GraphiQL fetcher={fetchWithHeaders} defaultQuery={root.dataset.query} isHeadersEditorEnabled shouldPersistHeaders />,
);
