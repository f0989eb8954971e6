"""Estates and those who live there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from app.core.imports.errors import BadRow
from app.core.imports.model import ImportDone
from app.core.said import Said
from app.domains.community.estates import errors
from app.domains.community.estates import model as estates
from app.domains.community.estates.model import Amendment, EstateState
from app.domains.community.residents import model as residents
from app.domains.community.residents.model import RELATION_NAMES, Relation, ResidencyState
from app.domains.community.residents.service import SeenResidency
from app.domains.community.residents.verifying.service import SeenAsker
from app.domains.identity.organisations.model import Tree
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id, key_of
from graphql_schema.types.places import Position, PositionInput

strawberry.enum(EstateState)
strawberry.enum(Relation, name="HomeRelation", description="To the home.")
strawberry.enum(ResidencyState)


@strawberry.type(description="What the estate has settled for its homes.")
class EstateRules:
    passes_a_day: int = strawberry.field(description="Visitors' passes by home.")
    most_entries: int = strawberry.field(description="By pass.")
    longest_hours: int = strawberry.field(description="By pass.")
    log_days: int = strawberry.field(description="For how long it is kept who came in.")
    visitor_bays: int | None = strawberry.field(
        description="How many bays visitors may take; null is any that is free."
    )

    @classmethod
    def of(cls, rules: estates.EstateRules) -> EstateRules:
        return cls(
            passes_a_day=rules.passes_a_day,
            most_entries=rules.most_entries,
            longest_hours=rules.longest_hours,
            log_days=rules.log_days,
            visitor_bays=rules.visitor_bays,
        )


@strawberry.type(description="An estate: homes of one committee, looked after by one company.")
class Estate:
    id: strawberry.ID
    name: str
    committee: OrganisationName
    company: OrganisationName
    position: Position
    address: str
    bays: int = strawberry.field(description="How many cars can be left there.")
    state: EstateState
    rules: EstateRules
    rev: int = strawberry.field(description="Counts its changes.")

    @classmethod
    def of(cls, one: estates.Estate, tree: Tree, locale: str) -> Estate:
        return cls(
            id=global_id("Estate", one.code),
            name=one.name.within(locale),
            committee=OrganisationName.of(one.committee, tree),
            company=OrganisationName.of(one.company, tree),
            position=Position.of(one.point),
            address=one.address,
            bays=one.bays,
            state=one.state,
            rules=EstateRules.of(one.rules),
            rev=one.rev,
        )


@strawberry.input
class EstateRulesInput:
    passes_a_day: int = 10
    most_entries: int = 10
    longest_hours: int = 72
    log_days: int = 30
    visitor_bays: int | None = None

    def parsed(self) -> estates.EstateRules:
        days = (self.passes_a_day, self.most_entries, self.longest_hours, self.log_days)
        return estates.EstateRules(*days, self.visitor_bays)


@strawberry.input(description="What keepers may change of an estate, over its revision.")
class EstateInput:
    name: str
    name_en: str = ""
    address: str
    position: PositionInput
    rules: EstateRulesInput
    bays: int
    rev: int

    def parsed(self) -> Amendment:
        """Raises PlaceNotOnEarth."""
        name = Said(self.name, self.name_en)
        return Amendment(name, self.address, self.position.parsed(), self.rules.parsed(), self.bays, self.rev)


@strawberry.type(description="Somebody of one's own household, or who asks to be.")
class HouseholdMember:
    id: strawberry.ID
    name: str
    relation: Relation
    relation_name: str
    state: ResidencyState
    head: bool
    mine: bool


@strawberry.type(description="A home of one's own: asked for, lived in, or left.")
class Residency:
    id: strawberry.ID
    estate_id: strawberry.ID
    estate_name: str
    building: str
    room: str
    relation: Relation
    relation_name: str
    state: ResidencyState
    asked_at: datetime
    changed_at: datetime
    reason: str | None = strawberry.field(description="Why it was refused.")
    head: bool = strawberry.field(description="One is the head of the household.")
    people: list[HouseholdMember] = strawberry.field(
        description="Who lives there, oneself included; of a head also who asks to. Of who only asks: none."
    )

    @classmethod
    def of(cls, seen: SeenResidency, locale: str) -> Residency:
        one = seen.residency
        return cls(
            id=global_id("Residency", one.id),
            estate_id=global_id("Estate", one.estate),
            estate_name=seen.estate.within(locale),
            building=one.home.building if one.home else "",
            room=one.home.room if one.home else "",
            relation=one.relation,
            relation_name=RELATION_NAMES[one.relation].within(locale),
            state=one.state,
            asked_at=one.asked_at,
            changed_at=one.changed_at,
            reason=one.reason,
            head=seen.head,
            people=[_member(other, seen, locale) for other in seen.people],
        )


def _member(other: residents.Residency, seen: SeenResidency, locale: str) -> HouseholdMember:
    return HouseholdMember(
        id=global_id("Residency", other.id),
        name=(seen.names or {}).get(other.citizen, ""),
        relation=other.relation,
        relation_name=RELATION_NAMES[other.relation].within(locale),
        state=other.state,
        head=other.id == seen.head_id,
        mine=other.id == seen.residency.id,
    )


@strawberry.type(description="Somebody as the estate sees him: by name while he asks, `林*` once he lives there.")
class EstateResident:
    id: strawberry.ID
    name: str
    building: str
    room: str
    relation: Relation
    state: ResidencyState
    head: bool
    asked_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, seen: SeenAsker) -> EstateResident:
        one = seen.residency
        return cls(
            id=global_id("Residency", one.id),
            name=seen.name,
            building=one.home.building if one.home else "",
            room=one.home.room if one.home else "",
            relation=one.relation,
            state=one.state,
            head=seen.head,
            asked_at=one.asked_at,
            changed_at=one.changed_at,
        )


@strawberry.input
class ResidencyInput:
    estate_id: strawberry.ID
    building: str
    room: str
    relation: Relation

    def parsed(self) -> residents.Wish:
        """Raises BadInput."""
        return residents.Wish(key_of(self.estate_id, "Estate"), self.building, self.room, self.relation)


@strawberry.type
class ResidencySaved:
    residency: Residency


@strawberry.type
class EstateSaved:
    estate: Estate


@strawberry.type
class ResidentSettled:
    resident: EstateResident


@strawberry.type(description="A line of a file, and what is wrong with it.")
class HomeLine:
    line: int
    field: str
    fault: str


def _lines(rows: Sequence[BadRow]) -> list[HomeLine]:
    return [HomeLine(line=row.line, field=row.field, fault=row.fault.value.upper()) for row in rows]


@outcome(errors.HomeImportRefused, rows=_lines)
@strawberry.type(description="The file has bad lines; nothing was imported. `more` were found than are listed.")
class HomeImportRefused(UserError):
    rows: list[HomeLine]
    more: int


@outcome(errors.HomeImportRunning)
@strawberry.type(description="This file is being imported at this moment.")
class HomeImportRunning(UserError):
    pass


@strawberry.type
class HomesImported:
    lines: int
    fresh: int
    same: int

    @classmethod
    def of(cls, done: ImportDone) -> HomesImported:
        return cls(lines=done.lines, fresh=done.tally.fresh, same=done.tally.same)
