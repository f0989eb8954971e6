"""Settlements in MongoDB: one row a payee and day, and one a day whose round is done."""

from __future__ import annotations

from datetime import date, datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.ledger.model import TransferKind
from app.domains.payment.settlement.model import (
    LEFT_OVER,
    Payee,
    Settlement,
    SettlementLine,
    SettlementState,
)

_LEFT_OVER = [state.value for state in LEFT_OVER]


class SettlementStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._settlements = db["settlements"]
        self._days = db["settlement_days"]

    async def add(self, one: Settlement, tx: Tx) -> None:
        """Raises DuplicateKey: this payee's day, or its next number, was settled by somebody else."""
        await self._settlements.insert_one(_row(one), session=tx)

    async def get(self, id_: str, tx: Tx | None = None) -> Settlement | None:
        row = await self._settlements.find_one({"_id": id_}, session=tx)
        return _settlement(row) if row else None

    async def of(self, payee: Payee, id_: str) -> Settlement | None:
        row = await self._settlements.find_one({"_id": id_, "payee": payee.id})
        return _settlement(row) if row else None

    async def newest(self, payee: Payee, tx: Tx | None = None) -> Settlement | None:
        row = await self._settlements.find_one({"payee": payee.id}, sort=[("seq", -1)], session=tx)
        return _settlement(row) if row else None

    async def save(self, now: Settlement, was: Settlement, tx: Tx) -> bool:
        """From the state, the try and the payout it was in; of rivals one gets True."""
        row = _row(now)
        which = {"_id": row.pop("_id"), "state": was.state.value, "tries": was.tries, "carried_into": was.carried_into}
        which["payout"] = was.payout
        return bool((await self._settlements.update_one(which, {"$set": row}, session=tx)).modified_count)

    async def left_over(self, payee: Payee, tx: Tx) -> list[Settlement]:
        """What the next settlement takes up, the oldest first."""
        which = {"payee": payee.id, "carried_into": None, "state": {"$in": _LEFT_OVER}}
        rows = await self._settlements.find(which, session=tx).sort("seq", 1).to_list(None)
        return [_settlement(row) for row in rows]

    async def carry(self, one: Settlement, into: str, tx: Tx) -> bool:
        which = {"_id": one.id, "state": one.state.value, "carried_into": None}
        return bool(
            (await self._settlements.update_one(which, {"$set": {"carried_into": into}}, session=tx)).modified_count
        )

    async def waiting(self) -> list[Payee]:
        """Payees of whom something is left over."""
        which = {"carried_into": None, "state": {"$in": _LEFT_OVER}}
        rows = await self._db.aggregate("settlements", [{"$match": which}, {"$group": {"_id": "$payee"}}])
        return sorted((Payee.parse(row["_id"]) for row in rows), key=lambda payee: payee.id)

    async def of_payee(self, payee: Payee, request: PageRequest) -> Page[Settlement]:
        """Newest first."""
        return await self._page({"payee": payee.id}, request)

    async def of_day(self, day: date, request: PageRequest) -> Page[Settlement]:
        rows = await page_rows(self._settlements, {"day": day.isoformat()}, request, newest=False)
        return Page.cut([_settlement(row) for row in rows], request)

    async def in_state(self, state: SettlementState, request: PageRequest) -> Page[Settlement]:
        return await self._page({"state": state.value}, request)

    async def sums(self, days: list[str]) -> dict[tuple[str, SettlementState], tuple[int, int]]:
        """By day and state: how many settlements, and how many fen."""
        pipeline: list[Document] = [
            {"$match": {"day": {"$in": days}}},
            {
                "$group": {
                    "_id": {"day": "$day", "state": "$state"},
                    "count": {"$sum": 1},
                    "fen": {"$sum": "$total"},
                }
            },
        ]
        rows = await self._db.aggregate("settlements", pipeline)
        return {(row["_id"]["day"], SettlementState(row["_id"]["state"])): (row["count"], row["fen"]) for row in rows}

    # Days

    async def last_day(self) -> date | None:
        """The newest day whose round is done."""
        row = await self._days.find_one({}, sort=[("_id", -1)])
        return date.fromisoformat(row["_id"]) if row else None

    async def day_done(self, day: date, at: datetime) -> None:
        await self._days.update_one({"_id": day.isoformat()}, {"$set": {"at": at}}, upsert=True)

    async def days(self, request: PageRequest) -> Page[tuple[date, datetime]]:
        """Newest first."""
        rows = await page_rows(self._days, {}, request)
        return Page.cut([(date.fromisoformat(row["_id"]), row["at"]) for row in rows], request)

    async def day(self, day: date) -> datetime | None:
        """When the round of that day was done last."""
        row = await self._days.find_one({"_id": day.isoformat()})
        return row["at"] if row else None

    async def _page(self, which: Document, request: PageRequest) -> Page[Settlement]:
        rows = await page_rows(self._settlements, which, request)
        return Page.cut([_settlement(row) for row in rows], request)


def _row(one: Settlement) -> Document:
    return {
        "_id": one.id,
        "payee": one.payee.id,
        "day": one.day.isoformat(),
        "seq": one.seq,
        "since": one.since,
        "until": one.until,
        "lines": [_line_row(line) for line in one.lines],
        "carried": one.carried,
        "total": one.total,
        "state": one.state.value,
        "at": one.at,
        "reason": one.reason,
        "tries": one.tries,
        "payout": one.payout,
        "ended_at": one.ended_at,
        "carried_into": one.carried_into,
    }


def _line_row(one: SettlementLine) -> Document:
    return {"kind": one.kind.value, "count": one.count, "gross": one.gross, "fee": one.fee}


def _settlement(row: Document) -> Settlement:
    return Settlement(
        payee=Payee.parse(row["payee"]),
        day=date.fromisoformat(row["day"]),
        seq=row["seq"],
        since=row["since"],
        until=row["until"],
        lines=tuple(
            SettlementLine(TransferKind(line["kind"]), line["count"], line["gross"], line["fee"])
            for line in row["lines"]
        ),
        carried=row["carried"],
        state=SettlementState(row["state"]),
        at=row["at"],
        reason=row["reason"],
        tries=row["tries"],
        payout=row["payout"],
        ended_at=row["ended_at"],
        carried_into=row["carried_into"],
    )
