"""Organisations: the tree of units and providers, and what each of them may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS, OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Button,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Table,
    badge,
    mono,
    plain,
    tags,
)
from app.admin.console.rooms.clients import ClientsView
from app.admin.console.rooms.scopes import SCOPE_OPTIONS, TEST_MODE, scope_words
from app.admin.console.texts import Text, spoken, word
from app.admin.console.view import PAGE, RoomView, allowed
from app.core.paging import PageRequest
from app.domains.identity.organisations.errors import OrganisationExists, OrganisationUnknown
from app.domains.identity.organisations.model import Kind, Organisation, OrganisationState

_KINDS = tuple(Option(kind.value, word(kind)) for kind in Kind)
_HEAD = (
    Text("名称", "Name"),
    Text("编码", "Code"),
    Text("类别", "Kind"),
    Text("权限", "Scopes"),
    Text("状态", "State"),
)
_SCOPES = Field("scopes", Text("权限", "Scopes"), "checks", required=False, options=SCOPE_OPTIONS)
_NAME = Field("name", Text("名称", "Name"), most=100)
_NAME_EN = Field("name_en", Text("英文名称", "Name in English"), required=False, most=100)
_KIND = Field("kind", Text("类别", "Kind"), "select", options=_KINDS)
_PARENT = Field("parent", Text("上级编码", "Code of the one above"), required=False, most=40)
_CODE = Field(
    "code",
    Text("编码", "Code"),
    hint=Text("二至四十个字母、数字、点、横线、下划线", "2 to 40 letters, digits, dots, hyphens and underscores"),
    most=40,
    pattern="[0-9A-Za-z._\\-]{2,40}",
)


_HOW_MANY = Field(
    "count", Text("人数（一到十）", "How many (one to ten)"), "number", value="5", most=2, pattern="[0-9]+"
)


class OrganisationsView(RoomView):
    noun = "organisations"
    label = Text("单位", "Organisations")
    lead = Text(
        "政府、部门和接入单位组成的一棵树；停用一个单位，它的下级一并停用。",
        "Governments, departments and providers as one tree; suspending one suspends all below it.",
    )
    icon = "fa-building-columns"

    def __init__(self, desk: Desk, clients: ClientsView) -> None:
        super().__init__(desk)
        self._organisations, self._clients, self._client_room = (
            desk.services.organisations,
            desk.services.clients,
            clients,
        )
        fields = (_CODE, _NAME, _NAME_EN, _KIND, _PARENT, _SCOPES, TEST_MODE)
        self.offers(
            Action(
                "add",
                Text("新增单位", "Add an organisation"),
                ADMINISTRATORS,
                self._add,
                fields,
                tone="good",
                icon="fa-plus",
            ),
            Action(
                "test-citizens", Text("生成测试市民", "Make test citizens"), OPERATORS, self._make_tests, (_HOW_MANY,)
            ),
            Action("change", Text("修改", "Change"), ADMINISTRATORS, self._change, fields[1:], icon="fa-pen"),
            Action("suspend", Text("停用", "Suspend"), ADMINISTRATORS, self._suspend, note=_SUSPENDING, tone="bad"),
            Action("reinstate", Text("恢复", "Reinstate"), ADMINISTRATORS, self._reinstate),
        )

    def _for_all(self) -> Iterable[str]:
        return ("add",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        """From memory: the tree is held by every process, so a part of a name may be asked for."""
        kept = {name: asked[name] for name in ("q", "kind") if asked[name]}
        nodes = self._matching(asked["q"], asked["kind"])
        start = next((i + 1 for i, node in enumerate(nodes) if node.code == page.after), 0)
        shown = nodes[start : start + PAGE]
        rows = tuple(self._row(node, flat=bool(kept)) for node in shown)
        more = self.next_page(len(nodes) > start + PAGE, shown[-1].code if shown else None, kept)
        empty = Text("没有符合条件的单位。", "No organisation is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more), filters=_filters(asked))

    async def detail(self, asked: Asked) -> Detail | None:
        node = self._organisations.tree.get(asked.target)
        if node is None:
            return None
        clients = self._client_room.table(asked.viewer, await self._clients.of(node.code))
        below = [self._row(one, flat=True) for one in self._organisations.tree.under(node.code)]
        tests = await self._tests(node)
        under = Table(_HEAD, tuple(below[:100]), Text("直接下级", "Directly below"))
        sections = (self._facts(node), clients, *tests, *((under,) if below else ()))
        return Detail(
            node.said.within(spoken()), sections, badge(self._state(node)), buttons=self._offered(asked, node)
        )

    def _offered(self, asked: Asked, node: Organisation) -> tuple[Button, ...]:
        change = self.button(
            "change",
            node.code,
            name=node.name,
            name_en=node.name_en,
            kind=node.kind.value,
            parent=node.parent or "",
            scopes=" ".join(node.scopes),
            test_mode="yes" if node.test_mode else "",
        )
        state = self.button("suspend" if node.active else "reinstate", node.code)
        tests = (self.button("test-citizens", node.code),) if node.test_mode else ()
        return allowed(asked.viewer, self._client_room.adding(node), *tests, change, state)

    def _matching(self, q: str, kind: str) -> list[Organisation]:
        nodes = self._organisations.tree.nodes.values()
        found = [n for n in nodes if (not kind or n.kind.value == kind) and (not q or _goes_by(n, q))]
        return sorted(found, key=lambda node: (*node.path, node.code))

    def _row(self, node: Organisation, *, flat: bool) -> Row:
        scopes = plain(len(node.scopes)) if node.scopes else plain(None)
        cells = (
            plain(node.said.within(spoken())),
            mono(node.code),
            plain(word(node.kind)),
            scopes,
            badge(self._state(node)),
        )
        return Row(cells, self.here(node.code), depth=0 if flat else len(node.path))

    def _state(self, node: Organisation) -> str:
        if not self._organisations.tree.active(node.code):
            return "suspended"
        return "test" if node.test_mode else "active"

    def _facts(self, node: Organisation) -> Facts:
        above = (self._organisations.tree.get(code) for code in node.path)
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("编码", "Code"), mono(node.code)),
            (Text("名称", "Name"), plain(node.name, node.name_en)),
            (Text("统一社会信用代码", "Credit code"), mono(node.credit_code)),
            (Text("类别", "Kind"), plain(word(node.kind))),
            (Text("级别", "Level"), plain(word(node.level) if node.level else None)),
            (Text("上级", "Above it"), plain(" › ".join(one.said.within(spoken()) for one in above if one))),
            (Text("权限", "Scopes"), tags([scope_words(scope) for scope in sorted(node.scopes)])),
        )

    async def _tests(self, node: Organisation) -> tuple[Table, ...]:
        """Its test citizens, if it has any or may have."""
        found = await self.desk.services.trials.of(node.code)
        if not found and not node.test_mode:
            return ()
        head = (Text("姓名", "Name"), Text("性别", "Sex"), Text("出生年月", "Born"), Text("卡号", "Card"))
        rows = tuple(
            Row((plain(one.name), plain(word(one.sex)), plain(one.birth_month), mono(one.card_number))) for one in found
        )
        empty = Text("还没有测试市民。", "No test citizen yet.")
        return (
            Table(head, rows, Text("测试市民（虚构，不涉及真人）", "Test citizens: invented, nobody's data"), empty),
        )

    async def _make_tests(self, asked: Asked) -> Reply:
        made = await self.desk.services.trials.make_for(asked.viewer, asked.target, int(asked["count"]), asked.key)
        return Done(Text(f"已生成 {len(made)} 名测试市民。", f"{len(made)} test citizens were made."))

    async def _add(self, asked: Asked) -> Reply:
        if self._organisations.tree.get(asked["code"]) is not None:
            raise OrganisationExists
        made = await self._organisations.put(asked.viewer, _wanted(asked, asked["code"]))
        return Done(Text("已新增。", "Added."), self.here(made.code))

    async def _change(self, asked: Asked) -> Reply:
        known = self._known(asked.target)
        await self._organisations.put(asked.viewer, replace(_wanted(asked, known.code), level=known.level))
        return Done(Text("已修改。", "Changed."))

    async def _suspend(self, asked: Asked) -> Reply:
        await self._organisations.set_state(asked.viewer, self._known(asked.target).code, OrganisationState.SUSPENDED)
        return Done(Text("已停用。", "Suspended."))

    async def _reinstate(self, asked: Asked) -> Reply:
        await self._organisations.set_state(asked.viewer, self._known(asked.target).code, OrganisationState.ACTIVE)
        return Done(Text("已恢复。", "Reinstated."))

    def _known(self, code: str) -> Organisation:
        found = self._organisations.tree.get(code)
        if found is None:
            raise OrganisationUnknown
        return found


_SUSPENDING = Text(
    "它和它的所有下级立即不能核验，也取不到令牌。",
    "It and all below it can verify nothing from now on, and get no tokens.",
)


def _goes_by(node: Organisation, q: str) -> bool:
    return q in node.name or q.casefold() in node.name_en.casefold() or q == node.code


def _wanted(asked: Asked, code: str) -> Organisation:
    return Organisation(
        code=code,
        name=asked["name"],
        name_en=asked["name_en"],
        kind=Kind(asked["kind"]),
        parent=asked["parent"] or None,
        scopes=frozenset(asked.chosen.get("scopes", ())),
        test_mode=asked["test_mode"] == "yes",
    )


def _filters(asked: Asked) -> tuple[Field, ...]:
    every = (Option("", Text("全部", "All")), *_KINDS)
    return (
        Field("q", Text("名称或编码", "Name or code"), required=False, value=asked["q"]),
        Field("kind", Text("类别", "Kind"), "select", required=False, options=every, value=asked["kind"]),
    )
