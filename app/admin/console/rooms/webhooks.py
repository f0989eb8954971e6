"""Webhooks: where providers are told, how that goes, the log of what was sent, and sending again."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
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
    hidden,
    link,
    mono,
    plain,
    tags,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from notifications.webhooks.deliveries.model import Delivery
from notifications.webhooks.deliveries.service import Which
from notifications.webhooks.endpoints.errors import WebhookUnknown
from notifications.webhooks.endpoints.model import DisabledReason, Endpoint, EndpointState

_HEAD = (
    Text("地址", "Address"),
    Text("单位", "Organisation"),
    Text("事件", "Events"),
    Text("连续失败", "Failures"),
    Text("状态", "State"),
)
_LOG = (
    Text("事件", "Event"),
    Text("发生时间", "Happened"),
    Text("尝试", "Tries"),
    Text("最后回应", "Last answer"),
    Text("下次尝试", "Next try"),
    Text("状态", "State"),
)
_WHY = {
    DisabledReason.GONE: Text("对方回应 410", "it answered 410"),
    DisabledReason.FAILING: Text("连续三天送不到", "nothing got through for three days"),
    DisabledReason.OPS: Text("由运行台停用", "by the desk"),
}
_WHICH = (
    Option(Which.FAILED.value, Text("只补发失败的", "those that failed")),
    Option(Which.ALL.value, Text("全部重发", "all of them")),
)


class WebhooksView(RoomView):
    noun = "webhooks"
    label = Text("回调", "Webhooks")
    lead = Text(
        "事件按顺序签名送达单位的地址；送不到会重试一天，可以补发。",
        "Events go out signed and in order, are tried for a day, and can be sent again.",
    )
    icon = "fa-right-left"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._endpoints, self._deliveries = desk.services.webhooks, desk.services.webhook_deliveries
        since = Field("since", Text("从什么时候起", "Since when"), "moment")
        which = Field("which", Text("补发哪些", "Which"), "select", options=_WHICH)
        self.offers(
            Action("disable", Text("停用", "Disable"), OPERATORS, self._disable, (REASON,), tone="bad"),
            Action("enable", Text("恢复", "Enable"), OPERATORS, self._enable, (REASON,), tone="good"),
            Action("replay", Text("补发", "Send again"), OPERATORS, self._replay, (hidden("delivery"),)),
            Action("replay-since", Text("批量补发", "Send again since"), OPERATORS, self._replay_since, (since, which)),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._endpoints.page(page)
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("还没有单位登记回调地址。", "No provider has registered an address yet.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        try:
            one = await self._endpoints.find(asked.target)
        except WebhookUnknown:
            return None
        log = await self._deliveries.log_of(one.id, None, PageRequest(50))
        entries = tuple(self._entry(asked, entry) for entry in log.items)
        sent = Table(_LOG, entries, Text("最近五十条", "The last fifty"), Text("还没有送过。", "Nothing was sent yet."))
        state = "enable" if one.state is EndpointState.DISABLED else "disable"
        active = ("replay-since",) if one.state is EndpointState.ACTIVE else ()
        return Detail(
            one.url, (self._facts(one), sent), badge(one.state), buttons=self.buttons(asked, one.id, *active, state)
        )

    def _row(self, one: Endpoint) -> Row:
        cells = (plain(one.url), plain(self._owner(one)), tags(sorted(one.events)), plain(one.health.failures))
        return Row((*cells, badge(one.state)), self.here(one.id))

    def _owner(self, one: Endpoint) -> str:
        return self.desk.organisation(one.organisation)

    def _facts(self, one: Endpoint) -> Facts:
        return Facts.of(
            Text("登记", "Registered"),
            (Text("单位", "Organisation"), link(self._owner(one), f"/admin/organisations/{one.organisation}")),
            (Text("说明", "Description"), plain(one.description)),
            (Text("事件", "Events"), tags(sorted(one.events))),
            (Text("登记时间", "Since"), when(one.made_at)),
            (Text("连续失败", "Failures in a row"), plain(one.health.failures)),
            (Text("从何时起送不到", "Failing since"), when(one.health.failing_since)),
            (Text("停用原因", "Why disabled"), plain(_WHY[one.disabled_reason] if one.disabled_reason else None)),
            (Text("测试模式", "Test mode"), plain(Text("是", "yes") if one.test else Text("否", "no"))),
        )

    def _entry(self, asked: Asked, one: Delivery) -> Row:
        last = one.attempts[-1] if one.attempts else None
        answer = f"{last.status or last.outcome} · {last.milliseconds} ms" if last else None
        due = one.due_at if one.settled_at is None else None
        cells = (mono(one.type), when(one.at), plain(one.tried), plain(answer), when(due), badge(one.state))
        again = self.button("replay", one.endpoint, delivery=one.id)
        settled = one.settled_at is not None and asked.viewer.roles & again.action.roles
        return Row(cells, buttons=(again,) if settled else ())

    async def _disable(self, asked: Asked) -> Reply:
        await self._endpoints.disable_by_desk(asked.viewer, asked.target, asked["reason"])
        return Done(Text("已停用。", "Disabled."))

    async def _enable(self, asked: Asked) -> Reply:
        await self._endpoints.enable_by_desk(asked.viewer, asked.target, asked["reason"])
        return Done(Text("已恢复。", "Enabled."))

    async def _replay(self, asked: Asked) -> Reply:
        await self._deliveries.replay_by_desk(asked.viewer, asked.target, asked["delivery"], asked.key)
        return Done(Text("已排入补发。", "It is sent again."))

    async def _replay_since(self, asked: Asked) -> Reply:
        many = await self._deliveries.replay_since_by_desk(
            asked.viewer, asked.target, asked.moment("since"), Which(asked["which"]), asked.key
        )
        return Done(Text(f"{many} 条已排入补发。", f"{many} are sent again."))
