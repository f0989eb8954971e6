"""The care list."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.community.care import model as care
from app.domains.community.care.keeping.service import RevealedCare
from app.domains.community.care.model import CarePrivate, CareState, Pause, Rhythm, Sign, Told
from app.domains.community.care.service import SeenCare
from graphql_schema.types.common import global_id

strawberry.enum(Pause, name="CarePause")
strawberry.enum(Sign, name="CareSign", description="How it is known that one is well.")
strawberry.enum(Told, name="CareTold", description="How far a missed check-in was told.")


@strawberry.type(description="On these weekdays (Monday is 0), until so many minutes after midnight.")
class CareRhythm:
    weekdays: list[int]
    minute: int


@strawberry.type
class CareStep:
    due_at: datetime
    told: Told
    at: datetime
    case_number: str | None

    @classmethod
    def of(cls, one: care.CareStep) -> CareStep:
        return cls(due_at=one.due_at, told=one.told, at=one.at, case_number=one.case)


@strawberry.type(description="Somebody on the care list. The committee sees no name and no phone here.")
class CareEntry:
    id: strawberry.ID
    estate_id: strawberry.ID
    care_state: CareState
    rhythm: CareRhythm
    due_at: datetime | None
    told: Told
    sign: Sign | None
    sign_at: datetime | None
    pause: Pause | None
    paused_until: datetime | None
    contact: str | None = strawberry.field(description="Of one's own.")
    phone: str | None
    note: str | None
    steps: list[CareStep]

    @classmethod
    def of(cls, one: care.CareEntry, private: CarePrivate | None = None) -> CareEntry:
        shown = private or CarePrivate()
        return cls(
            id=global_id("CareEntry", one.id),
            estate_id=global_id("Estate", one.estate),
            care_state=one.state,
            rhythm=CareRhythm(weekdays=list(one.rhythm.weekdays), minute=one.rhythm.minute),
            due_at=one.due_at,
            told=one.told,
            sign=one.sign,
            sign_at=one.sign_at,
            pause=one.pause,
            paused_until=one.look_at if one.state is CareState.PAUSED else None,
            contact=shown.contact or None,
            phone=shown.phone or None,
            note=shown.note or None,
            steps=[],
        )

    @classmethod
    def own(cls, seen: SeenCare) -> CareEntry:
        shown = cls.of(seen.entry, seen.entry.private)
        shown.steps = [CareStep.of(step) for step in seen.steps]
        return shown


@strawberry.type
class CareSaved:
    entry: CareEntry


@strawberry.type(description="Whom it is about: he is told of this look.")
class CareRevealed:
    entry: CareEntry
    name: str
    home: str

    @classmethod
    def read(cls, one: RevealedCare) -> CareRevealed:
        return cls(entry=CareEntry.of(one.entry, one.private), name=one.name, home=one.home)


@strawberry.input
class CareRhythmInput:
    weekdays: list[int]
    minute: int

    def parsed(self) -> Rhythm:
        return Rhythm(tuple(self.weekdays), self.minute)


@strawberry.input(description="Whom to call; both or neither. `note`: what is good to know.")
class CareContactInput:
    contact: str = ""
    phone: str = ""
    note: str = ""

    def parsed(self) -> CarePrivate:
        return CarePrivate(self.contact, self.phone, self.note)
