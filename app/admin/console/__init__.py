"""The console at `/admin`: what the desk's staff look at all day, over the same services as the API beside it.

`view.py` says what a room of the console is; each noun has its room in `rooms/`. Everything is served from here.
"""

from __future__ import annotations

from app.admin.console.dashboard import DashboardView
from app.admin.console.desk import Desk
from app.admin.console.frame import Console, Group
from app.admin.console.gate import Gate
from app.admin.console.rooms.applications import ApplicationsView
from app.admin.console.rooms.audit import AuditView
from app.admin.console.rooms.broadcasts import BroadcastsView
from app.admin.console.rooms.cards import CardsView
from app.admin.console.rooms.citizens import CitizensView
from app.admin.console.rooms.clients import ClientsView
from app.admin.console.rooms.deliveries import DeliveriesView
from app.admin.console.rooms.disclosures import DisputesView
from app.admin.console.rooms.jobs import JobsView
from app.admin.console.rooms.keys import KeysView
from app.admin.console.rooms.organisations import OrganisationsView
from app.admin.console.rooms.outbox import OutboxView
from app.admin.console.rooms.rights import CorrectionsView, ErasuresView, ExportsView
from app.admin.console.rooms.staff import StaffView
from app.admin.console.rooms.templates import TemplatesView
from app.admin.console.rooms.webhooks import WebhooksView
from app.admin.console.texts import Text
from app.admin.sessions import DeskSessions
from app.wiring import City


def console(city: City, sessions: DeskSessions) -> Console:
    """To be mounted last at `/admin`, after the API."""
    desk = Desk(city)
    clients, cards, disputes = ClientsView(desk), CardsView(desk), DisputesView(desk)
    citizens = [CitizensView(desk, cards, disputes), cards, disputes]
    rights = [CorrectionsView(desk), ExportsView(desk), ErasuresView(desk)]
    providers = [OrganisationsView(desk, clients), clients, ApplicationsView(desk), WebhooksView(desk)]
    telling = [BroadcastsView(desk), TemplatesView(desk), DeliveriesView(desk), OutboxView(desk)]
    groups = (
        Group(Text("市民", "Citizens"), citizens),
        Group(Text("市民权利", "Citizens' rights"), rights),
        Group(Text("单位", "Providers"), providers),
        Group(Text("通知", "Telling people"), telling),
        Group(Text("系统", "The city itself"), [StaffView(desk), JobsView(desk), AuditView(desk), KeysView(desk)]),
    )
    return Console(city.settings, Gate(sessions, city.services.staff), DashboardView(desk), groups)
