"""Issuing: what stands on a licence, which one gives way, once for each source, and what the desk does."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from app.core.idempotency import Call
from app.core.ids import new_id
from app.core.mongo import Tx
from app.jobs.expiry import tell_of_expiring_licences
from tests.licences.orders import UNIT, issued
from tests.support.api import OPS, Api
from tests.support.fakes import MovableClock
from virtual_card.cards.errors import NotVerified
from virtual_card.licences.errors import (
    LicenceFactUnfit,
    LicenceKindUnknown,
    LicenceNotActive,
    LicenceNotSuspended,
    LicenceUnknown,
)
from virtual_card.licences.model import DeskAct, Licence, LicenceState, Order

_LICENCE = TypeAdapter(Licence)


async def test_who_the_holder_is_the_city_fills_in(shared_api: Api) -> None:
    person = await shared_api.verified()
    made = await issued(shared_api, person, "resident_id", facts={"address": "东街 1 号", "ethnicity": "汉"})
    assert list(made.facts) == ["name", "sex", "ethnicity", "birth", "address", "id_number"]
    assert (made.facts["name"], made.facts["id_number"]) == (person.name, person.id_number)
    assert made.facts["birth"] == "1990-05-20"
    assert (made.state, made.kind, made.issuer) == (LicenceState.ACTIVE, "resident_id", UNIT)


async def test_nothing_of_it_lies_in_clear(shared_api: Api) -> None:
    person = await shared_api.verified()
    made = await issued(shared_api, person, "vehicle_licence", facts={"plate": "闽A·77777", "model": "a car"})
    row = await shared_api.city.db["licences"].find_one({"holder": made.holder})
    assert not [word for word in ("闽A·77777", "a car", person.name, person.id_number) if word in repr(row)]


@pytest.mark.parametrize(
    ("kind", "facts", "error"),
    [
        ("flying_licence", {}, LicenceKindUnknown),
        ("driving_licence", {"wings": "2"}, LicenceFactUnfit),
        ("driving_licence", {"name": "somebody else"}, LicenceFactUnfit),
        ("driving_licence", {"class": " "}, LicenceFactUnfit),
        ("driving_licence", {"class": "C" * 301}, LicenceFactUnfit),
    ],
)
async def test_what_does_not_stand_on_the_kind_is_refused(
    shared_api: Api, kind: str, facts: dict[str, str], error: type[Exception]
) -> None:
    person = await shared_api.verified()
    with pytest.raises(error):
        await issued(shared_api, person, kind, facts=facts)


async def test_nobody_holds_one_before_his_name_is_checked(shared_api: Api) -> None:
    with pytest.raises(NotVerified):
        await issued(shared_api, await shared_api.sign_in(shared_api.person()))


async def test_a_new_one_replaces_the_one_before(shared_api: Api) -> None:
    person = await shared_api.verified()
    first, second = await issued(shared_api, person), await issued(shared_api, person)
    held = await shared_api.city.services.licences.held_by(shared_api.key(person))
    assert {one.id: one.state for one in held} == {first.id: LicenceState.REPLACED, second.id: LicenceState.ACTIVE}
    (wallet,) = await shared_api.data("Licences", person.token)
    assert wallet["number"].replace("-", "") == second.number


async def test_one_for_each_car_and_not_two_for_one(shared_api: Api) -> None:
    person = await shared_api.verified()
    for plate in ("闽A·00001", "闽A·00002", "闽A·00001"):
        await issued(shared_api, person, "vehicle_licence", facts={"plate": plate})
    wallet = await shared_api.data("Licences", person.token)
    plates = sorted(fact["value"] for one in wallet for fact in one["facts"] if fact["key"] == "plate")
    assert plates == ["闽A·00001", "闽A·00002"]


async def test_one_application_issues_one_licence_however_often_it_delivers(shared_api: Api) -> None:
    person, source = await shared_api.verified(), f"application:{new_id()}"
    order = Order(shared_api.key(person), "driving_licence", UNIT, {"class": "B2"}, source=source)

    async def deliver() -> Licence:
        async def work(tx: Tx) -> Licence:
            return await shared_api.city.services.licences.issue(OPS, order, tx)

        return await shared_api.city.once.once(Call.of(OPS, "deliver", new_id()), _LICENCE, work)

    made = await asyncio.gather(*(deliver() for _ in range(8)))
    assert len({one.id for one in made}) == 1
    assert len(await shared_api.city.services.licences.held_by(shared_api.key(person))) == 1


async def test_of_rivals_one_holds_in_the_end(shared_api: Api) -> None:
    person = await shared_api.verified()
    made = await asyncio.gather(*(issued(shared_api, person) for _ in range(8)))
    held = await shared_api.city.services.licences.held_by(shared_api.key(person))
    states = sorted(one.state.value for one in held)
    assert states == ["active", *["replaced"] * 7]
    assert len({one.status_index for one in made}) == 8


async def test_held_gives_what_holds_today_by_kind(api: Api, clock: MovableClock) -> None:
    person, licences = await api.verified(), api.city.services.licences
    await issued(api, person, valid_until=date(2026, 12, 31))
    await issued(api, person, "elder_card")
    citizen, kinds = api.key(person), ("driving_licence", "elder_card", "veteran_card")
    assert set(await licences.held(citizen, kinds)) == {"driving_licence", "elder_card"}
    await licences.act(OPS, (await licences.held(citizen, kinds))["elder_card"].number, _suspension(), new_id())
    clock.advance(days=600)
    assert await licences.held(citizen, kinds) == {}
    states = {one["kind"]["code"]: one["state"] for one in await wallet_of(api, person)}
    assert states == {"driving_licence": "EXPIRED", "elder_card": "SUSPENDED"}


async def wallet_of(api: Api, person: Any) -> Any:
    again = await api.sign_in(person)
    return await api.data("Licences", again.token)


def _suspension() -> DeskAct:
    return DeskAct(LicenceState.SUSPENDED, "investigation", "a note")


async def test_the_desk_suspends_reinstates_and_revokes_and_the_holder_hears(shared_api: Api) -> None:
    person, licences = await shared_api.verified(), shared_api.city.services.licences
    made = await issued(shared_api, person)
    with pytest.raises(LicenceNotSuspended):
        await licences.act(OPS, made.number, DeskAct(LicenceState.ACTIVE, "cleared"), new_id())
    await licences.act(OPS, made.number, _suspension(), new_id())
    with pytest.raises(LicenceNotActive):
        await licences.act(OPS, made.number, _suspension(), new_id())
    await licences.act(OPS, made.number, DeskAct(LicenceState.ACTIVE, "cleared"), new_id())
    await licences.act(OPS, made.number, DeskAct(LicenceState.REVOKED, "error"), new_id())
    with pytest.raises(LicenceNotActive):
        await licences.act(OPS, made.number, DeskAct(LicenceState.REVOKED, "error"), new_id())
    with pytest.raises(LicenceUnknown):
        await licences.act(OPS, "DL2026-0000-0000-0", _suspension(), new_id())
    titles = [line["title"] for line in await shared_api.told(person)]
    assert titles[:4] == [
        "A licence was revoked",
        "A licence is good again",
        "A licence was suspended",
        "A licence is in your wallet",
    ]
    (shown,) = await shared_api.data("Licences", person.token)
    full = await shared_api.data("Licence", person.token, id=shown["id"])
    assert [line["reason"] for line in full["history"]] == ["issued", "investigation", "cleared", "error"]


async def test_who_holds_one_that_ends_soon_is_told_once(api: Api) -> None:
    person = await api.verified()
    await issued(api, person, valid_until=date.fromordinal(api.city.clock.now().date().toordinal() + 20))
    await issued(api, person, "elder_card")
    for _ in range(2):
        await tell_of_expiring_licences(api.city)
    told = [line for line in await api.told(person) if line["title"] == "A licence ends soon"]
    assert len(told) == 1
    assert "Driving Licence" in told[0]["body"]


async def test_a_licence_is_its_holder_s_and_his_guardian_s(shared_api: Api) -> None:
    parent, stranger = await shared_api.verified(), await shared_api.verified()
    ward = (await shared_api.ward(parent, "CARD_SHOW"))["ward"]["id"]
    made = await issued(shared_api, parent)
    (mine,) = await shared_api.data("Licences", parent.token)
    assert await shared_api.data("Licences", stranger.token) == []
    for operation in ("Licence", "Node"):
        assert await shared_api.data(operation, stranger.token, id=mine["id"]) is None
    assert await shared_api.acting_for(ward).data("Licences", parent.token) == []
    assert made.number == mine["number"].replace("-", "")


async def test_who_leaves_the_city_leaves_no_licence_that_holds(api: Api) -> None:
    person, licences = await api.verified(), api.city.services.licences
    made = await issued(api, person)
    for _ in range(2):
        await licences.end_all(OPS, made.holder)
    (left,) = await licences.held_by(made.holder)
    assert left.state is LicenceState.REVOKED

    async def forget(tx: Tx) -> None:
        await api.city.persons.destroy(made.holder, "test", tx)

    await api.city.db.transaction(forget)
    api.city.persons.changed({"_id": made.holder, "destroyed_at": api.city.clock.now()})
    (left,) = await licences.held_by(made.holder)
    assert left.facts == {}
    assert api.city.services.licence_documents.signed(left) is None
