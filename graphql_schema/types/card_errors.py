"""Named errors of the card room."""

from __future__ import annotations

import strawberry

from graphql_schema.endpoint.outcomes import UserError, outcome
from virtual_card.cards import errors as cards
from virtual_card.cards.model import CardState
from virtual_card.codes import errors as codes
from virtual_card.disclosures import errors as disclosures


@outcome(cards.NotVerified)
@strawberry.type
class NotVerified(UserError):
    pass


@outcome(cards.CardExists)
@strawberry.type
class CardExists(UserError):
    pass


@outcome(cards.NoCard)
@strawberry.type
class NoCard(UserError):
    pass


@outcome(cards.CardNotActive, state=CardState)
@strawberry.type
class CardNotActive(UserError):
    state: CardState


@outcome(cards.CardNotSuspended, state=CardState)
@strawberry.type
class CardNotSuspended(UserError):
    state: CardState


@outcome(codes.CodeMalformed)
@strawberry.type(description="Not a code of this city.")
class CodeMalformed(UserError):
    pass


@outcome(codes.CodeUnknown)
@strawberry.type
class CodeUnknown(UserError):
    pass


@outcome(codes.CodeExpired)
@strawberry.type
class CodeExpired(UserError):
    pass


@outcome(codes.CodeUsed)
@strawberry.type(description="It was verified before: ask for a fresh one.")
class CodeUsed(UserError):
    pass


@outcome(codes.CodeForOtherPurpose)
@strawberry.type(description="It was shown for another purpose, and is not spent.")
class CodeForOtherPurpose(UserError):
    pass


@outcome(disclosures.DisclosureUnknown)
@strawberry.type
class DisclosureUnknown(UserError):
    pass


@outcome(disclosures.AlreadyDisputed)
@strawberry.type
class AlreadyDisputed(UserError):
    pass


@outcome(disclosures.ReasonMissing)
@strawberry.type
class ReasonMissing(UserError):
    pass
