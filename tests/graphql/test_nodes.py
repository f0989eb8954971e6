"""`node(id:)`: one's own is found, another's looks like nothing."""

from __future__ import annotations

import pytest

from app.core.ids import new_id
from graphql_schema.schema import citizen_schema
from graphql_schema.types.common import global_id
from tests.graphql.test_disclosures import looked_up
from tests.support.api import Api, Person


@pytest.fixture(scope="session")
async def owner(shared_api: Api, provider: str) -> Person:
    return await shared_api.with_card()


@pytest.fixture(scope="session")
async def things(shared_api: Api, owner: Person, provider: str) -> dict[str, str]:
    """The owner's things by type, one of each that has an id of its own."""
    made = await shared_api.ward(owner)
    (disclosure,) = await looked_up(shared_api, owner, provider)
    return {
        "Card": (await shared_api.data("Card", owner.token))["id"],
        "Citizen": str(owner.citizen_id),
        "Device": (await shared_api.data("Devices", owner.token))[0]["id"],
        "Disclosure": disclosure,
        "Guardianship": made["id"],
        "Message": (await shared_api.told(owner))[0]["id"],
    }


async def test_every_type_with_an_id_is_among_them(things: dict[str, str]) -> None:
    node = citizen_schema._schema.get_type("Node")
    implementing = citizen_schema._schema.get_implementations(node).objects  # type: ignore[arg-type]
    assert {one.name for one in implementing} == things.keys()


async def test_ones_own_is_found(shared_api: Api, owner: Person, things: dict[str, str]) -> None:
    for type_name, id_ in things.items():
        found = await shared_api.data("Node", owner.token, id=id_)
        assert found is not None, type_name
        assert (found["__typename"], found["id"]) == (type_name, id_)


async def test_anothers_is_not_there(shared_api: Api, outsider: Person, things: dict[str, str]) -> None:
    for type_name, id_ in things.items():
        theirs = (await shared_api.raw("Node", {"id": id_}, token=outsider.token)).json()
        nobody = (await shared_api.raw("Node", {"id": global_id(type_name, new_id())}, token=outsider.token)).json()
        assert theirs == nobody == {"data": {"node": None}}


async def test_an_id_of_another_type_or_of_none_is_not_there(shared_api: Api, owner: Person) -> None:
    key = shared_api.key(owner)
    for type_name in ("Card", "Disclosure", "Message", "Query", "Nonsense", "__Type"):
        assert await shared_api.data("Node", owner.token, id=global_id(type_name, key)) is None


@pytest.mark.parametrize("garbage", ["", "x", "%%%", "Q2FyZA==", "OjE=", "é", "A" * 5000])
async def test_what_is_no_id_is_bad_input(shared_api: Api, owner: Person, garbage: str) -> None:
    assert await shared_api.codes("Node", owner.token, id=garbage) == ["BAD_INPUT"]
