"""Passes that somebody may still come by, in MongoDB, without what is sealed of them."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Document, Part
from app.core.said import UNSAID, said_of
from app.domains.community.visitors.expected.model import Expected


def expected(citizen: str, now: datetime, until: datetime, most: int) -> Part[Expected]:
    """Passes of his that begin before `until` and can be used still; the soonest first."""
    which = {"citizen": citizen, "ends": {"$gt": now}, "begins": {"$lt": until}, "revoked_at": None, "left": {"$gt": 0}}
    named = {"from": "estates", "localField": "estate", "foreignField": "_id", "as": "estates"}
    steps: list[Document] = [{"$match": which}, {"$sort": {"begins": 1}}, {"$limit": most}, {"$lookup": named}]
    return Part("visitor_passes", [*steps, {"$project": {"begins": 1, "ends": 1, "estates.name": 1}}], _expected)


def _expected(row: Document) -> Expected:
    estate = next((said_of(one["name"]) for one in row["estates"]), UNSAID)
    return Expected(row["_id"], estate, row["begins"], row["ends"])
