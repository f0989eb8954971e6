"""The first page: how the city is doing, in figures and curves that keep themselves current."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin import route

from app.admin.console.charts import CHARTS, OVER_WORDS, TILES, figures
from app.admin.console.desk import Desk
from app.admin.console.pages import NO_STORE, PageView
from app.admin.console.texts import Text
from app.core.tallies.board import Period


class DashboardView(PageView):
    """The figures are sums without persons in them: that the page asks for them again is not recorded."""

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
        over = _over(request)
        return self.page(request, "dashboard.html", over=over, spans=OVER_WORDS.items(), tiles=TILES, charts=CHARTS)

    @route("/figures", name="figures")
    async def figures(self, request: Request) -> Response:
        return JSONResponse(figures(await self.desk.city.dashboards.board(_over(request))), headers=NO_STORE)


def _over(request: Request) -> Period:
    asked = request.query_params.get("over", "")
    return Period(asked) if asked in set(Period) else Period.HOUR
