"""Findings in MongoDB, each by its id; what the centre answered is sealed."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.street.patrols.findings.model import Finding, When

_FIELD = "finding answer"


class FindingStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._findings = db["patrol_findings"]
        self._ring = ring

    async def add(self, finding: Finding, tx: Tx) -> None:
        await self._findings.insert_one(self._row(finding), session=tx)

    async def get(self, finding: str, tx: Tx | None = None) -> Finding | None:
        row = await self._findings.find_one({"_id": finding}, session=tx)
        return self._finding(row) if row else None

    async def settle(self, finding: Finding, tx: Tx) -> bool:
        """False when somebody else did meanwhile."""
        before = {"_id": finding.id, "open": True}
        return bool((await self._findings.replace_one(before, self._row(finding), session=tx)).modified_count)

    async def flagged(self, test_of: str | None, request: PageRequest) -> Page[Finding]:
        """What the centre has to look at, the newest first."""
        return await self._page({"open": True, "test_of": test_of}, request)

    async def page(self, is_open: bool, request: PageRequest) -> Page[Finding]:
        """For the desk, the newest first."""
        return await self._page({"open": is_open}, request)

    async def of_case(self, case: str) -> list[Finding]:
        """The newest first."""
        rows = await self._findings.find({"case": case}).sort("_id", -1).limit(100).to_list(None)
        return [self._finding(row) for row in rows]

    async def _page(self, which: Document, request: PageRequest) -> Page[Finding]:
        rows = await page_rows(self._findings, which, request)
        return Page.cut([self._finding(row) for row in rows], request)

    def _row(self, one: Finding) -> Document:
        answer = self._ring.seal_text(one.answer, record=one.id, field=_FIELD) if one.answer is not None else None
        return {
            "_id": one.id,
            "case": one.case,
            "number": one.number,
            "unit": one.unit,
            "when": one.when.value,
            "ok": one.ok,
            "state": one.state.value,
            "officer": one.officer,
            "at": one.at,
            "said_at": one.said_at,
            "there": one.there,
            "open": one.open,
            "test_of": one.test_of,
            "settled_by": one.settled_by,
            "settled_at": one.settled_at,
            "answer": answer,
        }

    def _finding(self, row: Document) -> Finding:
        answer = row["answer"]
        return Finding(
            id=row["_id"],
            case=row["case"],
            number=row["number"],
            unit=row["unit"],
            when=When(row["when"]),
            ok=row["ok"],
            state=CaseState(row["state"]),
            officer=row["officer"],
            at=row["at"],
            said_at=row["said_at"],
            there=row["there"],
            open=row["open"],
            test_of=row["test_of"],
            settled_by=row["settled_by"],
            settled_at=row["settled_at"],
            answer=self._ring.open_text(answer, record=row["_id"], field=_FIELD) if answer is not None else None,
        )
