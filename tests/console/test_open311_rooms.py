"""Open311 clients and neighbouring cities in the console: keys shown once, what is stuck sent again."""

from __future__ import annotations

import re
from typing import Any

from app.core.ids import new_id
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.voice.channels.open311.keys.errors import ApiKeyRefused
from tests.console.conftest import Desk
from tests.support.api import OPS, Api


async def test_a_key_is_shown_once_rotated_and_ends(desks: dict[str, Desk], shared_api: Api) -> None:
    desk, keys = desks["administrator"], shared_api.city.services.voice.open311_keys
    said = {"name": "市民拍", "contact": "a@b.cn", "an_hour": "5", "delivery": "realtime", "test_mode": ""}
    shown = (await desk.act("/admin/open311-clients/do/create", **said)).json()["shown"]
    (api_key,) = re.findall(r"o-[0-9a-f-]{36}\.[\w-]{43}", shown)
    client = await keys.known(api_key, "here")
    page = (await desk.page(f"/admin/open311-clients/{client.id}")).text
    assert client.name in page
    assert api_key not in page
    assert "市民拍" in (await desk.page("/admin/open311-clients")).text
    where = f"/admin/open311-clients/{client.id}/do"
    assert api_key not in (await desk.act(f"{where}/add-key")).text
    assert (await desk.act(f"{where}/add-key")).json()["code"] == "TWO_KEYS_ALREADY"
    assert (await desk.act(f"{where}/withdraw", api_key=client.keys[0].id)).status_code == 200
    try:
        await keys.known(api_key, "here")
    except ApiKeyRefused:
        pass
    else:
        raise AssertionError("it was withdrawn")
    assert (await desk.act(f"{where}/terms", an_hour="7", delivery="batch")).status_code == 200
    assert (await keys.one(client.id)).an_hour == 7
    assert (await desk.act(f"{where}/suspend")).status_code == 200
    assert (await keys.one(client.id)).suspended


async def test_a_city_is_made_known_without_its_key_being_shown(desks: dict[str, Desk], shared_api: Api) -> None:
    desk, code = desks["administrator"], f"c{new_id()[-8:]}"
    await shared_api.city.services.organisations.put(OPS, Organisation(f"unit-{code}", "莆田市", Kind.DEPARTMENT))
    said = {
        "code": code,
        "name": "莆田市",
        "unit": f"unit-{code}",
        "url": "http://127.0.0.1:8009/open311/v2",
        "service": "099",
        "api_key": "very-secret",
        "jurisdiction": "",
        "box": "25.0,118.4,25.7,119.4",
        "wire": "xml",
        "asking": "numbers",
    }
    done = await desk.act("/admin/neighbours/do/put", **said)
    assert done.json().get("go") == f"/admin/neighbours/{code}", done.text
    for path in (f"/admin/neighbours/{code}", "/admin/neighbours"):
        page = (await desk.page(path)).text
        assert "莆田市" in page
        assert "very-secret" not in page
    assert (await desk.act("/admin/neighbours/do/put", **said | {"box": "x"})).json()["code"] == "BAD_INPUT"
    refused = await desk.act("/admin/neighbours/do/put", **said | {"url": "http://169.254.169.254/"})
    assert refused.json()["code"] == "NEIGHBOUR_INVALID"
    assert (await desk.act(f"/admin/neighbours/{code}/do/suspend")).status_code == 200


async def test_a_case_that_is_stuck_is_seen_and_sent_again(desks: dict[str, Desk], shared_api: Api) -> None:
    desk, case, now = desks["operator"], new_id(), shared_api.city.clock.now()
    row: dict[str, Any] = {
        "number": f"SQ-{case[-8:]}",
        "owner": f"case:{case}",
        "neighbour": "putian",
        "made_at": now,
        "time": 1,
        "state": "refused",
        "attempt": 1,
        "token": None,
        "remote": None,
        "said": None,
        "fault": "HTTP_400 no",
        "sent_at": None,
        "heard_at": None,
        "settled_at": None,
        "due_at": now,
        "free_at": now,
        "events": [],
    }
    await shared_api.city.db["neighbour_cases"].insert_one({"_id": case, **row})
    assert "HTTP_400 no" in (await desk.page("/admin/neighbour-cases")).text
    assert row["number"] in (await desk.page(f"/admin/neighbour-cases/{case}")).text
    assert (await desk.act(f"/admin/neighbour-cases/{case}/do/send")).status_code == 200
    assert (await shared_api.city.services.voice.neighbours.sent(case)).state.value == "pending"
