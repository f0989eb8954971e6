"""Red packets as those see them who send and open them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.money import Money as Sum
from app.domains.payment.packets import model as packets
from app.domains.payment.packets.model import PacketKind, PacketState
from app.domains.payment.packets.service import PacketWish, SeenPacket
from graphql_schema.types.common import Money, global_id
from graphql_schema.types.payment.money import MoneyInput

strawberry.enum(PacketKind, name="RedPacketKind", description="FIXED: equal shares. LUCKY: by chance.")
strawberry.enum(PacketState, name="RedPacketState")


@strawberry.type(description="What somebody got out of a red packet.")
class RedPacketShare:
    name: str = strawberry.field(description="As others see it: 林*.")
    amount: Money
    at: datetime
    best: bool = strawberry.field(description="The largest one; told when the packet is empty.")
    mine: bool


@strawberry.type(description="Money or points for some people. What is in it, those see who sent or opened it.")
class RedPacket:
    id: strawberry.ID
    sender: str = strawberry.field(description="As others see it: 林*.")
    own: bool = strawberry.field(description="One sent it oneself.")
    kind: PacketKind
    state: PacketState
    wish: str | None
    count: int
    opened: int
    at: datetime
    lapses_at: datetime
    amount: Money | None = strawberry.field(description="Of all shares together.")
    returned: Money | None = strawberry.field(description="What went back when its day was over.")
    link: str | None = strawberry.field(description="The code that whoever holds it opens it with: for its sender.")
    mine: Money | None = strawberry.field(description="What one got oneself.")
    shares: list[RedPacketShare] = strawberry.field(description="In the order in which they were taken.")

    @classmethod
    def of(cls, seen: SeenPacket) -> RedPacket:
        one, inside = seen.packet, seen.own or seen.mine is not None
        return cls(
            id=global_id("RedPacket", one.id),
            sender=seen.names.get(one.sender, ""),
            own=seen.own,
            kind=one.kind,
            state=seen.state,
            wish=one.wish,
            count=one.count,
            opened=one.opened,
            at=one.at,
            lapses_at=one.lapses_at,
            amount=Money.of(one.amount) if inside else None,
            returned=Money.of(Sum(one.returned, one.currency)) if seen.own else None,
            link=one.link if seen.own else None,
            mine=Money.of(seen.mine.amount) if seen.mine else None,
            shares=[_share(seen, share) for share in seen.shares],
        )


def _share(seen: SeenPacket, share: packets.Share) -> RedPacketShare:
    mine = seen.mine is not None and share.citizen == seen.mine.citizen
    return RedPacketShare(
        name=seen.names.get(share.citizen, ""),
        amount=Money.of(share.amount),
        at=share.at,
        best=share.amount.fen == seen.packet.best,
        mine=mine,
    )


@strawberry.input(description="`phones`: for these people alone; with none, for whoever holds its code.")
class RedPacketInput:
    amount: MoneyInput = strawberry.field(description="Of all shares together: 200 yuan or 2,000 points at most.")
    shares: int
    kind: PacketKind
    wish: str = ""
    phones: list[str] = strawberry.field(default_factory=list)

    def parsed(self) -> PacketWish:
        """Raises AmountInvalid."""
        return PacketWish(self.amount.read(), self.shares, self.kind, self.wish, tuple(self.phones))


@strawberry.input(one_of=True, description="By its code, or (of one that names you) by its id.")
class RedPacketWhich:
    id: strawberry.ID | None = strawberry.UNSET
    link: str | None = strawberry.UNSET


@strawberry.type
class RedPacketSent:
    packet: RedPacket


@strawberry.type
class RedPacketOpened:
    packet: RedPacket
