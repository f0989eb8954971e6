"""Billers of the seeded city, the accounts of its people, and their bills as of a day: data, and how a month becomes
a bill. The billers' stand-in answers from it, and the city is seeded with it.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from typing import Any, TypeAlias

from mocks.city import PEOPLE

Json: TypeAlias = dict[str, Any]
_FEN = Decimal("0.01")
_NAMES = {person.key: person.name for person in PEOPLE}
# Bills of the last month are due in so many days; those before it today, and who is seeded pays them in time.
_DUE_IN = 9
_FIRST = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class BillerFact:
    """`organisation` is its kind of organisation, `under` the unit it belongs to; `digits` are the shortest and the
    longest of its account numbers.
    """

    key: str
    organisation: str
    under: str
    kind: str
    name: tuple[str, str]
    account: tuple[str, str]
    digits: tuple[int, int]
    way: str
    system: str | None
    reason: tuple[str, str]
    unit: tuple[str, str]
    prices: tuple[tuple[str, str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class AccountFact:
    """`holder` is a name; `who` are the keys of those who have bound it."""

    biller: BillerFact
    number: str
    holder: str
    who: tuple[str, ...]
    label: str
    usage: tuple[int, ...]
    bills: tuple[Json, ...]

    def told(self, today: date) -> list[Json]:
        """All its bills as the biller tells them, the newest first."""
        made = [self._by_use(ago, used, today) for ago, used in enumerate(self.usage)]
        return [*made, *(self._by_itself(one, today) for one in self.bills)]

    def _by_use(self, ago: int, used: int, today: date) -> Json:
        since, until = _month(today, ago + 1)
        lines = [
            _line(f"{zh} {used} {self.biller.unit[0]}", f"{en}, {used} {self.biller.unit[1]}", price * used)
            for zh, en, price in self.biller.prices
        ]
        due = today + timedelta(days=_DUE_IN if ago == 0 else 0)
        return self._bill(since, until, due, self.biller.reason, lines) | {"version": _version(today)}

    def _by_itself(self, one: Json, today: date) -> Json:
        since, until = _month(today, one["ago"] + one["months"] - 1) if one["months"] else (None, None)
        if since is not None:
            until = _month(today, one["ago"])[1]
        lines = [_line(zh, en, Decimal(amount)) for zh, en, amount in one["lines"]]
        due = today + timedelta(days=one["due"])
        bill = self._bill(since, until, due, tuple(one["reason"]), lines) | {"version": _version(today)}
        return bill | ({"part_allowed": True, "least": one["part"]} if "part" in one else {})

    def _bill(
        self, since: date | None, until: date | None, due: date, reason: tuple[str, ...], lines: Sequence[Json]
    ) -> Json:
        tail = (until or due).strftime("%Y%m")
        return {
            "number": f"{self.number}-{tail}",
            "account": self.number,
            "holder": self.holder,
            "beneficiary": self.holder,
            "reason": {"zh": reason[0], "en": reason[1]},
            "lines": list(lines),
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "due": due.isoformat(),
        }


def _version(today: date) -> int:
    """Told on another day the due days are others: so it is another version."""
    return max(1, (today - _FIRST).days)


def _line(zh: str, en: str, amount: Decimal) -> Json:
    return {"text": {"zh": zh, "en": en}, "amount": str(amount.quantize(_FEN, ROUND_HALF_UP))}


def _month(today: date, ago: int) -> tuple[date, date]:
    """The first and the last day of the month so many months ago."""
    months = today.year * 12 + today.month - 1 - ago
    year, month = divmod(months, 12)
    return date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _biller(row: Json) -> BillerFact:
    return BillerFact(
        key=row["key"],
        organisation=row["organisation"],
        under=row["under"],
        kind=row["kind"],
        name=tuple(row["name"]),
        account=tuple(row["account"]),
        digits=tuple(row["digits"]),
        way=row["way"],
        system=row.get("system"),
        reason=tuple(row.get("reason", ("", ""))),
        unit=tuple(row.get("unit", ("", ""))),
        prices=tuple((zh, en, Decimal(price)) for zh, en, price in row.get("prices", ())),
    )


def _accounts(data: Json) -> Iterator[AccountFact]:
    billers = {one.key: one for one in BILLERS}
    for row in data["account"]:
        yield AccountFact(
            biller=billers[row["biller"]],
            number=row["number"],
            holder=_NAMES[row["holder"]],
            who=tuple(row["who"]),
            label=row["label"],
            usage=tuple(row.get("usage", ())),
            bills=tuple(row.get("bill", ())),
        )


_DATA = tomllib.loads(files("mocks").joinpath("data", "payment", "bills.toml").read_text(encoding="utf-8"))
BILLERS: tuple[BillerFact, ...] = tuple(_biller(row) for row in _DATA["biller"])
ACCOUNTS: tuple[AccountFact, ...] = tuple(_accounts(_DATA))
