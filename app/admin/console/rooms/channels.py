"""What channels brought and what became of it, and what goes back to senders and callers."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
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
    Said,
    Table,
    badge,
    figure,
    link,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.answers.model import AnswerState, ChannelAnswer
from app.domains.voice.channels.intake.errors import InboundUnknown
from app.domains.voice.channels.intake.model import Inbound, InboundState

_CHANNELS = {
    CaseChannel.WECHAT: Text("微信", "WeChat"),
    CaseChannel.QQ: Text("QQ", "QQ"),
    CaseChannel.SMS: Text("短信", "text message"),
    CaseChannel.MAIL: Text("邮件", "mail"),
}
_STATES = {
    InboundState.FAILED: Text("受理失败", "failed"),
    InboundState.WAITING: Text("待处理", "waiting"),
    InboundState.FILED: Text("已登记", "filed"),
    InboundState.ANSWERED: Text("已自动回复", "answered"),
    InboundState.DROPPED: Text("超限未收", "dropped"),
}
_SENT = {
    AnswerState.FAILED: Text("多次未成", "given up"),
    AnswerState.REFUSED: Text("被拒收", "refused"),
    AnswerState.PENDING: Text("待发送", "pending"),
    AnswerState.SENT: Text("已发送", "sent"),
}
_TONES = {"failed": "bad", "refused": "bad", "dropped": "warn", "waiting": "warn", "pending": "warn", "filed": "good"}
_HEAD = (
    Text("时间", "When"),
    Text("渠道", "Channel"),
    Text("状态", "State"),
    Text("诉求", "Case"),
    Text("尝试", "Tries"),
    Text("原因", "Why"),
)


class InboundView(RoomView):
    noun = "inbound"
    label = Text("渠道来信", "Inbound messages")
    lead = Text(
        "微信、QQ、短信和邮件发来的消息：成为诉求、自动回复或受理失败。内容加密保存，查看须写明理由。",
        "What came by WeChat, QQ, text message and mail: it became a case, was answered, or failed. What was said is "
        "sealed; reading it takes a reason.",
    )
    icon = "fa-inbox"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._inbound = desk.services.voice.inbound
        self._answers = desk.services.voice.channel_answers
        self.offers(
            Action("retry", Text("重新受理", "Take in again"), OPERATORS, self._retry),
            Action("read", Text("查看内容", "Read it"), OPERATORS, self._read, (REASON,), tone="warn"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        known = {state.value for state in InboundState}
        chosen = asked["state"] if asked["state"] in known else InboundState.FAILED.value
        found = await self._inbound.listed([InboundState(chosen)], page)
        rows = tuple(Row(_message_cells(one), self.here(one.id)) for one in found.items)
        last = found.items[-1].at.isoformat() if found.items else None
        more = self.next_page(found.has_next, last, {"state": chosen})
        options = tuple(Option(state.value, text) for state, text in _STATES.items())
        filters = (Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen),)
        empty = Text("没有这样的消息。", "No message is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({4, 5})), filters=filters)

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self._inbound.one(asked.target)
        if found is None:
            return None
        titles = (*_HEAD[:3], Text("诉求", "Case"), *_HEAD[4:])
        facts = Facts.of(Text("消息", "Message"), *zip(titles, _message_cells(found), strict=True))
        answers = await self._answers.of_inbound(found.id)
        table = Table(
            _HEAD,
            tuple(Row(_answer_cells(one)) for one in answers),
            title=Text("回复", "Answers"),
            empty=Text("没有回复。", "It was not answered."),
        )
        retry = (self.button("retry", found.id),) if found.state is InboundState.FAILED else ()
        buttons = allowed(asked.viewer, *retry, self.button("read", found.id))
        return Detail(_CHANNELS[found.channel], (facts, table), buttons=buttons)

    async def _retry(self, asked: Asked) -> Reply:
        await self._inbound.retry(asked.viewer, asked.target)
        return Done(Text("已重新排入。", "It is taken in again."))

    async def _read(self, asked: Asked) -> Reply:
        heard = (await self._inbound.read(asked.viewer, asked.target, asked["reason"])).heard
        if heard is None:
            raise InboundUnknown
        said = "\n".join(part for part in (heard.sender, heard.subject, heard.text) if part)
        return Said(Text(said, said))


class ChannelAnswersView(RoomView):
    noun = "channel-answers"
    label = Text("渠道回复", "Answers by channel")
    lead = Text(
        "发给来信人和来电人的回复：被拒收或多次未成的可以重发。",
        "What goes back to senders and callers; what was refused or given up can be sent again.",
    )
    icon = "fa-reply"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._answers = desk.services.voice.channel_answers
        self.offers(Action("retry", Text("重发", "Send again"), OPERATORS, self._retry))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        known = {state.value for state in AnswerState}
        chosen = asked["state"] if asked["state"] in known else AnswerState.FAILED.value
        found = await self._answers.listed([AnswerState(chosen)], page)
        rows = tuple(self._row(asked, one) for one in found.items)
        last = found.items[-1].at.isoformat() if found.items else None
        more = self.next_page(found.has_next, last, {"state": chosen})
        options = tuple(Option(state.value, text) for state, text in _SENT.items())
        filters = (Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen),)
        empty = Text("没有这样的回复。", "No answer is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({4, 5})), filters=filters)

    def _row(self, asked: Asked, one: ChannelAnswer) -> Row:
        again = one.state in (AnswerState.FAILED, AnswerState.REFUSED)
        return Row(_answer_cells(one), buttons=self.buttons(asked, one.id, "retry") if again else ())

    async def _retry(self, asked: Asked) -> Reply:
        await self._answers.retry(asked.viewer, asked.target)
        return Done(Text("已重新排入。", "It is sent again."), self.here())


def _message_cells(one: Inbound) -> tuple[Cell, ...]:
    return (
        when(one.at),
        plain(_CHANNELS.get(one.channel, one.channel.value)),
        badge(one.state.value, _TONES.get(one.state.value), _STATES[one.state]),
        link(one.number, f"/admin/cases/{one.case}") if one.case else plain(None),
        figure(one.attempt),
        mono(one.why),
    )


def _answer_cells(one: ChannelAnswer) -> tuple[Cell, ...]:
    return (
        when(one.at),
        plain(_CHANNELS.get(one.channel, one.channel.value)),
        badge(one.state.value, _TONES.get(one.state.value), _SENT[one.state]),
        link(Text("诉求", "case"), f"/admin/cases/{one.case}") if one.case else plain(None),
        figure(one.attempt),
        mono(one.why),
    )
