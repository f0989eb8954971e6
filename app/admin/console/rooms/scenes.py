"""The everyday scenes of the home page."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Reply,
    Row,
    Table,
    badge,
    figure,
    plain,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.life.home.errors import SceneUnfit
from app.domains.life.home.model import Entry, Scene

_SHOWN = badge("shown", "good", Text("显示中", "shown"))
_NOTE = Text(
    "每行一个入口：中文名 | 英文名 | 应用内地址。",
    "A line for each: Chinese name | English name | address in the app.",
)


class ScenesView(RoomView):
    noun = "scenes"
    label = Text("生活场景", "Everyday scenes")
    lead = Text("首页上的场景和它们的入口。", "The scenes of the home page, and where they lead.")
    icon = "fa-th-large"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._scenes = desk.services.life.home.scenes
        fields = (
            Field("code", Text("代码", "Code"), most=30, pattern=r"[a-z][a-z0-9-]{0,29}"),
            Field("zh", Text("名称", "Name in Chinese"), most=20),
            Field("en", Text("英文名称", "Name in English"), required=False, most=60),
            Field("place", Text("次序", "Order"), "number", most=2, pattern=r"[0-9]{1,2}", value="1"),
            Field("entries", Text("入口", "Ways in"), "area", most=4_000),
        )
        self.offers(Action("put", Text("新增或修改", "Make or change"), ADMINISTRATORS, self._put, fields, _NOTE))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        head = (Text("场景", "Scene"), Text("次序", "Order"), Text("入口数", "Ways in"))
        rows = tuple(
            Row((_name(one.name), figure(one.place), figure(len(one.entries))), self.here(one.code))
            for one in self._scenes.all
        )
        return Listing(Table(head, rows, empty=Text("还没有场景。", "There is no scene yet.")))

    async def detail(self, asked: Asked) -> Detail | None:
        one = next((scene for scene in self._scenes.all if scene.code == asked.target), None)
        if one is None:
            return None
        entries = [(Text(entry.name.zh, entry.name.en or entry.name.zh), plain(entry.to)) for entry in one.entries]
        return Detail(_text(one.name), (Facts.of(Text("入口", "Ways in"), *entries),), _SHOWN)

    def _for_all(self) -> tuple[str, ...]:
        return ("put",)

    async def _put(self, asked: Asked) -> Reply:
        place = int(asked["place"]) if asked["place"].isdecimal() else 0
        entries = tuple(_entry(line) for line in asked["entries"].splitlines() if line.strip())
        scene = Scene(asked["code"], Said(asked["zh"], asked["en"]), place, entries)
        await self._scenes.put(asked.viewer, scene)
        return Done(Text("已保存。", "It is saved."), self.here(scene.code))


def _entry(line: str) -> Entry:
    """Raises SceneUnfit."""
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3:
        raise SceneUnfit("entries")
    return Entry(Said(parts[0], parts[1]), parts[2])


def _name(said: Said) -> Cell:
    return plain(_text(said))


def _text(said: Said) -> Text:
    return Text(said.zh, said.en or said.zh)
