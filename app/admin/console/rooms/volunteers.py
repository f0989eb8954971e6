"""Volunteers: groups to be let in, activities, findings at check-ins, micro-wishes, calls to responders."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
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
    Table,
    badge,
    figure,
    mono,
    plain,
    progress,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.community.responders.calls.model import CallKind, HelpCall, ReplyState
from app.domains.community.volunteers.activities.model import Activity, ActivityState
from app.domains.community.volunteers.check_ins.flags.model import Flag, FlagState
from app.domains.community.volunteers.check_ins.model import FlagKind
from app.domains.community.volunteers.groups.model import Group, GroupState
from app.domains.community.volunteers.model import Volunteer
from app.domains.community.wishes.model import MicroWish, WishKind, WishState

_WORDS = Field("words", Text("说明", "Words"), "area", required=False, most=300)
_WHY = Field("words", Text("原因", "Why"), "area", most=300)
_UNIT, _STATE = Text("单位", "Organisation"), Text("状态", "State")
_GROUP_STATES = {
    GroupState.PROPOSED: (Text("待审核", "proposed"), "warn"),
    GroupState.ACTIVE: (Text("活动中", "active"), "good"),
    GroupState.REFUSED: (Text("未通过", "refused"), "bad"),
    GroupState.CLOSED: (Text("已解散", "closed"), ""),
}
_ACTIVITY_STATES = {
    ActivityState.DRAFT: (Text("草稿", "draft"), ""),
    ActivityState.PUBLISHED: (Text("报名中", "published"), "good"),
    ActivityState.RUNNING: (Text("进行中", "running"), "good"),
    ActivityState.ENDED: (Text("待确认时长", "hours to be confirmed"), "warn"),
    ActivityState.SETTLED: (Text("时长已确认", "hours confirmed"), ""),
    ActivityState.CANCELLED: (Text("已取消", "cancelled"), "bad"),
}
_FLAG_KINDS = {
    FlagKind.SHARED_PHONE: Text("一机多人", "one phone for many"),
    FlagKind.SAME_SPOT: Text("定位完全相同", "the same spot"),
    FlagKind.TOO_FAST: Text("移动过快", "too fast"),
}
_FLAG_STATES = {
    FlagState.OPEN: (Text("待核实", "open"), "warn"),
    FlagState.CLEARED: (Text("无异常", "cleared"), "good"),
    FlagState.UPHELD: (Text("属实，不计时长", "upheld"), "bad"),
}
_WISH_STATES = {
    WishState.SCREENING: (Text("待审核", "to be screened"), "warn"),
    WishState.REFUSED: (Text("未通过", "refused"), "bad"),
    WishState.OPEN: (Text("待认领", "open"), "good"),
    WishState.CLAIMED: (Text("已认领", "taken up"), "good"),
    WishState.DONE: (Text("待确认", "done"), "warn"),
    WishState.CONFIRMED: (Text("已实现", "fulfilled"), "good"),
    WishState.WITHDRAWN: (Text("已撤回", "withdrawn"), ""),
}
_WISH_KINDS = {
    WishKind.COMPANY: Text("陪伴", "company"),
    WishKind.ERRAND: Text("跑腿", "an errand"),
    WishKind.REPAIR: Text("小修小补", "a repair"),
    WishKind.LESSON: Text("辅导", "a lesson"),
    WishKind.GOODS: Text("物品", "goods"),
    WishKind.OUTING: Text("外出", "an outing"),
    WishKind.OTHER: Text("其他", "something else"),
}
_CALL_KINDS = {
    CallKind.CARDIAC_ARREST: Text("心脏骤停", "cardiac arrest"),
    CallKind.INJURY: Text("受伤", "an injury"),
    CallKind.CHOKING: Text("气道异物", "choking"),
    CallKind.MISSING_PERSON: Text("走失", "a missing person"),
    CallKind.OTHER: Text("其他", "something else"),
}
_REPLIES = {
    ReplyState.CALLED: Text("未答复", "no word yet"),
    ReplyState.GOING: Text("正在前往", "going"),
    ReplyState.CANNOT: Text("无法前往", "cannot"),
    ReplyState.ARRIVED: Text("已到达", "arrived"),
}


class VolunteerGroupsView(RoomView):
    noun = "volunteer-groups"
    label = Text("志愿服务队", "Volunteer groups")
    lead = Text(
        "市民发起的服务队由挂靠单位或本台审核。",
        "Groups that volunteers founded are let in by their organisation or here.",
    )
    icon = "fa-people-group"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._groups = desk.services.community.volunteering.groups
        self.offers(
            Action("let-in", Text("通过", "Let in"), OPERATORS, self._let_in, (_WORDS,), tone="good"),
            Action("refuse", Text("不通过", "Refuse"), OPERATORS, self._refuse, (_WHY,), tone="bad"),
            Action("close", Text("解散", "Close"), OPERATORS, self._close, tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        wanted = asked["state"] if asked["state"] in set(GroupState) else ""
        found = await self._groups.of_city(GroupState(wanted) if wanted else None, page)
        head = (Text("名称", "Name"), _UNIT, Text("发起", "Founded by"), Text("时间", "When"), _STATE)
        rows = tuple(self._row(asked, one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": wanted})
        options = (Option("", Text("全部", "all")), *(Option(one.value, _GROUP_STATES[one][0]) for one in GroupState))
        state = Field("state", _STATE, "select", required=False, options=options, value=wanted)
        empty = Text("没有服务队。", "There is no group.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(state,))

    def _row(self, asked: Asked, one: Group) -> Row:
        text, tone = _GROUP_STATES[one.state]
        by = Text("市民", "volunteers") if one.founder else Text("单位", "the organisation")
        cells = (plain(one.name.within(spoken())), _unit(self.desk, one.organisation), plain(by), when(one.made_at))
        names = {GroupState.PROPOSED: ("let-in", "refuse"), GroupState.ACTIVE: ("close",)}.get(one.state, ())
        return Row((*cells, badge(one.state.value, tone, text)), buttons=self.buttons(asked, one.id, *names))

    async def _let_in(self, asked: Asked) -> Reply:
        await self._groups.decide(asked.viewer, asked.target, asked["words"], asked.key, let_in=True)
        return Done(Text("已通过。", "It is let in."))

    async def _refuse(self, asked: Asked) -> Reply:
        await self._groups.decide(asked.viewer, asked.target, asked["words"], asked.key, let_in=False)
        return Done(Text("已答复。", "It is refused."))

    async def _close(self, asked: Asked) -> Reply:
        await self._groups.close(asked.viewer, asked.target, asked.key)
        return Done(Text("已解散。", "It is closed."))


class VolunteerActivitiesView(RoomView):
    noun = "volunteer-activities"
    label = Text("志愿活动", "Volunteer activities")
    lead = Text("各单位的活动：名额、候补和状态。", "What organisations hold: places, who waits, how it stands.")
    icon = "fa-hands-holding-circle"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        activities = self.desk.services.community.volunteering.activities
        found = await activities.of_city(page)
        names = (Text("活动", "Activity"), _UNIT, Text("开始", "Starts"), Text("名额", "Places"))
        rows = tuple(self._row(one, one.state_on(activities.now)) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("没有活动。", "There is no activity.")
        return Listing(Table((*names, Text("候补", "Waiting"), _STATE), rows, empty=empty, next=more))

    def _row(self, one: Activity, state: ActivityState) -> Row:
        text, tone = _ACTIVITY_STATES[state]
        terms = one.terms
        part = progress(one.taken / terms.places, f"{one.taken} / {terms.places}")
        cells = (plain(terms.title.within(spoken())), _unit(self.desk, one.organisation), when(terms.span.starts_at))
        return Row((*cells, part, figure(one.waiting), badge(state.value, tone, text)))


class CheckInFlagsView(RoomView):
    noun = "check-in-flags"
    label = Text("签到核实", "Check-ins to look at")
    lead = Text(
        "一机多人、定位完全相同、移动过快的签到；核实之前不计时长。",
        "One phone for many, the same spot to the metre, too fast on the way: hours wait for a decision.",
    )
    icon = "fa-user-check"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.offers(
            Action("clear", Text("无异常", "Clear"), OPERATORS, self._clear, (_WHY,), tone="good"),
            Action("uphold", Text("属实", "Uphold"), OPERATORS, self._uphold, (_WHY,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        wanted = asked["state"] if asked["state"] in ("open", "rest") else "open"
        ours = self.desk.services.community.volunteering
        found = await ours.flags.of_city(page, open_=wanted == "open")
        known = await ours.register.many([one.citizen for one in found.items])
        head = (Text("志愿者", "Volunteer"), Text("情况", "Finding"), Text("同时", "Others"), _UNIT)
        rows = tuple(self._row(asked, one, known) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": wanted})
        options = (Option("open", Text("待核实", "open")), Option("rest", Text("已核实", "decided")))
        state = Field("state", _STATE, "select", required=False, options=options, value=wanted)
        empty = Text("没有待核实的。", "There is nothing to look at.")
        return Listing(Table((*head, Text("时间", "When"), _STATE), rows, empty=empty, next=more), filters=(state,))

    def _row(self, asked: Asked, one: Flag, known: dict[str, Volunteer]) -> Row:
        text, tone = _FLAG_STATES[one.state]
        volunteer = known.get(one.citizen)
        kind, unit = plain(_FLAG_KINDS[one.kind]), _unit(self.desk, one.organisation)
        cells = (mono(volunteer.number if volunteer else None), kind, figure(one.others), unit, when(one.at))
        open_ = volunteer is not None and one.state is FlagState.OPEN
        target = one.shown_id(volunteer.number) if volunteer else ""
        buttons = self.buttons(asked, target, "clear", "uphold") if open_ else ()
        return Row((*cells, badge(one.state.value, tone, text)), buttons=buttons)

    async def _clear(self, asked: Asked) -> Reply:
        return await self._decide(asked, FlagState.CLEARED)

    async def _uphold(self, asked: Asked) -> Reply:
        return await self._decide(asked, FlagState.UPHELD)

    async def _decide(self, asked: Asked, state: FlagState) -> Reply:
        hours = self.desk.services.community.volunteering.hours
        await hours.decide_flag(asked.viewer, asked.target, state, asked["words"], asked.key)
        return Done(Text("已核实。", "It is decided."))


class MicroWishesView(RoomView):
    noun = "micro-wishes"
    label = Text("微心愿", "Micro-wishes")
    lead = Text("由社区审核、市民一对一认领的小心愿。", "Small wishes, screened by committees, taken up one to one.")
    icon = "fa-star"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._wishes = desk.services.community.volunteering.wishes
        self.offers(
            Action("publish", Text("发布", "Publish"), OPERATORS, self._publish, (_WORDS,), tone="good"),
            Action("refuse", Text("不通过", "Refuse"), OPERATORS, self._refuse, (_WHY,), tone="bad"),
            Action("withdraw", Text("撤下", "Withdraw"), OPERATORS, self._withdraw, tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        wanted = asked["state"] if asked["state"] in set(WishState) else ""
        found = await self._wishes.of_city(WishState(wanted) if wanted else None, page)
        head = (Text("心愿", "Wish"), Text("类别", "Kind"), _UNIT, Text("时间", "When"), Text("到期", "Due"), _STATE)
        rows = tuple(self._row(asked, one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": wanted})
        options = (Option("", Text("全部", "all")), *(Option(one.value, _WISH_STATES[one][0]) for one in WishState))
        state = Field("state", _STATE, "select", required=False, options=options, value=wanted)
        empty = Text("没有微心愿。", "There is no wish.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(state,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._wishes.one(asked.target)
        if one is None:
            return None
        words = one.words
        facts = Facts.of(
            Text("内容", "What it says"),
            (Text("心愿", "Wish"), plain(words.text if words else None)),
            (Text("答复", "Answer"), plain(words.answer if words else None)),
            (Text("怎样完成", "How it was done"), plain(words.done if words else None)),
            (Text("感谢", "Thanks"), plain(words.thanks if words else None)),
            (Text("逾期次数", "Times it lapsed"), figure(one.lapses)),
        )
        text, tone = _WISH_STATES[one.state]
        return Detail(words.title if words else f"…{one.id[-8:]}", (facts,), badge(one.state.value, tone, text))

    def _row(self, asked: Asked, one: MicroWish) -> Row:
        text, tone = _WISH_STATES[one.state]
        title = plain(one.words.title if one.words else None)
        cells = (title, plain(_WISH_KINDS[one.kind]), _unit(self.desk, one.organisation), when(one.made_at))
        names: tuple[str, ...] = ("publish", "refuse") if one.state is WishState.SCREENING else ()
        if one.state in (WishState.OPEN, WishState.CLAIMED):
            names = ("withdraw",)
        buttons = self.buttons(asked, one.id, *names)
        return Row((*cells, when(one.due_at), badge(one.state.value, tone, text)), self.here(one.id), buttons=buttons)

    async def _publish(self, asked: Asked) -> Reply:
        await self._wishes.screen(asked.viewer, asked.target, asked["words"], asked.key, publish=True)
        return Done(Text("已发布。", "It is published."))

    async def _refuse(self, asked: Asked) -> Reply:
        await self._wishes.screen(asked.viewer, asked.target, asked["words"], asked.key, publish=False)
        return Done(Text("已答复。", "It is refused."))

    async def _withdraw(self, asked: Asked) -> Reply:
        await self._wishes.withdraw(asked.viewer, asked.target, asked.key)
        return Done(Text("已撤下。", "It is withdrawn."))


class ResponderCallsView(RoomView):
    noun = "responder-calls"
    label = Text("应急呼叫", "Responder calls")
    lead = Text(
        "中心向附近志愿者发出的呼叫；位置只有中心在呼叫期间可见。",
        "What the centre called responders to. Where they are only the centre sees, while a call goes on.",
    )
    icon = "fa-heart-pulse"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.community.volunteering.calls.of_city(page)
        head = (Text("时间", "When"), Text("情况", "What"), Text("中心", "Centre"), Text("呼叫", "Called"), _STATE)
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(head, rows, empty=Text("没有呼叫。", "There is no call."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self.desk.services.community.volunteering.calls.at_desk(asked.target)
        if found is None:
            return None
        said = ((text, figure(found.count(state))) for state, text in _REPLIES.items())
        facts = Facts.of(Text("答复", "What was said"), *said, (Text("结束", "Ended"), when(found.call.ended_at)))
        return Detail(_CALL_KINDS[found.call.wish.kind], (facts,), _going(found.call))

    def _row(self, one: HelpCall) -> Row:
        unit = _unit(self.desk, one.organisation)
        cells = (when(one.at), plain(_CALL_KINDS[one.wish.kind]), unit, figure(one.called), _going(one))
        return Row(cells, self.here(one.id))


def _going(one: HelpCall) -> Cell:
    if one.ended_at is None:
        return badge("open", "warn", Text("进行中", "going on"))
    return badge("done", "", Text("已结束", "ended"))


def _unit(desk: Desk, organisation: str) -> Cell:
    return plain(desk.organisation(organisation))
