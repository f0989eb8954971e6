"""A citizen's rights at the desk: copies asked for, corrections to answer, erasures and their proof."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from app.admin.console.desk import Desk
from app.admin.console.pages import AUDITORS, OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Shown,
    Table,
    badge,
    figure,
    mono,
    plain,
    short_link,
    when,
)
from app.admin.console.texts import Text, word
from app.admin.console.view import RoomView
from app.core.errors import Forbidden
from app.core.paging import PageRequest
from app.domains.identity.rights.corrections.model import Correction, CorrectionState
from app.domains.identity.rights.erasures.errors import NothingHeld
from app.domains.identity.rights.erasures.model import Erasure, ErasureState, Retained, RetainedKind, Statute
from app.domains.identity.rights.erasures.service import Proof
from app.domains.identity.rights.exports.model import Export, ExportState

S = TypeVar("S", bound=StrEnum)
_NONE_YET = Text("还没有人索取副本。", "Nobody has asked for a copy yet.")
_ALL = Option("", Text("全部", "All"))


def _chosen(states: type[S], asked: Asked, usual: S) -> S:
    return states(asked["state"]) if asked["state"] in {state.value for state in states} else usual


def _state_field(states: type[S], chosen: S | None, *before: Option) -> Field:
    options = (*before, *(Option(state.value, word(state)) for state in states))
    value = chosen.value if chosen else ""
    return Field("state", Text("状态", "State"), "select", required=False, options=options, value=value)


def _citizen(citizen: str) -> Cell:
    return short_link(citizen, f"/admin/citizens/{citizen}")


class ExportsView(RoomView):
    noun = "exports"
    label = Text("资料副本", "Copies of data")
    lead = Text(
        "市民索取的本人资料副本；内容只有本人能打开。",
        "Copies that citizens asked for of their own data; only they can open them.",
    )
    icon = "fa-file-zipper"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = ExportState(asked["state"]) if asked["state"] in set(ExportState) else None
        found = await self.desk.services.exports.waiting(state, page)
        head = (
            Text("市民", "Citizen"),
            Text("申请时间", "Asked"),
            Text("就绪", "Ready"),
            Text("保留到", "Until"),
            Text("大小", "Size"),
            Text("状态", "State"),
        )
        rows = tuple(self._row(one) for one in found.items)
        kept = {"state": state.value} if state else {}
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, kept)
        empty = Text("没有这样的副本。", "No copy is like that.") if state else _NONE_YET
        chosen = _state_field(ExportState, state, _ALL)
        return Listing(Table(head, rows, empty=empty, next=more), filters=(chosen,))

    def _row(self, one: Export) -> Row:
        size = figure(f"{one.size / 1024:,.0f} kB" if one.size else None)
        times = (when(one.requested_at), when(one.ready_at), when(one.expires_at))
        return Row((_citizen(one.citizen), *times, size, badge(one.state)))


class CorrectionsView(RoomView):
    noun = "corrections"
    label = Text("更正申请", "Corrections")
    lead = Text(
        "采纳时向户籍登记重新核对，以登记为准；市民会收到答复。",
        "Accepting asks the civil registry again and takes over what it says; the citizen is answered.",
    )
    icon = "fa-pen-to-square"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._corrections = desk.services.corrections
        answer = Field(
            "answer", Text("答复", "Answer"), "area", Text("市民会看到。", "The citizen reads it."), most=500
        )
        read = Text("市民会在查询记录中看到原文被读过。", "The citizen sees in the ledger that the words were read.")
        self.offers(
            Action("read", Text("读原文", "Read the words"), OPERATORS, self._read, (REASON,), read),
            Action("accept", Text("采纳", "Accept"), OPERATORS, self._accept, (answer,), tone="good"),
            Action("reject", Text("驳回", "Reject"), OPERATORS, self._reject, (answer,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = _chosen(CorrectionState, asked, CorrectionState.OPEN)
        found = await self._corrections.waiting(state, page)
        head = (
            Text("市民", "Citizen"),
            Text("哪一项", "Field"),
            Text("申请时间", "Asked"),
            Text("答复时间", "Answered"),
            Text("状态", "State"),
        )
        rows = tuple(self._row(asked, one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": state.value})
        empty = Text("没有这样的申请。", "No request is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(_state_field(CorrectionState, state),))

    def _row(self, asked: Asked, one: Correction) -> Row:
        cells = (_citizen(one.citizen), plain(word(one.field)), when(one.requested_at), when(one.settled_at))
        names = ("read", "accept", "reject") if one.state is CorrectionState.OPEN else ("read",)
        return Row((*cells, badge(one.state)), buttons=self.buttons(asked, one.id, *names))

    async def _read(self, asked: Asked) -> Reply:
        found = await self._corrections.reveal(asked.viewer, asked.target, asked["reason"])
        rows = ((Text("应为", "It should be"), found.wanted or ""), (Text("原因", "Because"), found.reason or ""))
        return Shown(Text("只显示这一次。", "Shown this once."), rows)

    async def _accept(self, asked: Asked) -> Reply:
        await self._corrections.accept(asked.viewer, asked.target, asked["answer"], asked.key)
        return Done(Text("已采纳。", "Accepted."), self.here())

    async def _reject(self, asked: Asked) -> Reply:
        await self._corrections.reject(asked.viewer, asked.target, asked["answer"], asked.key)
        return Done(Text("已驳回。", "Rejected."), self.here())


class ErasuresView(RoomView):
    noun = "erasures"
    label = Text("注销与删除", "Erasures")
    lead = Text(
        "七天内可以撤回；之后除法律要求保留的以外全部删除，并销毁本人密钥。",
        "A week to think it over; then all goes that no law makes stay, and the person's key is destroyed.",
    )
    icon = "fa-user-slash"

    def subject_of(self, target: str) -> str | None:
        return target

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = _chosen(ErasureState, asked, ErasureState.COOLING)
        found = await self.desk.services.erasures.waiting(state, page)
        head = (
            Text("市民", "Citizen"),
            Text("申请时间", "Asked"),
            Text("执行时间", "Due"),
            Text("删除时间", "Erased"),
            Text("状态", "State"),
        )
        proofs = bool(asked.viewer.roles & AUDITORS)
        rows = tuple(self._row(one, proofs) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": state.value})
        empty = Text("没有这样的申请。", "No request is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(_state_field(ErasureState, state),))

    async def detail(self, asked: Asked) -> Detail | None:
        """The proof: for auditors. Raises Forbidden."""
        if not asked.viewer.roles & AUDITORS:
            raise Forbidden
        try:
            proof = await self.desk.services.erasures.proof(asked.viewer, asked.target)
        except NothingHeld:
            return None
        holds = badge("holds", "good", _HOLDS) if proof.holds else badge("open", "warn", _HOLDS_NOT)
        return Detail(
            Text("删除证明", "Proof of the erasure"), (_proof(proof), _sealed(proof), _left(proof), _kept(proof)), holds
        )

    def _row(self, one: Erasure, proofs: bool) -> Row:
        times = (when(one.requested_at), when(one.erases_at), when(one.erased_at))
        cells = (mono(one.citizen), *times, badge(one.state))
        return Row(cells, self.here(one.citizen) if proofs else None)


_HOLDS = Text("成立：密钥已销毁，什么都打不开", "it holds: the key is gone, nothing opens")
_HOLDS_NOT = Text("尚未删除", "not erased yet")
_WHAT = {
    RetainedKind.AUDIT: Text("审计记录", "audit records"),
    RetainedKind.LOOKUPS: Text("查询记录", "look-ups"),
    RetainedKind.HANDLING: Text("处理记录", "records of handling"),
    RetainedKind.PAYMENTS: Text("支付记录", "records of payments"),
    RetainedKind.CARD_NUMBER: Text("卡号", "the card's number"),
    RetainedKind.BACKUPS: Text("备份", "back-ups"),
}
_STATUTES = {
    Statute.NETWORK_LOGS: Text(
        "网络安全法：网络日志不少于六个月", "Cybersecurity Law: network logs, at least six months"
    ),
    Statute.TRANSACTIONS: Text("反洗钱法第三十四条", "Anti-Money Laundering Law, art. 34"),
    Statute.HANDLING_RECORDS: Text("个人信息保护法第五十六条", "Personal Information Protection Law, art. 56"),
    Statute.CANNOT_BE_DELETED: Text("个人信息保护法第四十七条", "Personal Information Protection Law, art. 47"),
}


def _proof(proof: Proof) -> Facts:
    erasure = proof.erasure
    return Facts.of(
        Text("经过", "How it went"),
        (Text("市民编号", "Citizen's id"), mono(proof.citizen)),
        (Text("申请时间", "Asked"), when(erasure.requested_at if erasure else None)),
        (Text("删除时间", "Erased"), when(erasure.erased_at if erasure else None)),
        (Text("密钥销毁时间", "Key destroyed"), when(proof.key_destroyed_at)),
        (Text("由谁销毁", "Destroyed by"), mono(proof.key_destroyed_by)),
    )


def _sealed(proof: Proof) -> Table:
    head = (Text("位置", "Place"), Text("剩余密文", "Sealed values left"), Text("仍能打开", "That still open"))
    rows = tuple(
        Row((mono(one.place), plain(one.left), badge(one.open, "bad" if one.open else "good")))
        for one in proof.unsealed
    )
    return Table(head, rows, Text("密文", "What is sealed"), Text("没有留下密文。", "No sealed value is left."))


_ROWS_THAT_STAY = Text("留下的行（只有编号和代码）", "Rows that stay: ids and codes")


def _left(proof: Proof) -> Table:
    head = (Text("集合", "Collection"), Text("行数", "Rows"))
    rows = tuple(Row((mono(name), plain(count))) for name, count in sorted(proof.left.items()))
    return Table(
        head,
        rows,
        _ROWS_THAT_STAY if proof.key_destroyed_at else Text("目前的行", "Rows now"),
        Text("没有留下任何行。", "No row is left."),
    )


def _kept(proof: Proof) -> Table:
    head = (Text("保留什么", "What stays"), Text("依据", "By which law"), Text("到何时", "Until"))
    return Table(head, tuple(map(_retained, proof.retained)), Text("依法保留", "Kept by law"))


def _retained(one: Retained) -> Row:
    here = Text(f"本市按设置保留 {one.days} 天", f"this city keeps them {one.days} days, as it has set")
    return Row((plain(_WHAT[one.what]), plain(_STATUTES[one.statute], here if one.days else ""), when(one.until)))
