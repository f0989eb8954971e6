"""Repairs that are done and not rated, in MongoDB, without what is sealed of them."""

from __future__ import annotations

from app.core.mongo import Document, Part
from app.domains.community.repairs.model import RepairKind, RepairState
from app.domains.community.repairs.rating.model import Finished


def to_rate(citizen: str, most: int) -> Part[Finished]:
    """The newest first."""
    which = {"citizen": citizen, "open": False, "state": RepairState.DONE.value}
    steps: list[Document] = [{"$match": which}, {"$sort": {"_id": -1}}, {"$limit": most}]
    shown = {"kind": 1, "done_at": {"$arrayElemAt": ["$steps.at", -1]}}
    return Part("repairs", [*steps, {"$project": shown}], _finished)


def _finished(row: Document) -> Finished:
    return Finished(row["_id"], RepairKind(row["kind"]), row["done_at"])
