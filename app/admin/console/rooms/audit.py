"""The audit chain: searched by person, actor, action and time; how it stands, and what the last check found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.admin.console.desk import Desk
from app.admin.console.pages import AUDITORS
from app.admin.console.parts import (
    Action,
    Asked,
    Cell,
    Done,
    Facts,
    Field,
    Listing,
    Reply,
    Row,
    Table,
    badge,
    mono,
    person,
    plain,
    when,
)
from app.admin.console.texts import Text, spoken, word
from app.admin.console.view import RoomView
from app.core.audit.trail import Entry, Wanted
from app.core.audit.verify import Verdict
from app.core.messages import message
from app.core.paging import PageRequest

_HEAD = (
    Text("时间", "When"),
    Text("做了什么", "What"),
    Text("对象", "Target"),
    Text("经办", "Actor"),
    Text("涉及市民", "Citizen"),
    Text("理由", "Reason"),
    Text("链上位置", "Place"),
)
_NAMES = ("person", "actor", "action", "since", "until")


class AuditView(RoomView):
    noun = "audit"
    label = Text("审计", "Audit")
    lead = Text(
        "谁在何时对谁做了什么、为什么；记录首尾相连，改动会被发现。",
        "Who did what to whom, when and why; each record holds the hash of the one before.",
    )
    icon = "fa-link"
    roles = AUDITORS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._trail = desk.city.audit_trail
        note = Text(
            "核对最近两天的记录。整条链每周由定时任务核对。",
            "Walks the last two days; a job walks the whole chain each week.",
        )
        self.offers(
            Action("check", Text("立即核对", "Check now"), AUDITORS, self._check, note=note, icon="fa-check-double")
        )

    def _for_all(self) -> Iterable[str]:
        return ("check",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        wanted = Wanted(
            person=asked["person"] or None,
            actor=asked["actor"] or None,
            action=asked["action"] or None,
            since=asked.moment("since") if asked["since"] else None,
            until=asked.moment("until") if asked["until"] else None,
        )
        found = await self._trail.search(asked.viewer, wanted, page)
        names = await self.desk.names(entry.actor for entry in found.items)
        rows = tuple(_row(entry, names) for entry in found.items)
        kept = {name: asked[name] for name in _NAMES if asked[name]}
        more = self.next_page(found.has_next, found.items[-1].cursor if found.items else None, kept)
        empty = Text("没有符合条件的记录。", "No record is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more), (await self._standing(),), _filters(asked))

    async def _standing(self) -> Facts:
        sound = await self._trail.soundness()
        head, checked = sound.head, sound.checked
        place = Text(f"第 {head.seq} 条", f"no. {head.seq}") if head else None
        return Facts.of(
            Text("审计链", "The chain"),
            (Text("最近签署的链头", "Newest signed head"), plain(place)),
            (Text("签署时间", "Signed"), when(head.at if head else None)),
            (Text("等待入链", "Waiting since"), when(sound.waiting_since)),
            (Text("上次核对", "Last check"), when(checked.at if checked else None)),
            (Text("结论", "It found"), _verdict(checked)),
        )

    async def _check(self, asked: Asked) -> Reply:
        verdict = await self._trail.check(whole=False)
        if verdict.fault is None:
            walked = verdict.last - verdict.first + 1
            return Done(Text(f"已核对 {walked} 条，完好。", f"{walked} records walked: sound."))
        return Done(_said(verdict))


def _row(entry: Entry, names: Mapping[str, str]) -> Row:
    place = plain(entry.seq) if entry.genuine else badge("altered", "bad", Text("内容被改", "altered"))
    who = replace(person(entry.actor, names), more=word(entry.role))
    refused = entry.facts.get("admitted") is False
    action = (
        badge("refused", "bad", Text(f"被拒：{entry.action}", f"refused: {entry.action}"))
        if refused
        else mono(entry.action)
    )
    return Row((when(entry.at), action, mono(entry.target), who, mono(entry.subject), plain(entry.reason), place))


def _verdict(checked: Verdict | None) -> Cell:
    if checked is None:
        return plain(Text("还没有核对过", "not checked yet"))
    if checked.fault is None:
        return badge("sound", "good", Text("完好", "sound"))
    return badge("broken", "bad", _said(checked))


def _said(verdict: Verdict) -> str:
    assert verdict.fault is not None
    text = message(f"AUDIT_{verdict.fault.wrong.name}", spoken())
    return f"{text} ({verdict.fault.seq or verdict.fault.record})"


def _filters(asked: Asked) -> tuple[Field, ...]:
    return (
        Field("person", Text("市民编号", "Citizen's id"), required=False, value=asked["person"], most=80),
        Field("actor", Text("经办编号", "Actor's id"), required=False, value=asked["actor"], most=80),
        Field("action", Text("做了什么", "Action"), required=False, value=asked["action"], most=80),
        Field("since", Text("从", "From"), "moment", required=False, value=asked["since"]),
        Field("until", Text("到", "Until"), "moment", required=False, value=asked["until"]),
    )
