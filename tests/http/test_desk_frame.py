"""What the frame of the desk's endpoints does whatever stands in it."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi import Request
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from app.admin.api import desk_api
from app.admin.api.desk import Body, Reply, desk_router, opening
from app.admin.sessions import DeskSessions
from app.core.errors import RongError
from app.core.mongo import DatabaseFault
from app.http.middleware import RequestLog
from tests.support.api import Api
from tests.support.desk import seated

router = desk_router("frame")


class Kind(Body):
    fault: str


class Promise(Reply):
    kept: int


class Away(DatabaseFault):
    """As the driver says it when no primary answers."""

    @property
    def timeout(self) -> bool:
        return True


class Unheard(RongError):
    """No outcome, no refusal: a fault of ours."""


FAULTS: dict[str, Exception] = {
    "program": ZeroDivisionError("of 林's phone +8613800000000"),
    "unheard": Unheard(),
    "database": DatabaseFault("of 林's phone +8613800000000"),
    "away": Away(),
}


@router.post("/faults")
@opening
async def fault(body: Kind, request: Request) -> Promise:
    if body.fault in FAULTS:
        raise FAULTS[body.fault]
    broken: Any = {"kept": "not a number"}
    return broken  # type: ignore[no-any-return]


@pytest.fixture
def app(shared_api: Api) -> Starlette:
    desk = desk_api(shared_api.city, DeskSessions(shared_api.city))
    desk.router.routes.extend(router.routes)
    return Starlette(routes=[Mount("/admin/api", desk)], middleware=[Middleware(RequestLog)])


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ("program", 500, "INTERNAL"),
        ("unheard", 500, "INTERNAL"),
        ("database", 500, "INTERNAL"),
        ("away", 503, "UNAVAILABLE"),
        ("broken promise", 500, "INTERNAL"),
    ],
)
async def test_a_fault_is_told_in_our_shape_and_shows_nothing(
    app: Starlette, wish: str, status: int, code: str
) -> None:
    transport = httpx2.ASGITransport(app)  # what the app lets out would be raised here
    async with httpx2.AsyncClient(transport=transport, base_url="http://city.test") as http:
        answer = await http.post("/admin/api/faults", json={"fault": wish})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    for inner in ("林", "13800000000", "not a number", "ZeroDivision"):
        assert inner not in answer.text


def test_an_endpoint_that_does_not_say_who_may_does_not_start() -> None:
    forgetful = desk_router("forgetful")
    with pytest.raises(TypeError, match="says who may"):

        @forgetful.get("/forgotten")
        async def forgotten() -> Promise:
            return Promise(kept=1)


async def test_the_role_is_looked_at_before_the_body_is_read(shared_api: Api) -> None:
    viewer = await seated(shared_api, "viewer")
    headers = {"authorization": f"Bearer {viewer.token}"}
    for content in (b"{", b" " * 70_000):
        answer = await shared_api.http.post("/admin/api/staff", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


async def test_nothing_of_the_desk_is_kept_on_the_way(shared_api: Api) -> None:
    viewer = await seated(shared_api, "viewer")
    assert (await viewer.ask("GET", "/citizens?first=1")).headers["cache-control"] == "no-store"
