"""Red packets: how they stand, what was taken of them, and what was left and no wallet takes; never what they say, nor
their codes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.money import Currency
from app.core.paging import PageRequest
from app.domains.payment.packets.errors import PacketUnknown
from app.domains.payment.packets.model import Packet, PacketKind, PacketState, Share

router = desk_router("red-packets")


class PacketShown(Reply):
    """Amounts in hundredths of the currency."""

    id: str
    sender: str
    currency: Currency
    kind: PacketKind
    amount: int
    count: int
    opened: int
    state: PacketState
    returned: int
    stranded: bool
    named: int
    at: datetime


class InHand(Body):
    """`to_bank`: it was paid out to him by hand; otherwise into his wallet, which takes it again."""

    to_bank: bool
    note: str = Field(min_length=2, max_length=500)


class ShareShown(Reply):
    citizen: str
    amount: int
    at: datetime


class PacketWhole(PacketShown):
    shares: list[ShareShown]


@router.get("/red-packets")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[PacketState, Query(description="Those in this state.")] = PacketState.OPEN,
    stranded: Annotated[bool, Query(description="Those that wait for somebody's hand, of whatever state.")] = False,
    first: First = 20,
    after: After = None,
) -> Rows[PacketShown]:
    """Newest first. `stranded`: what was left of it went to no wallet, for the sender has closed his."""
    rooms, request = desk.services.payment.packets, PageRequest.of(first, after)
    found = await (rooms.stranded.page(request) if stranded else rooms.packets.in_state(state, request))
    return Rows[PacketShown].of(found, _shown)


@router.get("/red-packets/{packet}")
async def one(packet: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> PacketWhole:
    found = await desk.services.payment.packets.packets.any(packet)
    if found is None:
        raise PacketUnknown
    whole, shares = found
    return PacketWhole(**_shown(whole).model_dump(), shares=[_share(one) for one in shares])


@router.post("/red-packets/{packet}/settlement")
async def take_in_hand(
    packet: Id, body: InHand, key: Key, desk: Annotated[Desk, allowed("settle", *OPERATORS)]
) -> PacketShown:
    """What was left of a stranded one: into the sender's wallet now, or paid out to him by hand."""
    stranded = desk.services.payment.packets.stranded
    return _shown(await stranded.take_in_hand(desk.viewer, packet, to_bank=body.to_bank, note=body.note, key=key))


def _shown(one: Packet) -> PacketShown:
    return PacketShown(
        id=one.id,
        sender=one.sender,
        currency=one.currency,
        kind=one.kind,
        amount=one.amount.fen,
        count=one.count,
        opened=one.opened,
        state=one.state,
        returned=one.returned,
        stranded=one.stranded,
        named=len(one.to),
        at=one.at,
    )


def _share(one: Share) -> ShareShown:
    return ShareShown(citizen=one.citizen, amount=one.amount.fen, at=one.at)
