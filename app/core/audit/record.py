"""Writing a record: in the transaction of the change it tells of, so that there is neither one without the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.audit.model import plain, written
from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Database, Tx, insert_rows
from app.core.sealed import KeyRing, SealBroken
from app.core.viewer import Viewer

_MARK = "audit record"
_ADDRESS = "audit address"
_REASON = "audit reason"


class Audit:
    def __init__(self, db: Database, ring: KeyRing, clock: Clock) -> None:
        self._records = db["audit"]
        self._reasons = db["audit_reasons"]
        self._ring = ring
        self._clock = clock

    async def record(
        self,
        viewer: Viewer,
        action: str,
        target: str,
        tx: Tx | None,
        *,
        subject: str | None = None,
        reason: str | None = None,
        **facts: Any,
    ) -> None:
        """`actor` acted, `subject` is the citizen concerned; they differ for a guardian, a provider and staff.

        `facts` are ids and codes, never personal data. `reason` is what somebody wrote: it is kept sealed beside the
        record, which holds its keyed hash, so that it can be sealed anew under another key without breaking the chain.
        """
        row = {**self._who(viewer, subject), "action": action, "target": target, "facts": plain(facts)}
        if reason is not None:
            row["reason"] = _reason_hash(self._ring, row["_id"], reason)
            text = self._ring.seal_text(reason, record=row["_id"], field="reason")
            await self._reasons.insert_one({"_id": row["_id"], "reason": text}, session=tx)
        row["mark"] = mark_of(self._ring, row)
        await self._records.insert_one({**row, "seq": None}, session=tx)

    async def record_all(
        self, viewer: Viewer, action: str, of: Sequence[tuple[str, str]], tx: Tx, **facts: Any
    ) -> None:
        """As `record`, of many targets, each with the citizen concerned, by one command."""
        rows = [
            {**self._who(viewer, subject), "action": action, "target": target, "facts": plain(facts)}
            for target, subject in of
        ]
        marked = [{**row, "mark": mark_of(self._ring, row), "seq": None} for row in rows]
        await insert_rows(self._records, marked, tx)

    def _who(self, viewer: Viewer, subject: str | None) -> dict[str, Any]:
        origin = viewer.origin
        return {
            "_id": new_id(),
            "at": self._clock.now(),
            "actor": viewer.actor,
            "role": viewer.role.value,
            "organisation": viewer.organisation,
            "guardianship": viewer.guardianship,
            "subject": subject or viewer.subject,
            "session": viewer.session,
            "request": origin.request if origin else None,
            "address": self._ring.keyed_hash(origin.address, kind=_ADDRESS) if origin else None,
        }


def mark_of(ring: KeyRing, row: Mapping[str, Any]) -> str:
    """Only who has the city's look-up key can make it: a record put into the database by other hands has none."""
    return ring.keyed_hash(written(row).hex(), kind=_MARK)


def reason_of(ring: KeyRing, row: Mapping[str, Any], sealed: bytes | None) -> str | None:
    """The reason that was given for this record; None when it is gone or is another."""
    try:
        text = ring.open_text(sealed, record=row["_id"], field="reason") if sealed else None
    except SealBroken:
        return None
    return text if text is not None and _reason_hash(ring, row["_id"], text) == row.get("reason") else None


def _reason_hash(ring: KeyRing, record: str, reason: str) -> str:
    return ring.keyed_hash(f"{record}\0{reason}", kind=_REASON)
