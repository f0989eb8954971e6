"""Licences: found by their number, suspended, reinstated and revoked with a reason that the holder is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Button,
    Detail,
    Done,
    Facts,
    Field,
    Finder,
    Listing,
    Option,
    Reply,
    Row,
    Table,
    badge,
    link,
    mono,
    person,
    plain,
    when,
)
from app.admin.console.texts import Text, spoken, word
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.core.viewer import Viewer
from virtual_card.licences.errors import LicenceUnknown
from virtual_card.licences.kinds import kind_of
from virtual_card.licences.model import DeskAct, Licence, LicenceEvent, LicenceState
from virtual_card.licences.number import grouped

_HEAD = (
    Text("编号", "Number"),
    Text("证照", "Licence"),
    Text("签发时间", "Issued"),
    Text("有效期至", "Valid until"),
    Text("状态", "State"),
)
_TOLD = Text("持证人会收到通知，并看到这个原因。", "The holder is told, and sees this reason.")
_FOR_GOOD = Text("注销不可撤回；可以重新签发。", "There is no way back; another one may be issued.")
_NOTE = Field(
    "reason",
    Text("说明", "Note"),
    "area",
    Text("只记入审计，持证人看不到。", "For the audit chain; the holder does not see it."),
    most=500,
)


def _because(*codes: str) -> Field:
    return Field("because", Text("原因", "Reason"), "select", options=tuple(Option(code, word(code)) for code in codes))


class LicencesView(RoomView):
    noun = "licences"
    label = Text("电子证照", "Licences")
    lead = Text("按证照编号查找；从市民页面也能看到其名下的证照。", "Found by number, or from the citizen's page.")
    icon = "fa-certificate"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._licences = desk.services.licences
        number = Field("number", Text("证照编号", "Number of a licence"), most=40)
        self.finder = Finder((number,), self._find, Text("没有这个编号。", "No licence has this number."))
        wrongs, cleared = ("investigation", "fraud"), ("cleared",)
        self.offers(
            Action("suspend", Text("暂停", "Suspend"), OPERATORS, self._suspend, (_because(*wrongs), _NOTE), _TOLD),
            Action(
                "reinstate",
                Text("恢复", "Reinstate"),
                OPERATORS,
                self._reinstate,
                (_because(*cleared), _NOTE),
                _TOLD,
                "good",
            ),
            Action(
                "revoke",
                Text("注销", "Revoke"),
                OPERATORS,
                self._revoke,
                (_because("error", "fraud", "misuse", "deceased"), _NOTE),
                _FOR_GOOD,
                "bad",
            ),
        )

    def subject_of(self, target: str) -> str | None:
        return target.partition("~")[0] or None

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        empty = Text("输入证照编号开始查找。", "Enter the number of a licence to begin.")
        return Listing(Table(_HEAD, (), empty=empty))

    async def detail(self, asked: Asked) -> Detail | None:
        licence = await self._one(asked.target)
        if licence is None:
            return None
        state = self._licences.state_now(licence)
        names = await self.desk.names(event.actor for event in licence.history)
        steps = tuple(_step(event, names) for event in reversed(licence.history))
        head = (Text("状态", "State"), Text("原因", "Reason"), Text("时间", "When"), Text("经办", "By"))
        sections = (self._facts(licence), Table(head, steps, Text("经过", "History")))
        return Detail(_number(asked.viewer, licence), sections, badge(state), buttons=self._offered(asked, state))

    def table(self, viewer: Viewer, licences: Sequence[Licence]) -> Table:
        """A person's licences, on the person's page."""
        empty = Text("没有电子证照。", "No licence.")
        return Table(_HEAD, tuple(self._row(viewer, one) for one in licences), self.label, empty)

    async def of(self, viewer: Viewer, citizen: str) -> Table:
        return self.table(viewer, await self._licences.held_by(citizen))

    def _row(self, viewer: Viewer, licence: Licence) -> Row:
        number, kind = mono(_number(viewer, licence)), plain(_title(licence))
        last = when(licence.valid_until) if licence.valid_until else plain(Text("长期", "no end"))
        cells = (number, kind, when(licence.issued_at), last, badge(self._licences.state_now(licence)))
        return Row(cells, self.here(f"{licence.holder}~{licence.id}"))

    def _facts(self, licence: Licence) -> Facts:
        last = when(licence.valid_until) if licence.valid_until else plain(Text("长期", "no end"))
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("证照", "Licence"), plain(_title(licence))),
            (Text("持证人", "Holder"), link(licence.holder, f"/admin/citizens/{licence.holder}")),
            (
                Text("签发机关", "Issued by"),
                plain(self.desk.services.licence_documents.issuer_name(licence).within(spoken())),
            ),
            (Text("签发时间", "Issued"), when(licence.issued_at)),
            (Text("有效期至", "Valid until"), last),
            (Text("来源", "Came of"), plain(licence.source or "—")),
            (Text("离线名单位置", "Place in the offline list"), plain(licence.status_index)),
        )

    def _offered(self, asked: Asked, state: LicenceState) -> tuple[Button, ...]:
        names = {
            LicenceState.ACTIVE: ("suspend", "revoke"),
            LicenceState.SUSPENDED: ("reinstate", "revoke"),
            LicenceState.EXPIRED: ("revoke",),
        }.get(state, ())
        return allowed(asked.viewer, *(self.button(name, asked.target) for name in names))

    async def _one(self, target: str) -> Licence | None:
        holder, _, licence = target.partition("~")
        return next((one for one in await self._licences.held_by(holder) if one.id == licence), None)

    async def _find(self, asked: Asked) -> str | None:
        try:
            found = await self._licences.by_number(asked["number"])
        except LicenceUnknown:
            return None
        return self.here(f"{found.holder}~{found.id}")

    async def _suspend(self, asked: Asked) -> Reply:
        await self._carry_out(asked, LicenceState.SUSPENDED)
        return Done(Text("已暂停，不能再出示。", "Suspended: it is not shown any more."))

    async def _reinstate(self, asked: Asked) -> Reply:
        await self._carry_out(asked, LicenceState.ACTIVE)
        return Done(Text("已恢复。", "Reinstated."))

    async def _revoke(self, asked: Asked) -> Reply:
        await self._carry_out(asked, LicenceState.REVOKED)
        return Done(Text("已注销，不能再出示。", "Revoked: it is not shown any more."))

    async def _carry_out(self, asked: Asked, to: LicenceState) -> None:
        licence = await self._one(asked.target)
        if licence is None:
            raise LicenceUnknown
        act = DeskAct(to, asked["because"], asked["reason"])
        await self._licences.act(asked.viewer, licence.number, act, asked.key)


def _number(viewer: Viewer, licence: Licence) -> str:
    """In full for those who act on licences; others tell by the end which it is."""
    return grouped(licence.number) if viewer.roles & OPERATORS else f"****{licence.number[-5:]}"


def _title(licence: Licence) -> Text:
    title = kind_of(licence.kind).title
    return Text(title.zh, title.en)


def _step(event: LicenceEvent, names: Mapping[str, str]) -> Row:
    return Row((badge(event.state), plain(word(event.reason)), when(event.at), person(event.actor, names)))
