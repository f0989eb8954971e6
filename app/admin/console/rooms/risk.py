"""Risk: the rules with their versions, what they refused, and payers who were stopped."""

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
    Finder,
    Listing,
    Option,
    Reply,
    Row,
    Table,
    badge,
    figure,
    link,
    mono,
    person,
    plain,
    short_link,
    tags,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.ids import UUID
from app.core.money import Currency, Money, parse_money
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.payment.risk.blocks.model import Block
from app.domains.payment.risk.model import BLOCKED, Refusal
from app.domains.payment.risk.rules.errors import RiskRuleInvalid, RiskRuleUnknown
from app.domains.payment.risk.rules.model import Action as What
from app.domains.payment.risk.rules.model import Measure, Rule, RuleState, Terms, Window
from app.domains.payment.risk.store import order_of

_MEASURES = {
    Measure.AMOUNT: Text("单笔金额", "each amount"),
    Measure.COUNT: Text("笔数", "number of payments"),
    Measure.SUM: Text("累计金额", "sum of payments"),
}
_WINDOWS = {Window.HOUR: Text("每小时", "an hour"), Window.DAY: Text("每日", "a day")}
_ACTIONS = {What.REFUSE: Text("拒绝", "refuse"), What.CONFIRM: Text("要求确认", "ask to confirm")}
_STATES = {
    RuleState.IN_FORCE: Text("生效", "in force"),
    RuleState.PROPOSED: Text("待审批", "waits for approval"),
    RuleState.REPLACED: Text("已被替代", "replaced"),
    RuleState.DECLINED: Text("未采用", "declined"),
}
_TONES = {RuleState.IN_FORCE: "good", RuleState.PROPOSED: "warn"}
_RULES = (
    Text("代码", "Code"),
    Text("规则", "Rule"),
    Text("超过", "Beyond"),
    Text("则", "Then"),
    Text("版本", "Version"),
    Text("状态", "State"),
)
_VERSIONS = (
    Text("版本", "Version"),
    Text("超过", "Beyond"),
    Text("则", "Then"),
    Text("提出", "Proposed by"),
    Text("审批", "Settled by"),
    Text("理由", "Reason"),
    Text("状态", "State"),
)
_REFUSALS = (
    Text("时间", "When"),
    Text("付款人", "Payer"),
    Text("金额", "Amount"),
    Text("收款方", "Payee"),
    Text("规则", "Rule"),
    Text("此前", "Before"),
)
_BLOCKS = (Text("自", "Since"), Text("市民", "Citizen"), Text("理由", "Reason"), Text("恢复", "Lifted"))


class RiskRulesView(RoomView):
    noun = "risk-rules"
    label = Text("风控规则", "Risk rules")
    lead = Text(
        "超过规则的付款被拒绝或要求本人确认。一人提出、另一人审批后生效，每个版本留有理由。",
        "Payments beyond a rule are refused, or confirmed by the payer. One proposes, another puts in force; each "
        "version is kept with its reason.",
    )
    icon = "fa-shield-halved"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rules = desk.services.payment.risk_rules
        code = Field("code", Text("代码", "Code"), most=40, pattern=r"[a-z][a-z0-9_]{2,39}")
        ends = Text("生效后这条规则不再适用。", "Once approved, the rule holds no more.")
        self.offers(
            Action("propose", Text("提出版本", "Propose"), OPERATORS, self._propose, (code, *_FIELDS, REASON)),
            Action("end", Text("提议停用", "Propose to end it"), OPERATORS, self._end, (REASON,), ends, "warn"),
            Action("approve", Text("审批生效", "Put in force"), OPERATORS, self._approve, tone="good"),
            Action("decline", Text("不采用", "Decline"), OPERATORS, self._decline, (REASON,), tone="bad"),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("propose",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        states = {state.value: state for state in RuleState}
        chosen = states.get(asked["state"], RuleState.IN_FORCE)
        found = await self._rules.page(chosen, page)
        rows = tuple(
            Row((mono(r.code), _name(r), _beyond(r), _then(r), figure(r.version), _state(r)), self.here(r.code))
            for r in found.items
        )
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": chosen.value})
        options = tuple(Option(state.value, text) for state, text in _STATES.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen.value)
        empty = Text("没有这样的规则。", "No rule is like that.")
        return Listing(Table(_RULES, rows, empty=empty, next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        versions = await self._rules.versions(asked.target)
        if not versions:
            return None
        newest = versions[0]
        names = await self.desk.names(by for one in versions for by in (one.by, one.settled_by) if by)
        rows = tuple(_version(one, names) for one in versions)
        possible = ("approve", "decline") if newest.state is RuleState.PROPOSED else ("end",)
        offered = possible if newest.state in (RuleState.PROPOSED, RuleState.IN_FORCE) else ()
        buttons = self.buttons(asked, asked.target, *offered)
        history = Table(_VERSIONS, rows, Text("版本", "Versions"))
        return Detail(newest.code, (_facts(newest), history), _state(newest), buttons=buttons)

    async def _propose(self, asked: Asked) -> Reply:
        name, terms = Said(asked["name_zh"], asked["name_en"]), _terms(asked)
        made = await self._rules.propose(asked.viewer, asked["code"], name, terms, asked["reason"], asked.key)
        text = Text("已提出，等另一位同事审批。", "Proposed: a colleague puts it in force.")
        return Done(text, self.here(made.code))

    async def _end(self, asked: Asked) -> Reply:
        newest = await self._newest(asked.target)
        reason = asked["reason"]
        await self._rules.propose(asked.viewer, newest.code, newest.name, newest.terms, reason, asked.key, active=False)
        return Done(Text("已提议停用，等另一位同事审批。", "Proposed: a colleague puts it in force."))

    async def _approve(self, asked: Asked) -> Reply:
        newest = await self._newest(asked.target)
        await self._rules.approve(asked.viewer, newest.code, newest.version, asked.key)
        return Done(Text("已生效。", "In force."))

    async def _decline(self, asked: Asked) -> Reply:
        newest = await self._newest(asked.target)
        await self._rules.decline(asked.viewer, newest.code, newest.version, asked["reason"], asked.key)
        return Done(Text("未采用。", "Declined."))

    async def _newest(self, code: str) -> Rule:
        versions = await self._rules.versions(code)
        if not versions:
            raise RiskRuleUnknown
        return versions[0]


class RiskRefusalsView(RoomView):
    noun = "risk-refusals"
    label = Text("拒绝的付款", "Refused payments")
    lead = Text(
        "哪条规则拒绝了哪笔付款；付款人只知道被拒绝。",
        "Which rule refused which payment; the payer knows only that it was refused.",
    )
    icon = "fa-hand"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._risk = desk.services.payment.risk

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        rule = asked["rule"]
        found = await self._risk.refusals(page, rule=rule or None)
        rows = tuple(Row(self._cells(one)) for one in found.items)
        last = order_of(found.items[-1]) if found.items else None
        more = self.next_page(found.has_next, last, {"rule": rule} if rule else None)
        field = Field("rule", Text("规则代码", "Code of the rule"), required=False, most=40, value=rule)
        empty = Text("没有拒绝过。", "Nothing was refused.")
        return Listing(Table(_REFUSALS, rows, empty=empty, next=more, aside=frozenset({5})), filters=(field,))

    def _cells(self, one: Refusal) -> tuple[Cell, ...]:
        blocked = one.hit.rule == BLOCKED
        return (
            when(one.at),
            short_link(one.payer, f"/admin/citizens/{one.payer}"),
            Cell("figure", one.amount.spoken),
            self.desk.payee(one.payee),
            link(Text("付款人已停用", "payer stopped"), "/admin/payer-blocks")
            if blocked
            else link(f"{one.hit.rule}@{one.hit.version}", f"/admin/risk-rules/{one.hit.rule}"),
            figure(one.hit.used),
        )


class PayerBlocksView(RoomView):
    noun = "payer-blocks"
    label = Text("暂停的付款人", "Stopped payers")
    lead = Text(
        "暂停后不能付款和提现，收款不受影响；本人可致电 12345 申诉，核实后恢复。",
        "Who is stopped pays and withdraws nothing; what comes to him comes. He may call the city's line.",
    )
    icon = "fa-user-lock"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._blocks = desk.services.payment.payer_blocks
        citizen = Field("citizen", Text("市民标识", "Id of the citizen"), most=36, pattern=UUID.pattern)
        told = Text("本人会收到通知。", "He is told.")
        self.finder = Finder((citizen,), self._find, Text("没有暂停记录。", "He was never stopped."))
        self.offers(
            Action("block", Text("暂停付款", "Stop a payer"), OPERATORS, self._block, (citizen, REASON), told, "warn"),
            Action("lift", Text("恢复", "Lift"), OPERATORS, self._lift, (REASON,), told, "good"),
        )

    def subject_of(self, target: str) -> str | None:
        return target

    def _for_all(self) -> tuple[str, ...]:
        return ("block",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._blocks.page(page)
        rows = tuple(Row(_block_cells(one), self.here(one.payer)) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(_BLOCKS, rows, empty=Text("没有暂停的付款人。", "Nobody is stopped."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self._blocks.of(asked.target)
        if not found:
            return None
        stands = found[0].ended is None
        rows = tuple(Row(_block_cells(one)) for one in found)
        state = badge("suspended" if stands else "active")
        buttons = self.buttons(asked, asked.target, "lift") if stands else ()
        return Detail(asked.target, (Table(_BLOCKS, rows),), state, buttons=buttons)

    async def _find(self, asked: Asked) -> str | None:
        citizen = asked["citizen"]
        return self.here(citizen) if await self._blocks.of(citizen) else None

    async def _block(self, asked: Asked) -> Reply:
        done = await self._blocks.block(asked.viewer, asked["citizen"], asked["reason"], asked.key)
        return Done(Text("已暂停。", "Stopped."), self.here(done.payer))

    async def _lift(self, asked: Asked) -> Reply:
        await self._blocks.lift(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已恢复。", "Lifted."))


_FIELDS = (
    Field("name_zh", Text("名称（中文）", "Name in Chinese"), most=200),
    Field("name_en", Text("名称（英文）", "Name in English"), required=False, most=200),
    Field(
        "measure",
        Text("量什么", "What is measured"),
        "select",
        options=tuple(Option(m, t) for m, t in _MEASURES.items()),
    ),
    Field("most", Text("最多", "At most"), hint=Text("元，或笔数", "yuan, or a number of payments"), most=15),
    Field(
        "window",
        Text("多长时间内", "Within"),
        "select",
        Text("单笔金额不选", "nothing for each amount"),
        required=False,
        options=tuple(Option(w, t) for w, t in _WINDOWS.items()),
    ),
    Field("action", Text("超过则", "Beyond it"), "select", options=tuple(Option(a, t) for a, t in _ACTIONS.items())),
    Field("methods", Text("支付方式", "Methods"), hint="wallet credit gateway points", required=False, most=100),
    Field("purposes", Text("用途", "Purposes"), hint="code static_code dynamic_code bill", required=False, most=200),
    Field("payees", Text("收款方类别", "Kinds of payees"), hint="merchant biller operator", required=False, most=100),
    Field(
        "younger_than",
        Text("仅限注册不足几天的市民", "Only citizens of fewer days"),
        "number",
        required=False,
        most=4,
    ),
)


def _terms(asked: Asked) -> Terms:
    """Raises RiskRuleInvalid, AmountInvalid."""
    try:
        measure, action = Measure(asked["measure"]), What(asked["action"])
        window = Window(asked["window"]) if asked["window"] else None
        young = int(asked["younger_than"]) if asked["younger_than"] else None
        most = int(asked["most"]) if measure is Measure.COUNT else parse_money(asked["most"], Currency.CNY).fen
    except ValueError:
        raise RiskRuleInvalid("most") from None
    return Terms(
        measure=measure,
        most=most,
        action=action,
        window=window,
        methods=frozenset(asked["methods"].split()),
        purposes=frozenset(asked["purposes"].split()),
        payees=frozenset(asked["payees"].split()),
        younger_than=young,
    )


def _name(rule: Rule) -> Cell:
    return plain(Text(rule.name.zh, rule.name.en or rule.name.zh))


def _beyond(rule: Rule) -> Cell:
    terms = rule.terms
    most = f"{terms.most:,}" if terms.measure is Measure.COUNT else Money(terms.most, terms.currency).spoken
    window = _WINDOWS[terms.window] if terms.window else Text("", "")
    measure = _MEASURES[terms.measure]
    return plain(Text(f"{window.zh}{measure.zh} {most}", f"{measure.en} {window.en} {most}".replace("  ", " ")))


def _then(rule: Rule) -> Cell:
    ends = Text("停用", "ends")
    return plain(_ACTIONS[rule.terms.action] if rule.active else ends)


def _state(rule: Rule) -> Cell:
    return badge(rule.state, _TONES.get(rule.state), _STATES[rule.state])


def _version(rule: Rule, names: dict[str, str]) -> Row:
    settled = person(rule.settled_by, names) if rule.settled_by else plain(None)
    reason = plain(rule.reason, rule.answer or "")
    cells = (figure(rule.version), _beyond(rule), _then(rule), person(rule.by, names), settled, reason, _state(rule))
    return Row(cells)


def _facts(rule: Rule) -> Facts:
    terms = rule.terms
    everything = plain(Text("全部", "all"))
    return Facts.of(
        Text("规则", "The rule"),
        (Text("名称", "Name"), _name(rule)),
        (Text("超过", "Beyond"), _beyond(rule)),
        (Text("则", "Then"), _then(rule)),
        (Text("支付方式", "Methods"), tags(sorted(terms.methods)) if terms.methods else everything),
        (Text("用途", "Purposes"), tags(sorted(terms.purposes)) if terms.purposes else everything),
        (Text("收款方类别", "Kinds of payees"), tags(sorted(terms.payees)) if terms.payees else everything),
        (
            Text("注册不足天数", "Citizens of fewer days"),
            figure(terms.younger_than) if terms.younger_than else everything,
        ),
        (Text("提出时间", "Proposed"), when(rule.at)),
        (Text("审批时间", "Settled"), when(rule.settled_at)),
    )


def _block_cells(one: Block) -> tuple[Cell, ...]:
    ended = one.ended
    return (
        when(one.at),
        short_link(one.payer, f"/admin/citizens/{one.payer}"),
        plain(one.reason),
        when(ended.at) if ended else plain(None),
    )
