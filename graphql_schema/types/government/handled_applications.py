"""Applications as those who handle them see them: the work list, and all that was handed in once it is opened."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.government.applications.handling import service as handling
from app.domains.government.applications.history import model as history
from app.domains.government.applications.history.model import State
from app.domains.government.applications.model import Application
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id
from graphql_schema.types.government.applications import (
    ApplicationEntry,
    MaterialStanding,
    Seen,
    ServiceApplication,
    WorkingClock,
)


@strawberry.type(description="An application in the hands of a unit, without what its applicant wrote.")
class HandledApplication:
    id: strawberry.ID
    number: str | None
    state: State
    item: str
    version: int
    name: str
    unit: OrganisationName
    submitted_at: datetime | None
    handler: str | None = strawberry.field(description="The client or member of staff who has taken it over.")
    promised: WorkingClock | None
    statutory: WorkingClock | None
    materials: list[MaterialStanding]
    correction_asked: bool
    granted: bool | None
    visits_promised: int
    visits_made: int
    history: list[ApplicationEntry]

    @classmethod
    def of(cls, one: Application, seen: Seen) -> HandledApplication:
        return cls(
            id=global_id("ServiceApplication", one.id),
            number=one.number,
            state=one.state,
            item=one.item,
            version=one.version,
            name=seen.name_of(one.item),
            unit=OrganisationName.of(one.unit, seen.tree),
            submitted_at=one.submitted_at,
            handler=one.handler,
            promised=WorkingClock.of(one.promised, seen) if one.promised else None,
            statutory=WorkingClock.of(one.statutory, seen) if one.statutory else None,
            materials=MaterialStanding.all(one.content.standing),
            correction_asked=one.correction is not None,
            granted=one.decision.granted if one.decision else None,
            visits_promised=one.visits_promised,
            visits_made=len(one.visits),
            history=[ApplicationEntry.of(entry) for entry in one.history],
        )


@strawberry.type(description="Who applies, as the registry and he himself told the city.")
class Applicant:
    name: str | None
    id_number: str | None
    phone: str | None
    by_guardian: bool


@strawberry.type
class ApplicationFile:
    upload_id: strawberry.ID
    url: str = strawberry.field(description="Good for some minutes.")


@strawberry.type(description="All that was handed in; the applicant sees in his ledger who opened it.")
class ApplicationOpened:
    application: ServiceApplication
    applicant: Applicant
    files: list[ApplicationFile]

    @classmethod
    def of(cls, opened: handling.Opened, seen: Seen) -> ApplicationOpened:
        who = opened.applicant
        return cls(
            application=ServiceApplication.of(opened.application, seen),
            applicant=Applicant(name=who.name, id_number=who.id_number, phone=who.phone, by_guardian=who.by_guardian),
            files=[
                ApplicationFile(upload_id=global_id("Upload", upload), url=url)
                for upload, url in sorted(opened.files.items())
            ],
        )


@strawberry.type
class ApplicationHandled:
    application: HandledApplication


@strawberry.input(description="One thing to mend, and where it stands.")
class CorrectionPointInput:
    words: str
    field: str | None = None
    material: str | None = None

    def parsed(self) -> history.Point:
        return history.Point(self.words, self.field, self.material)


@strawberry.input(description="What stands on the licence that is issued.")
class LicenceFactInput:
    name: str
    value: str
