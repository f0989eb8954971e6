"""Test mode is told apart at the door: in the rooms of life and community, what is not in earnest alone says why."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import OperationType

from graphql_schema.endpoint.audience import Audience, audiences
from tests.support.operations import SCHEMAS

ROOMS = tuple(f"resolvers.{whose}.{what}" for whose in ("citizen", "provider") for what in ("life", "community"))
# By the module of the resolvers: why they are open in test mode as well.
TRIED: dict[str, str] = {
    "resolvers.citizen.life.home": "reads, and what one hides from oneself",
    "resolvers.citizen.life.surroundings": "what one watches oneself",
    "resolvers.citizen.life.transit": "what one watches and keeps at hand oneself",
    "resolvers.citizen.community.emergencies": "calls carry whose test citizen they are of",
    "resolvers.provider.life.health": "patients are those of whom the card or the contract is within reach",
    "resolvers.provider.community.emergencies": "calls carry whose test citizen they are of",
    "resolvers.provider.community.responders": "calls carry whether they are tests: nobody hears of these",
    "resolvers.provider.community.wishes": "wishes carry whether they are tests: nobody sees these",
    "resolvers.provider.community.patrols": "routes carry whether they are tests: nobody walks these",
    "resolvers.provider.community.volunteers": "groups and activities carry whether they are tests",
    "resolvers.provider.community.check_ins": "check-ins are those of one's own activities, and of live ones alone",
}


def _fields(name: str) -> list[tuple[str, str, Audience]]:
    """(module, field, audience) of each root field of these rooms."""
    found = []
    for operation in OperationType:
        root: Any = SCHEMAS[name]._schema.get_root_type(operation)
        for field, audience in audiences(SCHEMAS[name], operation).items():
            definition: Any = root.fields[field].extensions["strawberry-definition"]
            module = definition.base_resolver.wrapped_func.__module__
            if module.startswith(ROOMS):
                found.append((module, field, audience))
    return found


def _asks_who(audience: Audience) -> bool:
    return not any(role.value == "anonymous" for role in audience.roles)


@pytest.mark.parametrize("name", ["citizen", "provider"])
def test_what_is_done_in_the_rooms_of_the_neighbourhood_is_in_earnest(name: str) -> None:
    fields = _fields(name)
    assert len(fields) > 50
    loose = {(module, field) for module, field, one in fields if _asks_who(one) and not one.live}
    assert {place for place in loose if place[0] not in TRIED} == set()


def test_nobody_says_why_of_what_is_in_earnest() -> None:
    loose = {module for name in SCHEMAS for module, _, one in _fields(name) if _asks_who(one) and not one.live}
    assert loose == TRIED.keys()


@pytest.mark.parametrize("name", ["citizen", "provider"])
def test_nobody_changes_anything_there_without_saying_who_he_is(name: str) -> None:
    root = SCHEMAS[name]._schema.mutation_type
    changes = root.fields if root else {}
    assert [field for _, field, one in _fields(name) if field in changes and not _asks_who(one)] == []
