"""Binding an account by its number and its holder's name, naming it, and letting it go."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.payment.bills.accounts.model import Account
from app.domains.payment.bills.accounts.store import AccountStore
from app.domains.payment.bills.asking.service import AskService
from app.domains.payment.bills.auto_pay.store import AutoPayStore
from app.domains.payment.bills.billers.errors import BillerUnknown
from app.domains.payment.bills.billers.model import Biller
from app.domains.payment.bills.billers.store import BillerStore
from app.domains.payment.bills.bound.errors import AccountNotFound, AlreadyBound, BoundUnknown, TooManyAccounts
from app.domains.payment.bills.bound.model import (
    MOST_ACCOUNTS,
    TRIES_PER_ACCOUNT,
    TRIES_PER_CITIZEN,
    Bound,
    demand_holder,
    demand_label,
)
from app.domains.payment.bills.bound.store import BoundStore
from app.domains.payment.bills.errors import BillerSilent
from app.domains.payment.bills.pushing.model import ToldBill

_BOUND = TypeAdapter(Bound)
_ID = TypeAdapter(str)


class BoundService:
    def __init__(
        self,
        bound: BoundStore,
        accounts: AccountStore,
        billers: BillerStore,
        auto_pays: AutoPayStore,
        asking: AskService,
        limits: Limits,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._bound = bound
        self._accounts = accounts
        self._billers = billers
        self._asking = asking
        self._auto_pays = auto_pays
        self._limits = limits
        self._audit = audit
        self._once = once
        self._clock = clock

    async def mine(self, viewer: Viewer) -> list[tuple[Bound, Account]]:
        """The newest first."""
        bound = await self._bound.of(viewer.citizen())
        accounts = await self._accounts.many({one.account for one in bound})
        return [(one, accounts[one.account]) for one in bound if one.account in accounts]

    async def labels(self, viewer: Viewer) -> dict[str, Bound]:
        """All of his, by account."""
        return {one.account: one for one in await self._bound.of(viewer.citizen())}

    async def one(self, viewer: Viewer, bound: str) -> tuple[Bound, Account] | None:
        found = await self._bound.get(viewer.citizen(), bound)
        account = await self._accounts.get(found.account) if found else None
        return (found, account) if found and account else None

    async def bind(
        self, viewer: Viewer, biller: str, number: str, holder: str, label: str, key: str
    ) -> tuple[Bound, Account]:
        """Raises BadInput, BillerUnknown, AccountNumberUnfit, AccountNotFound, AlreadyBound, TooManyAccounts,
        BillerSilent, RateLimited, IdempotencyConflict.
        """
        citizen, label, holder = viewer.citizen(), demand_label(label), demand_holder(holder)
        call = Call.of(viewer, "bindAccount", key, biller, number, holder, label)

        async def attempt() -> Bound:
            at = await self._active(biller)
            account = self._accounts.new(at.id, at.number.parsed(number), holder)
            told = await self._proved(citizen, at, account)
            bound = Bound(new_id(), citizen, account.id, at.id, label, viewer.acting(), self._clock.now())
            done = await self._once.once(call, _BOUND, lambda tx: self._keep(viewer, bound, account, told, tx))
            if told:
                await self._asking.take(at, told)
            return done

        done = await self._once.alike(call, _BOUND, attempt)
        return await self._with_account(done)

    async def label(self, viewer: Viewer, bound: str, label: str, key: str) -> tuple[Bound, Account]:
        """Raises BadInput, BoundUnknown, IdempotencyConflict."""
        citizen, label = viewer.citizen(), demand_label(label)

        async def work(tx: Tx) -> str:
            found = await self._bound.get(citizen, bound, tx)
            if found is None or not await self._bound.label(found, label, tx):
                raise BoundUnknown
            return found.id

        id_ = await self._once.once(Call.of(viewer, "labelAccount", key, bound, label), _ID, work)
        found = await self._bound.get(citizen, id_)
        if found is None:
            raise BoundUnknown
        return await self._with_account(found)

    async def unbind(self, viewer: Viewer, bound: str, key: str) -> str:
        """Its bills are not his any more, nor paid by themselves; the receipts of what he paid stay.

        Raises BoundUnknown, IdempotencyConflict.
        """
        citizen = viewer.citizen()

        async def work(tx: Tx) -> str:
            found = await self._bound.get(citizen, bound, tx)
            if found is None or not await self._bound.drop(citizen, bound, tx):
                raise BoundUnknown
            await self._auto_pays.end(citizen, found.account, tx)
            await self._audit.record(viewer, "bill_account.unbound", bound, tx, subject=citizen, biller=found.biller)
            return bound

        return await self._once.once(Call.of(viewer, "unbindAccount", key, bound), _ID, work)

    async def _proved(self, citizen: str, biller: Biller, account: Account) -> list[ToldBill] | None:
        """By what the biller told with its bills, or by its word when it is asked: then also what it says. A try of the
        account is taken before it is judged, however many come at once; it is given back where it was none: the holder
        was known, or nobody answered. Raises AccountNotFound, BillerSilent, RateLimited.
        """
        await self._limits.take(TRIES_PER_CITIZEN, citizen)
        await self._limits.take(TRIES_PER_ACCOUNT, account.id)
        try:
            told = await self._judged(biller, account)
        except BillerSilent:
            await self._limits.give_back(TRIES_PER_ACCOUNT, account.id)
            raise
        await self._limits.give_back(TRIES_PER_ACCOUNT, account.id)
        return told

    async def _judged(self, biller: Biller, account: Account) -> list[ToldBill] | None:
        """Raises AccountNotFound, BillerSilent."""
        known = await self._accounts.get(account.id)
        if known is not None and known.proved_by(account.holder):
            return None
        told = await self._asking.prove(biller, account.number, account.holder) if biller.asked else None
        if told is None:
            raise AccountNotFound
        return list(told)

    async def _keep(self, viewer: Viewer, bound: Bound, account: Account, told: list[ToldBill] | None, tx: Tx) -> Bound:
        there = await self._bound.accounts(bound.citizen, tx)
        if bound.account in there:
            raise AlreadyBound
        if len(there) >= MOST_ACCOUNTS:
            raise TooManyAccounts(MOST_ACCOUNTS)
        if told is not None:
            await self._accounts.put([account], tx)
        await self._bound.add(bound, tx)
        await self._audit.record(viewer, "bill_account.bound", bound.id, tx, subject=bound.citizen, biller=bound.biller)
        return bound

    async def _active(self, biller: str) -> Biller:
        found = await self._billers.get(biller)
        if found is None or not found.active:
            raise BillerUnknown
        return found

    async def _with_account(self, bound: Bound) -> tuple[Bound, Account]:
        account = await self._accounts.get(bound.account)
        assert account is not None
        return bound, account
