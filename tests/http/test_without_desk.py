"""A process that serves citizens only."""

from __future__ import annotations

import httpx2

from app.server import create_app
from app.wiring import City


async def test_without_the_desk_there_is_no_console_and_none_of_its_endpoints(city: City) -> None:
    settings = city.settings.model_copy(update={"desk": False})
    for desk, there in ((settings, False), (city.settings, True)):
        transport = httpx2.ASGITransport(create_app(desk, city))
        async with httpx2.AsyncClient(transport=transport, base_url="http://city.test") as http:
            assert (await http.get("/admin/api/openapi.json")).is_success is there
            assert ((await http.get("/admin/login")).status_code == 404) is not there
            assert (await http.get("/healthz")).is_success
