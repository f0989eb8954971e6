"""Dues in MongoDB, by their citizen: ids, days and amounts. What a treatment was for stands with the treatment."""

from __future__ import annotations

from datetime import date, datetime

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.credit.dues.model import Due, DueKind

_MOST = 1_000


class DueStore:
    def __init__(self, db: Database) -> None:
        self._dues = db["credit_dues"]

    async def add(self, due: Due, tx: Tx) -> None:
        """Raises DuplicateKey: there is one about the same already."""
        row: Document = {
            "_id": due.id,
            "citizen": due.citizen,
            "kind": due.kind.value,
            "about": due.about,
            "payee": due.payee,
            "fen": due.fen,
            "day": due.day.isoformat(),
            "at": due.at,
            "repaid": due.repaid,
            "given_back": due.given_back,
            "open": True,
            "settled_at": due.settled_at,
            "reminded": due.reminded,
        }
        await self._dues.insert_one(row, session=tx)

    async def of(self, citizen: str, request: PageRequest, *, open_: bool | None = None) -> Page[Due]:
        """Newest first."""
        which: Document = {"citizen": citizen} | ({} if open_ is None else {"open": open_})
        rows = await page_rows(self._dues, which, request)
        return Page.cut([_due(row) for row in rows], request)

    async def open_of(self, citizen: str, tx: Tx | None = None) -> list[Due]:
        """What is due first comes first."""
        found = self._dues.find({"citizen": citizen, "open": True}, session=tx).sort([("day", 1), ("_id", 1)])
        return [_due(row) for row in await found.limit(_MOST).to_list(None)]

    def soonest(self, citizen: str, most: int) -> Part[Due]:
        """Open ones; what is due first comes first."""
        open_: Document = {"citizen": citizen, "open": True}
        return Part("credit_dues", [{"$match": open_}, {"$sort": {"day": 1, "_id": 1}}, {"$limit": most}], _due)

    async def about(self, citizen: str, about: str, tx: Tx | None = None) -> Due | None:
        row = await self._dues.find_one({"citizen": citizen, "about": about}, session=tx)
        return _due(row) if row else None

    async def due_between(self, citizen: str, since: date, until: date) -> list[Due]:
        """Those of that time, both days among them, repaid or not."""
        which = {"citizen": citizen, "day": {"$gte": since.isoformat(), "$lte": until.isoformat()}}
        return [_due(row) for row in await self._dues.find(which).limit(_MOST).to_list(None)]

    async def change(self, was: Due, now: Due, tx: Tx) -> bool:
        """False when it was changed since it was read."""
        before = {"citizen": was.citizen, "_id": was.id, "repaid": was.repaid, "given_back": was.given_back}
        change = {
            "repaid": now.repaid,
            "given_back": now.given_back,
            "open": not now.settled,
            "settled_at": now.settled_at,
        }
        return bool((await self._dues.update_one(before, {"$set": change}, session=tx)).modified_count)

    async def debtors(self, first: date, last: date, after: str, most: int) -> list[str]:
        """Citizens who owe something due on these days, by id, each once."""
        days = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        which: Document = {"open": True, "day": days, "citizen": {"$gt": after}}
        found = self._dues.find(which, {"citizen": 1}).sort("citizen", 1).limit(most)
        return list(dict.fromkeys([row["citizen"] async for row in found]))

    async def note_reminded(self, citizen: str, day: date, days: int, tx: Tx) -> int:
        """That he is told of what is due on that day; how many dues that is news to."""
        which = {"citizen": citizen, "open": True, "day": day.isoformat()}
        told: Document = {"$or": [{"reminded": None}, {"reminded": {"$gt": days}}]}
        done = await self._dues.update_many({**which, **told}, {"$set": {"reminded": days}}, session=tx)
        return done.modified_count

    async def overdue(self, before: date, request: PageRequest) -> Page[Due]:
        """For the desk: what should have been repaid by then, the newest first."""
        which = {"open": True, "day": {"$lt": before.isoformat()}}
        rows = await page_rows(self._dues, which, request)
        return Page.cut([_due(row) for row in rows], request)


def _due(row: Document) -> Due:
    settled: datetime | None = row["settled_at"]
    return Due(
        id=row["_id"],
        citizen=row["citizen"],
        kind=DueKind(row["kind"]),
        about=row["about"],
        payee=row["payee"],
        fen=row["fen"],
        day=date.fromisoformat(row["day"]),
        at=row["at"],
        repaid=row["repaid"],
        given_back=row["given_back"],
        settled_at=settled,
        reminded=row["reminded"],
    )
