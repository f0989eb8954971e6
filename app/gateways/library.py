"""The library's system: readers, loans and reservations by SIP2 over TCP, its catalogue by SRU over HTTP.

NCIP would say the same in XML. SIP2 was chosen because every library system speaks it, and because there is little of
it: no kept library for either is on PyPI. SIP2 has no search; SRU (of the Library of Congress) is what such systems
offer for that, in Dublin Core.

One connection serves one use: it logs in, asks, and is closed. What is said carries card numbers and titles and is
never logged.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.etree.ElementTree import Element, ParseError

import httpx2
import structlog
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import SecretStr

from app.core.clock import CITY_TIME
from app.core.errors import Unavailable
from app.domains.life.culture.library.errors import ItemNotReserved, LoanNotRenewed
from app.domains.life.culture.library.model import Found, Holding, Loan, Reader, Reserved, Standing
from app.gateways.breaker import CircuitBreaker, CircuitOpen, CircuitState
from app.gateways.http import ATTEMPTS, OPEN, SECONDS, received, tls
from app.gateways.sip2 import LONGEST, Message, SipError, read, stamp, written

log = structlog.get_logger(__name__)
_NAME = "library"
_LINES = 16
_MOST_ITEMS = 50
_DIGITS = 9
_LONGEST_ADDRESS = 300
_MOST_XML = 2 * 1024 * 1024
_ON_SHELF = frozenset({"03", "3"})
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_SRU = "{http://www.loc.gov/zing/srw/}"
_DC = "{http://purl.org/dc/elements/1.1/}"


@dataclass(frozen=True, slots=True)
class Access:
    """Where the library is met, and as whom. `patience` in seconds, for one use."""

    host: str
    port: int
    user: str
    password: SecretStr
    institution: str
    search_url: str
    patience: float = 5.0


@dataclass(slots=True)
class _Line:
    """One connection, logged in."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    institution: str
    sequence: int = field(default=0)

    async def ask(self, code: str, fixed: str, fields: Sequence[tuple[str, str]], answer: str, length: int) -> Message:
        """Raises SipError, OSError."""
        sequence, self.sequence = self.sequence, (self.sequence + 1) % 10
        self.writer.write(written(code, fixed, fields, sequence))
        await self.writer.drain()
        try:
            line = await self.reader.readuntil(b"\r")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            raise SipError("hung up") from None
        return read(line, answer, length, sequence)

    async def patron(self, card: str, pin: str | None, summary: str = " " * 10, most: int = 0) -> Message:
        known: list[tuple[str, str]] = [("AO", self.institution), ("AA", card), ("AC", "")]
        known += [("AD", pin)] if pin is not None else [("AD", "")]
        known += [("BP", "1"), ("BQ", str(most))] if most else []
        return await self.ask("63", f"019{_now()}{summary}", known, "64", 59)

    async def item(self, item: str) -> Message:
        return await self.ask("17", _now(), [("AO", self.institution), ("AB", item), ("AC", "")], "18", 24)


class SipLibrary:
    """Fulfils `life.culture.library.model.LibrarySystem`."""

    def __init__(
        self,
        access: Access,
        *,
        breaker: CircuitBreaker | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._access = access
        self._breaker = breaker or CircuitBreaker()
        self._lines = asyncio.Semaphore(_LINES)
        self._http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(access.patience), transport=transport, verify=tls(), trust_env=False
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def reader(self, card: str, pin: str | None) -> Reader | None:
        async with self._line() as line:
            answer = await line.patron(card, pin)
        if not _yes(answer, "BL") or (pin is not None and not _yes(answer, "CQ")):
            return None
        # What is fixed: 14 places of standing, language, date, then counts of four digits each.
        held, overdue, charged = (answer.number(35 + 4 * n, 4) for n in range(3))
        return Reader(answer.first("AE"), charged, overdue, held, barred=answer.says(0))

    async def loans(self, card: str) -> list[Loan]:
        async with self._line() as line:
            answer = await line.patron(card, None, _summary(2), _MOST_ITEMS)
            items = [one for one in answer.fields.get("AU", ()) if one][:_MOST_ITEMS]
            return [_loan(one, await line.item(one)) for one in items]

    async def reservations(self, card: str) -> list[Reserved]:
        async with self._line() as line:
            answer = await line.patron(card, None, _summary(0), _MOST_ITEMS)
            items = [one for one in answer.fields.get("AS", ()) if one][:_MOST_ITEMS]
            found = [(one, await line.item(one)) for one in items]
        return [Reserved(item, told.first("AJ"), ready=told.fixed[:2] == "08") for item, told in found]

    async def renew(self, card: str, item: str) -> Loan:
        async with self._line() as line:
            known = [("AO", line.institution), ("AA", card), ("AB", item), ("AC", ""), ("BO", "N")]
            answer = await line.ask("29", f"NN{_now()}{' ' * 18}", known, "30", 22)
        if not answer.says(0):
            raise LoanNotRenewed(_reason(answer))
        return Loan(item, answer.first("AJ"), _day(answer.first("AH")))

    async def reserve(self, card: str, item: str) -> None:
        await self._hold("+", card, item)

    async def cancel(self, card: str, item: str) -> None:
        await self._hold("-", card, item)

    async def item(self, item: str) -> Standing | None:
        async with self._line() as line:
            answer = await line.item(item)
        if answer.fixed[:2] == "01" and not answer.first("AJ"):  # "other", and no title: it knows none
            return None
        return Standing(
            item,
            answer.first("AJ"),
            answer.fixed[:2] in _ON_SHELF,
            _day(answer.first("AH")),
            _count(answer.first("CF")) or 0,
            answer.first("AQ"),
        )

    async def search(self, words: str, start: int, most: int) -> Found:
        said = words.replace("\\", " ").replace('"', " ")
        asked = {
            "version": "1.2",
            "operation": "searchRetrieve",
            "query": f'cql.serverChoice all "{said}"',
            "startRecord": str(start + 1),
            "maximumRecords": str(most),
            "recordSchema": "dc",
        }
        self._admit()
        began = time.perf_counter()
        try:
            answer = await received(
                self._http,
                "GET",
                self._access.search_url,
                most=_MOST_XML,
                seconds=self._access.patience,
                params=asked,
            )
        except httpx2.RequestError as error:
            raise self._failed("unreachable") from error
        finally:
            SECONDS.labels(_NAME).observe(time.perf_counter() - began)
        if answer.status_code != 200:
            raise self._failed("failed")
        try:
            found = _found(fromstring(answer.content))
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # LookupError: an unknown encoding
            raise self._failed("not_understood") from error
        self._succeeded()
        return found

    async def _hold(self, mode: str, card: str, item: str) -> None:
        async with self._line() as line:
            known = [("BY", "2"), ("AO", line.institution), ("AA", card), ("AB", item), ("AC", ""), ("BO", "N")]
            answer = await line.ask("15", f"{mode}{_now()}", known, "16", 20)
        if not answer.says(0):
            raise ItemNotReserved(_reason(answer))

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[_Line]:
        """Logged in, for one use. Whatever goes wrong with it is told as Unavailable."""
        self._admit()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._access.patience), self._lines, self._connected() as line:
                yield line
        except TimeoutError as error:
            raise self._failed("timeout") from error
        except (SipError, OSError) as error:
            raise self._failed("not_understood" if isinstance(error, SipError) else "unreachable") from error
        except (LoanNotRenewed, ItemNotReserved):
            self._succeeded()
            raise
        finally:
            SECONDS.labels(_NAME).observe(time.perf_counter() - began)
        self._succeeded()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[_Line]:
        access = self._access
        reader, writer = await asyncio.open_connection(access.host, access.port, limit=LONGEST)
        try:
            line = _Line(reader, writer, access.institution)
            said = [("CN", access.user), ("CO", access.password.get_secret_value()), ("CP", access.institution)]
            answer = await line.ask("93", "00", said, "94", 1)
            if not answer.says(0):
                raise SipError("not let in")
            yield line
        finally:
            writer.close()

    def _admit(self) -> None:
        try:
            self._breaker.admit()
        except CircuitOpen:
            ATTEMPTS.labels(_NAME, "circuit_open").inc()
            raise Unavailable from None

    def _succeeded(self) -> None:
        self._breaker.succeeded()
        OPEN.labels(_NAME).set(0)
        ATTEMPTS.labels(_NAME, "ok").inc()

    def _failed(self, outcome: str) -> Unavailable:
        self._breaker.failed()
        is_open = self._breaker.state is not CircuitState.CLOSED
        OPEN.labels(_NAME).set(is_open)
        ATTEMPTS.labels(_NAME, outcome).inc()
        log.warning("gateway_failed", gateway=_NAME, outcome=outcome, circuit_open=is_open)
        return Unavailable()


def _now() -> str:
    return stamp(datetime.now(CITY_TIME))


def _summary(place: int) -> str:
    """Which list is asked for: one `Y` among ten places."""
    return "".join("Y" if n == place else " " for n in range(10))


def _yes(answer: Message, name: str) -> bool:
    return answer.first(name) == "Y"


def _reason(answer: Message) -> str:
    """The library's own words, for the reader."""
    said = "".join(c for c in answer.first("AF") if c.isprintable())
    return said[:120]


def _count(text: str) -> int | None:
    """None: it is none, or more than any library has."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def _day(text: str) -> date | None:
    """Of a due date, which SIP2 leaves to the library's habit: `20261130`, `2026-11-30`, with or without a time."""
    found = _DATE.match(text.strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _loan(item: str, told: Message) -> Loan:
    return Loan(item, told.first("AJ"), _day(told.first("AH")))


def _found(root: Element) -> Found:
    """Raises ValueError."""
    total = _count((root.findtext(f"{_SRU}numberOfRecords") or "").strip())
    if total is None:
        raise ValueError("no answer to a search")
    return Found(total, tuple(_holding(record) for record in root.iter(f"{_SRU}record")))


def _holding(record: Element) -> Holding:
    def text(name: str) -> str:
        found = next(record.iter(f"{_DC}{name}"), None)
        return (found.text or "").strip()[:200] if found is not None else ""

    branch, _, shelf = text("coverage").partition("/")
    known = [(one.text or "").strip() for one in record.iter(f"{_DC}identifier")]
    return Holding(
        item=next((one[:200] for one in known if "://" not in one), ""),
        online=next((one for one in known if _is_address(one)), ""),
        title=text("title"),
        author=text("creator"),
        publisher=text("publisher"),
        year=text("date")[:4],
        branch=branch.strip(),
        shelf=shelf.strip(),
    )


def _is_address(said: str) -> bool:
    return said.startswith(("https://", "http://")) and len(said) <= _LONGEST_ADDRESS
