"""A reader at his library: whose card it is, what is renewed, who is reminded, and that nobody else learns of it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import cast

import pytest

from app.core.clock import civil_day
from app.core.ids import new_id
from app.wiring import City
from tests.support.api import Api, Person
from tests.support.library import PIN, READER, FakeLibrary


def library_of(city: City) -> FakeLibrary:
    return cast(FakeLibrary, city.outside.library)


async def reader(api: Api, due_in: int | None = None) -> tuple[Person, str]:
    """Somebody with a card bound that has one thing out."""
    person, card = await api.verified(), f"FZL{new_id()[-8:]}"
    library = library_of(api.city)
    library.readers[card] = (PIN, person.name)
    if due_in is not None:
        library.out[card] = {f"LB{new_id()[-6:]}": civil_day(api.city.clock.now()) + timedelta(days=due_in)}
    done = await api.data("BindLibraryCard", person.token, card=card, pin=PIN, key=new_id())
    assert done["__typename"] == "ReaderCardBound", done
    return person, card


async def test_a_card_is_bound_by_its_pin_and_its_number_is_sealed(shared_api: Api) -> None:
    person, card = await reader(shared_api)
    row = await shared_api.city.db["library_cards"].find_one({"_id": shared_api.key(person)})
    assert row is not None
    assert card.encode() not in row["number"]
    shown = await shared_api.data("LibraryCard", person.token)
    assert (shown["number"], shown["loans"]) == (card, 0)


async def test_without_a_pin_the_names_must_agree(shared_api: Api) -> None:
    person, library = await shared_api.verified(), library_of(shared_api.city)
    library.readers["FZL11"], library.readers["FZL12"] = ("9999", person.name), ("9999", "别人")
    bound = await shared_api.data("BindLibraryCard", person.token, card="FZL11", key=new_id())
    assert bound["__typename"] == "ReaderCardBound"
    await shared_api.refused("ReaderCardUnknown", "BindLibraryCard", person.token, card="FZL12", key=new_id())


async def test_a_pin_is_not_guessed(shared_api: Api) -> None:
    person, library = await shared_api.verified(), library_of(shared_api.city)
    library.readers["FZL13"] = ("4321", "别人")
    for _ in range(6):
        given = {"card": "FZL13", "pin": "0000", "key": new_id()}
        await shared_api.refused("ReaderCardUnknown", "BindLibraryCard", person.token, **given)
    given = {"card": "FZL13", "pin": "4321", "key": new_id()}
    assert await shared_api.codes("BindLibraryCard", person.token, **given) == ["RATE_LIMITED"]


async def test_who_asks_about_item_after_item_leaves_the_library_to_its_readers(shared_api: Api) -> None:
    person = await shared_api.verified()
    library, citizen = shared_api.city.services.life.culture.library, shared_api.key(person)
    assert (await shared_api.data("LibraryItem", person.token, item="LB0010021"))["item"] == "LB0010021"
    for _ in range(119):
        await library.item(citizen, "LB0010021")
    asked = len(library_of(shared_api.city).asked)
    assert await shared_api.codes("LibraryItem", person.token, item="LB0010021") == ["RATE_LIMITED"]
    assert len(library_of(shared_api.city).asked) == asked


async def test_a_loan_is_renewed_once_under_one_key_and_refused_with_the_library_s_reason(shared_api: Api) -> None:
    person, card = await reader(shared_api, due_in=2)
    (item,) = library_of(shared_api.city).out[card]
    before, key = library_of(shared_api.city).out[card][item], new_id()
    for _ in range(2):
        done = await shared_api.data("RenewLoan", person.token, item=item, key=key)
        assert done["loan"]["due"] == (before + timedelta(days=30)).isoformat()
    refused = await shared_api.data("RenewLoan", person.token, item="LB-X", key=new_id())
    assert (refused["__typename"], refused["reason"]) == ("LoanNotRenewed", "您没有借这本书")


async def test_what_the_library_did_and_nobody_heard_of_is_not_done_twice(shared_api: Api) -> None:
    person, card = await reader(shared_api, due_in=2)
    library, key = library_of(shared_api.city), new_id()
    (item,) = library.out[card]
    before, asked = library.out[card][item], {"item": item, "key": key}
    library.deaf = True
    try:
        assert await shared_api.codes("RenewLoan", person.token, **asked) == ["UNAVAILABLE"]
        held = {"item": "LB0010021", "key": key}
        assert await shared_api.codes("ReserveBook", person.token, **held) == ["UNAVAILABLE"]
    finally:
        library.deaf = False
    done = await shared_api.data("RenewLoan", person.token, **asked)
    assert done["loan"]["due"] == library.out[card][item].isoformat() == (before + timedelta(days=30)).isoformat()
    assert (await shared_api.data("ReserveBook", person.token, **held))["__typename"] == "ReservationDone"
    assert library.held[card] == ["LB0010021"]
    other = await shared_api.data("RenewLoan", person.token, item=item, key=new_id())  # another wish is another
    assert other["loan"]["due"] == (before + timedelta(days=60)).isoformat()


async def test_a_renewal_that_is_asked_for_twice_at_once_is_one(shared_api: Api) -> None:
    person, card = await reader(shared_api, due_in=2)
    library, key = library_of(shared_api.city), new_id()
    (item,) = library.out[card]
    before = library.out[card][item]
    await asyncio.gather(
        *(shared_api.raw("RenewLoan", {"item": item, "key": key}, token=person.token) for _ in range(6))
    )
    assert library.out[card][item] == before + timedelta(days=30)
    done = await shared_api.data("RenewLoan", person.token, item=item, key=key)
    assert done["loan"]["due"] == library.out[card][item].isoformat()


async def test_who_has_no_card_is_told_to_bind_one(shared_api: Api) -> None:
    person = await shared_api.verified()
    assert await shared_api.data("LibraryLoans", person.token) == []
    await shared_api.refused("ReaderCardMissing", "RenewLoan", person.token, item="LB0010021", key=new_id())
    await shared_api.refused("ReaderCardMissing", "ReserveBook", person.token, item="LB0010021", key=new_id())


async def test_reserving_and_letting_go(shared_api: Api) -> None:
    person, _ = await reader(shared_api)
    await shared_api.refused("LibraryItemUnknown", "ReserveBook", person.token, item="XX0000", key=new_id())
    for operation, left in (("ReserveBook", 1), ("CancelReservation", 0)):
        done = await shared_api.data(operation, person.token, item="LB0010021", key=new_id())
        assert done["__typename"] == "ReservationDone"
        assert len(await shared_api.data("LibraryReservations", person.token)) == left


class TestReminders:
    """In a city of its own: whoever else has a card bound would be reminded, too."""

    async def test_who_has_something_due_is_told_how_many_and_not_what(self, api: Api) -> None:
        soon, _ = await reader(api, due_in=3)
        later, _ = await reader(api, due_in=5)
        quiet, _ = await reader(api, due_in=3)
        await api.data("ChooseLoanReminders", quiet.token, on=False, key=new_id())
        reminders = api.city.services.life.culture.loan_reminders
        assert (await reminders.look(), await reminders.look()) == (1, 1)
        (line,) = [one for one in await api.told(soon) if "library" in json.dumps(one).lower()]
        assert "书" not in json.dumps(line, ensure_ascii=False)
        assert not [one for person in (later, quiet) for one in await api.events(person) if one.type == "loan.due_soon"]

    async def test_what_was_brought_back_before_the_telling_is_not_told(self, api: Api) -> None:
        person, card = await reader(api, due_in=0)
        assert await api.city.services.life.culture.loan_reminders.look() == 1
        library_of(api.city).out[card].clear()
        assert [one for one in await api.told(person) if "library" in json.dumps(one).lower()] == []

    async def test_a_library_that_is_down_tells_nobody_and_stops_nothing(self, api: Api) -> None:
        await reader(api, due_in=0)
        library_of(api.city).down = True
        assert await api.city.services.life.culture.loan_reminders.look() == 0


async def test_nothing_of_what_is_read_is_audited_or_kept(shared_api: Api) -> None:
    person, card = await reader(shared_api, due_in=2)
    (item,) = library_of(shared_api.city).out[card]
    await shared_api.data("RenewLoan", person.token, item=item, key=new_id())
    await shared_api.data("LibrarySearch", person.token, words="秘密的书")
    for collection in ("audit", "outbox", "library_cards", "idempotency", "limits"):
        rows = await shared_api.city.db[collection].find({}).to_list(None)
        assert not [row for row in rows if item in str(row) or "秘密的书" in str(row)], collection


async def test_a_reading_list_is_one_s_own_and_sealed(shared_api: Api) -> None:
    person, other = await shared_api.verified(), await shared_api.verified()
    added = await shared_api.data("AddToReadingList", person.token, title="闽都别记", note="借来读", key=new_id())
    title = {"titleId": added["title"]["id"], "key": new_id()}
    await shared_api.refused("ReadingTitleUnknown", "TakeOffReadingList", other.token, **title)
    row = await shared_api.city.db["reading_titles"].find_one({"citizen": shared_api.key(person)})
    assert "闽都别记" not in str(row)
    marked = await shared_api.data("MarkTitleRead", person.token, **{**title, "key": new_id()}, read=True)
    assert marked["title"]["read"] is True
    listed = await shared_api.data("ReadingList", person.token)
    assert [edge["node"]["title"] for edge in listed["edges"]] == ["闽都别记"]
    assert (await shared_api.data("ReadingList", other.token))["edges"] == []


async def test_a_list_says_where_a_title_is_read_and_leads_nowhere_else(shared_api: Api) -> None:
    person, where = await shared_api.verified(), "https://library.test/read/EB0001"
    added = await shared_api.data("AddToReadingList", person.token, title="桃花源记", online=where, key=new_id())
    assert added["title"]["online"] == where
    for wrong in ("javascript:alert(1)", "https://a b", "//library.test", "https://x/" + "y" * 300):
        said = {"title": "桃花源记", "online": wrong, "key": new_id()}
        await shared_api.refused("ReadingInvalid", "AddToReadingList", person.token, **said)


@pytest.mark.parametrize("title", ["", " ", "长" * 121])
async def test_a_title_must_be_one(shared_api: Api, title: str) -> None:
    person = await shared_api.verified()
    await shared_api.refused("ReadingInvalid", "AddToReadingList", person.token, title=title, key=new_id())


def test_the_fake_knows_the_reader_of_the_walks() -> None:
    assert READER in FakeLibrary().readers
