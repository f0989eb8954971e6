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
