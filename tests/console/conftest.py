"""Staff of the desk at the console: each with a cookie of his own, over the ASGI app in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from app.admin.console import console
from app.admin.console.frame import Console
from app.admin.console.pages import PageView
from app.admin.sessions import DeskSessions
from app.core.ids import new_id
from app.server import create_app
from app.wiring import City
from tests.conftest import Fakes
from tests.support.api import PASSWORD, Api, Clerk, addressed

PAGE = {"accept": "text/html"}


@dataclass
class Desk:
    """One browser before the console."""

    http: httpx2.AsyncClient
    language: str = "en"
    _token: str = ""
    """The same as long as the session lasts."""

    async def page(self, path: str, **headers: str) -> httpx2.Response:
        return await self.http.get(path, headers={**PAGE, "accept-language": self.language, **headers})

    async def csrf(self) -> str:
        if not self._token:
            text = (await self.page("/admin/")).text
            self._token = text.partition('name="csrf" content="')[2].partition('"')[0]
        return self._token

    async def act(self, path: str, **said: Any) -> httpx2.Response:
        """What a dialog sends, with the page's token."""
        headers = {"x-csrf-token": await self.csrf(), "accept": "application/json", "accept-language": self.language}
        return await self.http.post(path, data={"key": new_id(), **said}, headers=headers)


@pytest.fixture(scope="session")
async def browsers(shared_city: tuple[City, Fakes]) -> AsyncIterator[Any]:
    """Makes browsers that know nothing of each other."""
    transport, opened = httpx2.ASGITransport(addressed(create_app(city=shared_city[0]))), []

    def fresh() -> httpx2.AsyncClient:
        opened.append(httpx2.AsyncClient(transport=transport, base_url="http://city.test"))
        return opened[-1]

    yield fresh
    for one in opened:
        await one.aclose()


async def signed_in(browser: httpx2.AsyncClient, api: Api, clerk: Clerk) -> Desk:
    said = {"login": clerk.login, "password": PASSWORD, "code": clerk.code(api.city.clock.now())}
    answer = await browser.post("/admin/login", data=said, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/"), answer.text
    return Desk(browser)


@pytest.fixture(scope="session")
async def desks(browsers: Any, shared_api: Api) -> dict[str, Desk]:
    """Somebody of each role."""
    roles = ("viewer", "operator", "auditor", "administrator")
    clerks = {role: await shared_api.clerk(None, role) for role in roles}
    return {role: await signed_in(browsers(), shared_api, clerk) for role, clerk in clerks.items()}


@pytest.fixture(scope="session")
def frame(shared_city: tuple[City, Fakes]) -> Console:
    """The console as it is made, to ask which rooms it has."""
    city, _ = shared_city
    return console(city, DeskSessions(city))


def rooms(frame: Console) -> list[PageView]:
    groups = (getattr(view, "views", [view]) for view in frame._views)
    return [room for group in groups for room in group if isinstance(room, PageView)]
