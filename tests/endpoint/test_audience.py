"""Who may run an operation is decided at the door; what declares nothing is not served."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import strawberry

from graphql_schema.endpoint.audience import EVERYONE, AudienceMissing, check_audiences

OPEN, SIGN_IN, NO = 200, 401, 403


@pytest.mark.parametrize(
    ("query", "anonymous", "phone", "lin", "guardian", "narrow", "gate", "kiosk"),
    [
        ("{ hello }", OPEN, OPEN, OPEN, OPEN, OPEN, OPEN, OPEN),
        ("{ __typename }", OPEN, OPEN, OPEN, OPEN, OPEN, OPEN, OPEN),
        ("{ __schema { queryType { name } } }", OPEN, OPEN, OPEN, OPEN, OPEN, OPEN, OPEN),
        ("{ me }", SIGN_IN, OPEN, OPEN, OPEN, NO, NO, NO),
        ("{ card }", SIGN_IN, NO, OPEN, NO, NO, NO, NO),
        ("{ hello card }", SIGN_IN, NO, OPEN, NO, NO, NO, NO),
        ("{ a: me ...{ b: card } }", SIGN_IN, NO, OPEN, NO, NO, NO, NO),
        ("{ ...F } fragment F on Query { ...G } fragment G on Query { card }", SIGN_IN, NO, OPEN, NO, NO, NO, NO),
        ("query($no: Boolean = true) { hello card @skip(if: $no) }", SIGN_IN, NO, OPEN, NO, NO, NO, NO),
        ("mutation { verify }", SIGN_IN, NO, NO, NO, NO, OPEN, NO),
    ],
)
async def test_each_role_against_each_audience(
    town: Any,
    open_town: Any,
    query: str,
    anonymous: int,
    phone: int,
    lin: int,
    guardian: int,
    narrow: int,
    gate: int,
    kiosk: int,
) -> None:
    expected = {
        None: anonymous,
        "phone-only": phone,
        "lin": lin,
        "guardian": guardian,
        "narrow-guardian": narrow,
        "gate": gate,
        "kiosk": kiosk,
    }
    for viewer, status in expected.items():
        town.ran.clear()
        answer = await open_town.query(query, viewer=viewer)
        assert answer.status == status, viewer
        if status != OPEN:
            assert answer.codes == [{SIGN_IN: "UNAUTHENTICATED", NO: "FORBIDDEN"}[status]]
            assert town.ran == []


def test_a_schema_with_an_undeclared_root_field_is_not_served() -> None:
    @strawberry.type
    class Query:
        @strawberry.field(metadata={"audience": EVERYONE})
        def said(self) -> int:
            return 1

    @strawberry.type
    class Mutation:
        @strawberry.mutation
        def unsaid(self) -> int:
            return 1

    @strawberry.type
    class Subscription:
        @strawberry.subscription(metadata={"audience": "everyone"})
        async def misspelt(self) -> AsyncGenerator[int, None]:
            yield 1

    check_audiences(strawberry.Schema(Query))
    with pytest.raises(AudienceMissing, match=r"Mutation\.unsaid"):
        check_audiences(strawberry.Schema(Query, Mutation))
    with pytest.raises(AudienceMissing, match=r"Subscription\.misspelt"):
        check_audiences(strawberry.Schema(Query, None, Subscription))
