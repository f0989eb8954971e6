"""A provider's approved words."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from tests.support.api import OPS, Api


def in_both(title: str = "Book due", **changed: str) -> list[dict[str, str]]:
    said = {"title": title, "body": "In the app.", "push": "On the lock screen.", **changed}
    return [{"locale": locale, **said} for locale in ("zh-CN", "en")]


async def approved(api: Api, token: str, code: str = "book_due", facts: Any = (), **changed: str) -> str:
    """The code of a template that the desk has approved."""
    template = {"code": code, "texts": in_both(**changed), "facts": list(facts)}
    saved = await api.data("SaveMessageTemplate", token, "provider", template=template, key=new_id())
    assert saved["__typename"] == "MessageTemplateSaved", saved
    version = saved["template"]["version"]
    sent = await api.data("SubmitMessageTemplate", token, "provider", code=code, version=version, key=new_id())
    assert sent["__typename"] == "MessageTemplateSubmitted", sent
    row = await api.city.db["templates"].find_one({"code": code, "state": "submitted"}, sort=[("_id", -1)])
    assert row is not None
    await api.city.services.templates.approve(OPS, row["_id"], new_id())
    return code
