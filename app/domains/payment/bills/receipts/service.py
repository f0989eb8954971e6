"""Writing receipts, showing them to their payers, and letting anybody check one that he holds."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from app.core.clock import Clock
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.payment.bills.accounts.model import masked
from app.domains.payment.bills.accounts.store import AccountStore
from app.domains.payment.bills.billers.store import BillerStore
from app.domains.payment.bills.model import Bill
from app.domains.payment.bills.receipts.drawing import Sheet, draw
from app.domains.payment.bills.receipts.model import (
    Checked,
    Receipt,
    ReceiptContent,
    code_of,
    masked_name,
    receipt_of,
)
from app.domains.payment.bills.receipts.store import ReceiptStore
from app.domains.payment.payments.model import Payment
from app.domains.payment.payments.service import Payments

_LINK_LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Shown:
    """A receipt with what is true of it now: how many fen went back."""

    receipt: Receipt
    refunded: int
    check_at: str


class ReceiptService:
    def __init__(
        self,
        db: Database,
        receipts: ReceiptStore,
        billers: BillerStore,
        accounts: AccountStore,
        payments: Payments,
        outbox: Outbox,
        ring: KeyRing,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._db = db
        self._receipts = receipts
        self._billers = billers
        self._accounts = accounts
        self._payments = payments
        self._outbox = outbox
        self._ring = ring
        self._clock = clock
        self._base_url = base_url

    async def write(self, bill: Bill, payment: Payment, tx: Tx) -> Receipt:
        """In the transaction that captures the payment."""
        biller, account = await self._billers.get(bill.biller, tx), await self._accounts.get(bill.account, tx)
        assert biller is not None
        assert account is not None
        terms = bill.terms
        receipt = Receipt(
            id=payment.id,
            number=payment.number,
            citizen=payment.payer,
            bill=bill.id,
            biller=bill.biller,
            biller_name=biller.name,
            kind=bill.kind,
            bill_number=bill.number,
            since=terms.since,
            until=terms.until,
            fen=payment.amount.fen,
            whole=terms.fen,
            method=payment.method,
            at=payment.captured_at or self._clock.now(),
            content=ReceiptContent(terms.lines, terms.reason, terms.beneficiary, account.number),
        )
        await self._receipts.add(receipt, tx)
        return receipt

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Receipt]:
        return await self._receipts.page(viewer.citizen(), request)

    async def one(self, viewer: Viewer, receipt: str) -> Shown | None:
        found = await self._receipts.of(viewer.citizen(), receipt)
        return await self._shown(found) if found else None

    async def refunds_of(self, receipts: Sequence[Receipt]) -> dict[str, int]:
        """How many fen went back of each, by receipt."""
        found = await asyncio.gather(*(self._payments.get(one.id) for one in receipts))
        return {one.id: payment.refunded if payment else 0 for one, payment in zip(receipts, found, strict=True)}

    async def of_bill(self, viewer: Viewer, bill: str) -> list[Receipt]:
        return await self._receipts.of_bill(viewer.citizen(), bill)

    async def refused(self, request: PageRequest) -> Page[Receipt]:
        """For the ops desk."""
        return await self._receipts.refused(request)

    def check_at(self, receipt: Receipt) -> str:
        """What stands in its QR."""
        return f"{self._base_url}/receipts/{self._code(receipt.id)}"

    async def check(self, code: str) -> Checked | None:
        """For whoever holds it: None when no such receipt was ever given out."""
        id_ = receipt_of(code, self._signed)
        found = await self._receipts.get(id_) if id_ else None
        if found is None:
            return None
        shown, content = await self._shown(found), found.content
        return Checked(
            number=found.number,
            biller=found.biller_name,
            kind=found.kind,
            since=found.since,
            until=found.until,
            fen=found.fen,
            refunded=shown.refunded,
            at=found.at,
            account=masked(content.account) if content else None,
            beneficiary=masked_name(content.beneficiary) if content else None,
        )

    def link(self, receipt: Receipt) -> tuple[str, datetime]:
        """A link to its PDF, good for five minutes without further proof."""
        ends = self._clock.now() + _LINK_LIFE
        until = int(ends.timestamp())
        query = {"of": receipt.citizen, "until": until, "proof": self._proof(receipt.id, receipt.citizen, until)}
        return f"{self._base_url}/media/receipts/{receipt.id}.pdf?{urlencode(query)}", ends

    async def behind(self, receipt: str, payer: str, until: int, proof: str) -> tuple[str, bytes] | None:
        """(number, PDF). None when the link is not genuine or over, and when the payer was erased."""
        right = self._proof(receipt, payer, until)
        if not hmac.compare_digest(proof.encode(), right.encode()) or until < self._clock.now().timestamp():
            return None
        found = await self._receipts.of(payer, receipt)
        if found is None or found.content is None:
            return None
        shown = await self._shown(found)
        sheet = Sheet(found, found.content, shown.refunded, shown.check_at)
        return found.number, await asyncio.to_thread(draw, sheet)

    async def answered(self, payment: str, *, taken: bool) -> None:
        """What the biller said to the payment: what it does not take is told to the payer, and seen at the desk."""
        found = await self._receipts.get(payment)
        assert found is not None

        async def work(tx: Tx) -> None:
            if not await self._receipts.told(payment, self._clock.now(), refused=not taken, tx=tx) or taken:
                return
            facts = {"organisation": found.biller, "payment": payment, "bill": found.bill}
            await self._outbox.add("bill.payment_refused", found.citizen, tx, **facts)

        await self._db.transaction(work)

    async def _shown(self, receipt: Receipt) -> Shown:
        payment = await self._payments.get(receipt.id)
        return Shown(receipt, payment.refunded if payment else 0, self.check_at(receipt))

    def _proof(self, receipt: str, payer: str, until: int) -> str:
        return self._ring.keyed_hash(f"{receipt}\0{payer}\0{until}", kind="receipt link")

    def _code(self, receipt: str) -> str:
        return code_of(receipt, self._signed)

    def _signed(self, receipt: str) -> str:
        return self._ring.keyed_hash(receipt, kind="receipt code")
