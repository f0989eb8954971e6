"""Test citizens as the provider they were made for sees them."""

from __future__ import annotations

from collections.abc import Iterable

import strawberry

from app.domains.identity.citizens.model import Sex
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Node, global_id
from virtual_card.trials import errors
from virtual_card.trials.model import Trial


@strawberry.type(description="A made-up citizen with a card, for this organisation's tests only.")
class TestCitizen(Node):
    name: str
    sex: Sex
    birth_month: str = strawberry.field(description="YYYY-MM.")
    card_number: str

    @classmethod
    def of(cls, trial: Trial) -> TestCitizen:
        return cls(
            id=global_id("TestCitizen", trial.id),
            name=trial.name,
            sex=trial.sex,
            birth_month=trial.birth_month,
            card_number=trial.card_number,
        )


@strawberry.type
class TestCitizensMade:
    test_citizens: list[TestCitizen]

    @classmethod
    def of(cls, made: Iterable[Trial]) -> TestCitizensMade:
        return cls(test_citizens=[TestCitizen.of(one) for one in made])


@outcome(errors.OnlyInTestMode)
@strawberry.type
class OnlyInTestMode(UserError):
    pass


@outcome(errors.TooManyTestCitizens)
@strawberry.type
class TooManyTestCitizens(UserError):
    most: int


@outcome(errors.TestCitizenUnknown)
@strawberry.type
class TestCitizenUnknown(UserError):
    pass
