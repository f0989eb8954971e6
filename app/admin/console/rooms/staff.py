"""Staff of the desk and of providers: enrolled with a one-time-code secret shown once, suspended, given new roles."""

from __future__ import annotations

from collections.abc import Iterable

import segno

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Button,
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
    mono,
    plain,
    tags,
)
from app.admin.console.texts import Text, word
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.domains.identity.staff.model import OPS_ROLES, PROVIDER_ROLES, Enrolment, Staff, StaffRole

_HEAD = (Text("姓名", "Name"), Text("账号", "Login"), Text("角色", "Roles"), Text("状态", "State"))
_ROLES = tuple(Option(role.value, word(role)) for role in StaffRole)
_OF_THE_DESK = tuple(Option(role.value, word(role)) for role in StaffRole if role in OPS_ROLES)
_OF_PROVIDERS = tuple(Option(role.value, word(role)) for role in StaffRole if role in PROVIDER_ROLES)
_ROLE_FIELD = Field("roles", Text("角色", "Roles"), "checks", options=_ROLES)
_WHY = Field("reason", REASON.label, "area", REASON.hint, most=500)
_ENDS = Text("对方的所有登录立即结束。", "All sessions of this person end at once.")
_WHOSE = Text("留空为运行台；否则填单位编码", "empty for the desk itself, else an organisation's code")
_LEAST = Text("至少十二个字符。", "At least twelve characters.")


class StaffView(RoomView):
    noun = "staff"
    label = Text("人员", "Staff")
    lead = Text(
        "登录需要密码和动态验证码；停用、改角色、重置凭据立即生效。",
        "Signing in takes a password and a one-time code; what is taken away is gone at once.",
    )
    icon = "fa-user-shield"
    roles = ADMINISTRATORS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._staff, self._staffing = desk.services.staff, desk.services.staffing
        new = (
            Field("organisation", Text("单位编码", "Organisation"), required=False, hint=_WHOSE, most=40),
            Field("name", Text("姓名", "Name"), most=100),
            Field("login", Text("账号", "Login"), most=100),
            Field("password", Text("初始密码", "First password"), "secret", hint=_LEAST),
            _ROLE_FIELD,
        )
        self.offers(
            Action(
                "enrol",
                Text("新增人员", "Enrol somebody"),
                ADMINISTRATORS,
                self._enrol,
                new,
                tone="good",
                icon="fa-user-plus",
            ),
            Action("roles", Text("改角色", "Change roles"), ADMINISTRATORS, self._roles, (_ROLE_FIELD, _WHY), _ENDS),
            Action("suspend", Text("停用", "Suspend"), ADMINISTRATORS, self._suspend, (_WHY,), _ENDS, tone="bad"),
            Action("reinstate", Text("恢复", "Reinstate"), ADMINISTRATORS, self._reinstate, (_WHY,)),
            Action("password", Text("重置密码", "Reset the password"), ADMINISTRATORS, self._password, (_WHY,), _ENDS),
            Action(
                "authenticator", Text("重置动态验证码", "New authenticator"), ADMINISTRATORS, self._totp, (_WHY,), _ENDS
            ),
            Action("unlock", Text("解除锁定", "Unlock"), ADMINISTRATORS, self._unlock),
        )

    def _for_all(self) -> Iterable[str]:
        return ("enrol",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        organisation = asked["organisation"]
        found = await self._staffing.page(organisation or None, page)
        rows = tuple(self._row(one) for one in found.items)
        kept = {"organisation": organisation} if organisation else {}
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, kept)
        whose = Field(
            "organisation", Text("单位编码", "Organisation"), required=False, value=organisation, hint=_WHOSE, most=40
        )
        empty = Text("这个单位还没有人员。", "This organisation has no staff yet.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more), filters=(whose,))

    async def detail(self, asked: Asked) -> Detail | None:
        staff = await self._staffing.one(asked.target)
        facts = Facts.of(
            Text("基本情况", "Who this is"),
            (Text("账号", "Login"), mono(staff.login)),
            (Text("单位", "Organisation"), plain(self._place(staff))),
            (Text("角色", "Roles"), tags(sorted(staff.roles))),
            (Text("密码", "Password"), plain(_GIVEN if staff.must_change else _OWN)),
            (Text("编号", "Id"), mono(staff.id)),
        )
        own = asked.viewer.actor == staff.id
        buttons = () if own else self._offered(asked, staff)
        lead = (
            Text("这是您本人：须由另一位管理员变更。", "This is you: another administrator has to change it.")
            if own
            else ""
        )
        return Detail(staff.name, (facts,), badge(_state(staff)), lead, buttons)

    def _offered(self, asked: Asked, staff: Staff) -> tuple[Button, ...]:
        options = _OF_PROVIDERS if staff.organisation else _OF_THE_DESK
        roles = Field("roles", _ROLE_FIELD.label, "checks", options=options, value=" ".join(staff.roles))
        return allowed(
            asked.viewer,
            self.button("roles", staff.id, roles, _WHY),
            self.button("password", staff.id),
            self.button("authenticator", staff.id),
            self.button("unlock", staff.id),
            self.button("reinstate" if staff.suspended else "suspend", staff.id),
        )

    def _row(self, staff: Staff) -> Row:
        return Row(
            (plain(staff.name), mono(staff.login), tags(sorted(staff.roles)), badge(_state(staff))), self.here(staff.id)
        )

    def _place(self, staff: Staff) -> Text | str:
        if staff.organisation is None:
            return Text("运行台", "the ops desk")
        return self.desk.organisation(staff.organisation)

    async def _enrol(self, asked: Asked) -> Reply:
        made = await self._staff.enrol(
            asked.viewer,
            asked["organisation"] or None,
            asked["login"],
            asked["name"],
            asked.exactly("password"),
            _chosen(asked),
            given=True,
            key=asked.key,
        )
        return self._authenticator(made)

    async def _roles(self, asked: Asked) -> Reply:
        await self._staffing.set_roles(asked.viewer, asked.target, _chosen(asked), asked["reason"])
        return Done(Text("角色已变更。", "The roles were changed."))

    async def _suspend(self, asked: Asked) -> Reply:
        await self._staffing.suspend(asked.viewer, asked.target, True, asked["reason"])
        return Done(Text("已停用。", "Suspended."))

    async def _reinstate(self, asked: Asked) -> Reply:
        await self._staffing.suspend(asked.viewer, asked.target, False, asked["reason"])
        return Done(Text("已恢复。", "Reinstated."))

    async def _password(self, asked: Asked) -> Reply:
        made = await self._staffing.reset_password(asked.viewer, asked.target, asked.key, asked["reason"])
        once = Text("临时密码只显示这一次。", "The temporary password is shown this once.")
        note = Text("首次登录时须更换。", "The first sign-in asks for another.")
        return Shown(once, ((Text("临时密码", "Temporary password"), made.password),), note)

    async def _totp(self, asked: Asked) -> Reply:
        return self._authenticator(
            await self._staffing.reset_totp(asked.viewer, asked.target, asked.key, asked["reason"])
        )

    async def _unlock(self, asked: Asked) -> Reply:
        await self._staffing.unlock(asked.viewer, asked.target)
        return Done(Text("已解除锁定。", "Unlocked."))

    def _authenticator(self, made: Enrolment) -> Shown:
        picture = segno.make(made.totp_uri, error="m").png_data_uri(scale=6, border=3)
        title = Text(
            "请本人现在用身份验证器扫描，只显示这一次。", "Scan it with the authenticator now: it is shown this once."
        )
        return Shown(
            title, ((Text("或手工输入", "Or by hand"), made.totp_uri),), picture=picture, go=self.here(made.staff)
        )


_GIVEN = Text("由他人设定，首次登录时须更换", "given by somebody else, to be changed at the first sign-in")
_OWN = Text("本人设定", "chosen by the person")


def _state(staff: Staff) -> str:
    return "suspended" if staff.suspended else "active"


def _chosen(asked: Asked) -> list[StaffRole]:
    return [StaffRole(role) for role in asked.chosen.get("roles", ())]
