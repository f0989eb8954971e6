"""Between departments, in the console: hand-overs that differ, data that is shared, and who asks for it."""

from __future__ import annotations

import pytest

from app.core.ids import new_id
from app.domains.government.handover.model import News, Step
from graphql_schema.types.common import key_of
from tests.console.conftest import Desk
from tests.http.test_department_news import handed_over
from tests.support.api import Api
from tests.support.shared_data import offered, paired, wanted


async def test_a_difference_is_seen_found_by_its_number_asked_again_and_set_aside(
    shared_api: Api, desks: dict[str, Desk]
) -> None:
    desk, number = desks["operator"], await handed_over(shared_api)
    handovers, at = shared_api.city.services.government.handovers, shared_api.city.clock.now()
    await handovers.heard("gjj", News(number, 1, Step.ACCEPTED, at))
    await shared_api.city.db["handovers"].update_one({"_id": number}, {"$set": {"seq": 1}})
    await handovers.heard("gjj", News(number, 1, Step.REFUSED, at))

    listed = (await desk.page("/admin/handovers")).text
    assert number in listed
    assert "contradicted" in listed
    found = await desk.act("/admin/handovers/find", number=number.lower())
    assert found.json()["go"] == f"/admin/handovers/{number}"
    page = (await desk.page(f"/admin/handovers/{number}")).text
    assert "accepted" in page
    assert "Ask again" in page

    assert (await desk.act(f"/admin/handovers/{number}/do/ask")).status_code == 200
    said = {"kind": "contradicted", "reason": "对方已更正"}
    assert (await desk.act(f"/admin/handovers/{number}/do/aside", **said)).status_code == 200
    again = await desk.act(f"/admin/handovers/{number}/do/aside", **said)
    assert (again.status_code, again.json()["code"]) == (422, "DIFFERENCE_UNKNOWN")
    assert (await desk.page("/admin/handovers/FZ2026-none")).status_code == 404


async def test_a_number_that_was_never_handed_over_has_a_page_and_is_set_aside(
    shared_api: Api, desks: dict[str, Desk]
) -> None:
    desk, number = desks["operator"], f"FZ2026-{new_id()}".upper()
    handovers = shared_api.city.services.government.handovers
    await handovers.heard("gjj", News(number, 1, Step.GRANTED, shared_api.city.clock.now()))
    page = f"/admin/handovers/gjj:{number}:unknown_here"
    assert page in (await desk.page("/admin/handovers")).text
    assert "unknown here" in (await desk.page(page)).text
    said = {"kind": "unknown_here", "reason": "对方的测试数据"}
    assert (await desk.act(f"{page}/do/aside", **said)).status_code == 200
    assert number not in (await desk.page("/admin/handovers")).text


async def test_data_sets_and_accesses_are_read_and_an_access_is_answered(
    shared_api: Api, desks: dict[str, Desk]
) -> None:
    desk, pair = desks["operator"], await paired(shared_api)
    assert pair.data_set in (await desk.page("/admin/data-sets")).text
    page = (await desk.page(f"/admin/data-sets/{pair.data_set}")).text
    assert "《户口登记条例》" in page
    assert key_of(pair.access, "DataAccess") in page, "who may ask is listed"

    code, _, _ = await offered(shared_api)
    client = await shared_api.provider(await shared_api.organisation())
    said = {"access": wanted(shared_api, code), "key": new_id()}
    made = await shared_api.data("RequestDataAccess", client, "provider", **said)
    access = key_of(made["dataAccess"]["id"], "DataAccess")
    assert access in (await desk.page("/admin/data-accesses")).text
    assert access not in (await desk.page("/admin/data-accesses?state=granted")).text
    assert (await desk.act(f"/admin/data-accesses/{access}/do/refuse", answer="用途不明")).status_code == 200
    assert "用途不明" in (await desk.page(f"/admin/data-accesses/{access}")).text
    assert (await desk.act(f"/admin/data-accesses/{access}/do/grant", answer="再想想")).json()["code"] == (
        "DATA_ACCESS_CLOSED"
    )


@pytest.mark.parametrize("room", ["handovers", "data-sets", "data-accesses"])
async def test_a_viewer_reads_and_does_nothing(desks: dict[str, Desk], room: str) -> None:
    desk = desks["viewer"]
    assert (await desk.page(f"/admin/{room}")).status_code == 200
    for action in ("ask", "aside", "grant"):
        assert (await desk.act(f"/admin/{room}/x/do/{action}")).status_code in (403, 404)
