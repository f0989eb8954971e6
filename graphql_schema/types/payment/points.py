"""Points: what one has, how they came and went, causes, partners, and what providers grant."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.errors import BadInput
from app.domains.identity.organisations.model import Tree
from app.domains.payment.ledger.model import AccountKind, Posting, TransferKind
from app.domains.payment.points.causes import model as causes
from app.domains.payment.points.grants import model as grants
from app.domains.payment.points.grants.model import GrantReason, GrantState
from app.domains.payment.points.model import POINT, Holding
from app.domains.payment.points.partners import model as partners
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id, key_of

strawberry.enum(GrantReason, name="PointReason")
strawberry.enum(GrantState, name="PointGrantState")


@strawberry.type(description="So many are good until the end of that day; without a day they have no end.")
class PointPart:
    points: int
    expires_on: date | None


@strawberry.type(description="What one has in points.")
class PointHolding:
    points: int
    available: int = strawberry.field(description="Less what is promised to payments that are under way.")
    parts: list[PointPart] = strawberry.field(description="By their last day; the first ones are used first.")

    @classmethod
    def of(cls, holding: Holding) -> PointHolding:
        parts = [PointPart(points=part.points, expires_on=part.expires_on) for part in holding.parts]
        return cls(points=holding.points, available=holding.available // POINT, parts=parts)


@strawberry.type(description="Points that came or went.")
class PointEntry:
    at: datetime
    kind: TransferKind
    points: int = strawberry.field(description="Negative when they went.")
    after: int = strawberry.field(description="How many there were then.")
    what: str | None = strawberry.field(description="What they were given for, as the organisation wrote it.")
    reason: GrantReason | None
    organisation: OrganisationName | None = strawberry.field(description="Who gave or took them.")

    @classmethod
    def of(cls, one: Posting, grant: grants.Grant | None, tree: Tree) -> PointEntry:
        other = grant.organisation if grant else _merchant(one)
        return cls(
            at=one.at,
            kind=one.kind,
            points=one.change.fen // POINT,
            after=(one.after or 0) // POINT,
            what=grant.what if grant else None,
            reason=grant.reason if grant else None,
            organisation=OrganisationName.of(other, tree) if other else None,
        )


def _merchant(one: Posting) -> str | None:
    kind, _, rest = one.other.partition(":")
    return rest.rpartition(":")[0] if kind == AccountKind.MERCHANT.value else None


@strawberry.type(description="What points can be given to.")
class GoodCause:
    id: strawberry.ID
    name: str
    words: str
    given: int = strawberry.field(description="Points so far.")
    goal: int | None
    open: bool

    @classmethod
    def of(cls, one: causes.CauseSoFar, locale: str) -> GoodCause:
        cause = one.cause
        return cls(
            id=global_id("GoodCause", cause.code),
            name=cause.name.within(locale),
            words=cause.words.within(locale),
            given=one.points,
            goal=cause.goal,
            open=cause.open,
        )


@strawberry.type(description="A merchant that takes points.")
class PointPartner:
    merchant: OrganisationName
    points_for_a_yuan: int = strawberry.field(description="So many points for what costs one yuan.")
    offers: str
    since: datetime

    @classmethod
    def of(cls, one: partners.Partner, tree: Tree, locale: str) -> PointPartner:
        name = OrganisationName.of(one.organisation, tree)
        return cls(merchant=name, points_for_a_yuan=one.rate, offers=one.offers.within(locale), since=one.since)


@strawberry.type(description="Points you gave. To whom, only the city knows.")
class PointGrant:
    reference: str
    points: int
    reason: GrantReason
    what: str | None
    state: GrantState
    at: datetime

    @classmethod
    def of(cls, one: grants.Grant) -> PointGrant:
        return cls(
            reference=one.reference,
            points=one.points,
            reason=one.reason,
            what=one.what,
            state=one.state,
            at=one.at,
        )


@strawberry.type(description="What the city gave you to give, in points.")
class PointBudget:
    given: int
    left: int

    @classmethod
    def of(cls, one: grants.Budget) -> PointBudget:
        return cls(given=one.given // POINT, left=one.left // POINT)


@strawberry.input(
    one_of=True,
    description="By a look-up of your own of the last 90 days, or by the number of a card that was shown to you.",
)
class PointRecipient:
    verification_id: strawberry.ID | None = strawberry.UNSET
    card_number: str | None = strawberry.UNSET

    def parsed(self) -> grants.Recipient:
        if self.verification_id:
            return grants.Recipient(verification=key_of(self.verification_id, "Disclosure"))
        if not self.card_number or len(self.card_number) > 40:
            raise BadInput(field="cardNumber")
        return grants.Recipient(card_number=self.card_number)


@strawberry.input(description="`reference` is your own number of it: one reference is one grant, whatever the key.")
class PointGrantInput:
    to: PointRecipient
    reference: str
    points: int
    reason: GrantReason
    what: str = strawberry.field(description="Read by the citizen; 60 characters at most.")

    def parsed(self) -> grants.Wish:
        """Raises BadInput."""
        return grants.Wish.of(self.reference, self.points, self.reason, self.what)


@strawberry.type
class PointsDonated:
    cause: GoodCause
    points: int
    left: int


@strawberry.type
class PointsGranted:
    grant: PointGrant


@strawberry.type
class PointsTakenBack:
    grant: PointGrant
