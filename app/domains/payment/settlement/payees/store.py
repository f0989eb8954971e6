"""Payees in MongoDB: the numbers and holders of their bank accounts are sealed."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.domains.payment.settlement.model import Payee
from app.domains.payment.settlement.payees.model import PayeeAccount, PayeeProfile

_NUMBER, _HOLDER = "payee account number", "payee account holder"


class PayeeStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._payees = db["settlement_payees"]
        self._ring = ring

    async def get(self, payee: Payee, tx: Tx | None = None) -> PayeeProfile:
        """What nobody entered anything of has a profile all the same."""
        row = await self._payees.find_one({"_id": payee.id}, session=tx)
        return self._profile(row) if row else PayeeProfile(payee)

    async def page(self, request: PageRequest) -> Page[PayeeProfile]:
        rows = await page_rows(self._payees, {}, request, newest=False)
        return Page.cut([self._profile(row) for row in rows], request)

    async def save(self, one: PayeeProfile, tx: Tx) -> None:
        row = {
            "account": self._account_row(one.id, one.account),
            "proposed": self._account_row(one.id, one.proposed),
            "stopped": one.stopped,
        }
        await self._payees.update_one({"_id": one.id}, {"$set": row}, upsert=True, session=tx)

    def _account_row(self, id_: str, one: PayeeAccount | None) -> Document | None:
        if one is None:
            return None
        return {
            "number": self._ring.seal_text(one.number, record=id_, field=_NUMBER),
            "holder": self._ring.seal_text(one.holder, record=id_, field=_HOLDER),
            "bank": one.bank,
            "bank_en": one.bank_en,
            "by": one.by,
            "at": one.at,
            "id": one.id,
            "approved_by": one.approved_by,
        }

    def _profile(self, row: Document) -> PayeeProfile:
        id_ = row["_id"]
        account, proposed = self._account(id_, row["account"]), self._account(id_, row["proposed"])
        return PayeeProfile(Payee.parse(id_), account, proposed, row["stopped"])

    def _account(self, id_: str, row: Document | None) -> PayeeAccount | None:
        if row is None:
            return None
        return PayeeAccount(
            number=self._ring.open_text(row["number"], record=id_, field=_NUMBER),
            holder=self._ring.open_text(row["holder"], record=id_, field=_HOLDER),
            bank=row["bank"],
            bank_en=row["bank_en"],
            by=row["by"],
            at=row["at"],
            id=row.get("id", ""),  # one from before they had names is entered anew
            approved_by=row["approved_by"],
        )
