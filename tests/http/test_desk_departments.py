"""Hand-overs and shared data at the desk: listed, asked again, answered in a department's place, and counted."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.government.handover.model import News, Step
from graphql_schema.types.common import key_of
from tests.http.test_department_news import handed_over
from tests.support.api import Api
from tests.support.shared_data import consents, offered, paired, wanted


@pytest.fixture
async def asked(shared_api: Api) -> Any:
    """Calls of an operator: method and path, then what is sent."""
    token = await shared_api.ops_token("operator")

    async def call(method: str, path: str, **body: Any) -> Any:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": new_id()}
        answer = await shared_api.http.request(method, f"/admin/api{path}", headers=headers, json=body or None)
        assert answer.status_code < 500, answer.text
        return answer.status_code, answer.json() if answer.content else None

    return call


async def test_what_differs_is_listed_read_asked_again_and_set_aside(shared_api: Api, asked: Any) -> None:
    number = await handed_over(shared_api)
    handovers, at = shared_api.city.services.government.handovers, shared_api.city.clock.now()
    await handovers.heard("elsewhere", News(number, 1, Step.GRANTED, at))
    _, page = await asked("GET", "/handovers/differences?first=1")
    (row,) = page["items"]
    assert (row["number"], row["system"], row["kind"], row["said"]) == (number, "elsewhere", "unknown_here", "granted")

    _, whole = await asked("GET", f"/handovers/{number}")
    assert (whole["handover"]["state"], whole["handover"]["todo"], whole["steps"]) == ("pending", ["submit"], [])
    assert (await asked("POST", f"/handovers/{number}/questions"))[0] == 200
    assert (await asked("POST", f"/handovers/differences/{row['id']}/aside", reason="已与该局核实"))[0] == 204
    again = await asked("POST", f"/handovers/differences/{row['id']}/aside", reason="再来一次")
    assert (again[0], again[1]["code"]) == (422, "DIFFERENCE_UNKNOWN")
    unknown = await asked("POST", "/handovers/FZ2026-none/questions")
    assert (unknown[0], unknown[1]["code"]) == (422, "HANDOVER_UNKNOWN")
    assert (await asked("GET", "/handovers/FZ2026-none"))[0] == 404
    _, systems = await asked("GET", "/handovers/systems")
    waiting = {one["system"]: one["waiting"] for one in systems["items"]}
    assert waiting["gjj"] >= 1


async def test_an_access_that_waits_is_answered_in_a_departments_place(shared_api: Api, asked: Any) -> None:
    code, _, _ = await offered(shared_api)
    client = await shared_api.provider(await shared_api.organisation())
    made = await shared_api.data("RequestDataAccess", client, "provider", access=wanted(shared_api, code), key=new_id())
    access = key_of(made["dataAccess"]["id"], "DataAccess")
    _, page = await asked("GET", "/data-accesses?first=5")
    assert access in {row["id"] for row in page["items"]}
    _, answered = await asked("POST", f"/data-accesses/{access}/answer", state="granted", answer="代为同意")
    assert (answered["state"], answered["answer"]) == ("granted", "代为同意")
    again = await asked("POST", f"/data-accesses/{access}/answer", state="refused", answer="改主意")
    assert (again[0], again[1]["code"], again[1]["state"]) == (422, "DATA_ACCESS_CLOSED", "granted")


async def test_consents_are_counted_and_nobody_is_named(shared_api: Api, asked: Any) -> None:
    pair, person = await paired(shared_api), await shared_api.verified()
    await consents(shared_api, person, pair)
    _, sets = await asked("GET", "/data-sets")
    (mine,) = (one for one in sets["items"] if one["code"] == pair.data_set)
    assert (mine["owner"], mine["consents"], mine["state"]) == (pair.owner, 1, "offered")
    assert shared_api.key(person) not in str(sets)
    _, spared = await asked("GET", "/proofs-spared")
    assert spared.keys() == {"by_day", "by_item"}
