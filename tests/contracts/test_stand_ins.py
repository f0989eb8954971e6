"""The stand-ins' own manners: controls, page, and answers that firebase-admin or the clients never ask for."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from mocks.standin import Journal

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

NAMES = (
    *("sms", "registry", "payments", "gateway", "fcm", "fcm-token", "webhook", "departments", "exchange"),
    *("wechat", "qq", "mail", "texts", "billers", "health", "neighbour", "library", "transit", "surroundings"),
)
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.mark.parametrize("name", NAMES)
async def test_faults_are_set_shown_and_cleared(stand_ins: StandIns, name: str) -> None:
    await stand_ins.fault(name, delay_ms=5, status=503, share=0.5)
    shown = (await stand_ins.control.get(f"/control/{name}/faults")).json()
    assert (shown["delay_ms"], shown["status"], shown["share"]) == (5, 503, 0.5)
    cleared = (await stand_ins.control.delete(f"/control/{name}/faults")).json()
    assert (cleared["delay_ms"], cleared["status"]) == (0, None)


@pytest.mark.parametrize("faults", [{"status": 200}, {"delay_ms": -1}, {"share": 2}, {"unknown": 1}, {"next": "x"}])
async def test_faults_that_make_no_sense_are_refused(stand_ins: StandIns, faults: dict[str, Any]) -> None:
    assert (await stand_ins.control.post("/control/sms/faults", json=faults)).status_code == 422


async def test_a_form_on_a_foreign_page_cannot_set_faults(stand_ins: StandIns) -> None:
    answer = await stand_ins.control.post(
        "/control/sms/faults", content='{"status": 503}', headers={"content-type": "text/plain"}
    )
    assert answer.status_code == 415


async def test_a_share_of_calls_fails(stand_ins: StandIns) -> None:
    await stand_ins.fault("sms", status=503, share=0.5)
    statuses = [(await stand_ins.control.post("/sms/messages")).status_code for _ in range(60)]
    assert set(statuses) == {401, 503}


async def test_messages_can_be_forgotten(stand_ins: StandIns) -> None:
    body = {"message_id": "1", "to": "+8619900000001", "text": "hello"}
    key = {"authorization": f"Bearer {stand_ins.sms_key}"}
    assert (await stand_ins.control.post("/sms/messages", json=body, headers=key)).status_code == 202
    assert len(await stand_ins.seen("sms", to="+8619900000001")) == 1
    assert await stand_ins.seen("sms", to="+8619900000002") == []
    assert (await stand_ins.control.delete("/control/sms/messages")).status_code == 204
    assert await stand_ins.seen("sms") == []


async def test_the_page_is_in_two_languages_with_a_form_for_each_stand_in(stand_ins: StandIns) -> None:
    page = (await stand_ins.control.get("/")).text
    assert re.findall(r'<form data-name="([^"]+)"', page) == list(NAMES)
    assert page.count("data-zh=") == page.count("data-en=")
    assert "innerHTML" not in page


def assertion(**changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "rong@rong-local.iam.gserviceaccount.com",
        "aud": "https://oauth2.googleapis.com/token",
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
        "iat": now,
        "exp": now + 3600,
    } | changes
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256")


async def test_a_good_assertion_is_given_a_token(stand_ins: StandIns) -> None:
    form = {"grant_type": GRANT, "assertion": assertion()}
    answer = await stand_ins.control.post("/token", data=form)
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": "password", "assertion": assertion()},
        {"grant_type": GRANT, "assertion": "no.jwt.here"},
        {"grant_type": GRANT, "assertion": assertion(aud="https://elsewhere.test/token")},
        {"grant_type": GRANT, "assertion": assertion(exp=int(time.time()) - 1)},
        {"grant_type": GRANT, "assertion": assertion(exp=int(time.time()) + 90_000)},
        {"grant_type": GRANT, "assertion": assertion(scope="openid")},
        {"grant_type": GRANT, "assertion": assertion(iss="nobody")},
    ],
)
async def test_a_bad_assertion_is_refused(stand_ins: StandIns, form: dict[str, str]) -> None:
    answer = await stand_ins.control.post("/token", data=form)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "error_description"}


async def test_a_push_without_or_for_another_project_is_refused(stand_ins: StandIns) -> None:
    path, message = "/v1/projects/another/messages:send", {"message": {"token": "t"}}
    assert (await stand_ins.control.post(path, json=message)).status_code == 401
    granted = await stand_ins.control.post("/token", data={"grant_type": GRANT, "assertion": assertion()})
    bearer = {"authorization": f"Bearer {granted.json()['access_token']}"}
    assert (await stand_ins.control.post(path, json=message, headers=bearer)).status_code == 403
    own = path.replace("another", "rong-local")
    bad = await stand_ins.control.post(own, json={"message": {"token": "t", "data": {"n": 1}}}, headers=bearer)
    assert bad.json()["error"]["details"][0]["errorCode"] == "INVALID_ARGUMENT"
    for target, status in (({"fid": "installation"}, 200), ({"fid": "f", "token": "t"}, 400), ({}, 400)):
        answer = await stand_ins.control.post(own, json={"message": target}, headers=bearer)
        assert answer.status_code == status


def test_only_the_latest_entries_are_kept() -> None:
    journal: Journal[int] = Journal(kept=3)
    for number in range(10):
        journal.put(str(number), number)
    assert list(journal.newest_first()) == [9, 8, 7]
