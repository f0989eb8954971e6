"""The catalogue in MongoDB: one current version, guarded writes, the nearest unit, and files of items."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.core.mongo import Database, DuplicateKey
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.government.catalogue.model import Audience, Category, Item, LifeEvent, Offer, OfferState
from app.domains.government.catalogue.store import ItemStore, OfferStore, Shelf, rank_of
from app.domains.identity.organisations.model import Level
from tests.stores.support import at_once, shaped, stored, within
from tests.support.catalogue import item

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.fixture
async def items(db: Database) -> ItemStore:
    return ItemStore(await shaped(db, "service_items"))


@pytest.fixture
async def offers(db: Database) -> OfferStore:
    return OfferStore(await shaped(db, "offers"))


def live(code: str, **said: object) -> Item:
    return item(code, owner="office", **said).drafted(None, "clerk", NOW).published("clerk", NOW)


async def put(db: Database, items: ItemStore, *all_: Item) -> None:
    await within(db, lambda tx: items.add(all_, tx))


async def test_an_item_comes_back_as_it_was_written(db: Database, items: ItemStore) -> None:
    made = live("T-1", form={"$defs": {"a.b": {}}, "type": "object", "properties": {"z": {}, "a": {}}})
    await put(db, items, made)
    assert await items.current("T-1") == made
    assert await items.version("T-1", 1) == made
    assert await items.newest("T-2") is None


async def test_only_one_version_is_current_and_a_version_is_made_once(db: Database, items: ItemStore) -> None:
    made = live("T-1")
    await put(db, items, made)
    for rival in (made, replace(made, version=2)):
        with pytest.raises(DuplicateKey):
            await put(db, items, rival)


async def test_of_two_who_write_the_same_revision_one_wins(db: Database, items: ItemStore) -> None:
    draft = item("T-1", owner="office").drafted(None, "clerk", NOW)
    await put(db, items, draft)

    async def write(n: int) -> bool:
        later = item("T-1", owner="office", promised_days=n).drafted(draft, "clerk", NOW)
        return await within(db, lambda tx: items.save(later, tx))

    assert sorted(one for one in await at_once(8, write) if isinstance(one, bool)).count(True) == 1
    newest = await items.newest("T-1")
    assert newest is not None
    assert newest.revision == 2


async def test_a_draft_is_no_version_that_anybody_reads(db: Database, items: ItemStore) -> None:
    draft = item("T-1", owner="office").drafted(None, "clerk", NOW)
    await put(db, items, draft)
    assert await items.current("T-1") is None
    assert await items.version("T-1", 1) is None
    assert await items.at("T-1", 1) == draft


async def test_a_list_goes_by_popularity_and_every_filter_narrows_it(db: Database, items: ItemStore) -> None:
    cheap = live("T-1", popularity=10, category=Category.TAX, visits=0)
    loved = live("T-2", popularity=90, life_events=frozenset({LifeEvent.BIRTH}))
    firm = live("T-3", popularity=10, audience=frozenset({Audience.BUSINESS}), levels=frozenset({Level.CITY}))
    gone = live("T-4", popularity=99).cancelled("clerk", NOW, "no longer")
    await put(db, items, cheap, loved, firm, gone)

    async def codes(shelf: Shelf, first: int = 10, after: str | None = None) -> list[str]:
        return [one.code for one in (await items.on(shelf, PageRequest(first, after))).items]

    assert await codes(Shelf()) == ["T-2", "T-1", "T-3"]
    assert await codes(Shelf(), 2) == ["T-2", "T-1"]
    assert await codes(Shelf(), 2, rank_of(cheap)) == ["T-3"]
    for shelf, found in (
        (Shelf(category=Category.TAX), ["T-1"]),
        (Shelf(life_event=LifeEvent.BIRTH), ["T-2"]),
        (Shelf(audience=Audience.BUSINESS), ["T-3"]),
        (Shelf(level=Level.CITY), ["T-3"]),
        (Shelf(visits=0), ["T-1"]),
        (Shelf(owner="office", category=Category.TAX), ["T-1"]),
        (Shelf(owner="nobody"), []),
    ):
        assert await codes(shelf) == found
    counted = {category: count for category, _, _, count in await items.counted()}
    assert counted == {Category.TAX: 1, Category.HOUSEHOLD: 2}
    assert [one.code for one in await items.shown_after("T-1")] == ["T-2", "T-3"]


LADDER = (
    ("350000000000", Level.PROVINCE),
    ("350100000000", Level.CITY),
    ("350102000000", Level.COUNTY),
    ("350102001000", Level.TOWNSHIP),
)


@pytest.mark.parametrize(
    ("offered", "home", "nearest"),
    [
        ("0123", "350102001000", "350102001000"),
        ("012", "350102001000", "350102000000"),
        ("01", "350102001000", "350100000000"),
        ("0", "350102001000", "350000000000"),
        ("0123", "350102001005", "350102001000"),  # a village of that township
        ("0123", "350102002000", "350102000000"),
        ("0123", "350203001000", "350000000000"),
        ("0123", "350000000000", "350000000000"),
        ("123", "350203001000", None),
        ("0123", "110101001000", None),
    ],
)
async def test_the_nearest_unit_up_the_tree_is_found(
    db: Database, offers: OfferStore, offered: str, home: str, nearest: str | None
) -> None:
    await offers.load(Offer("T-1", *LADDER[int(n)], division=LADDER[int(n)][0]) for n in offered)
    await offers.load([Offer("T-2", "350102001000", Level.TOWNSHIP, OfferState.WITHDRAWN, division="350102001000")])
    found = await offers.nearest(["T-1", "T-2"], home)
    assert {code: offer.unit for code, offer in found.items()} == ({"T-1": nearest} if nearest else {})


async def test_offers_are_listed_by_unit_and_a_repeat_of_the_load_adds_nothing(
    db: Database, offers: OfferStore
) -> None:
    all_ = [Offer("T-1", f"3501020{n:02d}000", Level.TOWNSHIP, division=f"3501020{n:02d}000") for n in range(30)]
    other = Offer("T-10", "350102000000", Level.COUNTY, division="350102000000")
    assert await offers.load([*all_, other]) == 31
    assert await offers.load([*all_, other]) == 0
    page, seen = PageRequest(12), list[str]()
    while True:
        found = await offers.of_item("T-1", page)
        seen += [one.unit for one in found.items]
        if not found.has_next:
            break
        page = PageRequest(12, found.items[-1].unit)
    assert seen == [one.unit for one in all_]
    assert {code: len(units) for code, units in (await offers.units_of(["T-1", "T-10"])).items()} == {
        "T-1": 30,
        "T-10": 1,
    }
    assert (await offers.counted())[Level.TOWNSHIP] == 30


async def test_what_is_said_of_a_place_is_kept_only_when_it_is_said(db: Database, offers: OfferStore) -> None:
    plain = Offer("T-1", "350102000000", Level.COUNTY, division="350102000000")
    said = replace(plain, place=Said("三楼", "third floor"), hours=Said("九至五"), phone="0591-12345", promised_days=2)
    await within(db, lambda tx: offers.put([said], tx))
    assert await offers.get("T-1", plain.unit) == said
    await within(db, lambda tx: offers.put([plain], tx))
    assert await offers.get("T-1", plain.unit) == plain
    assert set((await stored(db, "offers"))[0]) == {"_id", "item", "unit", "level", "state", "division"}
    assert await within(db, lambda tx: offers.withdraw("T-1", [plain.unit], tx)) == 1
    assert await within(db, lambda tx: offers.withdraw("T-1", [plain.unit], tx)) == 0
    assert await within(db, lambda tx: offers.offer_again("T-1", [plain.unit], tx)) == 1
