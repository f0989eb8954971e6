// GraphiQL for Rong: one file, bundled from the packages listed in THIRD_PARTY.md.
import React from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-ws';

const root = document.getElementById('graphiql');
const endpoint = window.location.pathname;
const socketUrl = window.location.origin.replace(/^http/, 'ws') + endpoint;

let headers = {};
// Browsers cannot set headers on a WebSocket: the header editor's content travels as connection_init's payload.
const socket = createClient({ url: socketUrl, lazyCloseTimeout: 0, connectionParams: () => headers });

function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false; // the server says what is wrong with it
  }
}

async function fetcher(params, options) {
  headers = options?.headers ?? {};
  if (isSubscription(params)) return socket.iterate(params);
  const sent = { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers };
  const response = await fetch(endpoint, { method: 'POST', headers: sent, body: JSON.stringify(params) });
  return response.json();
}

createRoot(root).render(
  <GraphiQL fetcher={fetcher} defaultQuery={root.dataset.query} isHeadersEditorEnabled shouldPersistHeaders />,
);
