"""Gates: at the estate, and at the gate itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.estates.service import GATE_SCOPE, SCOPE
from graphql_schema.types.card_errors import (
    CardNotActive,
    CodeExpired,
    CodeForOtherPurpose,
    CodeMalformed,
    CodeUnknown,
    CodeUsed,
    NoCard,
)
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.estate_errors import EstateUnknown
from graphql_schema.types.community.gate_errors import (
    CarParkFull,
    CarPlateInvalid,
    CarPlateUnknown,
    CarUnknown,
    EntryReasonMissing,
    EntryReportUnfit,
    EntryUnknown,
    GateClockOff,
    GateInvalid,
    GateShut,
    GateUnknown,
    HolderNotResident,
    NoCarPark,
    PassCodeMalformed,
    PassCodeOver,
    PassCodeSpent,
    PassForged,
    PassRevoked,
    PassTooEarly,
    PassTooLate,
    PassUnknown,
    PassUsed,
    PassWrongGate,
)
from graphql_schema.types.community.gates import (
    CarPassed,
    EstateGate,
    EstateGateInput,
    GateCount,
    GateEntriesReported,
    GateEntry,
    GateEntryAnswered,
    GateEntryInput,
    GateEntryRevealed,
    GateKit,
    GateLook,
    GateOpened,
    GateSaved,
    PlateDropped,
)

_KEPT, _GATE = providers(scope=SCOPE, live=True), providers(scope=GATE_SCOPE, live=True)
SaveGateResult = Annotated[
    GateSaved | EstateUnknown | GateInvalid | IdempotencyConflict, strawberry.union("SaveGateResult")
]
RevealGateEntryResult = Annotated[
    GateEntryRevealed | EntryUnknown | EstateUnknown | EntryReasonMissing | IdempotencyConflict,
    strawberry.union("RevealGateEntryResult"),
]
OpenGateResult = Annotated[
    GateOpened
    | GateUnknown
    | GateShut
    | GateClockOff
    | EstateUnknown
    | HolderNotResident
    | PassUnknown
    | PassCodeMalformed
    | PassForged
    | PassCodeOver
    | PassCodeSpent
    | PassWrongGate
    | PassRevoked
    | PassUsed
    | PassTooEarly
    | PassTooLate
    | CodeMalformed
    | CodeUnknown
    | CodeUsed
    | CodeExpired
    | CodeForOtherPurpose
    | CardNotActive
    | NoCard
    | IdempotencyConflict,
    strawberry.union("OpenGateResult"),
]
ReportGateEntriesResult = Annotated[
    GateEntriesReported | GateUnknown | GateShut | EntryReportUnfit, strawberry.union("ReportGateEntriesResult")
]
DropPlateResult = Annotated[
    PlateDropped | EstateUnknown | CarPlateInvalid | CarPlateUnknown | IdempotencyConflict,
    strawberry.union("DropPlateResult"),
]
PassCarResult = Annotated[
    CarPassed
    | GateUnknown
    | GateShut
    | EstateUnknown
    | NoCarPark
    | CarPlateInvalid
    | CarUnknown
    | CarParkFull
    | PassUsed
    | PassWrongGate
    | IdempotencyConflict,
    strawberry.union("PassCarResult"),
]


@strawberry.type
class ProviderGateQuery:
    @strawberry.field(description="By code.", metadata=_KEPT)
    async def kept_gates(self, info: Info, estate_id: strawberry.ID) -> list[EstateGate]:
        gates, key = info.context.services.community.neighbourhood.gates.keeping, key_of(estate_id, "Estate")
        return [EstateGate.of(one, info.context.locale) for one in await gates.kept(info.context.viewer, key)]

    @strawberry.field(description="At which the caller stands, by code.", metadata=_GATE)
    async def guarded_gates(self, info: Info, estate_id: strawberry.ID) -> list[EstateGate]:
        gates, key = info.context.services.community.neighbourhood.gates.keeping, key_of(estate_id, "Estate")
        found = await gates.kept(info.context.viewer, key, GATE_SCOPE)
        return [EstateGate.of(one, info.context.locale) for one in found]

    @strawberry.field(
        description="The newest first, without who. `odd`: what gates without network should not have let in.",
        metadata=_KEPT,
    )
    async def gate_log(
        self,
        info: Info,
        estate_id: strawberry.ID,
        gate: str | None = None,
        odd: bool = False,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[GateEntry]:
        log, key = info.context.services.community.neighbourhood.gates.log, key_of(estate_id, "Estate")
        request = PageRequest.of(first, after)
        page = await log.of_estate(info.context.viewer, key, request, gate=gate, odd=odd)
        return connection(page, lambda one: one.turn, GateEntry.of)

    @strawberry.field(description="Who looked at which home an entry belongs to, the newest first.", metadata=_KEPT)
    async def gate_looks(
        self, info: Info, estate_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[GateLook]:
        log, key = info.context.services.community.neighbourhood.gates.log, key_of(estate_id, "Estate")
        page = await log.looks(info.context.viewer, key, PageRequest.of(first, after))
        return connection(page, lambda one: one.look.id, GateLook.of)

    @strawberry.field(description="From one day to another, both included; a month at most.", metadata=_KEPT)
    async def gate_counts(self, info: Info, estate_id: strawberry.ID, since: date, until: date) -> list[GateCount]:
        log, key = info.context.services.community.neighbourhood.gates.log, key_of(estate_id, "Estate")
        return [GateCount.of(one) for one in await log.counts(info.context.viewer, key, since, until)]

    @strawberry.field(
        description="What a gate fetches before it is without network: whole, in parts, or what has changed `since` "
        "its list was made (whole again when that is too much, or too long ago).",
        metadata=_GATE,
    )
    async def gate_kit(
        self, info: Info, gate_id: strawberry.ID, since: datetime | None = None, after: str | None = None
    ) -> GateKit | None:
        lists, key = info.context.services.community.neighbourhood.gates.lists, key_of(gate_id, "EstateGate")
        found = await lists.kit(info.context.viewer, key, since=since, after=after)
        return GateKit.of(found, info.context.locale) if found else None


@strawberry.type
class ProviderGateMutation:
    @strawberry.mutation(description="Add a gate, or say anew what it is.", metadata=_KEPT)
    async def save_gate(self, info: Info, input: EstateGateInput, idempotency_key: IdempotencyKey) -> SaveGateResult:
        gates = info.context.services.community.neighbourhood.gates.keeping
        done = await gates.save(info.context.viewer, input.parsed(), idempotency_key)
        return GateSaved(gate=EstateGate.of(done, info.context.locale))

    @strawberry.mutation(description="Which home an entry belongs to, for a reason that is kept.", metadata=_KEPT)
    async def reveal_gate_entry(
        self, info: Info, entry_id: strawberry.ID, reason: str, idempotency_key: IdempotencyKey
    ) -> RevealGateEntryResult:
        log, key = info.context.services.community.neighbourhood.gates.log, key_of(entry_id, "GateEntry")
        return GateEntryRevealed.of(await log.reveal(info.context.viewer, key, reason, idempotency_key))

    @strawberry.mutation(
        description="A visitor by his pass; a resident by his card (that needs the scope verify:gate, too).",
        metadata=_GATE,
    )
    async def open_gate(
        self,
        info: Info,
        gate_id: strawberry.ID,
        code: str,
        read_at: datetime,
        idempotency_key: IdempotencyKey,
    ) -> OpenGateResult:
        opening, key = info.context.services.community.neighbourhood.gates.opening, key_of(gate_id, "EstateGate")
        return GateOpened.of(await opening.open(info.context.viewer, key, code, read_at, idempotency_key))

    @strawberry.mutation(
        description="What a gate let in without network: 200 at most; repeating is safe. `sentAt`: what its clock says "
        "as it tells this; by how much that is off, its entries are put right.",
        metadata=_GATE,
    )
    async def report_gate_entries(
        self, info: Info, gate_id: strawberry.ID, entries: list[GateEntryInput], sent_at: datetime | None = None
    ) -> ReportGateEntriesResult:
        reporting, key = info.context.services.community.neighbourhood.gates.reporting, key_of(gate_id, "EstateGate")
        told = [one.parsed() for one in entries]
        done = await reporting.report(info.context.viewer, key, told, sent_at)
        answered = [GateEntryAnswered(reference=one.reference, finding=one.finding) for one in done]
        return GateEntriesReported(entries=answered)

    @strawberry.mutation(
        description="A plate is somebody else's than who registered it, who is told that it counts no more.",
        metadata=_KEPT,
    )
    async def drop_plate(
        self, info: Info, estate_id: strawberry.ID, plate: str, idempotency_key: IdempotencyKey
    ) -> DropPlateResult:
        parking, key = info.context.services.community.neighbourhood.gates.parking, key_of(estate_id, "Estate")
        await parking.drop(info.context.viewer, key, plate, idempotency_key)
        return PlateDropped(estate_id=estate_id)

    @strawberry.mutation(description="A car comes, or goes.", metadata=_GATE)
    async def pass_car(
        self, info: Info, gate_id: strawberry.ID, plate: str, idempotency_key: IdempotencyKey, out: bool = False
    ) -> PassCarResult:
        passing, key = info.context.services.community.neighbourhood.gates.passing, key_of(gate_id, "EstateGate")
        return CarPassed.of(await passing.pass_(info.context.viewer, key, plate, out, idempotency_key))
