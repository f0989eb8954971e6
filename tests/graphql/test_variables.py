"""Each variable of each operation: left out, null, of the wrong kind, and full of naughty strings."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from graphql import GraphQLNonNull

from app.tour import document_of
from tests.support.api import Api, Person
from tests.support.operations import Operation, all_operations, texts_in

OPERATIONS = [operation for operation in all_operations() if not operation.is_subscription]
CODES = {"BAD_INPUT", "BAD_USER_INPUT", "UNAUTHENTICATED", "FORBIDDEN", "RATE_LIMITED", "QUERY_TOO_COMPLEX"}
INTERNALS = ("Traceback", "pymongo", "bson", "site-packages", "Error(", ".py", "INTERNAL", "$where", "strawberry")

NAUGHTY = [
    "", " ", "\t", "null", "undefined", "NaN", "true", "0", "-1", "1e309", "[]", "{}",
    "' OR 1=1 --", "'; DROP TABLE citizens; --", '{"$where": 1}', '{"$gt": ""}', "$ne", "a.b.c", "_id",
    "\0", "a\0b", "\r\nset-cookie: x=1", "\u202egnp.exe", "\ufeff", "\u200b\u200b\u200b", "\ud800",
    "Z̸̡̢a̵̧l̶̨g̴o̷̢", "👩‍👩‍👧‍👦" * 8, "田中さんにあげて下さい", "مرحبا بالعالم", "ﷺ" * 12, "İıſK",
    "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "{{7*7}}", "${jndi:ldap://x}", "%s%s%n", "{0.__class__}",
    "<script>alert(1)</script>", "javascript:alert(1)", "() { :; }; echo", "=cmd|' /C calc'!A0",
    "x" * 70, "x" * 20_000, "𠜎" * 300, "1" * 5_000, "9" * 19,
]  # fmt: skip


@pytest.fixture(scope="session")
async def victim(shared_api: Api) -> Person:
    return await shared_api.with_card()


async def _send(api: Api, operation: Operation, variables: dict[str, Any], person: Person, provider: str) -> Any:
    """Text goes as escapes: a lone surrogate cannot be sent otherwise."""
    if operation.name == "SignOut" and operation.schema == "citizen":
        person = await api.sign_in(api.person())
    token = person.token if operation.schema == "citizen" else provider
    path = "/graphql" if operation.schema == "citizen" else "/provider/graphql"
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    if "ignIn" in operation.name or operation.name == "RequestOtp":
        del headers["authorization"]
    body = {"query": document_of(operation.schema, operation.name), "variables": variables}
    return await api.http.post(path, content=json.dumps(body), headers=headers)


def _codes(answer: httpx2.Response) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json().get("errors", [])]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_a_variable_that_is_needed_may_not_be_null_or_left_out(
    shared_api: Api, victim: Person, provider: str, operation: Operation
) -> None:
    for name, type_ in operation.variables.items():
        given = operation.sample()
        left_out = {other: value for other, value in given.items() if other != name}
        for variables in ({**given, name: None}, left_out):
            codes = _codes(await _send(shared_api, operation, variables, victim, provider))
            needed = isinstance(type_, GraphQLNonNull) and (name in variables or name not in operation.defaulted)
            if needed:
                assert set(codes) == {"BAD_USER_INPUT"}, (name, variables)
            else:
                assert "BAD_USER_INPUT" not in codes, (name, variables)


def _fits(type_: Any, value: Any) -> bool:
    name = getattr(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, "name", None)
    return name == "JSON" or (name == "Boolean" and value is True) or (name == "Float" and isinstance(value, float))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_a_variable_of_the_wrong_kind_is_bad_user_input(
    shared_api: Api, victim: Person, provider: str, operation: Operation
) -> None:
    for name, type_ in operation.variables.items():
        for wrong in (one for one in ({"$where": "1"}, [[[]]], 1.5, True) if not _fits(type_, one)):
            answer = await _send(shared_api, operation, {**operation.sample(), name: wrong}, victim, provider)
            assert set(_codes(answer)) == {"BAD_USER_INPUT"}, (name, wrong)


PLACES = [
    (operation, name, path)
    for operation in OPERATIONS
    for name, type_ in operation.variables.items()
    for path in texts_in(type_)
]
# A third of them at each place, another at its neighbour: all are tried on every kind of text.
TRIED = [
    pytest.param(*place, NAUGHTY[number % 3 :: 3], id=f"{place[0]}-{place[1]}-{'.'.join(place[2]) or '-'}")
    for number, place in enumerate(PLACES)
]


@pytest.mark.parametrize(("operation", "name", "path", "strings"), TRIED)
async def test_naughty_strings_break_nothing_and_show_nothing_internal(
    shared_api: Api,
    victim: Person,
    provider: str,
    operation: Operation,
    name: str,
    path: tuple[str, ...],
    strings: list[str],
) -> None:
    for naughty in strings:
        variables = operation.sample()
        if path:
            variables[name][path[0]] = naughty
        else:
            variables[name] = naughty
        answer = await _send(shared_api, operation, variables, victim, provider)
        assert answer.status_code < 500, naughty[:80]
        assert set(_codes(answer)) <= CODES, naughty[:80]
        shown = answer.text.replace(json.dumps(naughty)[1:-1], "")
        assert not [word for word in INTERNALS if word in shown], (naughty[:80], answer.text[:500])
