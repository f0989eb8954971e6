"""Answering a proposal, renewing a contract in its last month, moving to another team."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.appointments.contracts.errors import ContractNotProposed, ContractUnknown
from app.domains.appointments.contracts.model import Contract, ContractState, EndedBy
from app.domains.appointments.contracts.service import ContractService
from app.domains.appointments.contracts.store import ContractStore

_CONTRACT = TypeAdapter(Contract)


class ContractChanges:
    def __init__(self, signing: ContractService, contracts: ContractStore, idempotency: Idempotency) -> None:
        self._signing = signing
        self._contracts = contracts
        self._idempotency = idempotency

    async def accept(self, viewer: Viewer, contract: str, key: str) -> Contract:
        """In force for a year from today. Raises ContractUnknown, ContractNotProposed, IdempotencyConflict."""

        async def work(tx: Tx) -> Contract:
            was = await self._proposed(viewer, contract, tx)
            taken = was.accepted(self._signing.today)
            if not await self._contracts.change(taken, was, tx):
                raise ContractNotProposed
            await self._signing.record(viewer, taken, "contract.signed", tx)
            return taken

        call = Call.of(viewer, "acceptFamilyDoctorContract", key, contract)
        return await self._idempotency.once(call, _CONTRACT, work)

    async def refuse(self, viewer: Viewer, contract: str, key: str) -> Contract:
        """Its place in the team is free again. Raises ContractUnknown, ContractNotProposed, IdempotencyConflict."""

        async def work(tx: Tx) -> Contract:
            was = await self._proposed(viewer, contract, tx)
            if was.state_on(self._signing.today) is not ContractState.PROPOSED:
                raise ContractNotProposed
            return await self._signing.close(viewer, was, EndedBy.REFUSED, tx)

        call = Call.of(viewer, "refuseFamilyDoctorContract", key, contract)
        return await self._idempotency.once(call, _CONTRACT, work)

    async def renew(self, viewer: Viewer, key: str) -> Contract:
        """A year more. Raises ContractUnknown, ContractNotYetRenewable, IdempotencyConflict."""

        async def work(tx: Tx) -> Contract:
            was = await self._contracts.open_of(viewer.citizen(), tx)
            if was is None:
                raise ContractUnknown
            longer = was.renewed(self._signing.today)
            if not await self._contracts.change(longer, was, tx):
                raise ContractUnknown
            await self._signing.extended(viewer, longer, tx)
            return longer

        return await self._idempotency.once(Call.of(viewer, "renewFamilyDoctor", key), _CONTRACT, work)

    async def move(self, viewer: Viewer, team: str, package: str | None, key: str) -> Contract:
        """Away from the present team and to this one, in one step: where this one is full, nothing changes.

        Raises NotVerified, TeamUnknown, PackageUnknown, ContractUnknown (there is none to move), TeamFull,
        IdempotencyConflict.
        """
        made, found = await self._signing.drawn_up(viewer, team, package)

        async def work(tx: Tx) -> Contract:
            was = await self._contracts.open_of(made.citizen, tx)
            if was is None:
                raise ContractUnknown
            await self._signing.close(viewer, was, EndedBy.MOVED, tx)
            return await self._signing.enter(viewer, made, found, tx)

        return await self._idempotency.once(Call.of(viewer, "moveFamilyDoctor", key, team, package), _CONTRACT, work)

    async def _proposed(self, viewer: Viewer, contract: str, tx: Tx) -> Contract:
        """Raises ContractUnknown."""
        found = await self._contracts.get(contract, viewer.provider("appointments"), tx)
        if found is None or found.test is not viewer.test_mode:
            raise ContractUnknown
        return found
