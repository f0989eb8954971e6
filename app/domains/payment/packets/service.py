"""Sending red packets, and what is seen of them: the amounts of others by whoever has opened one, too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.money import Currency, Money
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.ledger.errors import AccountUnknown, InsufficientBalance
from app.domains.payment.ledger.model import TransferKind, Wanted, moved
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.packets.errors import PacketOwn, PacketSharesUnfit, PacketUnknown
from app.domains.payment.packets.model import (
    MOST_SHARES,
    PREFIX,
    Chance,
    Packet,
    PacketKind,
    PacketState,
    Share,
    account_of,
    packet_account,
    parsed_wish,
    split,
)
from app.domains.payment.packets.store import PacketStore
from app.domains.payment.points.model import Part, first_of
from app.domains.payment.points.service import PointBook
from app.domains.payment.risk.model import Verdict
from app.domains.payment.risk.rules.model import Attempt
from app.domains.payment.risk.service import Risk
from app.domains.payment.wallet.service import owner
from virtual_card.codes.errors import CodeMalformed
from virtual_card.codes.online import hash_online_code, new_online_code

SENT = Limit("packets-sent", 50, timedelta(days=1))
_ID = TypeAdapter(str)


class PacketPeople(Protocol):
    """What is known elsewhere of those who send and open packets."""

    async def phone_of(self, citizen: str) -> str | None:
        """His number as a keyed hash."""
        ...

    async def behind(self, phones: Sequence[str]) -> Mapping[str, str | None]:
        """The citizens of these numbers, by the numbers' keyed hashes; none where nobody is. Raises PhoneInvalid."""
        ...

    async def names(self, citizens: Collection[str]) -> Mapping[str, str]:
        """As others see them: `林*`."""
        ...


@dataclass(frozen=True, slots=True)
class PacketWish:
    """`phones`: for these people alone; with none, for whoever holds the code."""

    amount: Money
    shares: int
    kind: PacketKind
    wish: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenPacket:
    """As somebody sees it: `shares` when he sent it or has opened it. `names`: of the sender and of those who did."""

    packet: Packet
    state: PacketState
    own: bool
    mine: Share | None
    shares: tuple[Share, ...]
    names: Mapping[str, str]


class PacketService:
    def __init__(
        self,
        packets: PacketStore,
        people: PacketPeople,
        ledger: Ledger,
        points: PointBook,
        risk: Risk,
        chance: Chance,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._packets = packets
        self._people = people
        self._ledger = ledger
        self._points = points
        self._risk = risk
        self._chance = chance
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # Sending

    async def send(self, viewer: Viewer, wish: PacketWish, key: str) -> SeenPacket:
        """Raises WalletNeedsRealName, PacketTooSmall, PacketTooLarge, PacketSharesUnfit, PacketUneven,
        PacketWishTooLong, PacketOwn, PhoneInvalid, InsufficientBalance, AccountFrozen, AccountClosed, PaymentRefused,
        PayerBlocked, RateLimited, IdempotencyConflict.
        """
        sender, words = owner(viewer), parsed_wish(wish.wish)
        call, id_, link = Call.of(viewer, "sendPacket", key, wish), new_id(), new_online_code(PREFIX)
        shares = split(wish.amount, wish.shares, wish.kind, self._chance)
        named = await self._named(sender, wish)

        async def work(tx: Tx) -> str:
            await self._limits.count(SENT, sender, tx)
            code = None if named else hash_online_code(link, PREFIX)
            packet = Packet(
                *(id_, sender, wish.amount.currency, wish.kind, shares, words, self._clock.now()),
                code=code,
                link=None if named else link,
                to=frozenset(named),
                parts=await self._filled(id_, sender, wish.amount, tx),
            )
            await self._packets.add(packet, tx)
            for citizen in sorted({one for one in named.values() if one and one != sender}):
                await self._outbox.add("packet.arrived", citizen, tx, packet=id_)
            await self._audit.record(viewer, "packet.sent", id_, tx, shares=len(shares), fen=wish.amount.fen)
            return id_

        done = await self._idempotency.once(call, _ID, work)
        return await self._seen(await self._known(done), sender)

    # Reading

    async def one(self, viewer: Viewer, packet: str | None, link: str | None) -> SeenPacket | None:
        """By its id or its code; None when there is none, or it is not for the viewer."""
        citizen = viewer.self_only()
        found, code = await self.find(packet, link)
        if found is None:
            return None
        mine = await self._packets.share(found.id, citizen)
        phone = await self._people.phone_of(citizen)
        return await self._seen(found, citizen, mine) if mine or found.is_for(citizen, phone, code) else None

    async def find(
        self, packet: str | None, link: str | None, tx: Tx | None = None
    ) -> tuple[Packet | None, str | None]:
        """With the hash of the code; what has no code's form is no packet's."""
        if link is None:
            return (await self._packets.get(packet, tx) if packet else None), None
        try:
            code = hash_online_code(link, PREFIX)
        except CodeMalformed:
            return None, None
        return await self._packets.by_code(code, tx), code

    async def sent(self, viewer: Viewer, request: PageRequest) -> Page[SeenPacket]:
        """Newest first; without who opened them."""
        citizen = viewer.self_only()
        page, now = await self._packets.of_sender(citizen, request), self._clock.now()
        return Page(tuple(SeenPacket(one, one.state_at(now), True, None, (), {}) for one in page.items), page.has_next)

    async def received(self, viewer: Viewer, request: PageRequest) -> Page[SeenPacket]:
        """What the viewer opened, newest first."""
        citizen = viewer.self_only()
        page = await self._packets.of_citizen(citizen, request)
        packets = await self._packets.many([share.packet for share in page.items])
        names = await self._people.names({one.sender for one in packets.values()})
        now = self._clock.now()
        seen = [
            SeenPacket(one, one.state_at(now), one.sender == citizen, share, (), names)
            for share in page.items
            if (one := packets.get(share.packet))
        ]
        return Page(tuple(seen), page.has_next)

    async def waiting(self, viewer: Viewer) -> list[SeenPacket]:
        """Packets that name the viewer, and that he can open."""
        citizen = viewer.self_only()
        phone = await self._people.phone_of(citizen)
        found = await self._packets.open_for(phone, self._clock.now()) if phone else []
        done = await self._packets.taken(citizen, [one.id for one in found])
        names = await self._people.names({one.sender for one in found})
        open_ = (one for one in found if one.id not in done)
        return [SeenPacket(one, PacketState.OPEN, one.sender == citizen, None, (), names) for one in open_]

    async def seen_by(self, citizen: str, packet: str) -> SeenPacket:
        return await self._seen(await self._known(packet), citizen)

    async def has_money_under_way(self, citizen: str, tx: Tx | None = None) -> bool:
        """Whether money of his lies in a packet that can still come back."""
        return await self._packets.open_money_of(citizen, tx)

    async def in_state(self, state: PacketState, request: PageRequest) -> Page[Packet]:
        """For the desk: without what it says and its code."""
        return await self._packets.in_state(state, request)

    async def any(self, packet: str) -> tuple[Packet, list[Share]] | None:
        """For the desk."""
        found = await self._packets.get(packet)
        return (found, await self._packets.shares(packet)) if found else None

    async def _named(self, sender: str, wish: PacketWish) -> Mapping[str, str | None]:
        """Raises PhoneInvalid, PacketSharesUnfit, PacketOwn."""
        if len(wish.phones) > MOST_SHARES:
            raise BadInput(field="phones")
        if not wish.phones:
            return {}
        named = await self._people.behind(wish.phones)
        if set(named.values()) == {sender}:
            raise PacketOwn
        if wish.shares > len(named):
            raise PacketSharesUnfit(len(named))
        return named

    async def _filled(self, id_: str, sender: str, amount: Money, tx: Tx) -> tuple[Part, ...]:
        """Put it in; of points, until when they are good."""
        await self._demand_no_risk(id_, sender, amount, tx)
        target = packet_account(id_, amount.currency)
        carries: tuple[Part, ...] = ()
        await self._ledger.open(target, tx)
        if amount.currency is Currency.POINTS:
            had = await self._points.of(sender, tx)
            if had.available < amount.fen:
                raise InsufficientBalance(Money(had.available, amount.currency))
            carries = first_of(had.parts, amount.fen)
            await self._points.left(sender, carries, tx)
        lines = moved(account_of(sender, amount.currency), target, amount.fen)
        try:
            await self._ledger.post(Wanted(f"packet:{id_}", TransferKind.PACKET, lines, id_), tx)
        except AccountUnknown:
            raise InsufficientBalance(Money(0, amount.currency)) from None
        return carries

    async def _demand_no_risk(self, id_: str, sender: str, amount: Money, tx: Tx) -> None:
        """Raises PaymentRefused, PayerBlocked."""
        method = "wallet" if amount.currency is Currency.CNY else "points"
        attempt = Attempt(
            payment=id_,
            payer=sender,
            payee_kind="packet",
            payee=id_,
            fen=amount.fen,
            currency=amount.currency,
            method=method,
            purpose="packet",
            at=self._clock.now(),
            confirmed=True,
        )
        decision = await self._risk.check(attempt, tx)
        if decision.verdict is Verdict.REFUSE:
            await self._risk.noted(attempt, decision)
            raise decision.outcome

    async def _seen(self, packet: Packet, citizen: str, mine: Share | None = None) -> SeenPacket:
        mine = mine or await self._packets.share(packet.id, citizen)
        own = packet.sender == citizen
        shares = tuple(await self._packets.shares(packet.id)) if own or mine else ()
        names = await self._people.names({packet.sender, *(share.citizen for share in shares)})
        return SeenPacket(packet, packet.state_at(self._clock.now()), own, mine, shares, names)

    async def _known(self, packet: str) -> Packet:
        found = await self._packets.get(packet)
        if found is None:
            raise PacketUnknown
        return found
