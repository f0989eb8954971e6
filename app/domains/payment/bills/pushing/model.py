"""A bill as a biller tells it, in a batch or when it is asked; and what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.core.said import UNSAID, Said
from app.domains.payment.bills.errors import BillTermsUnfit
from app.domains.payment.bills.model import BillLine, Terms

MOST_AT_ONCE = 100  # as many as any list of a request
_SUM = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ToldLine:
    text: Said
    amount: str


@dataclass(frozen=True, slots=True)
class ToldBill:
    """As it was told, not checked yet. `number` is the biller's own; amounts are yuan in decimal digits. `replaces` is
    the number of a bill that this one stands for from now on.
    """

    number: str
    version: int
    account: str
    holder: str
    lines: tuple[ToldLine, ...]
    due: date
    since: date | None = None
    until: date | None = None
    reason: Said = UNSAID
    beneficiary: str = ""
    part_allowed: bool = False
    least: str = "0"
    replaces: str = ""

    @property
    def terms(self) -> Terms:
        """Raises BillTermsUnfit."""
        terms = Terms(
            version=self.version,
            lines=tuple(BillLine(line.text, fen_of(line.amount)) for line in self.lines),
            due=self.due,
            since=self.since,
            until=self.until,
            reason=self.reason,
            beneficiary=self.beneficiary.strip(),
            part_allowed=self.part_allowed,
            least=fen_of(self.least),
        )
        return terms.checked()


class TakenIn(StrEnum):
    ISSUED = "issued"
    CHANGED = "changed"
    UNCHANGED = "unchanged"  # told before, word for word
    OUTDATED = "outdated"  # a newer version is known already
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """To one row of a batch. `code` names what is wrong with a refused one, `field` where."""

    number: str
    outcome: TakenIn
    code: str | None = None
    field: str | None = None


def fen_of(text: str) -> int:
    """Yuan in decimal digits, negative for a discount. Raises BillTermsUnfit."""
    if not _SUM.fullmatch(text):
        raise BillTermsUnfit("amount")
    whole, _, part = text.partition(".")
    fen = abs(int(whole)) * 100 + int(part.ljust(2, "0") or "0")
    return -fen if text.startswith("-") else fen


def read_told(told: Mapping[str, Any]) -> ToldBill:
    """From JSON of a biller that is asked. Raises KeyError, TypeError, ValueError."""
    return ToldBill(
        number=str(told["number"]),
        version=int(told["version"]),
        account=str(told["account"]),
        holder=str(told["holder"]),
        lines=tuple(ToldLine(_said(line["text"]), str(line["amount"])) for line in told["lines"]),
        due=date.fromisoformat(told["due"]),
        since=_day(told.get("since")),
        until=_day(told.get("until")),
        reason=_said(told["reason"]),
        beneficiary=str(told.get("beneficiary", "")),
        part_allowed=bool(told.get("part_allowed", False)),
        least=str(told.get("least", "0")),
        replaces=str(told.get("replaces", "")),
    )


def _said(pair: Mapping[str, str]) -> Said:
    return Said(str(pair["zh"]), str(pair.get("en", "")))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
