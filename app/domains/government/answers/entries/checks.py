"""Whether an entry can stand as it is written, whoever wrote it and by which way.

An answer is plain Markdown: raw HTML and pictures are refused at the door, and links go to https, tel and mailto only,
so that a client may draw it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domains.government.answers.entries.errors import (
    AnswerFault,
    AnswerMisfit,
    AnswerReasonMissing,
    AnswerUnfit,
)
from app.domains.government.answers.entries.model import Answer, Link

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}")
QUESTION, LINE, TEXT, URL, KEYWORD = 120, 300, 8_000, 500, 40
MOST = {"questions": 20, "steps": 20, "links": 10, "items": 10, "keywords": 20}
_MARKDOWN = MarkdownIt("commonmark", {"html": True})
# Every address is read as a link, as a careless client would: which may stand here is decided below.
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign]
_REFUSED = frozenset({"html_block", "html_inline", "image"})
_SCHEMES = frozenset({"https", "tel", "mailto"})


def demand_fit(answer: Answer) -> None:
    """Raises AnswerUnfit with every fault."""
    if faults := tuple(unfit(answer)):
        raise AnswerUnfit(faults)


def parsed_reason(reason: str) -> str:
    """Raises AnswerReasonMissing."""
    said = " ".join(reason.split())
    if not 2 <= len(said) <= 500 or not said.isprintable():
        raise AnswerReasonMissing
    return said


def unfit(answer: Answer) -> Iterator[AnswerFault]:
    if not CODE.fullmatch(answer.code):
        yield AnswerFault("code", AnswerMisfit.FORM)
    for name, most in MOST.items():
        if len(getattr(answer, name)) > most:
            yield AnswerFault(name, AnswerMisfit.TOO_MANY)
    yield from _questions(answer)
    yield from _markdown("body.zh", answer.body.zh, needed=True)
    yield from _markdown("body.en", answer.body.en)
    for n, step in enumerate(answer.steps):
        yield from _line(f"steps.{n}", step.zh, LINE, needed=True)
        yield from _line(f"steps.{n}", step.en, LINE)
    for n, link in enumerate(answer.links):
        yield from _link(f"links.{n}", link)
    yield from _each("items", answer.items, CODE)
    for n, word in enumerate(answer.keywords):
        yield from _line(f"keywords.{n}", word, KEYWORD, needed=True)


def _questions(answer: Answer) -> Iterator[AnswerFault]:
    if not answer.questions:
        yield AnswerFault("questions", AnswerMisfit.MISSING)
    for n, question in enumerate(answer.questions):
        yield from _line(f"questions.{n}", question, QUESTION, needed=True)
        if question in answer.questions[:n]:
            yield AnswerFault(f"questions.{n}", AnswerMisfit.TWICE)
    yield from _line("title_en", answer.title_en, QUESTION)


def _line(place: str, text: str, most: int, *, needed: bool = False) -> Iterator[AnswerFault]:
    if needed and not text.strip():
        yield AnswerFault(place, AnswerMisfit.MISSING)
    if len(text) > most:
        yield AnswerFault(place, AnswerMisfit.TOO_LONG)
    if text and not text.isprintable():
        yield AnswerFault(place, AnswerMisfit.FORM)


def _each(name: str, values: tuple[str, ...], form: re.Pattern[str]) -> Iterator[AnswerFault]:
    for n, value in enumerate(values):
        if not form.fullmatch(value):
            yield AnswerFault(f"{name}.{n}", AnswerMisfit.FORM)
        elif value in values[:n]:
            yield AnswerFault(f"{name}.{n}", AnswerMisfit.TWICE)


def _link(place: str, link: Link) -> Iterator[AnswerFault]:
    yield from _line(place, link.name, QUESTION, needed=True)
    if len(link.url) > URL or not _is_open(link.url):
        yield AnswerFault(place, AnswerMisfit.ADDRESS)


def _markdown(place: str, text: str, *, needed: bool = False) -> Iterator[AnswerFault]:
    if needed and not text.strip():
        yield AnswerFault(place, AnswerMisfit.MISSING)
    if len(text) > TEXT:
        yield AnswerFault(place, AnswerMisfit.TOO_LONG)
        return
    if not text.replace("\n", "").isprintable():
        yield AnswerFault(place, AnswerMisfit.FORM)
        return
    tokens = list(_all(_MARKDOWN.parse(text)))
    if any(token.type in _REFUSED for token in tokens):
        yield AnswerFault(place, AnswerMisfit.HTML)
    if not all(_is_open(str(token.attrGet("href"))) for token in tokens if token.type == "link_open"):
        yield AnswerFault(place, AnswerMisfit.ADDRESS)


def _all(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


def _is_open(url: str) -> bool:
    """An address anybody may follow, without a user's name in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    whole = bool(parts.hostname) and "@" not in parts.netloc if parts.scheme == "https" else bool(parts.path)
    return parts.scheme in _SCHEMES and whole and url.isprintable() and " " not in url
