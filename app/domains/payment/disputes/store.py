"""Disputes in MongoDB. What was said is sealed under the payer's key; lists come without it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from app.core.money import Currency, Money
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.payment.disputes.model import (
    OPEN,
    Dispute,
    DisputeOutcome,
    DisputeReason,
    DisputeState,
    Ending,
    Party,
    Statement,
)

_FIELD = "dispute said"
_AT_ONCE = 200


class DisputeStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._disputes = db["disputes"]
        self._persons = persons

    async def add(self, dispute: Dispute, tx: Tx) -> None:
        """Raises DuplicateKey (one is open already for this payment)."""
        await self._disputes.insert_one({"_id": dispute.id, **await self._row(dispute, tx)}, session=tx)

    async def save(self, now: Dispute, was: Dispute, tx: Tx) -> bool:
        """With all that was said. False when it was changed meanwhile."""
        return await self._update(was, await self._row(now, tx), tx)

    async def step(self, now: Dispute, was: Dispute, tx: Tx) -> bool:
        """As `save`, of one that was read without what was said: that stays."""
        return await self._update(was, _bare(now), tx)

    async def open_of(self, citizen: str, payment: str, tx: Tx | None = None) -> bool:
        which = {"citizen": citizen, "payment": payment, "open": True}
        return await self._disputes.find_one(which, {"_id": 1}, session=tx) is not None

    async def was_decided(self, citizen: str, payment: str, tx: Tx | None = None) -> bool:
        """By the desk, one of this payment, whatever came of it."""
        decided = [DisputeOutcome.UPHELD.value, DisputeOutcome.REJECTED.value]
        which = {"citizen": citizen, "payment": payment, "ending.outcome": {"$in": decided}}
        return await self._disputes.find_one(which, {"_id": 1}, session=tx) is not None

    async def get(self, dispute: str, citizen: str | None = None, tx: Tx | None = None) -> Dispute | None:
        """Of this citizen, with all that was said; for the payee and the desk, of whomever."""
        row = await self._disputes.find_one({"_id": dispute, **({"citizen": citizen} if citizen else {})}, session=tx)
        return _dispute(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[Dispute]:
        """Newest first."""
        return await self._page({"citizen": citizen}, request)

    async def of_payments(self, citizen: str, payments: Collection[str]) -> list[Dispute]:
        """Newest first."""
        which = {"citizen": citizen, "payment": {"$in": sorted(payments)}}
        rows = await self._disputes.find(which, {"said": 0}).sort("_id", -1).limit(_AT_ONCE).to_list(None)
        return [_dispute(row) for row in rows]

    async def of_payee(self, payee: str, states: Collection[DisputeState], request: PageRequest) -> Page[Dispute]:
        """Newest first; of all states when none is named."""
        return await self._page({"payee": payee, **_in(states)}, request)

    async def in_state(self, state: DisputeState, request: PageRequest) -> Page[Dispute]:
        """For the desk; what waits longest comes first, what is settled newest first."""
        rows = await page_rows(self._disputes, {"state": state.value}, request, newest=state is DisputeState.SETTLED)
        return Page.cut([_dispute({**row, "said": None}) for row in rows], request)

    async def contesting(self, citizen: str, payment: str, tx: Tx) -> Dispute | None:
        """The open one of this payment, without what was said."""
        which = {"citizen": citizen, "payment": payment, "open": True}
        row = await self._disputes.find_one(which, {"said": 0}, session=tx)
        return _dispute(row) if row else None

    async def every_open(self, citizen: str, tx: Tx) -> list[Dispute]:
        which = {"citizen": citizen, "open": True}
        rows = await self._disputes.find(which, {"said": 0}, session=tx).limit(_AT_ONCE).to_list(None)
        return [_dispute(row) for row in rows]

    async def due(self, now: datetime) -> list[Dispute]:
        """For which time has come, without what was said."""
        which = {"looks_at": {"$lte": now}}
        rows = await self._disputes.find(which, {"said": 0}).sort("looks_at", 1).limit(_AT_ONCE).to_list(None)
        return [_dispute(row) for row in rows]

    async def count(self, state: DisputeState, most: int = 10_000) -> int:
        return await self._disputes.count_documents({"state": state.value}, limit=most)

    async def _page(self, which: Document, request: PageRequest) -> Page[Dispute]:
        rows = await page_rows(self._disputes, which, request)
        return Page.cut([_dispute({**row, "said": None}) for row in rows], request)

    async def _update(self, was: Dispute, row: Document, tx: Tx) -> bool:
        same = {"citizen": was.citizen, "_id": was.id, "rev": was.rev}
        change: Document = {"$set": {name: value for name, value in row.items() if value is not _GONE}}
        gone = {name: "" for name, value in row.items() if value is _GONE}
        if gone:
            change["$unset"] = gone
        return bool((await self._disputes.update_one(same, change, session=tx)).modified_count)

    async def _row(self, one: Dispute, tx: Tx) -> Document:
        key = await self._persons.sealing(one.citizen, tx)
        words = {"said": [said.words for said in one.statements], "reason": one.ending.reason if one.ending else None}
        sealed = key.seal_text(json.dumps(words, ensure_ascii=False), record=one.id, field=_FIELD)
        return {name: value for name, value in _bare(one).items() if value is not _GONE or one.rev > 1} | {
            "said": sealed
        }


# What a row has only while it is open or waits for time.
_GONE = object()


def _in(states: Collection[DisputeState]) -> Document:
    return {"state": {"$in": sorted(state.value for state in states)}} if states else {}


def _bare(one: Dispute) -> Document:
    """All but what was said."""
    return {
        "payment": one.payment,
        "citizen": one.citizen,
        "payee_kind": one.payee_kind,
        "payee": one.payee,
        "fen": one.amount.fen,
        "currency": one.amount.currency.value,
        "refunded": one.refunded,
        "reason": one.reason.value,
        "state": one.state.value,
        "at": one.at,
        "due": one.due,
        "statements": [
            {"party": said.party.value, "by": said.by, "at": said.at, "files": list(said.files)}
            for said in one.statements
        ],
        "ending": _ending_row(one.ending),
        "warned": one.warned,
        "rev": one.rev,
        "open": True if one.state in OPEN else _GONE,
        "looks_at": one.looks_at or _GONE,
    }


def _ending_row(ending: Ending | None) -> Document | None:
    if ending is None:
        return None
    return {"outcome": ending.outcome.value, "by": ending.by, "at": ending.at, "given": ending.given.fen}


def _dispute(row: Document, key: PersonKey | None = None) -> Dispute:
    sealed = row.get("said")
    opened = key.shown(sealed, record=row["_id"], field=_FIELD) if key else None
    words: Document = json.loads(opened) if opened else {"said": [None] * len(row["statements"]), "reason": None}
    currency = Currency(row["currency"])
    return Dispute(
        id=row["_id"],
        payment=row["payment"],
        citizen=row["citizen"],
        payee_kind=row["payee_kind"],
        payee=row["payee"],
        amount=Money(row["fen"], currency),
        reason=DisputeReason(row["reason"]),
        state=DisputeState(row["state"]),
        at=row["at"],
        due=row["due"],
        statements=_statements(row["statements"], words["said"]),
        ending=_ending(row["ending"], currency, words["reason"]),
        warned=row["warned"],
        rev=row["rev"],
        refunded=row.get("refunded", 0),
    )


def _statements(rows: Sequence[Document], words: Sequence[str | None]) -> tuple[Statement, ...]:
    return tuple(
        Statement(Party(row["party"]), row["by"], row["at"], said, tuple(row["files"]))
        for row, said in zip(rows, words, strict=True)
    )


def _ending(row: Document | None, currency: Currency, reason: str | None) -> Ending | None:
    if row is None:
        return None
    return Ending(DisputeOutcome(row["outcome"]), row["by"], row["at"], Money(row["given"], currency), reason)
