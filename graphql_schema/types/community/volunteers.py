"""Volunteers, their groups, activities, check-ins and hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import strawberry

from app.core.said import Said
from app.domains.community.volunteers import model as volunteers
from app.domains.community.volunteers.activities import model as activities
from app.domains.community.volunteers.activities.model import ActivityState, SignUpState, Span, Terms
from app.domains.community.volunteers.activities.signing.service import Place
from app.domains.community.volunteers.check_ins import model as check_ins
from app.domains.community.volunteers.check_ins.flags import model as flags
from app.domains.community.volunteers.check_ins.flags.model import FlagState
from app.domains.community.volunteers.check_ins.model import FlagKind, Way
from app.domains.community.volunteers.groups import model as groups
from app.domains.community.volunteers.groups.model import GroupState
from app.domains.community.volunteers.hours import model as hours
from app.domains.community.volunteers.hours.model import HoursState
from app.domains.community.volunteers.model import STARS, Skill
from app.domains.identity.organisations.model import Tree
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id, key_of
from graphql_schema.types.places import Position, PositionInput
from virtual_card.codes import qr

strawberry.enum(Skill, name="VolunteerSkill")
strawberry.enum(GroupState, name="VolunteerGroupState")
strawberry.enum(SignUpState, name="VolunteerPlaceState")
strawberry.enum(Way, name="CheckInWay")
strawberry.enum(FlagKind, name="CheckInFlagKind", description="What makes one look twice at a check-in.")
strawberry.enum(FlagState, name="CheckInFlagState")


def number_of(citizen: str, known: Mapping[str, volunteers.Volunteer]) -> str:
    """Empty when he has left the city."""
    return known[citizen].number if citizen in known else ""


@strawberry.type(description="A registered volunteer. `minutes` were published; the star follows from them.")
class Volunteer:
    number: str
    skills: list[Skill]
    areas: list[str] = strawberry.field(description="Codes of divisions.")
    since: datetime
    minutes: int
    stars: int
    hours_to_next: int | None = strawberry.field(description="Missing for the next star; null: there is none.")
    star_hours: list[int] = strawberry.field(description="From so many hours on: one star, two, …")

    @classmethod
    def of(cls, one: volunteers.Volunteer) -> Volunteer:
        return cls(
            number=one.number,
            skills=list(one.skills),
            areas=list(one.areas),
            since=one.agreed_at,
            minutes=one.minutes,
            stars=one.stars,
            hours_to_next=one.to_next,
            star_hours=list(STARS),
        )


@strawberry.type(description="A group of volunteers; its organisation answers for it.")
class VolunteerGroup:
    id: strawberry.ID
    name: str
    words: str
    organisation: OrganisationName
    state: GroupState
    founded: bool = strawberry.field(description="By volunteers; else it is the organisation's own.")
    answer: str = strawberry.field(description="What was said to whoever founded it.")
    made_at: datetime

    @classmethod
    def of(cls, one: groups.Group, tree: Tree, locale: str) -> VolunteerGroup:
        return cls(
            id=global_id("VolunteerGroup", one.id),
            name=one.name.within(locale),
            words=one.words.within(locale),
            organisation=OrganisationName.of(one.organisation, tree),
            state=one.state,
            founded=one.founder is not None,
            answer=one.answer,
            made_at=one.made_at,
        )


@strawberry.type
class MyVolunteerGroups:
    joined: list[VolunteerGroup]
    founded: list[VolunteerGroup]


@strawberry.type(description="What volunteers do together. `within`: how near, in metres, somebody is who is there.")
class VolunteerActivity:
    id: strawberry.ID
    group_id: strawberry.ID
    organisation: OrganisationName
    title: str
    words: str
    position: Position
    address: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime = strawberry.field(description="From then on one can check in.")
    state: ActivityState
    places: int
    taken: int
    waiting: int
    within: int
    points: int = strawberry.field(description="For an hour.")
    route_id: strawberry.ID | None = strawberry.field(description="Of the patrol, where it goes along one.")

    @classmethod
    def of(cls, one: activities.Activity, now: datetime, tree: Tree, locale: str) -> VolunteerActivity:
        terms = one.terms
        return cls(
            id=global_id("VolunteerActivity", one.id),
            group_id=global_id("VolunteerGroup", terms.group),
            organisation=OrganisationName.of(one.organisation, tree),
            title=terms.title.within(locale),
            words=terms.words.within(locale),
            position=Position.of(terms.point),
            address=terms.address,
            starts_at=terms.span.starts_at,
            ends_at=terms.span.ends_at,
            opens_at=one.opens_at,
            state=one.state_on(now),
            places=terms.places,
            taken=one.taken,
            waiting=one.waiting,
            within=terms.within,
            points=terms.points,
            route_id=global_id("VolunteerRoute", terms.route) if terms.route else None,
        )


@strawberry.type
class VolunteerActivitiesNear:
    activities: list[VolunteerActivity]


@strawberry.type(description="One's own check-in.")
class VolunteerCheckIn:
    at: datetime
    metres: int
    out_at: datetime | None

    @classmethod
    def of(cls, one: check_ins.CheckIn) -> VolunteerCheckIn:
        return cls(at=one.at, metres=one.metres, out_at=one.out_at)


@strawberry.type(description="One's place in an activity, or in the line for one: so many are `ahead`.")
class VolunteerPlace:
    activity: VolunteerActivity
    state: SignUpState
    ahead: int
    at: datetime
    promoted_at: datetime | None
    check_in: VolunteerCheckIn | None

    @classmethod
    def of(cls, one: Place, came: check_ins.CheckIn | None, now: datetime, tree: Tree, locale: str) -> VolunteerPlace:
        return cls(
            activity=VolunteerActivity.of(one.activity, now, tree, locale),
            state=one.sign_up.state,
            ahead=one.ahead,
            at=one.sign_up.at,
            promoted_at=one.sign_up.promoted_at,
            check_in=VolunteerCheckIn.of(came) if came else None,
        )


@strawberry.type(description="What one's part in an activity counts.")
class VolunteerHours:
    id: strawberry.ID
    activity_id: strawberry.ID
    title: str
    organisation: OrganisationName
    day: date
    minutes: int
    published: int
    state: HoursState
    corrected: list[str] = strawberry.field(description="Reasons of corrections, the first one first.")

    @classmethod
    def of(cls, one: hours.Entry, activity: activities.Activity | None, tree: Tree, locale: str) -> VolunteerHours:
        return cls(
            id=global_id("VolunteerHours", one.activity),
            activity_id=global_id("VolunteerActivity", one.activity),
            title=activity.terms.title.within(locale) if activity else "",
            organisation=OrganisationName.of(one.organisation, tree),
            day=one.day,
            minutes=one.minutes,
            published=one.published,
            state=one.state,
            corrected=[step.reason for step in one.corrections],
        )


@strawberry.type(description="A certificate of one's hours as PDF; the link is good until then.")
class VolunteerCertificate:
    link: str
    expires_at: datetime


@strawberry.type(description="To be shown as a QR code until then; the next one comes after it.")
class ActivityCode:
    text: str
    until: datetime
    way: Way
    came: int = strawberry.field(description="How many have checked in.")

    @strawberry.field(description="As a QR code: an `<svg>` element without fixed size.")
    def svg(self) -> str:
        return qr.svg(self.text)

    @classmethod
    def of(cls, one: check_ins.ShownCode, way: Way, came: int) -> ActivityCode:
        return cls(text=one.text, until=one.until, way=way, came=came)


@strawberry.type(description="Who has a place, as the organiser sees him: by his volunteer's number.")
class ActivityVolunteer:
    number: str
    state: SignUpState
    check_in: VolunteerCheckIn | None

    @classmethod
    def of(
        cls,
        one: activities.SignUp,
        known: Mapping[str, volunteers.Volunteer],
        came: Mapping[str, check_ins.CheckIn],
    ) -> ActivityVolunteer:
        there = came.get(one.citizen)
        return cls(
            number=number_of(one.citizen, known),
            state=one.state,
            check_in=VolunteerCheckIn.of(there) if there else None,
        )


@strawberry.type(description="What makes one look twice at a check-in: the hours wait until somebody has decided.")
class CheckInFlag:
    id: strawberry.ID
    kind: FlagKind
    activity_id: strawberry.ID
    number: str = strawberry.field(description="The volunteer's.")
    others: int
    state: FlagState
    words: str
    at: datetime

    @classmethod
    def of(cls, one: flags.Flag, known: Mapping[str, volunteers.Volunteer]) -> CheckInFlag:
        number = number_of(one.citizen, known)
        return cls(
            id=global_id("CheckInFlag", one.shown_id(number)),
            kind=one.kind,
            activity_id=global_id("VolunteerActivity", one.activity),
            number=number,
            others=one.others,
            state=one.state,
            words=one.words,
            at=one.at,
        )


@strawberry.type(description="Hours of one volunteer, as the organiser sees them.")
class ConfirmedHours:
    id: strawberry.ID
    number: str
    day: date
    minutes: int
    published: int
    state: HoursState

    @classmethod
    def of(cls, one: hours.Entry, known: Mapping[str, volunteers.Volunteer]) -> ConfirmedHours:
        number = number_of(one.citizen, known)
        return cls(
            id=global_id("VolunteerHours", one.shown_id(number)),
            number=number,
            day=one.day,
            minutes=one.minutes,
            published=one.published,
            state=one.state,
        )


@strawberry.input(description="Where the phone says it is; it may be `accuracy` metres elsewhere.")
class CheckInFixInput:
    position: PositionInput
    accuracy: float

    def parsed(self) -> check_ins.Fix:
        """Raises PlaceNotOnEarth."""
        return check_ins.Fix(self.position.parsed(), self.accuracy)


@strawberry.input(description="Without `id` it is a new one, a draft.")
class VolunteerActivityInput:
    group_id: strawberry.ID
    title: str
    words: str
    position: PositionInput
    address: str
    starts_at: datetime
    ends_at: datetime
    places: int
    title_en: str = ""
    words_en: str = ""
    within: int = 150
    points: int = 0
    route_id: strawberry.ID | None = None
    id: strawberry.ID | None = None

    def parsed(self) -> Terms:
        """Raises PlaceNotOnEarth, BadInput (id)."""
        return Terms(
            group=key_of(self.group_id, "VolunteerGroup"),
            title=Said(self.title, self.title_en),
            words=Said(self.words, self.words_en),
            point=self.position.parsed(),
            address=self.address,
            span=Span(self.starts_at, self.ends_at),
            places=self.places,
            within=self.within,
            points=self.points,
            route=key_of(self.route_id, "VolunteerRoute") if self.route_id else "",
        )


@strawberry.type
class VolunteerSaved:
    volunteer: Volunteer


@strawberry.type
class VolunteersLeft:
    number: str


@strawberry.type
class VolunteerGroupChanged:
    group: VolunteerGroup


@strawberry.type(description="Who lead a group, by their volunteers' numbers.")
class VolunteerGroupLeaders:
    numbers: list[str]


@strawberry.type
class VolunteerPlaceChanged:
    place: VolunteerPlace


@strawberry.type
class VolunteerCheckedIn:
    activity_id: strawberry.ID
    check_in: VolunteerCheckIn

    @classmethod
    def of(cls, one: check_ins.CheckIn) -> VolunteerCheckedIn:
        return cls(activity_id=global_id("VolunteerActivity", one.activity), check_in=VolunteerCheckIn.of(one))


@strawberry.type
class VolunteerActivityChanged:
    activity: VolunteerActivity


@strawberry.type
class VolunteerHoursChanged:
    hours: ConfirmedHours


@strawberry.type
class CheckInFlagDecided:
    flag: CheckInFlag
