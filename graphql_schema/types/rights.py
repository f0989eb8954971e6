"""A citizen's right to his own data: a copy, a correction, erasure."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.messages import message
from app.domains.identity.rights.corrections import errors as corrections_errors
from app.domains.identity.rights.corrections import model as corrections
from app.domains.identity.rights.corrections.model import CorrectionField, CorrectionState
from app.domains.identity.rights.erasures import errors as erasures_errors
from app.domains.identity.rights.erasures import model as erasures
from app.domains.identity.rights.erasures.model import ErasureState, Hindrance, RetainedKind
from app.domains.identity.rights.exports import errors as exports_errors
from app.domains.identity.rights.exports import model as exports
from app.domains.identity.rights.exports.model import ExportState
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import global_id

strawberry.enum(ExportState, name="DataExportState")
strawberry.enum(CorrectionField, description="What is the civil registry's is asked of it again.")
strawberry.enum(CorrectionState)
strawberry.enum(ErasureState)
strawberry.enum(RetainedKind)
strawberry.enum(Hindrance, name="ErasureHindrance")


@strawberry.type(description="A copy of everything the city holds of the viewer.")
class DataExport:
    id: strawberry.ID
    state: ExportState
    requested_at: datetime
    expires_at: datetime | None = strawberry.field(description="When the copy is deleted; null before it is ready.")
    size: int | None = strawberry.field(description="In bytes.")
    link: str | None = strawberry.field(description="A ZIP archive, good for five minutes; null when there is none.")

    @classmethod
    def of(cls, export: exports.Export, link: str | None) -> DataExport:
        return cls(
            id=global_id("DataExport", export.id),
            state=export.state,
            requested_at=export.requested_at,
            expires_at=export.expires_at,
            size=export.size,
            link=link,
        )


@strawberry.type(description="What the viewer says is wrong, and what the city answered.")
class Correction:
    id: strawberry.ID
    field: CorrectionField
    wanted: str
    reason: str
    state: CorrectionState
    requested_at: datetime
    answer: str | None
    settled_at: datetime | None

    @classmethod
    def of(cls, correction: corrections.Correction) -> Correction:
        return cls(
            id=global_id("Correction", correction.id),
            field=correction.field,
            wanted=correction.wanted or "",
            reason=correction.reason or "",
            state=correction.state,
            requested_at=correction.requested_at,
            answer=correction.answer,
            settled_at=correction.settled_at,
        )


@strawberry.type(description="What the law makes stay.")
class Retained:
    kind: RetainedKind
    what: str = strawberry.field(description="In the language asked for.")
    statute: str = strawberry.field(description="By which law.")
    until: date | None = strawberry.field(description="The first day on which it may go; null: when it is of no use.")

    @classmethod
    def of(cls, retained: erasures.Retained, locale: str) -> Retained:
        return cls(
            kind=retained.what,
            what=message(f"RETAINED_{retained.what.name}", locale),
            statute=message(f"STATUTE_{retained.statute.name}", locale, days=retained.days),
            until=retained.until,
        )


@strawberry.type(description="The viewer leaves the city; a week is left to think it over.")
class Erasure:
    id: strawberry.ID
    state: ErasureState
    requested_at: datetime
    erases_at: datetime = strawberry.field(description="Until then it can be taken back.")
    retained: list[Retained]

    @classmethod
    def of(cls, erasure: erasures.Erasure, retained: tuple[erasures.Retained, ...], locale: str) -> Erasure:
        return cls(
            id=global_id("Erasure", erasure.id),
            state=erasure.state,
            requested_at=erasure.requested_at,
            erases_at=erasure.erases_at,
            retained=[Retained.of(one, locale) for one in retained],
        )


@strawberry.type
class DataExportRequested:
    data_export: DataExport


@strawberry.type
class CorrectionRequested:
    correction: Correction


@strawberry.type
class CorrectionWithdrawn:
    correction: Correction


@strawberry.type
class ErasureRequested:
    erasure: Erasure


@strawberry.type
class ErasureWithdrawn:
    erasure: Erasure


@outcome(exports_errors.ExportUnderway)
@strawberry.type
class ExportUnderway(UserError):
    pass


@outcome(corrections_errors.CorrectionTextMissing)
@strawberry.type
class CorrectionTextMissing(UserError):
    pass


@outcome(corrections_errors.CorrectionUnknown)
@strawberry.type
class CorrectionUnknown(UserError):
    pass


@outcome(corrections_errors.CorrectionSettled, state=CorrectionState)
@strawberry.type
class CorrectionSettled(UserError):
    state: CorrectionState


@outcome(corrections_errors.NothingToCorrect)
@strawberry.type
class NothingToCorrect(UserError):
    pass


@outcome(erasures_errors.ErasureUnderway)
@strawberry.type
class ErasureUnderway(UserError):
    erases_at: datetime


@outcome(erasures_errors.ErasureHindered, hindrances=list)
@strawberry.type(description="Something is to be settled first: money taken out, or paid back.")
class ErasureHindered(UserError):
    hindrances: list[Hindrance]


@outcome(erasures_errors.NoErasure)
@strawberry.type
class NoErasure(UserError):
    pass
