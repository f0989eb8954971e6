"""What an estate tells its homes, and what it repairs for them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.community.notices.model import NoticeState, NoticeWish
from app.domains.community.notices.publishing.service import CountedNotice
from app.domains.community.notices.service import SeenNotice
from app.domains.community.repairs import model as repairs
from app.domains.community.repairs.model import TERMS, RepairKind, RepairState, RepairWish, Why
from app.domains.community.repairs.service import SeenRepair
from graphql_schema.types.common import global_id, key_of

strawberry.enum(NoticeState, name="EstateNoticeState")
strawberry.enum(RepairKind)
strawberry.enum(RepairState)
strawberry.enum(Why, name="RepairLate", description="Which term has passed, or that the resident asked.")


@strawberry.type(description="A notice to one's home. Whether it was read is kept by home, not by person.")
class EstateNotice:
    id: strawberry.ID
    estate_id: strawberry.ID
    title: str
    text: str
    urgent: bool
    published_at: datetime
    until: datetime
    edits: int = strawberry.field(description="How often it was edited.")
    files: int
    links: list[str] = strawberry.field(description="Of its files, good for some minutes; in lists none.")
    read: bool

    @classmethod
    def of(cls, seen: SeenNotice) -> EstateNotice:
        one = seen.notice
        return cls(
            id=global_id("EstateNotice", one.id),
            estate_id=global_id("Estate", one.estate),
            title=one.title,
            text=one.text,
            urgent=one.urgent,
            published_at=one.published_at,
            until=one.until,
            edits=len(one.earlier),
            files=len(one.files),
            links=list(seen.links),
            read=seen.read,
        )


@strawberry.type(description="How a notice read before it was edited.")
class EarlierNotice:
    title: str
    text: str
    until: datetime


@strawberry.type(description="A notice as its estate sees it: how many homes it is for, and how many have read it.")
class PublishedNotice:
    id: strawberry.ID
    estate_id: strawberry.ID
    title: str
    text: str
    urgent: bool
    published_at: datetime
    until: datetime
    state: NoticeState
    earlier: list[EarlierNotice]
    homes: int
    read: int

    @classmethod
    def of(cls, counted: CountedNotice) -> PublishedNotice:
        one = counted.notice
        return cls(
            id=global_id("EstateNotice", one.id),
            estate_id=global_id("Estate", one.estate),
            title=one.title,
            text=one.text,
            urgent=one.urgent,
            published_at=one.published_at,
            until=one.until,
            state=one.state,
            earlier=[EarlierNotice(title=e.title, text=e.text, until=e.until) for e in one.earlier],
            homes=counted.homes,
            read=counted.read,
        )


@strawberry.input
class DoorInput:
    building: str
    room: str


@strawberry.input(description="With neither `buildings` nor `homes` it is for all homes. Files: uploads of one's own.")
class EstateNoticeInput:
    title: str
    text: str
    until: datetime
    urgent: bool = False
    buildings: list[str] = strawberry.field(default_factory=list)
    homes: list[DoorInput] = strawberry.field(default_factory=list)
    upload_ids: list[strawberry.ID] = strawberry.field(default_factory=list)

    def parsed(self) -> NoticeWish:
        """Raises BadInput."""
        return NoticeWish(
            self.title,
            self.text,
            self.until,
            self.urgent,
            tuple(self.buildings),
            tuple((one.building, one.room) for one in self.homes),
            tuple(key_of(one, "Upload") for one in self.upload_ids),
        )


@strawberry.type(description="A kind of repair, and its two terms in hours.")
class RepairTerms:
    kind: RepairKind
    name: str
    accept_hours: int
    finish_hours: int

    @classmethod
    def all(cls, locale: str) -> list[RepairTerms]:
        return [
            cls(
                kind=kind,
                name=terms.name.within(locale),
                accept_hours=int(terms.accept.total_seconds() // 3600),
                finish_hours=int(terms.finish.total_seconds() // 3600),
            )
            for kind, terms in TERMS.items()
        ]


@strawberry.type
class RepairStep:
    state: RepairState
    at: datetime
    note: str


@strawberry.type
class RepairRating:
    solved: bool
    grade: int
    at: datetime


@strawberry.type(description="What is to be mended, or asked of the property company. At home: `home`, else `spot`.")
class Repair:
    id: strawberry.ID
    estate_id: strawberry.ID
    kind: RepairKind
    kind_name: str
    state: RepairState
    words: str | None
    home: str | None
    spot: str
    reported_at: datetime
    accept_by: datetime
    finish_by: datetime
    visit_at: datetime | None
    late: Why | None
    steps: list[RepairStep]
    ratings: list[RepairRating]
    files: int
    links: list[str] = strawberry.field(description="Of its photos, good for some minutes; in lists none.")
    case_number: str | None = strawberry.field(description="Of the case, when the city has it.")
    case_why: Why | None

    @classmethod
    def of(cls, seen: SeenRepair, locale: str) -> Repair:
        one, given = seen.repair, seen.repair.handed_over
        return cls(
            id=global_id("Repair", one.id),
            estate_id=global_id("Estate", one.estate),
            kind=one.kind,
            kind_name=TERMS[one.kind].name.within(locale),
            state=one.state,
            words=one.words,
            home=one.home.label if one.home else None,
            spot=one.spot,
            reported_at=one.reported_at,
            accept_by=one.accept_by,
            finish_by=one.finish_by,
            visit_at=one.visit_at,
            late=seen.late,
            steps=[RepairStep(state=s.state, at=s.at, note=s.note) for s in one.steps],
            ratings=[RepairRating(solved=r.solved, grade=r.grade, at=r.at) for r in one.ratings],
            files=len(one.files),
            links=list(seen.links),
            case_number=given.number if given else None,
            case_why=given.why if given else None,
        )


@strawberry.input
class RepairInput:
    residency_id: strawberry.ID
    kind: RepairKind
    words: str
    at_home: bool = True
    spot: str = strawberry.field(default="", description="Where, when it is not at home.")
    upload_ids: list[strawberry.ID] = strawberry.field(default_factory=list)

    def parsed(self) -> tuple[str, repairs.RepairWish]:
        """The residency and the wish. Raises BadInput."""
        files = tuple(key_of(one, "Upload") for one in self.upload_ids)
        wish = RepairWish(self.kind, self.words, self.at_home, self.spot, files)
        return key_of(self.residency_id, "Residency"), wish


@strawberry.type
class EstateNoticeRead:
    notice: EstateNotice


@strawberry.type
class EstateNoticesPublished:
    notices: list[PublishedNotice]


@strawberry.type
class EstateNoticeSaved:
    notice: PublishedNotice


@strawberry.type
class RepairSaved:
    repair: Repair
