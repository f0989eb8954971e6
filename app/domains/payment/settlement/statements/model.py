"""A line of a payee's statement, and the statement as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import CITY_TIME
from app.core.money import Money
from app.core.spreadsheets import csv_text
from app.domains.payment.ledger.model import TransferKind
from app.domains.payment.points.model import POINT

# What is written into one file; a longer time is fetched in parts.
MOST_ROWS = 50_000
_HEAD = (
    "时间 Time",
    "种类 Kind",
    "单号 Payment",
    "商户单号 Order",
    "金额 Gross",
    "手续费 Fee",
    "净额 Net",
    "方式 Method",
    "积分 Points",
)


@dataclass(frozen=True, slots=True)
class StatementRow:
    """`gross` is what the payer paid or got back, `fee` what the city kept or gave back, in fen with their sign.
    `number` and `order` are those of the payment, where it is about one. `points` (hundredths) are what the city paid
    for, where it did.
    """

    id: str
    at: datetime
    kind: TransferKind
    gross: int
    fee: int
    payment: str | None = None
    number: str = ""
    order: str = ""
    method: str = ""
    points: int | None = None

    @property
    def net(self) -> int:
        return self.gross - self.fee


def table_of(rows: Iterable[StatementRow]) -> str:
    """CSV; amounts in yuan with two places, moments by the city's clock."""
    return csv_text([_HEAD, *(_cells(row) for row in rows)])


def _cells(row: StatementRow) -> tuple[str, ...]:
    yuan = (f"{Money(fen).amount}" for fen in (row.gross, row.fee, row.net))
    at = row.at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M:%S")
    points = "" if row.points is None else str(row.points // POINT)
    return (at, row.kind.value, row.number, row.order, *yuan, row.method, points)
