"""The scopes a provider can have, in words."""

from __future__ import annotations

from app.admin.console.parts import Field, Option
from app.admin.console.texts import Text, Words, word
from app.wiring import SCOPES

_OTHERS = {
    "notify": Text("给市民发消息", "write to citizens"),
    "notify:urgent": Text("紧急消息（免打扰时段可响铃）", "urgent messages (ring in quiet hours)"),
    "notify:legal": Text("依法送达", "notices served by law"),
    "broadcast": Text("群发", "broadcast"),
    "webhooks": Text("接收回调", "receive webhooks"),
    "catalogue": Text("发布事项", "publish service items"),
    "applications": Text("办理申请", "handle applications"),
    "appointments": Text("提供预约", "give appointments"),
    "answers": Text("维护知识库", "keep answers"),
    "data": Text("共享数据", "share data"),
    "cases": Text("办理诉求", "handle cases"),
    "cases:centre": Text("12345 中心：受理与派单", "the 12345 centre: take in and dispatch"),
    "cases:grid": Text("网格上报与核实", "report and verify in the grid"),
    "conversations": Text("微观、民意调查与回应", "topics, surveys and official replies"),
    "assets": Text("市政二维码", "municipal codes"),
    "payments": Text("收款", "take payments"),
    "payments:manage": Text("收款管理：退款、争议、对账单", "manage payments: refunds, disputes, statements"),
    "bills": Text("推送账单", "send bills"),
    "rides": Text("公交乘车", "rides"),
    "treatments": Text("先诊疗后付费", "treatment first, payment later"),
    "points": Text("发放爱心积分", "give points"),
    "volunteers": Text("组织志愿服务", "organise volunteers"),
    "family-visits": Text("养老机构与病区：探访", "visits at care homes and wards"),
    "community": Text("小区管理", "keep estates"),
    "community:gate": Text("小区门禁", "let people in at gates of estates"),
    "community:repairs": Text("小区报修处理", "see to repairs of estates"),
    "health": Text("健康档案查阅与随访", "read health records by consent, follow-ups"),
    "culture": Text("文化活动与票务", "events and their tickets"),
    "places": Text("便民目录：自家场所", "keep one's places in the directory"),
    "surroundings": Text("监测站上报", "report for stations"),
    "culture:gate": Text("活动检票", "read tickets at the door"),
}


def scope_words(scope: str) -> Words:
    verb, _, what = scope.partition(":")
    if verb != "verify":
        return _OTHERS.get(scope, scope)
    said = word(what)
    return Text(f"核验·{said.zh}", f"verify · {said.en}") if isinstance(said, Text) else scope


SCOPE_OPTIONS = tuple(Option(scope, scope_words(scope)) for scope in SCOPES)
TEST_MODE = Field(
    "test_mode",
    Text("测试模式", "Test mode"),
    "checks",
    required=False,
    options=(Option("yes", Text("只接触测试市民", "meets test citizens only")),),
)
