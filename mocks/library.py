"""Stand-in for a library's system: SIP2 over a real socket (`RONG_MOCKS_LIBRARY`, as `host:port`), SRU with Dublin Core
at `/library/sru`.

It knows some readers and books. A loan is renewed twice at most, not when another reader waits for it, and not when it
is overdue; its reasons are told in the answer, as such systems do.

`POST /control/library/sip` with JSON makes it misbehave: `checksum` (the sums of answers are wrong), `hang_up` (the
connection is closed after a question), `lose_answer` (it does what it is told, and then hangs up), `slow_ms`,
`garbage` (an answer that is no SIP2), `refuse` (nobody is let in), each for the next `next` questions, or until
`DELETE`. `POST /control/library/waiting` has another reader wait for an item; `POST /control/library/back` brings one
back. Faults of SRU are set at `/control/library/faults`, as everywhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.standin import StandIn, control_body

_CITY = timezone(timedelta(hours=8))
_MOST_RENEWALS, _LOAN = 2, timedelta(days=30)
# The places of fixed length that come before the fields of each question.
_FIXED = {"93": 2, "63": 31, "17": 18, "29": 38, "15": 19}


class SipFaults(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    checksum: bool = False
    hang_up: bool = False
    lose_answer: bool = False
    garbage: bool = False
    refuse: bool = False
    slow_ms: int = Field(default=0, ge=0, le=60_000)
    next: int | None = Field(default=None, ge=0)


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    item: str = Field(min_length=1, max_length=40)
    card: str = Field(default="FZL200933", max_length=40)


@dataclass
class Reader:
    card: str
    pin: str
    name: str


@dataclass
class Book:
    item: str
    title: str
    author: str
    publisher: str
    year: str
    branch: str
    shelf: str
    reader: str | None = None
    due: date | None = None
    renewed: int = 0
    waiting: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Ebook:
    """Read online, at `/library/read/CODE`; it stands on no shelf."""

    code: str
    title: str
    author: str
    publisher: str
    year: str
    text: str


def _today() -> date:
    return datetime.now(_CITY).date()


def _data() -> dict[str, Any]:
    return tomllib.loads(files("mocks").joinpath("data", "life", "library.toml").read_text(encoding="utf-8"))


def _known() -> tuple[dict[str, Reader], dict[str, Book]]:
    data = _data()
    readers = {row["card"]: Reader(**row) for row in data["reader"]}
    return readers, {row["item"]: _book(row) for row in data["book"]}


def _book(row: dict[str, Any]) -> Book:
    out = row.pop("out", None)
    book = Book(**row)
    if out is not None:
        book.reader, book.due = out["card"], _today() + timedelta(days=out["days"])
    return book


class Library(StandIn):
    name = "library"

    def __init__(self, user: str = "", password: str = "", port: int | None = None, host: str = "127.0.0.1") -> None:
        super().__init__()
        self._host = host
        self.readers, self.books = _known()
        self.ebooks = {row["code"]: Ebook(**row) for row in _data()["ebook"]}
        self.sip = SipFaults()
        self.port = port
        self._access = user, password
        self._server: asyncio.Server | None = None
        self._answers = {"63": self._patron, "17": self._item, "29": self._renew, "15": self._hold}

    @classmethod
    def from_environment(cls) -> Library:
        host, _, port = os.environ.get("RONG_MOCKS_LIBRARY", "").rpartition(":")
        password = os.environ.get("RONG_LIBRARY_PASSWORD", "")
        return cls(os.environ.get("RONG_LIBRARY_USER", ""), password, int(port) if port else None, host or "127.0.0.1")

    async def start(self) -> None:
        """Where no port was given SIP2 is not spoken."""
        if self.port is not None:
            self._server = await asyncio.start_server(self._served, self._host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def aclose(self) -> None:
        if self._server is not None:
            self._server.close()

    # HTTP

    def refusal(self, faults: Faults) -> Response:
        return Response("the catalogue is down", faults.status or 503)

    def routes(self) -> list[Route]:
        async def search(request: Request) -> Response:
            return await self.switch.guard(lambda: self._search(request), self.refusal)

        return [
            Route("/library/sru", search, methods=["GET"]),
            Route("/library/read/{code}", self._read, methods=["GET"]),
            Route("/control/library/sip", self._set_sip, methods=["POST"]),
            Route("/control/library/sip", self._clear_sip, methods=["DELETE"]),
            Route("/control/library/waiting", self._wait, methods=["POST"]),
            Route("/control/library/back", self._back, methods=["POST"]),
        ]

    async def _search(self, request: Request) -> Response:
        asked = request.query_params
        words = asked.get("query", "").partition('"')[2].rpartition('"')[0].lower().split()
        all_: list[Book | Ebook] = [*self.books.values(), *self.ebooks.values()]
        found = [one for one in all_ if words and all(word in _text(one) for word in words)]
        start, most = int(asked.get("startRecord", "1")), int(asked.get("maximumRecords", "10"))
        records = "".join(_record(one, str(request.base_url)) for one in found[start - 1 : start - 1 + most])
        xml = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><version>1.2</version>'
            f"<numberOfRecords>{len(found)}</numberOfRecords><records>{records}</records></searchRetrieveResponse>"
        )
        return Response(xml, media_type="application/xml")

    async def _read(self, request: Request) -> Response:
        """A page of an online book."""
        book = self.ebooks.get(request.path_params["code"])
        if book is None:
            return Response("no such book", 404)
        said = "".join(f"<p>{escape(line)}</p>" for line in book.text.splitlines())
        return HTMLResponse(
            f"<!doctype html><html lang=zh-CN><title>{escape(book.title)}</title><h1>{escape(book.title)}</h1>{said}"
        )

    async def _set_sip(self, request: Request) -> Response:
        self.sip = await control_body(request, SipFaults)
        return JSONResponse(self.sip.model_dump())

    async def _clear_sip(self, request: Request) -> Response:
        self.sip = SipFaults()
        self.readers, self.books = _known()
        return JSONResponse(self.sip.model_dump())

    async def _wait(self, request: Request) -> Response:
        body = await control_body(request, _Item)
        self.books[body.item].waiting.append(body.card)
        return JSONResponse({"waiting": len(self.books[body.item].waiting)})

    async def _back(self, request: Request) -> Response:
        body = await control_body(request, _Item)
        self.brought_back(body.item)
        return JSONResponse({"item": body.item})

    def brought_back(self, item: str) -> None:
        book = self.books[item]
        book.reader, book.due, book.renewed = None, None, 0

    # SIP2

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        let_in = False
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            while line := await reader.readuntil(b"\r"):
                question = line.strip(b"\r\n").decode()
                code, struck = question[:2], self._struck()
                self.calls.append(f"sip {code}")
                await asyncio.sleep(struck.slow_ms / 1000)
                if struck.hang_up:
                    break
                let_in = self._lets_in(question, struck) if code == "93" else let_in
                body = f"94{int(let_in)}" if code == "93" else self._said(question, let_in=let_in)
                if struck.lose_answer and code != "93":
                    break
                writer.write(_line(body, question, wrong=struck.checksum) if not struck.garbage else b"\x00\xffwhat\r")
                await writer.drain()
        writer.close()

    def _struck(self) -> SipFaults:
        faults = self.sip
        if faults.next is None:
            return faults
        if faults.next == 0:
            return SipFaults()
        self.sip = faults.model_copy(update={"next": faults.next - 1})
        return faults

    def _lets_in(self, question: str, struck: SipFaults) -> bool:
        asked = _fields(question)
        given = f"{asked.get('CN', '')}\0{asked.get('CO', '')}"
        return not struck.refuse and secrets.compare_digest(given.encode(), "\0".join(self._access).encode())

    def _said(self, question: str, *, let_in: bool) -> str:
        answer = self._answers.get(question[:2])
        if answer is None or not let_in:
            return "96"  # "please send that again": it has nothing better to say
        return answer(question[2 : 2 + _FIXED[question[:2]]], _fields(question))

    def _patron(self, fixed: str, asked: dict[str, str]) -> str:
        card, pin, wanted = asked.get("AA", ""), asked.get("AD", ""), fixed[21:31]
        reader = self.readers.get(card)
        out = [one for one in self.books.values() if one.reader == card]
        late = [one for one in out if one.due is not None and one.due < _today()]
        held = [one for one in self.books.values() if card in one.waiting]
        counts = "".join(f"{len(some):04d}" for some in (held, late, out, (), (), ()))
        lists = [("AS", one.item) for one in held if wanted[0] == "Y"]
        lists += [("AU", one.item) for one in out if wanted[2] == "Y"]
        said = [("AO", asked.get("AO", "")), ("AA", card), ("AE", reader.name if reader else "")]
        said += [("BL", "Y" if reader else "N")]
        said += [("CQ", "Y" if reader and secrets.compare_digest(reader.pin.encode(), pin.encode()) else "N")]
        return f"64{' ' * 14}019{_now()}{counts}{_joined([*said, *lists])}"

    def _item(self, fixed: str, asked: dict[str, str]) -> str:
        book = self.books.get(asked.get("AB", ""))
        if book is None:
            return f"18010001{_now()}{_joined([('AB', asked.get('AB', '')), ('AJ', ''), ('AF', '没有这本书')])}"
        status = "04" if book.reader else ("08" if book.waiting else "03")
        due = f"{book.due:%Y%m%d}    235900" if book.due else ""
        said = [("CF", str(len(book.waiting))), ("AH", due), ("AB", book.item), ("AJ", book.title), ("AQ", book.branch)]
        return f"18{status}0001{_now()}{_joined(said)}"

    def _renew(self, fixed: str, asked: dict[str, str]) -> str:
        book, card = self.books.get(asked.get("AB", "")), asked.get("AA", "")
        why = self._why_not_renewed(book, card)
        if book is not None and book.due is not None and not why:
            book.due, book.renewed = max(book.due, _today()) + _LOAN, book.renewed + 1
        due = f"{book.due:%Y%m%d}    235900" if book is not None and book.due else ""
        said = [("AO", asked.get("AO", "")), ("AA", card), ("AB", asked.get("AB", ""))]
        said += [("AJ", book.title if book else ""), ("AH", due), ("AF", why)]
        ok = "0NUN" if why else "1YUN"
        return f"30{ok}{_now()}{_joined(said)}"

    def _why_not_renewed(self, book: Book | None, card: str) -> str:
        if book is None or book.reader != card:
            return "您没有借这本书"
        if book.due is not None and book.due < _today():
            return "图书已逾期，请先归还"
        if book.waiting:
            return "有其他读者预约，不能续借"
        return "已达到续借次数上限" if book.renewed >= _MOST_RENEWALS else ""

    def _hold(self, fixed: str, asked: dict[str, str]) -> str:
        book, card, why = self.books.get(asked.get("AB", "")), asked.get("AA", ""), ""
        if book is None or card not in self.readers:
            why = "没有这本书或读者证"
        elif fixed[0] == "+":
            why = self._why_not_held(book, card)
            book.waiting += [] if why else [card]
        elif card in book.waiting:
            book.waiting.remove(card)
        else:
            why = "您没有预约这本书"
        said = [("AO", asked.get("AO", "")), ("AA", card), ("AB", asked.get("AB", "")), ("AF", why)]
        return f"16{int(not why)}N{_now()}{_joined(said)}"

    def _why_not_held(self, book: Book, card: str) -> str:
        if book.reader == card:
            return "您已借出这本书"
        if card in book.waiting:
            return "您已预约这本书"
        return "预约人数已满" if len(book.waiting) >= 5 else ""


def _fields(question: str) -> dict[str, str]:
    body = question.rpartition("AY")[0]
    parts = body[2 + _FIXED.get(question[:2], 0) :].split("|")
    return {part[:2]: part[2:] for part in parts if len(part) >= 2}


def _line(body: str, question: str, *, wrong: bool) -> bytes:
    said = f"{body}AY{question.rpartition('AY')[2][:1]}AZ".encode()
    total = (sum(said) + (1 if wrong else 0)) & 0xFFFF
    return said + f"{(0x10000 - total) & 0xFFFF:04X}\r".encode()


def _joined(fields: list[tuple[str, str]]) -> str:
    return "".join(f"{name}{value}|" for name, value in fields)


def _now() -> str:
    return f"{datetime.now(_CITY):%Y%m%d    %H%M%S}"


def _text(one: Book | Ebook) -> str:
    return f"{one.title} {one.author} {one.publisher} {one.item if isinstance(one, Book) else one.code}".lower()


def _record(one: Book | Ebook, base: str) -> str:
    parts = {
        "title": one.title,
        "creator": one.author,
        "publisher": one.publisher,
        "date": one.year,
        **_where(one, base),
    }
    said = "".join(f"<dc:{name}>{escape(value)}</dc:{name}>" for name, value in parts.items())
    return (
        "<record><recordSchema>info:srw/schema/1/dc-v1.1</recordSchema><recordPacking>xml</recordPacking><recordData>"
        f'<srw_dc:dc xmlns:srw_dc="info:srw/schema/1/dc-schema" xmlns:dc="http://purl.org/dc/elements/1.1/">{said}'
        "</srw_dc:dc></recordData></record>"
    )


def _where(one: Book | Ebook, base: str) -> dict[str, str]:
    if isinstance(one, Ebook):
        return {"identifier": f"{base}library/read/{one.code}"}
    return {"identifier": one.item, "coverage": f"{one.branch} / {one.shelf}"}
