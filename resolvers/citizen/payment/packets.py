"""Red packets of a citizen."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.packets.service import SeenPacket
from app.domains.payment.packets.store import turn_of
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    key_of,
)
from graphql_schema.types.identity_errors import PhoneInvalid
from graphql_schema.types.payment.errors import (
    AccountClosed,
    AccountFrozen,
    BalanceTooHigh,
    InsufficientBalance,
    PayerBlocked,
    PaymentRefused,
)
from graphql_schema.types.payment.money import AmountInvalid
from graphql_schema.types.payment.packet_errors import (
    PacketEmpty,
    PacketLapsed,
    PacketOwn,
    PacketSharesUnfit,
    PacketTooLarge,
    PacketTooSmall,
    PacketUneven,
    PacketUnknown,
    PacketWishTooLong,
)
from graphql_schema.types.payment.packets import (
    RedPacket,
    RedPacketInput,
    RedPacketOpened,
    RedPacketSent,
    RedPacketWhich,
)
from graphql_schema.types.payment.wallet_errors import WalletNeedsRealName

SendRedPacketResult = Annotated[
    RedPacketSent
    | WalletNeedsRealName
    | AmountInvalid
    | PacketTooSmall
    | PacketTooLarge
    | PacketSharesUnfit
    | PacketUneven
    | PacketWishTooLong
    | PacketOwn
    | PhoneInvalid
    | InsufficientBalance
    | AccountFrozen
    | AccountClosed
    | PaymentRefused
    | PayerBlocked
    | IdempotencyConflict,
    strawberry.union("SendRedPacketResult"),
]
OpenRedPacketResult = Annotated[
    RedPacketOpened
    | WalletNeedsRealName
    | PacketUnknown
    | PacketOwn
    | PacketEmpty
    | PacketLapsed
    | BalanceTooHigh
    | AccountClosed
    | IdempotencyConflict,
    strawberry.union("OpenRedPacketResult"),
]


@strawberry.type
class PacketsQuery:
    @strawberry.field(
        description="Null when there is none, or it is not for oneself. `link` is its code.", metadata=citizens()
    )
    async def red_packet(self, info: Info, which: RedPacketWhich) -> RedPacket | None:
        packets = info.context.services.payment.packets.packets
        found = await packets.one(info.context.viewer, _key(which), which.link or None)
        return RedPacket.of(found) if found else None

    @strawberry.field(description="Those one sent, newest first.", metadata=citizens())
    async def sent_red_packets(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[RedPacket]:
        packets = info.context.services.payment.packets.packets
        page = await packets.sent(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.packet.id, RedPacket.of)

    @strawberry.field(description="Those one opened, newest first.", metadata=citizens())
    async def opened_red_packets(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[RedPacket]:
        packets = info.context.services.payment.packets.packets
        page = await packets.received(info.context.viewer, PageRequest.of(first, after))
        return connection(page, _turn, RedPacket.of)

    @strawberry.field(description="Those that name oneself and can be opened.", metadata=citizens())
    async def waiting_red_packets(self, info: Info) -> list[RedPacket]:
        found = await info.context.services.payment.packets.packets.waiting(info.context.viewer)
        return [RedPacket.of(one) for one in found]


@strawberry.type
class PacketsMutation:
    @strawberry.mutation(description="From one's wallet, or of one's points.", metadata=citizens())
    async def send_red_packet(
        self, info: Info, input: RedPacketInput, idempotency_key: IdempotencyKey
    ) -> SendRedPacketResult:
        packets = info.context.services.payment.packets.packets
        sent = await packets.send(info.context.viewer, input.parsed(), idempotency_key)
        return RedPacketSent(packet=RedPacket.of(sent))

    @strawberry.mutation(description="Once; who opened it before finds what he got.", metadata=citizens())
    async def open_red_packet(
        self, info: Info, which: RedPacketWhich, idempotency_key: IdempotencyKey
    ) -> OpenRedPacketResult:
        opening = info.context.services.payment.packets.opening
        seen = await opening.open(info.context.viewer, _key(which), which.link or None, idempotency_key)
        return RedPacketOpened(packet=RedPacket.of(seen))


def _key(which: RedPacketWhich) -> str | None:
    return key_of(which.id, "RedPacket") if which.id else None


def _turn(one: SeenPacket) -> str:
    assert one.mine is not None
    return turn_of(one.mine)
