"""Items by the turn of life that they belong to, in MongoDB."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.mongo import Document, Part
from app.core.said import Said, said_of
from app.domains.government.catalogue.model import LifeEvent


@dataclass(frozen=True, slots=True)
class Named:
    """An item as a list of many things shows it."""

    code: str
    name: Said


def likeliest(event: LifeEvent, most: int) -> Part[Named]:
    """What people ask for most at that turn of life."""
    which = {"shown": True, "life_events": event.value}
    steps: list[Document] = [{"$match": which}, {"$sort": {"rank": 1}}, {"$limit": most}]
    return Part("service_items", [*steps, {"$project": {"code": 1, "name": 1}}], _named)


def _named(row: Document) -> Named:
    return Named(row["code"], said_of(row["name"]))
