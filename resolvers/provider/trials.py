"""Test citizens, for a provider in test mode to try its calls by."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graphql_schema.types.card import CardCode, CodeShown
from graphql_schema.types.card_errors import CardNotActive, NoCard
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, key_of, providers
from graphql_schema.types.trials import (
    OnlyInTestMode,
    TestCitizen,
    TestCitizensMade,
    TestCitizenUnknown,
    TooManyTestCitizens,
)
from virtual_card.codes.model import Purpose

MakeTestCitizensResult = Annotated[
    TestCitizensMade | OnlyInTestMode | TooManyTestCitizens | IdempotencyConflict,
    strawberry.union("MakeTestCitizensResult"),
]
ShowTestCodeResult = Annotated[
    CodeShown | OnlyInTestMode | TestCitizenUnknown | NoCard | CardNotActive | IdempotencyConflict,
    strawberry.union("ShowTestCodeResult"),
]


@strawberry.type
class TrialQuery:
    @strawberry.field(metadata=providers(), description="Those of this organisation; in live mode there are none.")
    async def test_citizens(self, info: Info) -> list[TestCitizen]:
        return [TestCitizen.of(one) for one in await info.context.services.trials.mine(info.context.viewer)]


@strawberry.type
class TrialMutation:
    @strawberry.mutation(metadata=providers(), description="One to ten made-up citizens with cards, in test mode.")
    async def make_test_citizens(
        self, info: Info, count: int, idempotency_key: IdempotencyKey
    ) -> MakeTestCitizensResult:
        made = await info.context.services.trials.make(info.context.viewer, count, idempotency_key)
        return TestCitizensMade.of(made)

    @strawberry.mutation(
        metadata=providers(),
        description="A code as the test citizen's phone would show it: one use, 60 seconds. verifyCode takes it.",
    )
    async def show_test_code(
        self, info: Info, test_citizen_id: strawberry.ID, purpose: Purpose, idempotency_key: IdempotencyKey
    ) -> ShowTestCodeResult:
        key = key_of(test_citizen_id, "TestCitizen")
        shown = await info.context.services.trials.show_code(info.context.viewer, key, purpose, idempotency_key)
        return CodeShown(card_code=CardCode.of(shown))
