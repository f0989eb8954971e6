"""Findings in MongoDB, each once."""

from __future__ import annotations

from contextlib import suppress

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows, rivals_look_again
from app.core.paging import Page, PageRequest
from app.domains.community.volunteers.activities.model import MOST_PLACES
from app.domains.community.volunteers.check_ins.flags.model import Flag, FlagState, flag_id
from app.domains.community.volunteers.check_ins.model import FlagKind

_MOST = MOST_PLACES * len(FlagKind)


class FlagStore:
    def __init__(self, db: Database) -> None:
        self._flags = db["volunteer_flags"]

    async def note(self, one: Flag, tx: Tx | None = None) -> None:
        """Safe to repeat: what was found before stays as it was decided."""
        with rivals_look_again() if tx is not None else suppress(DuplicateKey):
            await self._flags.update_one({"_id": one.id}, {"$setOnInsert": _row(one)}, upsert=True, session=tx)

    async def get(self, flag: str, tx: Tx | None = None) -> Flag | None:
        row = await self._flags.find_one({"_id": flag}, session=tx)
        return _flag(row) if row else None

    async def decide(self, one: Flag, tx: Tx) -> bool:
        """False when somebody has decided meanwhile."""
        still = {"_id": one.id, "state": FlagState.OPEN.value}
        return bool((await self._flags.update_one(still, {"$set": _row(one)}, session=tx)).modified_count)

    async def of_activity(self, activity: str, tx: Tx | None = None) -> list[Flag]:
        rows = await self._flags.find({"activity": activity}, session=tx).limit(_MOST).to_list(None)
        return [_flag(row) for row in rows]

    async def of_check_in(self, activity: str, citizen: str) -> list[Flag]:
        ids = [flag_id(activity, citizen, kind) for kind in FlagKind]
        return [_flag(row) for row in await self._flags.find({"_id": {"$in": ids}}).to_list(None)]

    async def of_organisation(self, organisation: str, request: PageRequest, *, open_: bool) -> Page[Flag]:
        """The newest activity first."""
        return await self._page({"organisation": organisation, **_open(open_)}, request)

    async def page(self, request: PageRequest, *, open_: bool) -> Page[Flag]:
        """For the desk."""
        return await self._page(_open(open_), request)

    async def _page(self, which: Document, request: PageRequest) -> Page[Flag]:
        return Page.cut([_flag(row) for row in await page_rows(self._flags, which, request)], request)


def _open(open_: bool) -> Document:
    return {"state": FlagState.OPEN.value if open_ else {"$in": [FlagState.CLEARED.value, FlagState.UPHELD.value]}}


def _row(one: Flag) -> Document:
    return {
        "kind": one.kind.value,
        "activity": one.activity,
        "citizen": one.citizen,
        "organisation": one.organisation,
        "at": one.at,
        "others": one.others,
        "state": one.state.value,
        "words": one.words,
        "by": one.by,
        "decided_at": one.decided_at,
    }


def _flag(row: Document) -> Flag:
    return Flag(
        kind=FlagKind(row["kind"]),
        activity=row["activity"],
        citizen=row["citizen"],
        organisation=row["organisation"],
        at=row["at"],
        others=row["others"],
        state=FlagState(row["state"]),
        words=row["words"],
        by=row["by"],
        decided_at=row["decided_at"],
    )
