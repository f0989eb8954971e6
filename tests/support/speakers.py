"""People and offices of a test that speak in public."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.conversations.moderation.model import PostKind, matter_id
from app.domains.voice.conversations.surveys.model import Option, Question, QuestionKind, Results, Survey
from app.wiring import City
from graphql_schema.types.common import global_id, key_of
from tests.support.api import OPS, Api, Person

TITLE, TEXT = "滨江步道夜里太暗", "从闽江公园南门到三县洲大桥的步道路灯坏了好几盏，晚上散步看不清台阶。"


async def speaker(api: Api, name: str = "测试人") -> Viewer:
    """Somebody whose name is verified."""
    key = api.key(await api.verified(api.person(name=name)))
    return Viewer(Role.CITIZEN, key, key, assurance=Assurance.REAL_NAME)


async def an_office(city: City, code: str | None = None) -> Viewer:
    """A member of staff of an organisation that takes part in conversations."""
    code = code or f"office-{new_id()}"
    scopes = frozenset({"conversations"})
    await city.services.organisations.put(
        OPS, Organisation(code, "园林中心", Kind.DEPARTMENT, Level.CITY, scopes=scopes)
    )
    return Viewer(Role.PROVIDER_STAFF, f"staff-{new_id()}", organisation=code, scopes=scopes)


def moderator(name: str = "desk-1") -> Viewer:
    return Viewer(Role.OPS, name, roles=frozenset({"operator"}))


def questions() -> tuple[Question, ...]:
    def options(*words: str) -> tuple[Option, ...]:
        return tuple(Option(f"o{n}", Said(one)) for n, one in enumerate(words, 1))

    return (
        Question("lamps", QuestionKind.SINGLE, Said("您觉得步道照明如何？"), options("够亮", "太暗")),
        Question("wishes", QuestionKind.MULTIPLE, Said("最想改善什么？"), options("路灯", "座椅", "厕所"), most=2),
        Question("content", QuestionKind.SCALE, Said("总体满意度"), most=5),
        Question("more", QuestionKind.TEXT, Said("还想说什么？"), required=False),
    )


def survey(city: City, **changed: Any) -> Survey:
    now = city.clock.now()
    said: dict[str, Any] = {
        "title": Said("滨江步道满意度调查"),
        "lead": Said("大约需要一分钟。"),
        "questions": questions(),
        "opens_at": now - timedelta(minutes=1),
        "closes_at": now + timedelta(days=7),
        "results": Results.OPEN,
        **changed,
    }
    return Survey(id="", unit="", **said)


async def published(city: City, office: Viewer, **changed: Any) -> Survey:
    holding = city.services.voice.conversations.holding
    draft = await holding.save(office, None, survey(city, **changed), new_id())
    return await holding.publish(office, draft.id, new_id())


async def said_in_public(api: Api, owner: Person) -> dict[str, str]:
    """What somebody wrote and nobody else may read yet, by type of its id."""
    waiting = {"title": TITLE, "text": f"想了解的加微信，{TEXT}", "key": new_id()}
    thread = (await api.data("OpenThread", owner.token, **waiting))["thread"]["id"]
    said = {"level": "DISTRICT", "area": "350102000000", "title": TITLE, "text": TEXT, "key": new_id()}
    proposal = (await api.data("SaveProposal", owner.token, **said))["proposal"]["id"]
    matter = matter_id(PostKind.THREAD, key_of(thread, "Thread"))
    return {"Thread": thread, "Proposal": proposal, "ModerationMatter": global_id("ModerationMatter", matter)}
