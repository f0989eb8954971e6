"""Named errors of red packets."""

from __future__ import annotations

import strawberry

from app.domains.payment.packets import errors as packets
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money


@outcome(packets.PacketUnknown)
@strawberry.type(description="No red packet has this code, or it is not for you: which of the two is not said.")
class PacketUnknown(UserError):
    pass


@outcome(packets.PacketOwn)
@strawberry.type(description="Nobody sends a red packet to himself alone.")
class PacketOwn(UserError):
    pass


@outcome(packets.PacketEmpty)
@strawberry.type(description="Others were faster.")
class PacketEmpty(UserError):
    pass


@outcome(packets.PacketLapsed)
@strawberry.type(description="Its day is over; what was left went back.")
class PacketLapsed(UserError):
    pass


@outcome(packets.PacketTooSmall, least=Money.of)
@strawberry.type(description="Too little for so many shares.")
class PacketTooSmall(UserError):
    least: Money


@outcome(packets.PacketTooLarge, most=Money.of)
@strawberry.type(description="More than may be in a red packet.")
class PacketTooLarge(UserError):
    most: Money


@outcome(packets.PacketSharesUnfit)
@strawberry.type(description="From one share to so many; to named people, no more than there are.")
class PacketSharesUnfit(UserError):
    most: int


@outcome(packets.PacketUneven)
@strawberry.type(description="The amount cannot be split into equal shares.")
class PacketUneven(UserError):
    pass


@outcome(packets.PacketWishTooLong)
@strawberry.type
class PacketWishTooLong(UserError):
    most: int
