"""Reviews of places, and corrections that citizens propose."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.identity.organisations.model import Tree
from app.domains.life.directory.corrections import model as corrections
from app.domains.life.directory.corrections.model import CorrectedField, CorrectionState
from app.domains.life.directory.reviews import model as reviews
from app.domains.life.directory.reviews.model import Proof, Standing
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id
from graphql_schema.types.life.places import Place

strawberry.enum(
    Standing,
    name="ReviewStanding",
    description="WAITING: somebody looks at it first. HELD: hidden for now, because many reported it.",
)
strawberry.enum(Proof, name="ProofOfUse", description="What showed that the place was used.")
strawberry.enum(
    CorrectedField,
    name="PlaceField",
    description="HOURS are written as `Place.hours`; POSITION as `26.0823, 119.2965`; KIND is a code; CLOSED: it is "
    "there no more, and the note says since when.",
)
strawberry.enum(CorrectionState, name="PlaceCorrectionState")


@strawberry.type(description="By who runs the place.")
class PlaceReviewReply:
    words: str
    by: OrganisationName
    at: datetime


@strawberry.type(description="One of each person and place. `name` is masked.")
class PlaceReview:
    id: strawberry.ID
    place_id: strawberry.ID
    name: str
    stars: int
    words: str
    at: datetime
    rewritten: bool
    proof: Proof | None
    reply: PlaceReviewReply | None

    @classmethod
    def of(cls, one: reviews.Review, tree: Tree) -> PlaceReview:
        reply = one.reply and PlaceReviewReply(
            words=one.reply.words, by=OrganisationName.of(one.reply.by, tree), at=one.reply.at
        )
        return cls(
            id=global_id("PlaceReview", one.id),
            place_id=global_id("Place", one.place),
            name=one.name,
            stars=one.stars,
            words=one.words,
            at=one.changed_at,
            rewritten=bool(one.before),
            proof=one.proof,
            reply=reply or None,
        )


@strawberry.type(description="One's own; what is not SHOWN is read by nobody else, and does not count.")
class OwnPlaceReview:
    review: PlaceReview
    standing: Standing

    @classmethod
    def of(cls, one: reviews.Review, tree: Tree) -> OwnPlaceReview:
        return cls(review=PlaceReview.of(one, tree), standing=one.standing)


@strawberry.type(description="`was`: how the place had it when this was proposed.")
class PlaceCorrection:
    id: strawberry.ID
    place_id: strawberry.ID
    field: CorrectedField
    value: str
    was: str
    note: str
    at: datetime
    state: CorrectionState
    decided_at: datetime | None
    reason: str

    @classmethod
    def of(cls, one: corrections.PlaceCorrection) -> PlaceCorrection:
        return cls(
            id=global_id("PlaceCorrection", one.id),
            place_id=global_id("Place", one.place),
            field=one.proposed.field,
            value=one.proposed.value,
            was=one.was,
            note=one.proposed.note,
            at=one.at,
            state=one.state,
            decided_at=one.decided_at,
            reason=one.reason,
        )


@strawberry.type
class PlaceReviewed:
    review: OwnPlaceReview


@strawberry.type
class PlaceReviewWithdrawn:
    review_id: strawberry.ID


@strawberry.type
class PlaceKept:
    place: Place


@strawberry.type
class PlaceCorrectionProposed:
    correction: PlaceCorrection


@strawberry.type
class PlaceCorrectionWithdrawn:
    correction: PlaceCorrection


@strawberry.type(description="As the place stands now.")
class PlaceSaved:
    place: Place


@strawberry.type
class PlaceReviewAnswered:
    review: PlaceReview


@strawberry.type
class PlaceCorrectionSettled:
    correction: PlaceCorrection
