"""A shop and what it sells.

A shop is kept by a merchant; it delivers to the estates that it names, for so much, and is open between two times of
the day. An item has a price and, unless it never runs out, a stock; it may be had at certain hours only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.core.said import Said
from app.domains.community.shops.errors import ShopInvalid

LONGEST_NAME, LONGEST_TEXT, LONGEST_CATEGORY = 40, 200, 20
MOST_ESTATES, MOST_ITEMS, MOST_FEN, MOST_STOCK, MOST_COUNT = 100, 300, 1_000_000, 100_000, 99
MINUTES = 24 * 60
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")


class ShopKind(StrEnum):
    GROCER = "grocer"
    CANTEEN = "canteen"
    PHARMACY = "pharmacy"
    LAUNDRY = "laundry"
    PARCELS = "parcels"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of the city's day, from `opens` until before `closes`. Where `closes` is the earlier one, over midnight;
    alike, the whole day.
    """

    opens: int = 0
    closes: int = 0

    def at(self, now: datetime) -> bool:
        local = now.astimezone(CITY_TIME)
        minute = local.hour * 60 + local.minute
        if self.opens == self.closes:
            return True
        if self.opens < self.closes:
            return self.opens <= minute < self.closes
        return minute >= self.opens or minute < self.closes

    def day_ends(self, now: datetime) -> datetime:
        """Until when it is today: to midnight, or over it to the closing of who is open then."""
        local = now.astimezone(CITY_TIME)
        midnight = datetime.combine(local.date(), time(), CITY_TIME)
        closing = self.closes if self.closes < self.opens else 0
        ends = midnight + timedelta(minutes=closing)
        return ends if now < ends else ends + timedelta(days=1)

    def checked(self) -> Hours:
        """Raises ShopInvalid."""
        if not (0 <= self.opens < MINUTES and 0 <= self.closes < MINUTES):
            raise ShopInvalid("hours")
        return self


@dataclass(frozen=True, slots=True)
class Delivery:
    """`fen` for bringing, none from `free_from` on (0: never free); nothing is brought below `least`."""

    estates: tuple[str, ...] = ()
    fen: int = 0
    free_from: int = 0
    least: int = 0

    def fee(self, goods: int) -> int:
        return 0 if self.free_from and goods >= self.free_from else self.fen


@dataclass(frozen=True, slots=True)
class Shop:
    """`code` is the key; `organisation` the merchant. `halted`: why the city's desk stopped it. `rev` counts its
    changes.
    """

    code: str
    organisation: str
    name: Said
    kind: ShopKind
    hours: Hours
    delivery: Delivery
    open: bool = True
    halted: str = ""
    rev: int = 0

    @property
    def listed(self) -> bool:
        return self.open and not self.halted

    @property
    def record(self) -> str:
        """As files name it."""
        return f"shop:{self.code}"

    def sells_at(self, now: datetime) -> bool:
        return self.listed and self.hours.at(now)

    def stopped(self, why: str) -> Shop:
        """Goes on where there is no reason. Raises ShopInvalid."""
        reason = " ".join(why.split())
        if len(reason) > LONGEST_TEXT or not reason.isprintable():
            raise ShopInvalid("reason")
        return replace(self, halted=reason, rev=self.rev + 1)

    def checked(self) -> Shop:
        """Tidied. Raises ShopInvalid."""
        if not _CODE.fullmatch(self.code):
            raise ShopInvalid("code")
        terms = self.delivery
        estates = tuple(dict.fromkeys(terms.estates))
        if len(estates) > MOST_ESTATES:
            raise ShopInvalid("estates")
        if not all(0 <= fen <= MOST_FEN for fen in (terms.fen, terms.free_from, terms.least)):
            raise ShopInvalid("delivery")
        self.hours.checked()
        return replace(self, name=said(self.name, "name", 2, LONGEST_NAME), delivery=replace(terms, estates=estates))


@dataclass(frozen=True, slots=True)
class Hold:
    """So many that an order took from the shelf, whose transaction is not known to be over."""

    order: str
    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """`stock`: so many are left; None, it never runs out. `photo` is an upload, `photo_by` whose. `holds` are out of
    the stock already. `sold_out_until`: there is no more of it today, whatever is counted.
    """

    id: str
    shop: str
    category: Said
    name: Said
    text: Said
    fen: int
    stock: int | None = None
    most: int = MOST_COUNT
    hours: Hours = Hours()
    photo: str | None = None
    photo_by: str | None = None
    listed: bool = True
    rev: int = 0
    holds: tuple[Hold, ...] = ()
    sold_out_until: datetime | None = None

    def held_for(self, order: str, count: int, since: datetime) -> bool:
        return any(one.order == order and one.count == count and one.at >= since for one in self.holds)

    def sells_at(self, now: datetime) -> bool:
        return self.listed and self.hours.at(now) and not self.sold_out(now)

    def sold_out(self, now: datetime) -> bool:
        """As its shop said, for today."""
        return self.sold_out_until is not None and now < self.sold_out_until

    def checked(self) -> Item:
        """Tidied. Raises ShopInvalid."""
        category = said(self.category, "category", 1, LONGEST_CATEGORY)
        if not 1 <= self.fen <= MOST_FEN:
            raise ShopInvalid("price")
        if self.stock is not None and not 0 <= self.stock <= MOST_STOCK:
            raise ShopInvalid("stock")
        if not 1 <= self.most <= MOST_COUNT:
            raise ShopInvalid("most")
        self.hours.checked()
        name, text = said(self.name, "name", 1, LONGEST_NAME), said(self.text, "text", 0, LONGEST_TEXT)
        return replace(self, category=category, name=name, text=text)


def said(raw: Said, name: str, least: int, longest: int) -> Said:
    """Raises ShopInvalid."""
    zh, en = " ".join(raw.zh.split()), " ".join(raw.en.split())
    if not least <= len(zh) <= longest or len(en) > 2 * longest or not (zh + en).isprintable():
        raise ShopInvalid(name)
    return Said(zh, en)
