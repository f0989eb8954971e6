"""Inviting somebody: making a pass, sending its link, revoking it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id, new_secret
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.messages import message
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.estates.gates.store import GateStore
from app.domains.community.estates.model import Estate
from app.domains.community.estates.service import EstateService
from app.domains.community.residents.model import Residency
from app.domains.community.residents.service import ResidentService
from app.domains.community.visitors.errors import PassInvalid, PassLimitReached, PassRevoked, PassUnknown
from app.domains.community.visitors.model import Invitation, Standing, VisitorPass
from app.domains.community.visitors.store import PassStore
from app.domains.identity.citizens.model import parse_phone

SENT = Limit("visitor-links-sent", 20, timedelta(days=1))
_ID = TypeAdapter(str)


class Post(Protocol):
    """Text messages, to whoever is no citizen here."""

    async def send(self, *, to: str, text: str, message_id: str) -> None:
        """Once, however often it is called with one id. Raises SmsRefused, Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class SeenPass:
    """As whoever made it sees it. `url` is the guest's page; none when the pass shows no code any more."""

    one: VisitorPass
    standing: Standing
    url: str | None


class VisitorService:
    def __init__(
        self,
        passes: PassStore,
        estates: EstateService,
        gates: GateStore,
        residents: ResidentService,
        post: Post,
        limits: Limits,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._passes = passes
        self._estates = estates
        self._gates = gates
        self._residents = residents
        self._post = post
        self._limits = limits
        self._audit = audit
        self._once = once
        self._clock = clock
        self._base_url = base_url

    async def invite(self, viewer: Viewer, residency: str, wish: Invitation, key: str) -> SeenPass:
        """Raises NotResident, EstateUnknown, PassInvalid, PhoneInvalid, PassLimitReached, IdempotencyConflict."""
        citizen, phone = viewer.citizen(), parse_phone(wish.phone) if wish.phone else None
        id_, link, now = new_id(), new_secret(128), self._clock.now()

        async def work(tx: Tx) -> str:
            home = await self._residents.resident(citizen, residency, tx)
            estate = await self._estates.active(home.estate, tx)
            asked = wish.checked(estate.rules, now)
            await self._demand_gates(estate, asked, tx)
            await self._count(estate, home, asked.begins, tx)
            made = VisitorPass(
                id=id_,
                citizen=citizen,
                residency=home.id,
                estate=home.estate,
                household=home.household,
                begins=asked.begins,
                ends=asked.ends,
                entries=asked.entries,
                made_at=now,
                guest=asked.guest,
                phone=phone,
                plate=asked.plate,
                gates=asked.gates,
                link=link,
            )
            await self._passes.add(made, tx)
            await self._audit.record(viewer, "visitor_pass.made", id_, tx, estate=home.estate, entries=asked.entries)
            return id_

        done = await self._once.once(Call.of(viewer, "inviteVisitor", key, residency, wish), _ID, work)
        return self.seen(await self._own(viewer, done))

    async def send(self, viewer: Viewer, pass_id: str, locale: str, key: str) -> SeenPass:
        """The link to the guest's phone, by text message. Raises PassUnknown, PassInvalid (no phone), what the pass is
        refused for, RateLimited, SmsRefused, Unavailable, IdempotencyConflict.
        """
        call, one = Call.of(viewer, "sendVisitorLink", key, pass_id), await self._own(viewer, pass_id)
        if await self._once.replay(call, _ID) is not None:
            return self.seen(one)
        seen, estate = self.seen(one), await self._estates.one(one.estate)
        one.demand_shown(self._clock.now())
        if one.phone is None:
            raise PassInvalid("phone")
        if seen.url is None or estate is None:
            raise PassRevoked
        await self._limits.take(SENT, one.citizen)
        text = message("VISITOR_LINK_SMS", locale, estate=estate.name.within(locale), url=seen.url)
        await self._post.send(to=one.phone, text=text, message_id=call.id)

        async def work(tx: Tx) -> str:
            await self._audit.record(viewer, "visitor_pass.sent", one.id, tx)
            return one.id

        await self._once.once(call, _ID, work)
        return seen

    async def revoke(self, viewer: Viewer, pass_id: str, key: str) -> SeenPass:
        """Gates with network know at once, others when they next fetch their list. Raises PassUnknown, PassRevoked,
        IdempotencyConflict.
        """
        citizen = viewer.citizen()

        async def work(tx: Tx) -> str:
            if await self._passes.own(pass_id, citizen, tx) is None:
                raise PassUnknown
            if not await self._passes.revoke(pass_id, citizen, self._clock.now(), tx):
                raise PassRevoked
            await self._audit.record(viewer, "visitor_pass.revoked", pass_id, tx)
            return pass_id

        await self._once.once(Call.of(viewer, "revokeVisitorPass", key, pass_id), _ID, work)
        return self.seen(await self._own(viewer, pass_id))

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[SeenPass]:
        """The newest first."""
        page = await self._passes.of_citizen(viewer.citizen(), request)
        return Page(tuple(self.seen(one) for one in page.items), page.has_next)

    async def one(self, viewer: Viewer, pass_id: str) -> SeenPass | None:
        found = await self._passes.own(pass_id, viewer.citizen())
        return self.seen(found) if found else None

    async def moved_out(self, one: Residency, tx: Tx) -> None:
        """Fulfils `residents.service.MovingOut`: who lives there no more lets nobody in."""
        await self._passes.revoke_of(one.id, one.citizen, self._clock.now(), tx)

    def seen(self, one: VisitorPass) -> SeenPass:
        standing = one.standing(self._clock.now())
        shows = one.link is not None and standing in (Standing.EARLY, Standing.GOOD)
        return SeenPass(one, standing, f"{self._base_url}/v/{one.link}" if shows else None)

    async def _own(self, viewer: Viewer, pass_id: str) -> VisitorPass:
        found = await self._passes.own(pass_id, viewer.citizen())
        if found is None:
            raise PassUnknown
        return found

    async def _demand_gates(self, estate: Estate, asked: Invitation, tx: Tx) -> None:
        there = {gate.code for gate in await self._gates.of_estate(estate.code, tx) if gate.active}
        if not there.issuperset(asked.gates):
            raise PassInvalid("gates")

    async def _count(self, estate: Estate, home: Residency, begins: datetime, tx: Tx) -> None:
        """By the day on which the guest comes."""
        limit = estate.rules.passes_a_day
        if not await self._passes.count(home.household, civil_day(begins), limit, begins, tx):
            raise PassLimitReached(limit)
