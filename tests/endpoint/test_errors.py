"""`errors[]` tells a code and a text, never what an exception said; outcomes become members of unions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import strawberry
from structlog.testing import capture_logs

from app.core.errors import Outcome
from graphql_schema.endpoint.errors import Teller
from graphql_schema.endpoint.outcomes import UserError, outcome, outcome_types

SIGN_IN = (
    "mutation($c: String!) { signIn(code: $c) {"
    " __typename ... on SignedIn { token } ... on CodeWrong { code message remaining } } }"
)


async def test_a_fault_of_ours_is_logged_and_not_told(open_town: Any) -> None:
    with capture_logs() as logs:
        answer = await open_town.query("{ broken hello }")
    assert answer.status == 200
    assert answer.body["data"] == {"broken": None, "hello": "hello you"}
    [entry] = answer.body["errors"]
    assert entry["path"] == ["broken"]
    assert entry["extensions"] == {"code": "INTERNAL", "requestId": "request-1"}
    assert "12345" not in str(answer.body)
    [line] = [line for line in logs if line["event"] == "graphql.internal_error"]
    assert (line["request_id"], line["path"], line["error"]) == ("request-1", "broken", "RuntimeError")
    assert "in broken" in line["traceback"]


async def test_in_production_not_even_the_log_holds_what_an_error_says() -> None:
    with capture_logs() as logs:
        Teller("en", "request-1").internal(RuntimeError("password of lin is 12345"), "Hello")
    assert logs[0]["error"] == "RuntimeError"
    assert "12345" not in str(logs)


async def test_a_refusal_in_a_resolver_keeps_its_code_and_data(open_town: Any) -> None:
    answer = await open_town.query('{ a: refused(how: "often") b: refused(how: "no") }')
    assert answer.codes == ["RATE_LIMITED", "FORBIDDEN"]
    assert answer.body["errors"][0]["extensions"]["retryAfter"] == 7


async def test_what_json_cannot_say_is_a_fault_of_ours(open_town: Any) -> None:
    answer = await open_town.query("{ notJson }")
    assert (answer.status, answer.codes) == (500, ["INTERNAL"])


async def test_graphqls_own_explanations_are_for_developers(town: Any, open_town: Any, caller_of: Any) -> None:
    answer = await open_town.query("{ helo }")
    assert answer.body["errors"][0]["extensions"]["detail"].startswith("Cannot query field 'helo'")
    assert answer.body["errors"][0]["locations"] == [{"line": 1, "column": 3}]
    hello = next(p for p in town.documents.every() if p.name == "Hello")
    ask = {"documentId": f"sha256:{hello.sha256}", "variables": {"name": ["secret"]}}
    production = await caller_of(town.endpoint()).post(ask)
    assert (production.status, production.codes) == (400, ["BAD_USER_INPUT"])
    assert set(production.body["errors"][0]) == {"message", "extensions"}
    assert "secret" not in str(production.body)


async def test_an_outcome_is_a_member_of_the_union(open_town: Any) -> None:
    answer = await open_town.query(SIGN_IN, {"c": "wrong"}, accept_language="en")
    told = answer.body["data"]["signIn"]
    assert (told["__typename"], told["code"], told["remaining"]) == ("CodeWrong", "CODE_WRONG", 4)
    assert (await open_town.query(SIGN_IN, {"c": "right"})).body["data"]["signIn"]["token"] == "t"


async def test_an_outcome_that_the_union_does_not_name_is_a_bug(open_town: Any) -> None:
    with capture_logs() as logs:
        answer = await open_town.query(SIGN_IN, {"c": "gone"})
    assert answer.codes == ["INTERNAL"]
    assert any(line["event"] == "graphql.internal_error" for line in logs)


def test_an_outcome_has_one_type_and_carries_what_the_type_shows() -> None:
    @dataclass(eq=False)
    class Full(Outcome):
        left: int

    class Shown(UserError):
        left: int
        right: int

    with pytest.raises(TypeError, match="carries no right"):
        outcome(Full)(strawberry.type(Shown))
    assert Full not in outcome_types()
    taken = next(iter(outcome_types()))
    with pytest.raises(TypeError, match="already"):
        outcome(taken)(strawberry.type(type("Again", (UserError,), {})))
