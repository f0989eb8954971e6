"""`node(id:)`: one's own is found, another's looks like nothing."""

from __future__ import annotations

import pytest

from app.core.ids import new_id
from graphql_schema.schema import citizen_schema
from graphql_schema.types.common import global_id
from tests.support.api import Api, Person
from tests.support.belongings import belongings, for_everybody


@pytest.fixture(scope="session")
async def owner(shared_api: Api, provider: str) -> Person:
    return await shared_api.with_card()


@pytest.fixture(scope="session")
async def things(shared_api: Api, owner: Person, provider: str) -> dict[str, str]:
    """The owner's things by type, one of each that has an id of its own."""
    mine = await belongings(shared_api, owner, provider)
    return {name: id_ for name, id_ in mine.items() if name in _with_an_id()}


@pytest.fixture(scope="session")
async def open_to_all(shared_api: Api) -> dict[str, str]:
    return await for_everybody(shared_api)


def _with_an_id() -> set[str]:
    node = citizen_schema._schema.get_type("Node")
    return {one.name for one in citizen_schema._schema.get_implementations(node).objects}  # type: ignore[arg-type]


async def test_every_type_with_an_id_is_among_them(things: dict[str, str], open_to_all: dict[str, str]) -> None:
    assert _with_an_id() == things.keys() | open_to_all.keys()


async def test_ones_own_is_found(shared_api: Api, owner: Person, things: dict[str, str]) -> None:
    for type_name, id_ in things.items():
        found = await shared_api.data("Node", owner.token, id=id_)
        assert found is not None, type_name
        assert (found["__typename"], found["id"]) == (type_name, id_)


async def test_what_has_no_owner_is_found_by_everybody(
    shared_api: Api, outsider: Person, open_to_all: dict[str, str]
) -> None:
    for type_name, id_ in open_to_all.items():
        found = await shared_api.data("Node", outsider.token, id=id_)
        assert found is not None, type_name
        assert (found["__typename"], found["id"]) == (type_name, id_)
        assert await shared_api.data("Node", outsider.token, id=global_id(type_name, new_id())) is None


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
