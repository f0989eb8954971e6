"""A receipt: what was paid, to whom, for what. It is written with the payment and never changed.

Its number is the payment's. Its code leads to a page where anybody who holds the receipt sees whether it is genuine,
and no more of the payer than stands on a receipt that is held up. What names people is sealed under the payer's key:
when he was erased, the rest stays, as the law wants of accounts.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from app.core.money import Money
from app.core.said import Said
from app.domains.payment.bills.billers.model import BillKind
from app.domains.payment.bills.model import BillLine
from app.domains.payment.payments.model import Method

_PROOF = 8
_LENGTH = 32


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    """What is sealed."""

    lines: tuple[BillLine, ...]
    reason: Said
    beneficiary: str
    account: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """`id` is the payment's; `whole` what the bill asked for, of which `fen` were paid by this payment. `content` is
    None when the payer was erased. `refused`: the biller did not take the payment; it is to be given back.
    """

    id: str
    number: str
    citizen: str
    bill: str
    biller: str
    biller_name: Said
    kind: BillKind
    bill_number: str
    since: date | None
    until: date | None
    fen: int
    whole: int
    method: Method
    at: datetime
    content: ReceiptContent | None
    told_at: datetime | None = None
    refused: bool = False

    @property
    def amount(self) -> Money:
        return Money(self.fen)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the public page says. `refunded` in fen."""

    number: str
    biller: Said
    kind: BillKind
    since: date | None
    until: date | None
    fen: int
    refunded: int
    at: datetime
    account: str | None
    beneficiary: str | None


def code_of(receipt: str, signed: Callable[[str], str]) -> str:
    """The receipt's id and a piece of its keyed hash: a code that was not given out is not found by trying."""
    return base64.urlsafe_b64encode(uuid.UUID(receipt).bytes + _proof(receipt, signed)).decode()


def receipt_of(code: str, signed: Callable[[str], str]) -> str | None:
    """The id that this code was made of, or None."""
    if len(code) != _LENGTH:
        return None
    try:
        raw = base64.b64decode(code, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    receipt = str(uuid.UUID(bytes=raw[:16]))
    return receipt if hmac.compare_digest(raw[16:], _proof(receipt, signed)) else None


def masked_name(name: str) -> str | None:
    """Its first character: enough for who knows whose it is."""
    return f"{name[0]}{'*' * max(len(name) - 1, 1)}" if name else None


def _proof(receipt: str, signed: Callable[[str], str]) -> bytes:
    return bytes.fromhex(signed(receipt))[:_PROOF]
