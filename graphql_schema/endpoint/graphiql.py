"""GraphiQL, for developers: a page and its files, served from here and not from elsewhere."""

from __future__ import annotations

from html import escape
from pathlib import Path

from starlette.staticfiles import StaticFiles

_FOLDER = Path(__file__).resolve().parent.parent / "static" / "graphiql"

_QUERY = """# 融 Rong. Ctrl-Enter runs the query; the documentation is in the book on the left.
# Sign in by adding a header below:  { "Authorization": "Bearer …" }
{
  __typename
}
"""

_PAGE = """<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Rong · GraphiQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="{assets}/graphiql.css">
  </head>
  <body>
    <div id="graphiql" data-query="{query}"></div>
    <script src="{assets}/graphiql.js"></script>
  </body>
</html>
"""

HEADERS: list[tuple[bytes, bytes]] = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:",
    ),
]


def page(assets: str) -> bytes:
    return _PAGE.format(assets=escape(assets, quote=True), query=escape(_QUERY, quote=True)).encode()


def assets() -> StaticFiles:
    """To be mounted where `page` looks for its files."""
    return StaticFiles(directory=_FOLDER)
