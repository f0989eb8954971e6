"""A red packet: how it is split, for whom it is, and what becomes of it.

open ── last share taken ──> emptied
open ── a day over ────────> lapsed     (what is left goes back; is the wallet closed, it is stranded: the desk has it)

How much each share holds is settled when it is sent; who gets which, by who comes when. A split neither gains nor loses
a fen: it is made of whole units (a fen, a point) that are handed out until none is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.core.money import Currency, Money
from app.domains.payment.ledger.model import Account, AccountKind, points, wallet
from app.domains.payment.packets.errors import (
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
from app.domains.payment.points.model import POINT, Part

LIFE = timedelta(hours=24)
MOST_SHARES = 100
MOST_WISH = 40
WISH = "恭喜发财，大吉大利"
# The least that a share holds, and the most that a packet does.
UNIT: Mapping[Currency, int] = {Currency.CNY: 1, Currency.POINTS: POINT}
MOST: Mapping[Currency, int] = {Currency.CNY: 20_000, Currency.POINTS: 2_000 * POINT}
PREFIX = "RONGHB:"


class PacketKind(StrEnum):
    FIXED = "fixed"
    LUCKY = "lucky"


class PacketState(StrEnum):
    OPEN = "open"
    EMPTIED = "emptied"
    LAPSED = "lapsed"


class Chance(Protocol):
    """`random.SystemRandom` in life, a seeded one in tests."""

    def randint(self, a: int, b: int, /) -> int:
        """From `a` to `b`, both included."""
        ...


def lucky_split(units: int, count: int, chance: Chance) -> tuple[int, ...]:
    """`units` in `count` shares of one or more, by chance: each of them up to twice the mean of what is left. Then they
    are shuffled, so that it does not matter who comes first. Raises ValueError: there are fewer units than shares.
    """
    if not 1 <= count <= units:
        raise ValueError("each share holds one unit or more")
    shares, rest = [], units
    for left in range(count, 1, -1):
        shares.append(chance.randint(1, min(2 * rest // left, rest - left + 1)))
        rest -= shares[-1]
    shares.append(rest)
    for place in range(count - 1, 0, -1):
        other = chance.randint(0, place)
        shares[place], shares[other] = shares[other], shares[place]
    return tuple(shares)


def split(amount: Money, count: int, kind: PacketKind, chance: Chance) -> tuple[int, ...]:
    """The shares in fen. Raises PacketSharesUnfit, PacketTooSmall, PacketTooLarge, PacketUneven."""
    unit, most = UNIT[amount.currency], MOST[amount.currency]
    if not 1 <= count <= MOST_SHARES:
        raise PacketSharesUnfit(MOST_SHARES)
    if amount.fen < unit * count:
        raise PacketTooSmall(Money(unit * count, amount.currency))
    if amount.fen > most:
        raise PacketTooLarge(Money(most, amount.currency))
    units, odd = divmod(amount.fen, unit)
    if odd or (kind is PacketKind.FIXED and units % count):
        raise PacketUneven
    shares = (units // count,) * count if kind is PacketKind.FIXED else lucky_split(units, count, chance)
    return tuple(share * unit for share in shares)


def parsed_wish(raw: str) -> str:
    """On one line; the usual one when there is none. Raises PacketWishTooLong."""
    said = " ".join("".join(c if c.isprintable() else " " for c in raw[: 4 * MOST_WISH]).split())
    if len(said) > MOST_WISH or len(raw) > 4 * MOST_WISH:
        raise PacketWishTooLong(MOST_WISH)
    return said or WISH


@dataclass(frozen=True, slots=True)
class Packet:
    """`opened` shares of `split` (fen) are taken. `to`: keyed hashes of the numbers it is for; with none, it is for
    whoever holds its code. `link` is the code (its sender sees it), `code` the code's hash. `parts`: until when the
    points in it are good. `stranded`: what was left lies in suspense, and waits for the desk. `wish` and `link` are
    none when the sender has left.
    """

    id: str
    sender: str
    currency: Currency
    kind: PacketKind
    split: tuple[int, ...]
    wish: str | None
    at: datetime
    code: str | None = None
    link: str | None = None
    to: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()
    opened: int = 0
    state: PacketState = PacketState.OPEN
    returned: int = 0
    stranded: bool = False

    @property
    def account(self) -> Account:
        return packet_account(self.id, self.currency)

    @property
    def lapses_at(self) -> datetime:
        return self.at + LIFE

    @property
    def count(self) -> int:
        return len(self.split)

    @property
    def amount(self) -> Money:
        return Money(sum(self.split), self.currency)

    @property
    def left(self) -> int:
        """What nobody has taken, in fen."""
        return sum(self.split[self.opened :])

    @property
    def best(self) -> int | None:
        """The largest share of a lucky packet that is empty: which one that is, is told at the end."""
        lucky = self.kind is PacketKind.LUCKY and self.count > 1 and self.opened == self.count
        return max(self.split) if lucky else None

    def state_at(self, now: datetime) -> PacketState:
        late = self.state is PacketState.OPEN and self.lapses_at <= now
        return PacketState.LAPSED if late else self.state

    def is_for(self, citizen: str, phone: str | None, code: str | None) -> bool:
        """Whether he may see it: it is his own, or named him, or he holds its code."""
        if self.sender == citizen:
            return True
        return phone in self.to if self.to else code is not None and code == self.code

    def demand_openable(self, citizen: str, phone: str | None, code: str | None, now: datetime) -> None:
        """Raises PacketUnknown, PacketOwn, PacketLapsed, PacketEmpty."""
        if not self.is_for(citizen, phone, code):
            raise PacketUnknown
        if self.sender == citizen and (self.count == 1 or (bool(self.to) and phone not in self.to)):
            raise PacketOwn
        if self.opened >= self.count:
            raise PacketEmpty
        if self.state_at(now) is not PacketState.OPEN:
            raise PacketLapsed

    def parts_of(self, number: int) -> tuple[Part, ...]:
        """Until when the points of this share are good: those that end first are taken first."""
        return cut(self.parts, sum(self.split[:number]), self.split[number])

    @property
    def parts_left(self) -> tuple[Part, ...]:
        """Until when the points are good that nobody has taken."""
        return cut(self.parts, sum(self.split[: self.opened]), self.left)

    def lapsed(self) -> Packet:
        return replace(self, state=PacketState.LAPSED, returned=self.left)


@dataclass(frozen=True, slots=True)
class Share:
    """Which one of a packet somebody took."""

    packet: str
    citizen: str
    number: int
    amount: Money
    at: datetime


def packet_account(packet: str, currency: Currency) -> Account:
    """What lies in it."""
    return Account(AccountKind.PACKET, packet, currency)


def account_of(citizen: str, currency: Currency) -> Account:
    """From which a packet is filled, and to which a share goes."""
    return wallet(citizen) if currency is Currency.CNY else points(citizen)


def cut(parts: Sequence[Part], start: int, fen: int) -> tuple[Part, ...]:
    """Of what lies in a row, `fen` from `start` on."""
    found, place = [], 0
    for part in parts:
        used = min(place + part.fen, start + fen) - max(place, start)
        if used > 0:
            found.append(Part(used, part.expires_on))
        place += part.fen
    return tuple(found)
