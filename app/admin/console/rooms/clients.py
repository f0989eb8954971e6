"""Providers' programs, shown on their organisation's page: each with up to two secrets, each secret shown once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Button,
    Done,
    Field,
    Option,
    Reply,
    Row,
    Shown,
    Table,
    badge,
    hidden,
    mono,
    plain,
    tags,
)
from app.admin.console.rooms.scopes import SCOPE_OPTIONS, TEST_MODE, scope_words
from app.admin.console.texts import Text, moment
from app.admin.console.view import RoomView, allowed
from app.core.viewer import Viewer
from app.domains.identity.clients.model import MOST_SECRETS, Client, IssuedSecret
from app.domains.identity.organisations.model import Organisation

_HEAD = (
    Text("名称", "Name"),
    Text("程序编号", "Client id"),
    Text("权限", "Scopes"),
    Text("密钥", "Secrets"),
    Text("状态", "State"),
)
_SCOPES = Field("scopes", Text("权限", "Scopes"), "checks", required=False, options=SCOPE_OPTIONS)
_WHICH = Field("secret", Text("哪一个", "Which one"), "select", open_=True)


class ClientsView(RoomView):
    """No page of its own: its actions are offered on the organisation's."""

    noun = "clients"
    label = Text("程序", "Clients")
    add_to_menu = False
    icon = "fa-key"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._clients = desk.services.clients
        fields = (hidden("organisation"), Field("name", Text("名称", "Name"), most=100), _SCOPES, TEST_MODE)
        self.offers(
            Action(
                "add", Text("新建程序", "New client"), ADMINISTRATORS, self._add, fields, icon="fa-key", tone="good"
            ),
            Action("add-secret", Text("加发密钥", "Add a secret"), ADMINISTRATORS, self._add_secret, note=_ROTATING),
            Action("withdraw", Text("收回密钥", "Withdraw one"), ADMINISTRATORS, self._withdraw, (_WHICH,), tone="bad"),
            Action("suspend", Text("停用", "Suspend"), ADMINISTRATORS, self._suspend, note=_VOID, tone="bad"),
            Action("reinstate", Text("恢复", "Reinstate"), ADMINISTRATORS, self._reinstate),
        )

    def table(self, viewer: Viewer, clients: Sequence[Client]) -> Table:
        rows = tuple(self._row(viewer, client) for client in clients)
        empty = Text("还没有程序。新建一个，就能用它取得令牌。", "No client yet. Make one, and it can get tokens.")
        return Table(_HEAD, rows, Text("程序（OAuth 客户端）", "Programs (OAuth clients)"), empty)

    def adding(self, owner: Organisation) -> Button:
        """Offered with what its organisation may do, and no more."""
        scopes = tuple(Option(scope, scope_words(scope)) for scope in sorted(owner.scopes))
        name = Field("name", Text("名称", "Name"), most=100, value=owner.name)
        chosen = Field(
            "scopes", Text("权限", "Scopes"), "checks", required=False, options=scopes, value=" ".join(owner.scopes)
        )
        whose = replace(hidden("organisation"), value=owner.code)
        return self.button("add", "", whose, name, chosen, TEST_MODE)

    def _row(self, viewer: Viewer, client: Client) -> Row:
        scopes = tags([scope_words(scope) for scope in sorted(client.scopes)])
        state = "suspended" if client.suspended else "test" if client.test_mode else "active"
        secrets = plain(f"{len(client.secrets)} / {MOST_SECRETS}")
        cells = (plain(client.name), mono(client.id), scopes, secrets, badge(state))
        return Row(cells, buttons=allowed(viewer, *self._offered(client)))

    def _offered(self, client: Client) -> list[Button]:
        if client.suspended:
            return [self.button("reinstate", client.id)]
        if len(client.secrets) < MOST_SECRETS:
            return [self.button("add-secret", client.id), self.button("suspend", client.id)]
        options = tuple(Option(one.id, f"…{one.id[-6:]} · {moment(one.created_at)}") for one in client.secrets)
        which = Field(_WHICH.name, _WHICH.label, "select", options=options)
        return [self.button("withdraw", client.id, which), self.button("suspend", client.id)]

    async def _add(self, asked: Asked) -> Reply:
        made = await self._clients.create(
            asked.viewer,
            asked["organisation"],
            asked["name"],
            asked.chosen.get("scopes", ()),
            test_mode=asked["test_mode"] == "yes",
            key=asked.key,
        )
        return shown_once(made)

    async def _add_secret(self, asked: Asked) -> Reply:
        return shown_once(await self._clients.add_secret(asked.viewer, asked.target, key=asked.key))

    async def _withdraw(self, asked: Asked) -> Reply:
        await self._clients.withdraw_secret(asked.viewer, asked.target, asked["secret"])
        return Done(Text("已收回，用它取得的令牌已失效。", "Withdrawn; the tokens it got are void."))

    async def _suspend(self, asked: Asked) -> Reply:
        await self._clients.suspend(asked.viewer, asked.target, True)
        return Done(Text("已停用。", "Suspended."))

    async def _reinstate(self, asked: Asked) -> Reply:
        await self._clients.suspend(asked.viewer, asked.target, False)
        return Done(Text("已恢复。", "Reinstated."))


_ROTATING = Text("新旧两个都有效，换好之后收回旧的。", "Old and new are both good until the old one is withdrawn.")
_VOID = Text("它的令牌立即失效，也取不到新的。", "Its tokens are void at once, and it gets no new ones.")


def shown_once(made: IssuedSecret) -> Shown:
    return Shown(
        Text("密钥只显示这一次，请立即转交给该单位。", "The secret is shown this once: hand it over now."),
        ((Text("程序编号", "Client id"), made.client), (Text("密钥", "Secret"), made.secret)),
        Text("用它在 /oauth/token 换取令牌。", "It gets tokens at /oauth/token."),
    )
