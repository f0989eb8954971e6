"""Use cases of merchants: the desk makes, changes, suspends and closes them; each renews its own static code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.identity.organisations.errors import OrganisationUnknown
from app.domains.identity.organisations.service import OrganisationService
from app.domains.payment.merchant_codes.model import MerchantCode, new_static
from app.domains.payment.merchant_codes.store import MerchantCodeStore
from app.domains.payment.merchants.errors import MerchantStateFixed, MerchantUnknown
from app.domains.payment.merchants.model import Category, Merchant, MerchantState, parsed_fee, parsed_name
from app.domains.payment.merchants.store import MerchantStore

TAKE, MANAGE = "payments", "payments:manage"
_MERCHANT = TypeAdapter(Merchant)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the desk decides of a merchant. Raises BadInput."""

    name: str
    category: Category
    fee: int

    @classmethod
    def parse(cls, name: str, category: Category, fee: int) -> Profile:
        return cls(parsed_name(name), category, parsed_fee(fee))


class MerchantService:
    def __init__(
        self,
        merchants: MerchantStore,
        codes: MerchantCodeStore,
        organisations: OrganisationService,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._merchants = merchants
        self._codes = codes
        self._organisations = organisations
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    def called(self, merchant: Merchant) -> Said:
        """As payers are shown it: in English as its organisation is."""
        said = self._organisations.name_of(merchant.organisation)
        return Said(merchant.name, said.en if said else "")

    async def get(self, organisation: str, tx: Tx | None = None) -> Merchant | None:
        return await self._merchants.get(organisation, tx)

    async def these(self, organisations: Collection[str]) -> dict[str, Merchant]:
        """By organisation, for a page of payments or the like."""
        return await self._merchants.these(organisations)

    async def page(self, request: PageRequest, state: MerchantState | None = None) -> Page[Merchant]:
        """By organisation; of all states when none is named."""
        return await self._merchants.page(request, state)

    async def active(self, organisation: str, tx: Tx | None = None) -> Merchant:
        """Who may take money now: so may the organisation. Raises MerchantUnknown, MerchantNotActive."""
        found = await self._merchants.get(organisation, tx)
        if found is None or not self._organisations.tree.active(organisation):
            raise MerchantUnknown
        found.demand_active()
        return found

    async def mine(self, viewer: Viewer) -> Merchant | None:
        """Of the organisation that asks, whatever its state. Raises Forbidden."""
        return await self._merchants.get(viewer.provider(TAKE))

    async def put(self, viewer: Viewer, organisation: str, profile: Profile, key: str) -> Merchant:
        """Make an organisation a merchant, or change what it is. Raises OrganisationUnknown, MerchantStateFixed
        (closed), IdempotencyConflict.
        """
        call = Call.of(viewer, "putMerchant", key, organisation, profile)

        async def work(tx: Tx) -> Merchant:
            if self._organisations.tree.get(organisation) is None:
                raise OrganisationUnknown
            was = await self._merchants.get(organisation, tx)
            now = await (self._begin(organisation, profile, tx) if was is None else self._change(was, profile, tx))
            facts: dict[str, Any] = {"category": profile.category.name, "fee": profile.fee}
            await self._audit.record(viewer, "merchant.put", organisation, tx, **facts)
            return now

        return await self._idempotency.once(call, _MERCHANT, work)

    async def turn(self, viewer: Viewer, organisation: str, to: MerchantState, reason: str, key: str) -> Merchant:
        """Suspend it, take it up again, close it. Raises MerchantUnknown, MerchantStateFixed, IdempotencyConflict."""
        call = Call.of(viewer, "turnMerchant", key, organisation, to.value, reason)

        async def work(tx: Tx) -> Merchant:
            was = await self._known(organisation, tx)
            now = was.turned(to)
            await self._save(now, was, tx)
            if to is MerchantState.CLOSED:
                await self._codes.end(was.code, self._clock.now(), tx)
            await self._audit.record(viewer, f"merchant.{to.value}", organisation, tx, reason=reason)
            return now

        return await self._idempotency.once(call, _MERCHANT, work)

    async def renew_code(self, viewer: Viewer, key: str) -> Merchant:
        """Another static code: the one before is no code any more (somebody pasted his own over it, say).

        Raises Forbidden, MerchantUnknown, MerchantNotActive, MerchantStateFixed, IdempotencyConflict.
        """
        organisation = viewer.provider(MANAGE)

        async def work(tx: Tx) -> Merchant:
            was = await self._known(organisation, tx)
            was.demand_active()
            now = replace(was, code=new_static())
            await self._save(now, was, tx)
            await self._codes.end(was.code, self._clock.now(), tx)
            await self._codes.add(MerchantCode(now.code, organisation), tx)
            await self._audit.record(viewer, "merchant.code_renewed", organisation, tx)
            return now

        return await self._idempotency.once(Call.of(viewer, "renewStaticCode", key), _MERCHANT, work)

    async def _begin(self, organisation: str, profile: Profile, tx: Tx) -> Merchant:
        code = new_static()
        made = Merchant(organisation, profile.name, profile.category, profile.fee, code, self._clock.now())
        await self._merchants.add(made, tx)
        await self._codes.add(MerchantCode(code, organisation), tx)
        return made

    async def _change(self, was: Merchant, profile: Profile, tx: Tx) -> Merchant:
        if was.state is MerchantState.CLOSED:
            raise MerchantStateFixed(was.state.value)
        now = replace(was, name=profile.name, category=profile.category, fee=profile.fee)
        await self._save(now, was, tx)
        return now

    async def _save(self, now: Merchant, was: Merchant, tx: Tx) -> None:
        if not await self._merchants.save(now, was, tx):
            raise MerchantStateFixed(was.state.value)

    async def _known(self, organisation: str, tx: Tx) -> Merchant:
        found = await self._merchants.get(organisation, tx)
        if found is None:
            raise MerchantUnknown
        return found
