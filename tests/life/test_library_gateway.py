"""The library's client against its stand-in, over a real socket: what it is told, and what it makes of nonsense."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.errors import Unavailable
from app.domains.life.culture.library.errors import ItemNotReserved, LoanNotRenewed
from app.gateways.breaker import CircuitBreaker
from app.gateways.library import Access, SipLibrary
from app.gateways.sip2 import Message, SipError, checksum, read, written
from mocks.library import Library, SipFaults

READER, OTHER, BOOK, LATE = "FZL200417", "FZL200933", "LB0010021", "LB0010028"


@pytest.fixture
async def stand_in() -> AsyncIterator[Library]:
    library = Library("rong", "secret", port=0)
    await library.start()
    yield library
    await library.aclose()


@pytest.fixture
async def library(stand_in: Library) -> AsyncIterator[SipLibrary]:
    assert stand_in.port is not None
    app = Starlette(routes=stand_in.routes())
    url = "http://library.test/library/sru"
    access = Access("127.0.0.1", stand_in.port, "rong", SecretStr("secret"), "FZ", url, patience=1.0)
    client = SipLibrary(access, breaker=CircuitBreaker(threshold=1000), transport=httpx2.ASGITransport(app))
    yield client
    await client.aclose()


async def test_a_reader_is_known_by_card_and_pin(library: SipLibrary) -> None:
    reader = await library.reader(READER, "2580")
    assert reader is not None
    assert (reader.name, reader.loans, reader.overdue, reader.reservations) == ("林晓峰", 2, 0, 0)
    assert await library.reader(READER, "0000") is None
    assert await library.reader("FZL000000", None) is None


async def test_loans_come_with_their_titles_and_days(library: SipLibrary) -> None:
    loans = {one.item: one for one in await library.loans(READER)}
    assert loans[BOOK].title == "福州坊巷志"
    assert {one.due is not None for one in loans.values()} == {True}


async def test_a_loan_is_renewed_until_the_library_says_why_not(library: SipLibrary, stand_in: Library) -> None:
    before = stand_in.books[BOOK].due
    assert isinstance(before, date)
    assert (await library.renew(READER, BOOK)).due == before + timedelta(days=30)
    await library.renew(READER, BOOK)
    with pytest.raises(LoanNotRenewed, match="LOAN_NOT_RENEWED") as refused:
        await library.renew(READER, BOOK)
    assert refused.value.reason == "已达到续借次数上限"


@pytest.mark.parametrize(("card", "item", "why"), [(OTHER, LATE, "逾期"), (READER, LATE, "没有借")])
async def test_why_a_loan_is_not_renewed_is_told(library: SipLibrary, card: str, item: str, why: str) -> None:
    with pytest.raises(LoanNotRenewed) as refused:
        await library.renew(card, item)
    assert why in refused.value.reason


async def test_what_another_waits_for_is_not_renewed(library: SipLibrary) -> None:
    await library.reserve(OTHER, BOOK)
    with pytest.raises(LoanNotRenewed) as refused:
        await library.renew(READER, BOOK)
    assert "预约" in refused.value.reason
    assert [one.item for one in await library.reservations(OTHER)] == [BOOK]
    with pytest.raises(ItemNotReserved):
        await library.reserve(OTHER, BOOK)
    await library.cancel(OTHER, BOOK)
    assert await library.reservations(OTHER) == []


async def test_what_there_is_is_found_by_words(library: SipLibrary) -> None:
    found = await library.search("福建 美术", 0, 1)
    assert (found.total, len(found.holdings)) == (2, 1)
    (one,) = found.holdings
    assert (one.title, one.branch, one.shelf) == ("脱胎漆器工艺", "仓山分馆", "J527")
    assert (await library.search('" OR "', 0, 10)).total == 0


async def test_what_is_read_online_says_where(library: SipLibrary) -> None:
    (one,) = (await library.search("桃花源记", 0, 5)).holdings
    assert (one.item, one.online) == ("", "http://library.test/library/read/EB0001")
    (other,) = (await library.search("福州坊巷志", 0, 5)).holdings
    assert (other.item, other.online) == (BOOK, "")


def _sru(total: str, head: str = "") -> str:
    space = "http://www.loc.gov/zing/srw/"
    return f'{head}<r xmlns="{space}"><numberOfRecords>{total}</numberOfRecords><records/></r>'


@pytest.mark.parametrize(
    "said",
    [
        _sru("99999999999"),
        _sru("9" * 5_000),
        _sru("-1"),
        _sru("1", '<?xml version="1.0" encoding="none-such"?>'),
        "<r/>",
        "nothing",
    ],
)
async def test_an_answer_to_a_search_that_cannot_be_so_is_none(said: str) -> None:
    transport = httpx2.MockTransport(lambda asked: httpx2.Response(200, text=said))
    access = Access("127.0.0.1", 1, "rong", SecretStr("secret"), "FZ", "http://library.test/sru")
    client = SipLibrary(access, transport=transport)
    with pytest.raises(Unavailable):
        await client.search("福州", 0, 5)
    await client.aclose()


@pytest.mark.parametrize(("said", "waiting"), [("3", 3), ("9" * 5_000, 0), ("99999999999", 0), ("-1", 0), ("", 0)])
async def test_how_many_wait_is_a_number_or_nobody_s(
    library: SipLibrary, monkeypatch: pytest.MonkeyPatch, said: str, waiting: int
) -> None:
    told = Message("18", f"04{' ' * 22}", {"AJ": ["坊巷志"], "CF": [said]})

    async def item(line: object, item: str) -> Message:
        return told

    monkeypatch.setattr("app.gateways.library._Line.item", item)
    standing = await library.item(BOOK)
    assert standing is not None
    assert standing.waiting == waiting


async def test_where_an_item_is_is_told(library: SipLibrary) -> None:
    out, here = await library.item(BOOK), await library.item("LB0010023")
    assert out is not None
    assert here is not None
    assert (out.available, here.available, here.branch) == (False, True, "仓山分馆")
    assert await library.item("LB9999999") is None


@pytest.mark.parametrize(
    "faults",
    [
        SipFaults(checksum=True),
        SipFaults(hang_up=True),
        SipFaults(garbage=True),
        SipFaults(refuse=True),
        SipFaults(slow_ms=3_000),
    ],
)
async def test_a_library_that_misbehaves_is_unavailable(
    library: SipLibrary, stand_in: Library, faults: SipFaults
) -> None:
    stand_in.sip = faults
    with pytest.raises(Unavailable):
        await library.loans(READER)
    stand_in.sip = SipFaults()
    assert len(await library.loans(READER)) == 2


async def test_an_answer_that_is_lost_is_unavailable_though_it_was_done(library: SipLibrary, stand_in: Library) -> None:
    before = stand_in.books[BOOK].due
    assert isinstance(before, date)
    stand_in.sip = SipFaults(lose_answer=True)
    with pytest.raises(Unavailable):
        await library.renew(READER, BOOK)
    stand_in.sip = SipFaults()
    standing = await library.item(BOOK)
    assert standing is not None
    assert standing.due == before + timedelta(days=30)


async def test_a_library_that_is_not_there_is_unavailable(stand_in: Library) -> None:
    port = stand_in.port
    await stand_in.aclose()
    assert port is not None
    access = Access("127.0.0.1", port, "rong", SecretStr("secret"), "FZ", "http://127.0.0.1:1/sru", patience=1.0)
    library = SipLibrary(access)
    for asked in (library.loans(READER), library.search("福州", 0, 5)):
        with pytest.raises(Unavailable):
            await asked
    await library.aclose()


def test_the_checksum_is_the_one_of_the_specification() -> None:
    """The example of 3M's guide for developers, page 26."""
    assert checksum(b"990 402.00AY1AZ") == "FCB4"


@given(st.text(max_size=40), st.integers(0, 9))
def test_what_is_written_is_read_and_nothing_in_a_field_breaks_out(said: str, sequence: int) -> None:
    line = written("94", "1", [("AF", said)], sequence)
    assert line.count(b"\r") == 1
    found = read(line, "94", 1, sequence)
    assert set(found.fields) <= {"AF", "AY"}
    assert len(found.fields.get("AF", ())) == 1


@given(st.binary(max_size=200))
def test_nonsense_is_no_message(line: bytes) -> None:
    with pytest.raises(SipError):
        read(line, "94", 1, 0)
