"""Entering bank accounts of payees, approving of them, stopping payouts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.gateway.model import BankAccount, PaymentGateway, present
from app.domains.payment.settlement.errors import PayeeAccountRefused
from app.domains.payment.settlement.model import Payee
from app.domains.payment.settlement.payees.model import PayeeAccount, PayeeProfile, parsed_holder, parsed_number
from app.domains.payment.settlement.payees.store import PayeeStore

_DONE = TypeAdapter(bool)
_DIFFERS = "NAME_DIFFERS"
Work: TypeAlias = Callable[[Tx], Awaitable[bool]]


class PayeeService:
    def __init__(
        self,
        payees: PayeeStore,
        gateway: PaymentGateway | None,
        idempotency: Idempotency,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._payees = payees
        self._gateway = gateway
        self._idempotency = idempotency
        self._audit = audit
        self._clock = clock

    async def one(self, payee: Payee) -> PayeeProfile:
        return await self._payees.get(payee)

    async def page(self, request: PageRequest) -> Page[PayeeProfile]:
        return await self._payees.page(request)

    async def propose(self, viewer: Viewer, payee: Payee, number: str, holder: str, key: str) -> PayeeProfile:
        """Another bank account, checked with the bank. Raises BadInput, PayeeAccountRefused, PaymentGatewayMissing,
        Unavailable, IdempotencyConflict.
        """
        account = BankAccount(parsed_number(number), parsed_holder(holder))
        owned = await present(self._gateway).check_account(account)
        if not owned.belongs:
            raise PayeeAccountRefused(_DIFFERS)
        by, at = viewer.acting(), self._clock.now()
        wanted = PayeeAccount(account.number, account.holder, owned.bank, owned.bank_en, by, at, new_id())

        async def work(tx: Tx) -> bool:
            was = await self._payees.get(payee, tx)
            await self._payees.save(replace(was, proposed=wanted), tx)
            await self._audit.record(viewer, "payee.account_proposed", payee.id, tx, bank=owned.bank_en)
            return True

        return await self._once(viewer, "proposePayeeAccount", payee, key, work, account.number, account.holder)

    async def approve(self, viewer: Viewer, payee: Payee, proposal: str, key: str) -> PayeeProfile:
        """What somebody else proposed, and no other than that. Raises PayeeAccountMissing, PayeeAccountChanged,
        PayeeNeedsAnother, IdempotencyConflict.
        """

        async def work(tx: Tx) -> bool:
            was = await self._payees.get(payee, tx)
            await self._payees.save(was.approved(viewer.acting(), proposal), tx)
            await self._audit.record(viewer, "payee.account_approved", payee.id, tx)
            return True

        return await self._once(viewer, "approvePayeeAccount", payee, key, work, proposal)

    async def stop(self, viewer: Viewer, payee: Payee, reason: str | None, key: str) -> PayeeProfile:
        """Nothing is paid out until further notice; None: payouts go on. Raises IdempotencyConflict."""

        async def work(tx: Tx) -> bool:
            was = await self._payees.get(payee, tx)
            await self._payees.save(replace(was, stopped=reason), tx)
            verb = "payee.stopped" if reason else "payee.resumed"
            await self._audit.record(viewer, verb, payee.id, tx, reason=reason)
            return True

        return await self._once(viewer, "stopPayee", payee, key, work, reason)

    async def _once(
        self, viewer: Viewer, what: str, payee: Payee, key: str, work: Work, *content: object
    ) -> PayeeProfile:
        await self._idempotency.once(Call.of(viewer, what, key, payee.id, *content), _DONE, work)
        return await self._payees.get(payee)
