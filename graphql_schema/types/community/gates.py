"""Visitors' passes, gates and their log, cars."""

from __future__ import annotations

import base64
import json
from datetime import datetime

import strawberry

from app.core.said import Said
from app.domains.community.estates.gates.model import Gate, GateKind
from app.domains.community.gates import model as gates
from app.domains.community.gates.lists.service import Kit
from app.domains.community.gates.log.service import Behind, Count, SeenEntry, SeenLook
from app.domains.community.gates.model import Finding, Way
from app.domains.community.gates.offline import StaleWindow
from app.domains.community.parking import model as parking
from app.domains.community.visitors.model import Invitation, Standing
from app.domains.community.visitors.service import SeenPass
from graphql_schema.types.common import Info, global_id, key_of

strawberry.enum(GateKind)
strawberry.enum(Way, name="GateWay", description="By what somebody was let in.")
strawberry.enum(Finding, name="GateFinding", description="What was found of an entry when it was reported.")
strawberry.enum(Standing, name="PassStanding")


@strawberry.type
class EstateGate:
    id: strawberry.ID
    code: str = strawberry.field(description="Unique in its estate.")
    name: str
    kind: GateKind
    active: bool

    @classmethod
    def of(cls, one: Gate, locale: str) -> EstateGate:
        return cls(
            id=global_id("EstateGate", one.id),
            code=one.code,
            name=one.name.within(locale),
            kind=one.kind,
            active=one.active,
        )


@strawberry.input
class EstateGateInput:
    estate_id: strawberry.ID
    code: str
    name: str
    name_en: str = ""
    kind: GateKind = GateKind.PEOPLE
    active: bool = True

    def parsed(self) -> Gate:
        """Raises BadInput."""
        name = Said(self.name, self.name_en)
        return Gate(key_of(self.estate_id, "Estate"), self.code, name, self.kind, self.active)


@strawberry.type(description="A pass for a visitor. `url` is his page, with a code that changes each half minute.")
class VisitorPass:
    id: strawberry.ID
    estate_id: strawberry.ID
    guest: str | None
    phone: str | None
    plate: str | None
    gates: list[str] = strawberry.field(description="By their codes; none are all of the estate.")
    begins: datetime
    ends: datetime
    entries: int
    used: int
    standing: Standing
    made_at: datetime
    url: str | None

    @classmethod
    def of(cls, seen: SeenPass) -> VisitorPass:
        one = seen.one
        return cls(
            id=global_id("VisitorPass", one.id),
            estate_id=global_id("Estate", one.estate),
            guest=one.guest,
            phone=one.phone,
            plate=one.plate,
            gates=list(one.gates),
            begins=one.begins,
            ends=one.ends,
            entries=one.entries,
            used=one.used,
            standing=seen.standing,
            made_at=one.made_at,
            url=seen.url,
        )


@strawberry.input
class VisitorInput:
    residency_id: strawberry.ID
    guest: str
    begins: datetime
    ends: datetime
    entries: int = 1
    phone: str | None = None
    plate: str | None = None
    gates: list[str] = strawberry.field(default_factory=list, description="By their codes; none are all.")

    def parsed(self) -> tuple[str, Invitation]:
        """The residency and the wish. Raises BadInput."""
        wish = Invitation(
            self.guest,
            self.begins,
            self.ends,
            self.entries,
            self.phone or None,
            self.plate or None,
            tuple(self.gates),
        )
        return key_of(self.residency_id, "Residency"), wish


@strawberry.type(description="An entry at one's own home.")
class HomeEntry:
    id: strawberry.ID
    gate: str = strawberry.field(description="By its code.")
    gate_name: str
    way: Way
    at: datetime
    out: bool
    finding: Finding
    mine: bool = strawberry.field(description="Oneself, or a guest of one's own.")
    guest: str | None

    @classmethod
    def of(cls, seen: SeenEntry, locale: str) -> HomeEntry:
        one = seen.entry
        return cls(
            id=global_id("GateEntry", one.id),
            gate=one.gate,
            gate_name=seen.gate.within(locale) if seen.gate else one.gate,
            way=one.way,
            at=one.at,
            out=one.out,
            finding=one.finding,
            mine=seen.mine,
            guest=seen.guest,
        )


@strawberry.type(description="An entry as the estate sees it: when, where, by what; not who.")
class GateEntry:
    id: strawberry.ID
    gate: str
    way: Way
    at: datetime
    heard_at: datetime
    offline: bool
    out: bool
    finding: Finding

    @classmethod
    def of(cls, one: gates.Entry) -> GateEntry:
        return cls(
            id=global_id("GateEntry", one.id),
            gate=one.gate,
            way=one.way,
            at=one.at,
            heard_at=one.heard_at,
            offline=one.offline,
            out=one.out,
            finding=one.finding,
        )


@strawberry.type(description="Somebody looked at which home an entry belongs to.")
class GateLook:
    id: strawberry.ID
    entry_id: strawberry.ID
    mine: bool = strawberry.field(description="One's own look.")
    reason: str | None = strawberry.field(description="None when the citizen has left the city.")
    at: datetime
    by: strawberry.Private[Said]

    @strawberry.field(description="Whose member of staff it was, in the caller's language.")
    def organisation(self, info: Info) -> str:
        return self.by.within(info.context.locale)

    @classmethod
    def of(cls, seen: SeenLook) -> GateLook:
        one = seen.look
        return cls(
            id=global_id("GateLook", one.id),
            entry_id=global_id("GateEntry", one.entry),
            by=seen.organisation,
            mine=seen.mine,
            reason=one.reason,
            at=one.at,
        )


@strawberry.type
class GateCount:
    gate: str
    way: Way
    entries: int

    @classmethod
    def of(cls, one: Count) -> GateCount:
        return cls(gate=one.gate, way=one.way, entries=one.entries)


@strawberry.type(description="What a gate needs while it has no network.")
class GateKit:
    signed_list: str = strawberry.field(description="A signed CWT in base64: all of it, a part, or what has changed.")
    next_part: str | None = strawberry.field(description="Of a list in parts: fetch the next `after` this one.")
    keys: str = strawberry.field(description="A JWK set.")
    issued_at: datetime
    renew_seconds: int
    stale_seconds: int = strawberry.field(description="An older list lets nobody in.")
    stale_window: str = strawberry.field(description="What a gate that works by it cannot know.")

    @classmethod
    def of(cls, kit: Kit, locale: str) -> GateKit:
        window = StaleWindow(kit.stale)
        return cls(
            signed_list=base64.b64encode(kit.data).decode(),
            next_part=kit.after,
            keys=json.dumps(kit.keys),
            issued_at=kit.issued_at,
            renew_seconds=int(kit.renew.total_seconds()),
            stale_seconds=int(kit.stale.total_seconds()),
            stale_window=Said(window.zh, window.en).within(locale),
        )


@strawberry.type(description="Somebody is let in. `plate`: he may come by car. `left`: entries of a visitor's pass.")
class GateOpened:
    entry_id: strawberry.ID
    way: Way
    at: datetime
    left: int | None
    plate: bool

    @classmethod
    def of(cls, one: gates.Opened) -> GateOpened:
        id_ = global_id("GateEntry", one.entry)
        return cls(entry_id=id_, way=one.way, at=one.at, left=one.left, plate=one.plate)


@strawberry.input(description="`reference` is the gate's own; `at` by its clock.")
class GateEntryInput:
    reference: str
    code: str
    at: datetime

    def parsed(self) -> gates.Reported:
        """Raises BadInput."""
        return gates.Reported(self.reference, self.code, self.at)


@strawberry.type
class GateEntryAnswered:
    reference: str
    finding: Finding


@strawberry.type
class GateEntriesReported:
    entries: list[GateEntryAnswered]


@strawberry.type(description="Which home an entry belongs to; the citizen is told that it was looked at.")
class GateEntryRevealed:
    entry: GateEntry
    home: str

    @classmethod
    def of(cls, one: Behind) -> GateEntryRevealed:
        return cls(entry=GateEntry.of(one.entry), home=one.home)


@strawberry.type(description="A car passed the gate. `known` is false of one that leaves and that no gate saw come.")
class CarPassed:
    visitor: bool
    free: int
    visitor_free: int = strawberry.field(description="Bays that a visitor could take.")
    left: int | None
    known: bool
    bays: list[str] = strawberry.field(description="Numbers of those that a resident's home has.")

    @classmethod
    def of(cls, one: parking.Passed) -> CarPassed:
        return cls(
            visitor=one.visitor,
            free=one.free,
            visitor_free=one.visitor_free,
            left=one.left,
            known=one.known,
            bays=list(one.bays),
        )


@strawberry.type
class CarPark:
    estate_id: strawberry.ID
    bays: int
    inside: int
    visitors: int = strawberry.field(description="Visitors' cars among those that are in.")
    free: int
    visitor_free: int = strawberry.field(description="Bays that a visitor could take.")

    @classmethod
    def of(cls, one: parking.CarPark) -> CarPark:
        return cls(
            estate_id=global_id("Estate", one.estate),
            bays=one.bays,
            inside=one.inside,
            visitors=one.visitors,
            free=one.free,
            visitor_free=one.visitor_free,
        )


@strawberry.type
class ResidentPlate:
    id: strawberry.ID
    estate_id: strawberry.ID
    plate: str | None
    at: datetime

    @classmethod
    def of(cls, one: parking.ResidentPlate) -> ResidentPlate:
        return cls(
            id=global_id("ResidentPlate", one.id),
            estate_id=global_id("Estate", one.estate),
            plate=one.plate,
            at=one.at,
        )


@strawberry.type(description="A plate is no longer a resident's of that estate.")
class PlateDropped:
    estate_id: strawberry.ID


@strawberry.type
class VisitorPassSaved:
    visitor_pass: VisitorPass


@strawberry.type
class PlatesSaved:
    plates: list[ResidentPlate]


@strawberry.type
class GateSaved:
    gate: EstateGate
