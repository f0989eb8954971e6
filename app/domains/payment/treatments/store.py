"""Treatments in MongoDB. What they are about and the lines of the bill are sealed under the citizen's key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.payment.treatments.model import OPEN, BillLine, Treatment, TreatmentState

_ABOUT, _LINES = "treatment about", "treatment lines"


class TreatmentStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._treatments = db["treatments"]
        self._persons = persons

    async def add(self, one: Treatment, tx: Tx) -> None:
        key = await self._persons.sealing(one.citizen, tx)
        row = _row(one) | {
            "about": key.seal_text(one.about, record=one.id, field=_ABOUT),
            "lines": None,
        }
        await self._treatments.insert_one(row, session=tx)

    async def get(self, citizen: str, id_: str, tx: Tx | None = None) -> Treatment | None:
        row = await self._treatments.find_one({"citizen": citizen, "_id": id_}, session=tx)
        return (await self._opened([row], tx))[0] if row else None

    async def at(self, hospital: str, id_: str, *, test: bool, tx: Tx | None = None) -> Treatment | None:
        """For the hospital: whosever it is."""
        row = await self._treatments.find_one({"_id": id_, "hospital": hospital, "test": test}, session=tx)
        return (await self._opened([row], tx))[0] if row else None

    def to_answer(self, citizen: str, now: datetime, most: int) -> Part[Treatment]:
        """What hospitals ask him to agree to; without what it is for."""
        asked = {"citizen": citizen, "state": TreatmentState.WAITING.value, "until": {"$gt": now}}
        newest: list[Document] = [{"$match": asked}, {"$sort": {"_id": -1}}, {"$limit": most}]
        return Part("treatments", newest, _treatment)

    async def of(self, citizen: str, request: PageRequest) -> Page[Treatment]:
        """Newest first."""
        rows = await page_rows(self._treatments, {"citizen": citizen}, request)
        return Page.cut(await self._opened(rows), request)

    async def of_hospital(
        self, hospital: str, states: Sequence[TreatmentState], request: PageRequest, *, test: bool
    ) -> Page[Treatment]:
        """Newest first."""
        which: Document = {"hospital": hospital, "test": test}
        if states:
            which["state"] = {"$in": [state.value for state in states]}
        rows = await page_rows(self._treatments, which, request)
        return Page.cut(await self._opened(rows), request)

    async def save(self, now: Treatment, was: Treatment, tx: Tx) -> bool:
        """False when it was changed since it was read."""
        row = _row(now)
        if now.lines and not was.lines:
            key = await self._persons.sealing(now.citizen, tx)
            row["lines"] = key.seal_text(_written(now.lines), record=now.id, field=_LINES)
        before = {"citizen": was.citizen, "_id": was.id, "rev": was.rev}
        return bool((await self._treatments.update_one(before, {"$set": row}, session=tx)).modified_count)

    async def over(self, now: datetime, most: int, but: Sequence[str] = ()) -> list[Treatment]:
        """What waits, or is held, past its time; all `but` these."""
        which: Document = {"state": {"$in": sorted(state.value for state in OPEN)}, "until": {"$lte": now}}
        if but:
            which["_id"] = {"$nin": list(but)}
        rows = await self._treatments.find(which).sort("until", 1).limit(most).to_list(None)
        return [_treatment(row) for row in rows]

    async def open_of(self, citizen: str) -> list[Treatment]:
        which = {"citizen": citizen, "state": {"$in": sorted(state.value for state in OPEN)}}
        return [_treatment(row) for row in await self._treatments.find(which).to_list(None)]

    async def _opened(self, rows: Sequence[Document], tx: Tx | None = None) -> list[Treatment]:
        keys = await self._persons.many({row["citizen"] for row in rows}, tx)
        return [_treatment(row, keys[row["citizen"]]) for row in rows]


def _row(one: Treatment) -> Document:
    return {
        "_id": one.id,
        "citizen": one.citizen,
        "hospital": one.hospital,
        "reference": one.reference,
        "estimate": one.estimate,
        "payment": one.payment,
        "state": one.state.value,
        "at": one.at,
        "until": one.until,
        "by": one.by,
        "transfer": one.transfer,
        "fen": one.fen,
        "authorised_at": one.authorised_at,
        "ended_at": one.ended_at,
        "test": one.test,
        "rev": one.rev,
    }


def _treatment(row: Document, key: PersonKey | None = None) -> Treatment:
    about = key.shown(row["about"], record=row["_id"], field=_ABOUT) if key else None
    lines = key.shown(row["lines"], record=row["_id"], field=_LINES) if key else None
    return Treatment(
        id=row["_id"],
        citizen=row["citizen"],
        hospital=row["hospital"],
        reference=row["reference"],
        about=about or "",
        estimate=row["estimate"],
        payment=row["payment"],
        state=TreatmentState(row["state"]),
        at=row["at"],
        until=row["until"],
        by=row["by"],
        transfer=row["transfer"],
        lines=_read(lines) if lines else (),
        fen=row["fen"],
        authorised_at=row["authorised_at"],
        ended_at=row["ended_at"],
        test=row["test"],
        rev=row["rev"],
    )


def _written(lines: Sequence[BillLine]) -> str:
    return json.dumps([[one.what, one.fen] for one in lines], ensure_ascii=False)


def _read(text: str) -> tuple[BillLine, ...]:
    return tuple(BillLine(what, fen) for what, fen in json.loads(text))
