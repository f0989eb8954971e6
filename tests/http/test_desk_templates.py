"""The desk and what messages say: city texts are published, providers' templates judged, both looked at before."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from notifications.templates.model import city_codes
from tests.graphql.test_templates import submitted
from tests.support.api import Api

CODE = "TELL_CARD_EXPIRES_SOON"
GOOD = {"title": "Soon over", "body": "Your card ends on {valid_until}.", "push": "Your card ends soon."}
BOTH = {"zh-CN": GOOD, "en": GOOD}


@pytest.fixture
async def token(api: Api) -> str:
    return await api.ops_token("administrator")


async def ask(
    api: Api, token: str, method: str, path: str, body: Any = None, key: str | None = None
) -> httpx2.Response:
    headers = {"authorization": f"Bearer {token}", "accept-language": "en", "idempotency-key": key or new_id()}
    return await api.http.request(method, f"/admin/api/templates{path}", json=body, headers=headers)


async def test_a_published_text_is_said_from_then_on_and_a_repeat_publishes_nothing(api: Api, token: str) -> None:
    key = new_id()
    made = await ask(api, token, "POST", f"/city/{CODE}/versions", {"texts": BOTH}, key)
    assert (made.status_code, made.json()["version"], made.json()["owner"]) == (201, 1, None)
    assert (await ask(api, token, "POST", f"/city/{CODE}/versions", {"texts": BOTH}, key)).json() == made.json()
    listed = (await ask(api, token, "GET", "/city")).json()["items"]
    assert [one["code"] for one in listed] == list(city_codes())
    assert {one["code"]: one["version"] for one in listed if one["version"]} == {CODE: 1}
    assert [one["id"] for one in (await ask(api, token, "GET", "/city/versions")).json()["items"]] == [
        made.json()["id"]
    ]
    back = await ask(api, token, "POST", f"/{made.json()['id']}/withdrawal", {"reason": "a slip"})
    assert (back.json()["state"], back.json()["history"][-1]["reason"]) == ("withdrawn", "a slip")
    assert (await api.city.services.templates.current(CODE)).version == 0


@pytest.mark.parametrize(
    ("texts", "code", "said"),
    [
        ({"en": GOOD}, "TEMPLATE_LANGUAGE_MISSING", {"locale": "zh-CN"}),
        ({**BOTH, "en": {**GOOD, "push": "On {valid_until.year}"}}, "PLACEHOLDER_NOT_SIMPLE", {"part": "push"}),
        ({**BOTH, "en": {**GOOD, "body": "{card}"}}, "PLACEHOLDER_UNKNOWN", {"placeholder": "card"}),
        ({**BOTH, "en": {**GOOD, "title": "x" * 51}}, "TEMPLATE_TEXT_LENGTH", {"limit": 50}),
    ],
)
@pytest.mark.parametrize("address", ["versions", "preview"])
async def test_a_text_that_cannot_be_filled_is_not_published(
    shared_api: Api, address: str, texts: dict[str, Any], code: str, said: dict[str, Any]
) -> None:
    token = await shared_api.ops_token("administrator")
    answer = await ask(shared_api, token, "POST", f"/city/{CODE}/{address}", {"texts": texts})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert said.items() <= answer.json().items()
    none = await ask(shared_api, token, "POST", f"/city/TELL_NOTHING/{address}", {"texts": BOTH})
    assert (none.status_code, none.json()["code"]) == (422, "TEMPLATE_UNKNOWN")


async def test_both_languages_are_seen_before_publishing(shared_api: Api) -> None:
    token = await shared_api.ops_token("viewer")
    shown = (await ask(shared_api, token, "POST", f"/city/{CODE}/preview", {"texts": BOTH})).json()["texts"]
    assert shown["en"]["body"].startswith("Your card ends on ")
    assert "年" in shown["zh-CN"]["body"]
    assert (await ask(shared_api, token, "GET", "/city/versions")).json()["items"] == []


async def test_what_a_provider_submits_waits_is_looked_at_and_judged_once(api: Api, token: str) -> None:
    organisation = await api.organisation()
    provider = await api.provider(organisation)
    good = await submitted(api, organisation, provider, body="Due on {day}: {title} {page}")
    bad = await submitted(api, organisation, provider, code="spam")
    assert [one["id"] for one in (await ask(api, token, "GET", "")).json()["items"]] == [bad, good]
    values = {"facts": {"day": "2026-03-02"}}
    shown = (await ask(api, token, "POST", f"/{good}/preview", values)).json()["texts"]
    assert shown["en"]["body"] == "Due on 2 March 2026: … https://library.test.cn/"
    wrong = await ask(api, token, "POST", f"/{good}/preview", {"facts": {"day": "today"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "FACT_UNFIT")
    key = new_id()
    approved = await ask(api, token, "POST", f"/{good}/approval", key=key)
    assert approved.json()["state"] == "approved"
    assert (await ask(api, token, "POST", f"/{good}/approval", key=key)).json() == approved.json()
    again = await ask(api, token, "POST", f"/{good}/approval")
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (
        422,
        "TEMPLATE_IN_OTHER_STATE",
        "approved",
    )
    for reason in ("", " ", "x", "x\x07y"):
        silent = await ask(api, token, "POST", f"/{bad}/rejection", {"reason": reason})
        assert (silent.status_code, silent.json()["code"]) == (422, "TEMPLATE_REASON_MISSING")
    rejected = await ask(api, token, "POST", f"/{bad}/rejection", {"reason": "no library\nsends this"})
    assert [step["state"] for step in rejected.json()["history"]] == ["draft", "submitted", "rejected"]
    assert (await ask(api, token, "GET", "")).json()["items"] == []
    assert (await ask(api, token, "GET", f"/{bad}")).json() == rejected.json()
    theirs = (await ask(api, token, "GET", f"/providers/{organisation}")).json()["items"]
    assert [one["state"] for one in theirs] == ["rejected", "approved"]


async def test_each_step_is_in_the_audit_with_its_reason_sealed(api: Api, token: str) -> None:
    organisation = await api.organisation()
    template = await submitted(api, organisation, await api.provider(organisation))
    await ask(api, token, "POST", f"/{template}/rejection", {"reason": "too loud"})
    rows = await api.city.db["audit"].find({"target": template}).sort("_id", 1).to_list(None)
    actions = [row["action"] for row in rows]
    assert actions == ["template.draft", "template.submitted", "desk.templates.reject", "template.rejected"]
    assert "too loud" not in str(rows)


async def test_a_template_that_is_not_there_is_unknown(shared_api: Api) -> None:
    token = await shared_api.ops_token("administrator")
    for method, path, body in (
        ("GET", "", None),
        ("POST", "/preview", {}),
        ("POST", "/approval", None),
        ("POST", "/rejection", {"reason": "none there"}),
        ("POST", "/withdrawal", {"reason": "none there"}),
    ):
        answer = await ask(shared_api, token, method, f"/{new_id()}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "TEMPLATE_UNKNOWN"), path
