"""The first page: how the city is doing, in figures and curves that keep themselves current."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import route

from app.admin.console.desk import Desk
from app.admin.console.pages import PageView
from app.admin.console.texts import Text


class DashboardView(PageView):
    noun = "dashboard"
    label = Text("概览", "Overview")
    icon = "fa-chart-line"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "/")

    def here(self, target: str = "") -> str:
        return "/admin/"

    def is_active(self, request: Request) -> bool:
        return bool(request.scope["path"] == "/admin/")

    @route("")
    async def index(self, request: Request) -> Response:
        await self.asked(request, "read")
        return self.page(request, "dashboard.html")
