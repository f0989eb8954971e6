"""`/docs`: the repository's documents, for developers.

A document is found by its address among those that are there; an address is never made into a path, so there is
nothing to climb out of. HTML within a document stays text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from app.pages.rendering import HEADERS, Pages

_HOUSE = Path(__file__).resolve().parents[2]
_AT_THE_ROOT = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
_FIRST = ("root/README.md", "README.md")
_PICTURES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
_MERMAID_PICTURE = re.compile(r"%% picture: (\S+)")


@dataclass(frozen=True, slots=True)
class Document:
    """`place` is its path in the repository, with slashes."""

    place: str
    file: Path

    @property
    def title(self) -> str:
        first = self.file.read_text(encoding="utf-8").partition("\n")[0]
        return first.lstrip("# ").replace("`", "").strip() or self.place


class Library:
    """What may be shown: Markdown and pictures under `docs/`, and a few files at the root."""

    def __init__(self, house: Path = _HOUSE) -> None:
        self._house = house

    def find(self, address: str) -> Document | None:
        """By its address below `/docs/`; the index for none."""
        return self._all().get(address or "README.md")

    def documents(self) -> list[tuple[str, Document]]:
        """(address, document) of every text, where to begin first."""
        texts = [(address, one) for address, one in self._all().items() if one.file.suffix == ".md"]
        return sorted(texts, key=lambda pair: (pair[0] not in _FIRST, pair[0].count("/"), pair[0]))

    def addresses(self) -> dict[str, str]:
        """Place in the repository → the address under which it is shown."""
        return {one.place: address for address, one in self._all().items()}

    def _all(self) -> dict[str, Document]:
        """Looked up anew each time: a developer is writing them."""
        folder = self._house / "docs"
        shown = {".md", *_PICTURES}
        below = (file for file in folder.rglob("*") if file.suffix in shown and file.is_file())
        found = {
            file.relative_to(folder).as_posix(): Document(file.relative_to(self._house).as_posix(), file)
            for file in sorted(below)
            if not file.is_symlink()
        }
        root = {f"root/{name}": Document(name, self._house / name) for name in _AT_THE_ROOT}
        return found | {address: one for address, one in root.items() if one.file.is_file()}


class DocumentPages:
    def __init__(self, pages: Pages, library: Library | None = None) -> None:
        self._pages = pages
        self._library = library or Library()

    def answer(self, request: Request) -> Response:
        found = self._library.find(request.path_params.get("path", ""))
        if found is None:
            return self._pages.missing(request)
        if media_type := _PICTURES.get(found.file.suffix):
            return Response(
                found.file.read_bytes(), headers={**HEADERS, "cache-control": "no-cache"}, media_type=media_type
            )
        text = found.file.read_text(encoding="utf-8")
        return self._pages.page(
            request,
            "document.html",
            title=found.title,
            place=found.place,
            body=Markup(render(text, found.place, self._library)),  # noqa: S704  (made here, from text)
            shelf=[(address, one.title, one.place == found.place) for address, one in self._library.documents()],
        )


def render(text: str, place: str, library: Library) -> str:
    """A document as HTML, its links leading to where our pages show the same."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("fence", _fence)
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    tokens = markdown.parse(text)
    addresses = library.addresses()
    _lead_home(tokens, place, addresses)
    _name_headings(tokens)
    return str(markdown.renderer.render(tokens, markdown.options, {"place": place, "addresses": addresses}))


def _lead_home(tokens: Sequence[Token], place: str, addresses: Mapping[str, str]) -> None:
    """Links and pictures, from where the document lies to where it is shown. What is not shown is no link."""
    for token in _inline(tokens):
        if token.type == "image":
            token.attrs["src"] = local(str(token.attrs["src"]), place, addresses) or ""
            token.attrs["loading"] = "lazy"
        if token.type == "link_open":
            target = local(str(token.attrs["href"]), place, addresses)
            token.attrs = {"href": target} if target is not None else {}


def local(target: str, place: str, addresses: Mapping[str, str]) -> str | None:
    """The address of what `target` means in the document at `place`; None when our pages do not show it."""
    address, fragment = urldefrag(target)
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return target if parts.scheme in ("http", "https", "mailto") else None
    if not address:
        return f"#{fragment}"
    found = addresses.get(posixpath.normpath(posixpath.join(posixpath.dirname(place), parts.path)))
    return None if found is None else f"/docs/{found}" + (f"#{fragment}" if fragment else "")


def _name_headings(tokens: Sequence[Token]) -> None:
    """The anchors that GitHub gives: lower case, words joined by hyphens."""
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            kept = re.sub(r"[^\w\- ]", "", inside.content.lower())
            token.attrs["id"] = kept.strip().replace(" ", "-")


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _inline(token.children or ())


def _fence(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A diagram is drawn by a script elsewhere; here the picture that its first line names stands for it."""
    token = tokens[index]
    picture = _MERMAID_PICTURE.match(token.content) if token.info.strip() == "mermaid" else None
    source = local(picture[1], env["place"], env["addresses"]) if picture else None
    if source is None:
        return RendererHTML.fence(self, tokens, index, options, env)
    return f'<p><img src="{escape(source)}" alt=""></p>\n'


def _table_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return '<div class="wide"><table>\n'  # wide tables scroll by themselves on a phone


def _table_close(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "</table></div>\n"
