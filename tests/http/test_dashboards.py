"""What the desk's charts show of a day in the city, once each, and nothing of what was only tried."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from app.core.ids import new_id
from app.core.tallies import Period
from app.core.tallies.board import LIVE_FOR, MOST_WATCHING
from app.jobs.sampling import sampling
from app.server import create_app
from tests.support.api import Api
from tests.support.fakes import MovableClock

Counts = dict[tuple[str, ...], int]


async def board(api: Api, clock: MovableClock, token: str, period: str = "hour") -> dict[str, Any]:
    await api.city.tallies.flush()
    clock.advance(seconds=90)  # older than any reading that is shared
    answer = await api.http.get(f"/admin/api/dashboards/{period}", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def counts(shown: dict[str, Any], measure: str) -> Counts:
    (series,) = [one for one in shown["series"] if one["measure"] == measure]
    return {tuple(line["labels"].values()): sum(v for v in line["values"] if v) for line in series["lines"]}


async def verify(api: Api, token: str, code: str, key: str | None = None, purpose: str = "SERVICE_HALL") -> str:
    given = {"code": code, "purpose": purpose, "key": key or new_id()}
    return str((await api.data("VerifyCode", token, "provider", **given))["__typename"])


async def test_a_day_in_the_city_is_counted_once(api: Api, clock: MovableClock) -> None:
    desk = await api.ops_token("viewer")
    person, provider = await api.with_card(), await api.provider()
    code, key = await api.code(person), new_id()
    assert [await verify(api, provider, code, key) for _ in range(3)] == ["CodeVerified"] * 3  # two are repeats
    assert [await verify(api, provider, code) for _ in range(2)] == ["CodeUsed"] * 2
    asked = await api.data("RequestOtp", phone=person.phone, device=person.device, key=new_id())
    wrong = {"challenge": asked["challenge"], "code": "000000", "device": person.device, "key": new_id()}
    assert (await api.data("SignIn", **wrong))["__typename"] == "OtpWrong"
    await api.told(person)

    for period in Period:
        shown = await board(api, clock, desk, period.value)
        assert counts(shown, "sign_ins") == {
            ("citizen", "signed_in"): 1,
            ("citizen", "otp_wrong"): 1,
            ("desk", "signed_in"): 1,
        }
        assert counts(shown, "cards_issued") == {("personal",): 1}
        assert counts(shown, "codes_verified") == {("service_hall",): 1}
        assert counts(shown, "codes_refused") == {("code_used",): 2}
        assert counts(shown, "requests")["citizen", "2xx"] >= 5
        assert {len(line["values"]) for one in shown["series"] for line in one["lines"]} == {period.steps}


async def test_what_is_tried_in_test_mode_is_not_counted(api: Api, clock: MovableClock) -> None:
    desk, trying = await api.ops_token("viewer"), await api.provider_in_test_mode()
    made = await api.data("MakeTestCitizens", trying, "provider", count=1, key=new_id())
    given = {"testCitizenId": made["testCitizens"][0]["id"], "purpose": "GATE", "key": new_id()}
    code = (await api.data("ShowTestCode", trying, "provider", **given))["cardCode"]["text"]
    told = [await verify(api, trying, code, purpose="GATE") for _ in range(2)]
    assert told == ["CodeVerified", "CodeUsed"]
    shown = await board(api, clock, desk)
    for measure in ("cards_issued", "codes_verified", "codes_refused"):
        assert counts(shown, measure) == {}, measure


async def test_pushes_and_text_messages_are_counted_by_what_became_of_them(api: Api, clock: MovableClock) -> None:
    desk, person = await api.ops_token("viewer"), await api.verified()
    await api.data("RegisterPushToken", person.token, token="push-token-of-this-phone")
    for _ in range(2):
        await api.told(person)
    found = counts(await board(api, clock, desk), "deliveries")
    assert found["push", "accepted"] == await api.city.db["deliveries"].count_documents({"channel": "push"})


async def test_how_things_stand_is_shown_and_sampled(api: Api, clock: MovableClock) -> None:
    desk, person = await api.ops_token("viewer"), await api.verified()
    waiting = len(await api.events(person))
    clock.advance(seconds=100)
    await sampling(api.city).round()
    shown = await board(api, clock, desk)
    assert shown["standing"]["outbox_waiting"] == waiting
    assert shown["standing"]["outbox_age"] >= 100
    assert shown["standing"]["audit_unsealed"] >= 100
    assert shown["standing"]["dead_letters"] == 0
    assert counts(shown, "outbox_waiting") == {(): waiting}
    await api.city.db["outbox"].update_many({}, {"$set": {"state": "dead"}})
    assert (await board(api, clock, desk))["standing"]["dead_letters"] == waiting


async def test_who_looks_at_the_same_time_shares_one_reading(api: Api) -> None:
    boards = await asyncio.gather(*(api.city.dashboards.board(Period.DAY) for _ in range(20)))
    assert len({id(one) for one in boards}) == 1


async def test_a_live_board_is_sent_at_once_and_ends_with_its_reader(api: Api) -> None:
    token = await api.ops_token("viewer")
    parts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/admin/api/dashboards/live",
        "raw_path": b"/admin/api/dashboards/live",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode())],
        "client": ("192.0.2.77", 1),
        "server": ("city.test", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    app = create_app(city=api.city)
    stream = asyncio.create_task(app(scope, receive, parts.put))  # type: ignore[arg-type]
    begun, first = await parts.get(), await parts.get()
    assert begun["status"] == 200
    assert dict(begun["headers"])[b"content-type"].startswith(b"text/event-stream")
    name, data, *_ = first["body"].decode().split("\n")
    assert name == "event: board"
    assert json.loads(data.removeprefix("data: "))["period"] == "hour"
    gone.set()
    async with asyncio.timeout(20):
        await stream


async def test_only_so_many_look_live_at_once(api: Api) -> None:
    watching = [api.city.dashboards.live() for _ in range(MOST_WATCHING)]
    assert all([await anext(one) for one in watching])
    headers = {"authorization": f"Bearer {await api.ops_token('viewer')}"}
    refused = await api.http.get("/admin/api/dashboards/live", headers=headers)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, str(int(LIVE_FOR.total_seconds())))
    for one in watching:
        await one.aclose()  # type: ignore[attr-defined]
    assert await anext(api.city.dashboards.live())


async def test_the_live_board_is_for_the_desk_alone(shared_api: Api) -> None:
    for token in (None, await shared_api.provider()):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = await shared_api.http.get("/admin/api/dashboards/live", headers=headers)
        assert answer.status_code == 401
