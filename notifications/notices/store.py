"""Notices in MongoDB. What was filled in is sealed under the person's key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core.mongo import Database, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKeys
from notifications.messages.model import Message
from notifications.notices.model import Notice
from notifications.preferences.model import PROVIDER, Urgency
from notifications.templates.model import TemplateRef


class NoticeStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._notices = db["notices"]
        self._persons = persons

    async def add(self, notice: Notice, values: Mapping[str, str], tx: Tx) -> None:
        """Raises PersonErased."""
        key = await self._persons.sealing(notice.citizen, tx)
        sealed = key.seal(json.dumps(dict(values)).encode(), record=notice.id, field="values")
        template = {"code": notice.template.code, "version": notice.template.version, "owner": notice.template.owner}
        row = {
            "_id": notice.id,
            "organisation": notice.organisation,
            "by": notice.by,
            "citizen": notice.citizen,
            "template": template,
            "sealed": sealed,
            "urgency": notice.urgency.value,
            "at": notice.at,
            "test": notice.test,
            "withdrawn_at": None,
        }
        await self._notices.insert_one(row, session=tx)

    async def get(self, notice: str, organisation: str, test: bool, tx: Tx | None = None) -> Notice | None:
        row = await self._notices.find_one({"_id": notice, "organisation": organisation, "test": test}, session=tx)
        return _notice(row) if row else None

    async def of_organisation(self, organisation: str, test: bool, request: PageRequest) -> Page[Notice]:
        """Newest first."""
        rows = await page_rows(self._notices, {"organisation": organisation, "test": test}, request)
        return Page.cut([_notice(row) for row in rows], request)

    async def withdraw(self, notice: str, organisation: str, test: bool, at: datetime, tx: Tx) -> bool:
        """The first time counts."""
        standing = {"_id": notice, "organisation": organisation, "test": test, "withdrawn_at": None}
        changed = await self._notices.update_one(standing, {"$set": {"withdrawn_at": at}}, session=tx)
        return bool(changed.modified_count)

    async def stands(self, notice: str) -> bool:
        """Whether it is there and not withdrawn."""
        return await self._notices.find_one({"_id": notice, "withdrawn_at": None}, {"_id": 1}) is not None

    async def message(self, notice: str) -> Message | None:
        """As a line of the inbox; None when it was withdrawn."""
        row = await self._notices.find_one({"_id": notice, "withdrawn_at": None})
        return _message(row) if row else None


def _notice(row: Mapping[str, Any]) -> Notice:
    return Notice(
        id=row["_id"],
        organisation=row["organisation"],
        by=row["by"],
        citizen=row["citizen"],
        template=TemplateRef(**row["template"]),
        urgency=Urgency(row["urgency"]),
        at=row["at"],
        test=row["test"],
        withdrawn_at=row["withdrawn_at"],
    )


def _message(row: Mapping[str, Any]) -> Message:
    """The line's id is the notice's own: a repeat makes the same one."""
    return Message(
        id=row["_id"],
        key=row["_id"],
        citizen=row["citizen"],
        event="notice.sent",
        source=f"{PROVIDER}{row['organisation']}",
        urgency=Urgency(row["urgency"]),
        template=TemplateRef(**row["template"]),
        facts={},
        at=row["at"],
        sealed=row["sealed"],
        test=row["test"],
    )
