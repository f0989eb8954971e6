"""Appeals in MongoDB. What is said in words is sealed under the citizen's key; one is open at a time."""

from __future__ import annotations

from datetime import date, datetime

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.payment.credit.appeals.errors import CreditAppealExists
from app.domains.payment.credit.appeals.model import Appeal, AppealState
from app.domains.payment.credit.rules.model import FactorCode


class CreditAppealStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._appeals = db["credit_appeals"]
        self._persons = persons

    async def add(self, appeal: Appeal, tx: Tx) -> None:
        """Raises CreditAppealExists."""
        if await self.open_of(appeal.citizen, tx) is not None:
            raise CreditAppealExists
        key = await self._persons.sealing(appeal.citizen, tx)
        row = {
            "_id": appeal.id,
            "citizen": appeal.citizen,
            "state": appeal.state.value,
            "open": True,
            "at": appeal.at,
            "score": appeal.score,
            "factor": appeal.factor.value if appeal.factor else None,
            "reason": key.seal_text(appeal.reason or "", record=appeal.id, field="credit appeal reason"),
        }
        try:
            await self._appeals.insert_one(row, session=tx)
        except DuplicateKey:
            raise CreditAppealExists from None

    async def open_of(self, citizen: str, tx: Tx) -> Appeal | None:
        row = await self._appeals.find_one({"citizen": citizen, "open": True}, session=tx)
        return _appeal(row) if row else None

    async def withdraw(self, citizen: str, at: datetime, tx: Tx) -> None:
        """The open one, if there is one. Fulfils `score.service.Appeals`."""
        if (was := await self.open_of(citizen, tx)) is not None:
            await self.settle(was.settled(AppealState.WITHDRAWN, None, at, citizen), tx)

    async def of(self, citizen: str, request: PageRequest) -> Page[Appeal]:
        """Newest first, with their words."""
        rows, key = await page_rows(self._appeals, {"citizen": citizen}, request), await self._persons.of(citizen)
        return Page.cut([_appeal(row, key) for row in rows], request)

    async def get(self, appeal: str, tx: Tx | None = None) -> Appeal | None:
        """For the desk: of whomever, with its words."""
        row = await self._appeals.find_one({"_id": appeal}, session=tx)
        return _appeal(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def page(self, state: AppealState, request: PageRequest) -> Page[Appeal]:
        """For the desk, newest first, without the words."""
        rows = await page_rows(self._appeals, {"state": state.value}, request)
        return Page.cut([_appeal(row) for row in rows], request)

    async def settle(self, settled: Appeal, tx: Tx) -> bool:
        """False when it was settled meanwhile."""
        change: Document = {
            "state": settled.state.value,
            "open": False,
            "points": settled.points,
            "until": settled.until.isoformat() if settled.until else None,
            "after": settled.after,
            "settled_at": settled.settled_at,
            "settled_by": settled.settled_by,
        }
        if settled.answer is not None:
            key = await self._persons.sealing(settled.citizen, tx)
            change["answer"] = key.seal_text(settled.answer, record=settled.id, field="credit appeal answer")
        open_ = {"citizen": settled.citizen, "_id": settled.id, "open": True}
        return bool((await self._appeals.update_one(open_, {"$set": change}, session=tx)).modified_count)


def _appeal(row: Document, key: PersonKey | None = None) -> Appeal:
    def opened(name: str) -> str | None:
        return key.shown(row.get(name), record=row["_id"], field=f"credit appeal {name}") if key else None

    until = row.get("until")
    return Appeal(
        id=row["_id"],
        citizen=row["citizen"],
        state=AppealState(row["state"]),
        at=row["at"],
        score=row["score"],
        factor=FactorCode(row["factor"]) if row["factor"] else None,
        reason=opened("reason"),
        answer=opened("answer"),
        points=row.get("points", 0),
        until=date.fromisoformat(until) if until else None,
        after=row.get("after"),
        settled_at=row.get("settled_at"),
        settled_by=row.get("settled_by"),
    )
