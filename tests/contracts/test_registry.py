"""The civil registry's client against the registry over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from pydantic import SecretStr

from app.core.errors import Unavailable
from app.gateways.http import Patience
from app.gateways.registry import HttpCivilRegistry
from mocks.city import DEMO_PEOPLE, PEOPLE, Person, household_of
from mocks.portrait import portrait

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

MOTHER, SON = (next(p for p in PEOPLE if p.key == key) for key in ("chen-meiling", "chen-yuhang"))
STRANGER = "350102199003070054"


@pytest.fixture
async def registry(stand_ins: StandIns, in_a_hurry: Patience) -> AsyncIterator[HttpCivilRegistry]:
    url, key = f"{stand_ins.url}/registry", SecretStr(stand_ins.registry_key)
    async with HttpCivilRegistry(url, key, patience=in_a_hurry) as client:
        yield client


@pytest.mark.parametrize("person", [demo.person for demo in DEMO_PEOPLE], ids=lambda person: person.key)
async def test_a_person_of_the_city_is_matched_with_a_photo(registry: HttpCivilRegistry, person: Person) -> None:
    record = await registry.check(name=person.name, id_number=person.id_number, request_id="r1")
    assert record is not None
    photo = Image.open(BytesIO(record.photo))
    assert (photo.format, photo.size) == ("JPEG", (358, 441))
    assert record.division == household_of(person).division


async def test_members_of_a_household_share_its_id(registry: HttpCivilRegistry) -> None:
    records = [
        await registry.check(name=person.name, id_number=person.id_number, request_id=person.key)
        for person in (MOTHER, SON)
    ]
    assert records[0] is not None
    assert records[1] is not None
    assert records[0].household == records[1].household


@pytest.mark.parametrize(
    ("name", "id_number"),
    [(SON.name, MOTHER.id_number), ("陈美", MOTHER.id_number), (MOTHER.name, "350104199212059827"), (MOTHER.name, "1")],
)
async def test_another_name_or_number_is_not_matched(registry: HttpCivilRegistry, name: str, id_number: str) -> None:
    assert await registry.check(name=name, id_number=id_number, request_id="r") is None


async def test_the_same_check_twice_gets_the_same_answer(registry: HttpCivilRegistry) -> None:
    first, second = [
        await registry.check(name=MOTHER.name, id_number=MOTHER.id_number, request_id="same") for _ in range(2)
    ]
    assert first == second
    assert first is not None


async def test_relations_are_those_of_the_guardian_to_the_ward(registry: HttpCivilRegistry) -> None:
    assert await registry.relation(guardian=MOTHER.id_number, ward=SON.id_number, request_id="1") == "parent"
    assert await registry.relation(guardian=SON.id_number, ward=MOTHER.id_number, request_id="2") == "child"


async def test_strangers_are_no_kin(registry: HttpCivilRegistry) -> None:
    other = next(p for p in PEOPLE if p.key == "liu-yang")
    assert await registry.relation(guardian=other.id_number, ward=SON.id_number, request_id="1") is None
    assert await registry.relation(guardian=STRANGER, ward=SON.id_number, request_id="2") is None


async def test_a_person_added_by_hand_is_known_from_then_on(stand_ins: StandIns, registry: HttpCivilRegistry) -> None:
    from mocks.people import id_number

    number = id_number("350102", MOTHER.born, "969")
    assert await registry.check(name="新来的", id_number=number, request_id="before") is None
    added = await stand_ins.control.post(
        "/control/registry/people", json={"name": "新来的", "id_number": number, "parents": [MOTHER.id_number]}
    )
    assert added.status_code == 201
    assert await registry.check(name="新来的", id_number=number, request_id="after") is not None
    assert await registry.relation(guardian=MOTHER.id_number, ward=number, request_id="kin") == "parent"


async def test_a_malformed_number_cannot_be_added(stand_ins: StandIns) -> None:
    answer = await stand_ins.control.post(
        "/control/registry/people", json={"name": "新来的", "id_number": "350102199003070050"}
    )
    assert answer.status_code == 422


async def test_a_wrong_key_is_unavailable(stand_ins: StandIns, in_a_hurry: Patience) -> None:
    async with HttpCivilRegistry(f"{stand_ins.url}/registry", SecretStr("wrong"), patience=in_a_hurry) as client:
        with pytest.raises(Unavailable):
            await client.check(name=MOTHER.name, id_number=MOTHER.id_number, request_id="r")
        with pytest.raises(Unavailable):
            await client.relation(guardian=MOTHER.id_number, ward=SON.id_number, request_id="r")


@pytest.mark.parametrize("fault", [{"delay_ms": 2_000}, {"status": 503}, {"drop": True}])
async def test_a_registry_in_trouble_is_unavailable(
    stand_ins: StandIns, registry: HttpCivilRegistry, fault: dict[str, object]
) -> None:
    await stand_ins.fault("registry", **fault)
    with pytest.raises(Unavailable):
        await registry.check(name=MOTHER.name, id_number=MOTHER.id_number, request_id="r")


async def test_a_registry_that_flaps_is_survived(stand_ins: StandIns, registry: HttpCivilRegistry) -> None:
    await stand_ins.fault("registry", status=500, next=2)
    assert await registry.check(name=MOTHER.name, id_number=MOTHER.id_number, request_id="r") is not None


def test_portraits_differ_between_people_and_stay_the_same_for_one() -> None:
    pictures = {portrait(person.id_number) for person in PEOPLE}
    assert len(pictures) == len(PEOPLE)
    portrait.cache_clear()
    assert portrait(MOTHER.id_number) in pictures
