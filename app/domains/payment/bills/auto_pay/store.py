"""Auto-pay in the database: what is allowed, and what was done about each bill."""

from __future__ import annotations

from datetime import date

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.bills.auto_pay.model import AutoPay, Run, RunState
from app.domains.payment.payments.model import Method

_AT_ONCE = 200


class AutoPayStore:
    def __init__(self, db: Database) -> None:
        self._allowed = db["auto_pays"]
        self._runs = db["auto_pay_runs"]

    async def allow(self, allowed: AutoPay, tx: Tx) -> None:
        """Raises DuplicateKey: another one was allowed on this account a moment ago."""
        await self._allowed.insert_one(
            {
                "_id": allowed.id,
                "citizen": allowed.citizen,
                "account": allowed.account,
                "biller": allowed.biller,
                "cap": allowed.cap,
                "method": allowed.method.value,
                "by": allowed.by,
                "since": allowed.since,
                "active": True,
                "rev": allowed.rev,
            },
            session=tx,
        )

    async def end(self, citizen: str, account: str, tx: Tx) -> bool:
        """False when there is none. What was announced and not done yet lapses when its day comes."""
        which = {"citizen": citizen, "account": account, "active": True}
        change = {"$set": {"active": False}, "$inc": {"rev": 1}}
        return bool((await self._allowed.update_one(which, change, session=tx)).modified_count)

    async def on(self, citizen: str, account: str, tx: Tx | None = None) -> AutoPay | None:
        which = {"citizen": citizen, "account": account, "active": True}
        row = await self._allowed.find_one(which, session=tx)
        return _allowed(row) if row else None

    async def of(self, citizen: str, tx: Tx | None = None) -> dict[str, AutoPay]:
        """By account."""
        rows = await self._allowed.find({"citizen": citizen, "active": True}, session=tx).to_list(None)
        return {row["account"]: _allowed(row) for row in rows}

    async def get(self, auto_pay: str) -> AutoPay | None:
        row = await self._allowed.find_one({"_id": auto_pay})
        return _allowed(row) if row else None

    async def hold(self, auto_pay: str, tx: Tx) -> bool:
        """Keep it as it is until the transaction is over: who ends it comes before or after. False when it ended."""
        which = {"_id": auto_pay, "active": True}
        return bool((await self._allowed.update_one(which, {"$inc": {"rev": 1}}, session=tx)).modified_count)

    async def all_active(self, after: str) -> list[AutoPay]:
        """The next by id, at most 200."""
        which = {"active": True, "_id": {"$gt": after}}
        rows = await self._allowed.find(which).sort("_id", 1).limit(_AT_ONCE).to_list(None)
        return [_allowed(row) for row in rows]

    async def add_run(self, run: Run, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._runs.insert_one({"_id": run.id, **_row(run)}, session=tx)

    async def save_run(self, changed: Run, was: Run, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        same = {"_id": was.id, "rev": was.rev}
        return bool((await self._runs.update_one(same, {"$set": _row(changed)}, session=tx)).modified_count)

    async def run(self, id_: str, tx: Tx | None = None) -> Run | None:
        row = await self._runs.find_one({"_id": id_}, session=tx)
        return _run(row) if row else None

    async def runs(self, ids: list[str]) -> dict[str, Run]:
        """By id, those that there are."""
        rows = await self._runs.find({"_id": {"$in": ids}}).to_list(None) if ids else []
        return {row["_id"]: _run(row) for row in rows}

    async def due(self, today: date, after: str) -> list[Run]:
        """What is to be paid today or was before: the next by id, at most 200."""
        which = {"state": RunState.ANNOUNCED.value, "pay_on": {"$lte": today.isoformat()}, "_id": {"$gt": after}}
        rows = await self._runs.find(which).sort("_id", 1).limit(_AT_ONCE).to_list(None)
        return [_run(row) for row in rows]

    async def page(self, state: RunState | None, request: PageRequest) -> Page[Run]:
        """For the ops desk."""
        rows = await page_rows(self._runs, {"state": state.value} if state else {}, request)
        return Page.cut([_run(row) for row in rows], request)


def _allowed(row: Document) -> AutoPay:
    return AutoPay(
        row["_id"],
        row["citizen"],
        row["account"],
        row["biller"],
        row["cap"],
        Method(row["method"]),
        row["by"],
        row["since"],
        row["active"],
        row["rev"],
    )


_PLAIN = ("auto_pay", "citizen", "biller", "bill", "version", "fen", "payment", "at", "tries", "code", "rev")


def _row(run: Run) -> Document:
    plain = {name: getattr(run, name) for name in _PLAIN}
    return {**plain, "state": run.state.value, "pay_on": run.pay_on.isoformat()}


def _run(row: Document) -> Run:
    plain = {name: row[name] for name in _PLAIN}
    return Run(id=row["_id"], state=RunState(row["state"]), pay_on=date.fromisoformat(row["pay_on"]), **plain)
