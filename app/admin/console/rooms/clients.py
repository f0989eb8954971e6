"""Providers' programs: each with up to two secrets, shown once, in a list and on its organisation's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
from app.admin.console.parts import (
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
    figure,
    hidden,
    link,
    mono,
    plain,
    tags,
    when,
)
from app.admin.console.rooms.scopes import SCOPE_OPTIONS, TEST_MODE, scope_words
from app.admin.console.texts import Text, moment, spoken
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
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
    noun = "clients"
    label = Text("程序", "Clients")
    lead = Text(
        "单位用来取得令牌的程序；在单位页面新建。",
        "What providers get their tokens with; made on the organisation's page.",
    )
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

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._clients.page(None, page)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        table = self.table(asked.viewer, found.items)
        return Listing(replace(table, title="", next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        client = await self._clients.one(asked.target)
        head = (Text("密钥", "Secret"), Text("建立时间", "Made"))
        secrets = tuple(Row((mono(f"…{one.id[-6:]}"), when(one.created_at))) for one in client.secrets)
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("程序编号", "Client id"), mono(client.id)),
            (Text("单位", "Organisation"), link(self.desk.organisation(client.organisation), _place(client))),
            (Text("权限", "Scopes"), tags([scope_words(scope) for scope in sorted(client.scopes)])),
        )
        sections = (facts, Table(head, secrets, Text("密钥（只存摘要）", "Secrets, kept as hashes")))
        return Detail(
            self._name(client), sections, badge(_state(client)), buttons=allowed(asked.viewer, *self._offered(client))
        )

    def table(self, viewer: Viewer, clients: Sequence[Client]) -> Table:
        rows = tuple(self._row(viewer, client) for client in clients)
        empty = Text("还没有程序。新建一个，就能用它取得令牌。", "No client yet. Make one, and it can get tokens.")
        return Table(_HEAD, rows, Text("程序（OAuth 客户端）", "Programs (OAuth clients)"), empty)

    def adding(self, owner: Organisation) -> Button:
        """Offered with what its organisation may do, and no more."""
        scopes = tuple(Option(scope, scope_words(scope)) for scope in sorted(owner.scopes))
        name = Field("name", Text("名称", "Name"), most=100, value=owner.said.within(spoken()))
        chosen = Field(
            "scopes", Text("权限", "Scopes"), "checks", required=False, options=scopes, value=" ".join(owner.scopes)
        )
        whose = replace(hidden("organisation"), value=owner.code)
        return self.button("add", "", whose, name, chosen, TEST_MODE)

    def _row(self, viewer: Viewer, client: Client) -> Row:
        scopes = tags([scope_words(scope) for scope in sorted(client.scopes)])
        secrets = figure(f"{len(client.secrets)} / {MOST_SECRETS}")
        cells = (plain(self._name(client)), mono(client.id), scopes, secrets, badge(_state(client)))
        return Row(cells, self.here(client.id), buttons=allowed(viewer, *self._offered(client)))

    def _name(self, client: Client) -> str:
        """A program that is called as its organisation is called so in the language of the request."""
        said = self.desk.services.organisations.name_of(client.organisation)
        rest = client.name.removeprefix(said.zh) if said else client.name
        return said.within(spoken()) + rest if said and rest != client.name else client.name

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


def _state(client: Client) -> str:
    return "suspended" if client.suspended else "test" if client.test_mode else "active"


def _place(client: Client) -> str:
    return f"/admin/organisations/{client.organisation}"


def shown_once(made: IssuedSecret) -> Shown:
    return Shown(
        Text("密钥只显示这一次，请立即转交给该单位。", "The secret is shown this once: hand it over now."),
        ((Text("程序编号", "Client id"), made.client), (Text("密钥", "Secret"), made.secret)),
        Text("用它在 /oauth/token 换取令牌。", "It gets tokens at /oauth/token."),
    )
