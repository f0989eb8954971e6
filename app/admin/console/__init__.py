"""The console at `/admin`: what the desk's staff look at all day, over the same services as the API beside it.

`view.py` says what a room of the console is; each noun has its room in `rooms/`. Everything is served from here.
"""

from __future__ import annotations

from app.admin.console.dashboard import DashboardView
from app.admin.console.desk import Desk
from app.admin.console.frame import Console, Group
from app.admin.console.gate import Gate
from app.admin.console.rooms.applications import ApplicationsView
from app.admin.console.rooms.cards import CardsView
from app.admin.console.rooms.clients import ClientsView
from app.admin.console.rooms.jobs import JobsView
from app.admin.console.rooms.keys import KeysView
from app.admin.console.rooms.organisations import OrganisationsView
from app.admin.console.rooms.staff import StaffView
from app.admin.console.texts import Text
from app.admin.sessions import DeskSessions
from app.wiring import City


def console(city: City, sessions: DeskSessions) -> Console:
    """To be mounted last at `/admin`, after the API."""
    desk = Desk(city)
    clients = ClientsView(desk)
    groups = (
        Group(Text("市民", "Citizens"), [CardsView(desk)]),
        Group(Text("单位", "Providers"), [OrganisationsView(desk, clients), clients, ApplicationsView(desk)]),
        Group(Text("系统", "The city itself"), [StaffView(desk), JobsView(desk), KeysView(desk)]),
    )
    return Console(city.settings, Gate(sessions, city.services.staff), DashboardView(desk), groups)
