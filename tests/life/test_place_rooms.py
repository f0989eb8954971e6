"""The desk's rooms of the directory: a file tried and imported, a pair decided on, a correction accepted."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.parts import Asked, Done, Said
from app.admin.console.rooms.place_words import PlaceCorrectionsView, PlaceReviewsView
from app.admin.console.rooms.places import DoublesView, PlacesView
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.life.directory.corrections.model import CorrectedField, Proposed
from tests.support.api import OPS, Api
from tests.support.places import HEAD, north, place, row
from tests.support.speakers import speaker

PAGE = PageRequest(20)


def asked(target: str = "", **said: str) -> Asked:
    return Asked(OPS, target, new_id(), said=said)


async def test_a_file_is_tried_then_imported_and_its_pair_is_decided_on(api: Api) -> None:
    desk = Desk(api.city)
    rooms, pairs = PlacesView(desk), DoublesView(desk)
    file = {"form": "csv", "unit": "maps", "text": HEAD + row("1", "同仁药房") + row("2", "同仁大药房", north(8))}
    bad = await rooms.actions["import"].run(asked(form="csv", unit="maps", text=HEAD + row("1", "")))
    assert isinstance(bad, Said)
    assert "2" in str(bad.text)
    assert isinstance(await rooms.actions["rehearse"].run(asked(**file)), Said)
    assert (await rooms.listing(asked(), PAGE)).table.rows == ()
    assert isinstance(await rooms.actions["import"].run(asked(**file)), Done)
    listed = (await rooms.listing(asked(**{"class": "health"}), PAGE)).table.rows
    assert len(listed) == 2
    (pair,) = (await pairs.listing(asked(), PAGE)).table.rows
    target = str(pair.href).rsplit("/", 1)[1]
    assert await pairs.detail(asked(target)) is not None
    await pairs.actions["merge"].run(asked(target))
    assert (await pairs.listing(asked(), PAGE)).table.rows == ()
    for one in listed:
        assert await rooms.detail(asked(str(one.href).rsplit("/", 1)[1])) is not None


async def test_reviews_are_read_and_a_correction_is_accepted(api: Api) -> None:
    desk, directory = Desk(api.city), api.city.services.life.directory
    at, who = await place(api.city), await speaker(api)
    await directory.reviews.write(who, at.id, 4, "药很全，店员很耐心。", new_id())
    assert len((await PlaceReviewsView(desk).listing(asked(), PAGE)).table.rows) == 1
    rooms = PlaceCorrectionsView(desk)
    made = await directory.corrections.propose(who, at.id, Proposed(CorrectedField.NAME, "同仁药房", ""), new_id())
    assert await rooms.detail(asked(made.id)) is not None
    await rooms.actions["accept"].run(asked(made.id))
    assert (await rooms.listing(asked(), PAGE)).table.rows == ()
    now = await directory.places.get(at.id)
    assert now is not None
    assert now.name.zh == "同仁药房"


async def test_a_point_that_is_nowhere_is_bad_input(api: Api) -> None:
    nowhere = {"latitude": 91.0, "longitude": 119.3}
    assert await api.codes("Places", near=nowhere) == ["BAD_INPUT"]
    assert await api.codes("SearchPlaces", text="药店", near=nowhere) == ["BAD_INPUT"]
