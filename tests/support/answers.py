"""Entries of a test, as a provider writes them, and questions to them."""

from __future__ import annotations

import itertools
from typing import Any

from app.core.ids import new_id
from tests.support.api import Api

_codes = itertools.count(1)


def answer_said(code: str | None = None, **more: Any) -> dict[str, Any]:
    """The content of an entry as the provider schema takes it."""
    given = {
        "code": code or f"T-{next(_codes):05d}",
        "questions": ["图书证丢了怎么补办"],
        "titleEn": "I lost my library ticket",
        "body": {"zh": "到总服务台补办，**10 元**。", "en": "At the desk, **10 yuan**."},
    }
    return {**given, **more}


async def published(api: Api, token: str, code: str | None = None, **more: Any) -> str:
    """An entry that people are told from now on; its code."""
    said = answer_said(code, **more)
    done = await api.data("SaveAnswer", token, "provider", answer=said, key=new_id())
    assert done["__typename"] == "AnswerSaved", done
    done = await api.data("PublishAnswer", token, "provider", code=said["code"], key=new_id())
    assert done["__typename"] == "AnswerPublished", done
    await api.city.services.government.knowledge.settled()
    return str(said["code"])


async def asked(api: Api, question: str, token: str | None = None, **more: Any) -> dict[str, Any]:
    """What came of asking, by this token or else from a device of a test."""
    whose = {} if token else {"device": "device-of-a-test"}
    done = await api.data("Ask", token, question=question, key=new_id(), **{**whose, **more})
    assert done["__typename"] == "Asked", done
    return dict(done)
