"""A receipt as PDF: what was paid, in both languages, its lines, and the code that leads to where it is checked.

The characters that stand there come with the file, so that it looks the same everywhere, for years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.clock import CITY_TIME
from app.core.money import Money
from app.core.paper import Proof
from app.core.said import Said
from app.domains.payment.bills.receipts.model import Receipt, ReceiptContent

_TITLE: Final = Said("缴费电子凭证", "Payment receipt")
_CHECK: Final = Said("扫码核验真伪", "Scan to see that it is genuine")


@dataclass(frozen=True, slots=True)
class Sheet:
    receipt: Receipt
    content: ReceiptContent
    refunded: int
    check_at: str


def draw(sheet: Sheet) -> bytes:
    """One page. Takes some tenths of a second: not for the event loop."""
    receipt = sheet.receipt
    paper = Proof(f"{_TITLE.zh} {receipt.number}", receipt.at)
    paper.title(_both(_TITLE))
    for name, value in _facts(sheet):
        paper.fact(name, value)
    paper.gap()
    for line in sheet.content.lines:
        paper.row(_both(line.text), _yuan(line.fen))
    paper.row(_both(Said("账单金额", "The bill asked for")), _yuan(receipt.whole))
    paper.row(_both(Said("实缴金额", "Paid")), _yuan(receipt.fen), size=13)
    if sheet.refunded:
        paper.row(_both(Said("已退金额", "Given back")), _yuan(sheet.refunded), size=13)
    paper.check(_both(_CHECK), sheet.check_at)
    return paper.done()


def _facts(sheet: Sheet) -> list[tuple[str, str]]:
    receipt, content = sheet.receipt, sheet.content
    facts = [
        (Said("凭证号", "Number"), receipt.number),
        (Said("收费机构", "Paid to"), _both(receipt.biller_name)),
        (Said("户号", "Account"), content.account),
        (Said("受益人", "For"), content.beneficiary),
        (Said("事由", "Reason"), _both(content.reason)),
        (Said("账期", "Period"), period(receipt.since, receipt.until)),
        (Said("缴费时间", "Paid at"), f"{receipt.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}"),
    ]
    return [(_both(name), value) for name, value in facts if value]


def period(since: date | None, until: date | None) -> str:
    return " – ".join(day.isoformat() for day in (since, until) if day)


def _both(said: Said) -> str:
    return f"{said.zh}　{said.en}".strip()


def _yuan(fen: int) -> str:
    return f"¥{Money(fen).amount}"
