"""Parcels: announced by a station, fetched with their code or brought to the door by an order."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.shops.errors import ShopUnknown
from app.domains.community.shops.model import Shop, ShopKind
from app.domains.community.shops.parcels.errors import ParcelInvalid, ParcelRecipientUnknown, ParcelUnknown
from app.domains.community.shops.parcels.model import KEPT, WARNED, Parcel, ParcelState, words
from app.domains.community.shops.parcels.store import ParcelStore
from app.domains.community.shops.service import ShopService

_ID = TypeAdapter(str)
# Who announces to phones that nobody has would learn who is in the app; who tries codes would find one.
_STRANGERS = Limit("parcels for strangers", 60, timedelta(hours=1))
_TRIES = Limit("parcel codes", 5, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class SeenParcel:
    """With its station."""

    parcel: Parcel
    shop: Shop | None


class Recipients(Protocol):
    """Whom a phone belongs to."""

    async def by_phone(self, phone: str, tx: Tx) -> str | None:
        """Raises PhoneInvalid."""
        ...


class ParcelService:
    def __init__(
        self,
        parcels: ParcelStore,
        shops: ShopService,
        recipients: Recipients,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._parcels = parcels
        self._shops = shops
        self._recipients = recipients
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[SeenParcel]:
        """Newest first."""
        page = await self._parcels.mine(viewer.self_only(), request)
        shops: Mapping[str, Shop] = await self._shops.many({one.shop for one in page.items})
        return Page(tuple(SeenParcel(one, shops.get(one.shop)) for one in page.items), page.has_next)

    async def at_shop(self, viewer: Viewer, shop: str, state: ParcelState, request: PageRequest) -> Page[Parcel]:
        """Without codes: whoever fetches says his."""
        try:
            await self._shops.managed(viewer, shop)
        except ShopUnknown:
            return Page((), False)
        return await self._parcels.at_shop(shop, state, request)

    async def announce(self, viewer: Viewer, shop: str, phone: str, label: str, key: str) -> Parcel:
        """By the station. Raises ShopUnknown, ParcelInvalid, PhoneInvalid, ParcelRecipientUnknown, RateLimited (too
        many phones that nobody has), IdempotencyConflict.
        """
        id_, now, code = new_id(), self._clock.now(), f"{secrets.randbelow(10**6):06d}"
        text, station = words(label, "label"), viewer.organisation or viewer.acting()
        until = now + KEPT
        made = Parcel(id_, shop, "", ParcelState.WAITING, now, until, text, code, look_at=until - WARNED)
        await self._limits.demand_room(_STRANGERS, station)

        async def work(tx: Tx) -> str:
            if (await self._shops.managed(viewer, shop, tx)).kind is not ShopKind.PARCELS:
                raise ShopUnknown
            citizen = await self._recipients.by_phone(phone, tx)
            if citizen is None:
                raise ParcelRecipientUnknown
            await self._parcels.add(replace(made, citizen=citizen), tx)
            await self._outbox.add("parcel.announced", citizen, tx, parcel=id_)
            await self._audit.record(viewer, "parcel.announced", id_, tx, subject=citizen, shop=shop)
            return id_

        call = Call.of(viewer, "announceParcel", key, shop, phone, label)
        try:
            return await self._known(await self._once.once(call, _ID, work))
        except ParcelRecipientUnknown:
            await self._limits.take(_STRANGERS, station)
            raise

    async def hand_over(self, viewer: Viewer, parcel: str, code: str, key: str) -> Parcel:
        """At the station, against its code. Raises ParcelUnknown, ParcelStateWrong, ParcelInvalid (the code),
        RateLimited (too many wrong ones), IdempotencyConflict.
        """
        await self._limits.demand_room(_TRIES, parcel)

        async def work(tx: Tx) -> str:
            was = await self._parcels.get(parcel, tx)
            if was is None:
                raise ParcelUnknown
            await self._demand_station(viewer, was, tx)
            now = was.fetched(self._clock.now())
            if not (was.code and secrets.compare_digest(was.code.encode(), code.strip().encode())):
                raise ParcelInvalid("code")
            await self._save(now, was, tx)
            await self._audit.record(viewer, "parcel.handed_over", parcel, tx, subject=was.citizen)
            return parcel

        call = Call.of(viewer, "handOverParcel", key, parcel, code)
        try:
            return await self._known(await self._once.once(call, _ID, work))
        except ParcelInvalid:
            await self._limits.take(_TRIES, parcel)
            raise

    # For orders, in their transaction

    async def order(self, citizen: str, shop: str, parcels: Collection[str], order: str, tx: Tx) -> list[Parcel]:
        """Raises ParcelUnknown, ParcelStateWrong."""
        found = await self._parcels.some(citizen, parcels, tx)
        if len(found) != len(set(parcels)) or any(one.shop != shop for one in found):
            raise ParcelUnknown
        for one in found:
            await self._save(one.ordered(order), one, tx)
        return found

    async def free(self, parcels: Collection[str], tx: Tx) -> None:
        """The order ended otherwise."""
        for one in await self._parcels.of_order(parcels, tx):
            if one.state is ParcelState.ORDERED:
                await self._save(one.freed(self._clock.now()), one, tx)

    async def brought(self, parcels: Collection[str], tx: Tx) -> None:
        for one in await self._parcels.of_order(parcels, tx):
            if one.state is ParcelState.ORDERED:
                await self._save(one.brought(self._clock.now()), one, tx)

    async def _save(self, one: Parcel, was: Parcel, tx: Tx) -> None:
        if not await self._parcels.save(one, was, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats

    async def _demand_station(self, viewer: Viewer, parcel: Parcel, tx: Tx) -> None:
        try:
            await self._shops.managed(viewer, parcel.shop, tx)
        except ShopUnknown:
            raise ParcelUnknown from None

    async def _known(self, parcel: str) -> Parcel:
        found = await self._parcels.get(parcel)
        assert found is not None
        return found
