"""Keys: those that seal personal data and those that sign, with their age; the next one of a kind made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS, AUDITORS
from app.admin.console.parts import (
    Action,
    Asked,
    Cell,
    Done,
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Table,
    badge,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text, minute
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.core.rotation import ListedKey, Rotated

_USES = {
    Rotated.DATA: Text("加密个人数据", "seals personal data"),
    Rotated.SESSION: Text("签发登录令牌", "signs sign-in tokens"),
    Rotated.CARD: Text("签发离线二维码", "signs offline codes"),
    Rotated.AUDIT: Text("签署审计链", "signs the audit chain"),
    Rotated.LICENCE: Text("签署电子证照", "signs licences"),
}
_HEAD = (
    Text("密钥编号", "Key id"),
    Text("用途", "Use"),
    Text("启用时间", "Since"),
    Text("停用时间", "Retired"),
    Text("状态", "State"),
)
_OPTIONS = tuple(Option(use.value, text) for use, text in _USES.items())
_USE = Field("use", Text("用途", "Use"), "select", options=_OPTIONS)
_LEAKED = Field(
    "leaked",
    Text("情况", "Why"),
    "checks",
    required=False,
    options=(
        Option("yes", Text("签名密钥已泄露：旧密钥立即作废", "A signing key leaked: the old one is void at once")),
    ),
)
_NOTE = Text(
    "新密钥启用后，旧密钥之下的数据会在后台重新加密，之后旧密钥销毁。",
    "What lies under the old key is sealed anew in the background, and the old key is then destroyed.",
)


class KeysView(RoomView):
    noun = "keys"
    label = Text("密钥", "Keys")
    lead = Text(
        "按日历自动轮换；需要时可以手工轮换，服务不中断。",
        "Rotated by the calendar, and by hand when need be, while the city runs.",
    )
    icon = "fa-lock"
    roles = AUDITORS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rotation = desk.city.rotation
        rotate = Action(
            "rotate", Text("轮换密钥", "Rotate"), ADMINISTRATORS, self._rotate, (_USE, _LEAKED), _NOTE, icon="fa-rotate"
        )
        self.offers(rotate)

    def _for_all(self) -> Iterable[str]:
        return ("rotate",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found, now = await self._rotation.keys(), self.desk.city.clock.now()
        newest = sorted(found, key=lambda key: key.since, reverse=True)
        return Listing(Table(_HEAD, tuple(_row(key, now) for key in newest)))

    async def _rotate(self, asked: Asked) -> Reply:
        use = Rotated(asked["use"])
        leaked = asked["leaked"] == "yes" and use is not Rotated.DATA  # the page hides the tick for data keys
        made = await self._rotation.asked(asked.viewer, use, asked.key, at_once=leaked)
        return Done(Text(f"新密钥 {made.id} 已生成。", f"The new key {made.id} was made."))


def _row(key: ListedKey, now: datetime) -> Row:
    cells = (mono(key.id), plain(_USES[key.use]), when(key.since), when(key.destroyed_at or key.retired_at))
    return Row((*cells, _state(key, now)))


def _state(key: ListedKey, now: datetime) -> Cell:
    """A key is made a little before it begins, so that every process knows it by then; the old one works on."""
    if key.since > now:
        return badge("planned", text=Text(f"{minute(key.since)} 起", f"from {minute(key.since)}"))
    if key.destroyed_at:
        return badge("destroyed")
    return badge("retired" if key.retired_at and key.retired_at <= now else "active")
