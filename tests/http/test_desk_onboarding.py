"""The desk decides on applications, and hands out what is shown once."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from tests.support.api import Api
from tests.support.applicants import credit_code


@pytest.fixture(scope="session")
async def desk(shared_api: Api) -> Desk:
    tokens = {role: await shared_api.ops_token(role) for role in ("administrator", "operator", "viewer")}
    return Desk(shared_api, tokens)


class Desk:
    def __init__(self, api: Api, tokens: dict[str, str]) -> None:
        self.api = api
        self._tokens = tokens

    async def ask(
        self, method: str, path: str, body: Any = None, *, role: str = "administrator", key: str | None = None
    ) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self._tokens[role]}", "accept-language": "en"}
        headers["idempotency-key"] = key or new_id()
        return await self.api.http.request(method, f"/admin/api{path}", json=body, headers=headers)

    async def done(self, method: str, path: str, body: Any = None, **how: Any) -> Any:
        answer = await self.ask(method, path, body, **how)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def entered(self, **said: Any) -> str:
        wish = {
            "name": "榕树书店",
            "credit_code": credit_code(),
            "kind": "merchant",
            "contact_name": "陈静",
            "contact_phone": "+8619900777001",
            "scopes": ["verify:gate", "notify"],
            "purpose": "会员凭市民码入场，不再办理实体卡。",
        }
        return str((await self.done("POST", "/applications", {**wish, **said}, role="operator"))["number"])


async def test_from_application_to_first_call(desk: Desk) -> None:
    number = await desk.entered()
    await desk.done("POST", f"/applications/{number}/review", role="operator")
    key = new_id()
    trial = await desk.done("POST", f"/applications/{number}/approval", {"scopes": ["verify:gate"]}, key=key)
    again = await desk.done("POST", f"/applications/{number}/approval", {"scopes": ["verify:gate"]}, key=key)
    assert again == trial
    made = await desk.done("POST", f"/organisations/{trial['organisation']}/test-citizens", {"count": 2})
    assert await desk.done("GET", f"/organisations/{trial['organisation']}/test-citizens", role="viewer") == made

    token = await _token(desk, trial["client"])
    me = await desk.api.data("Me", token, "provider")
    assert (me["testMode"], me["scopes"], me["organisation"]["name"]) == (True, ["verify:gate"], "榕树书店")
    (first, _) = await desk.api.data("TestCitizens", token, "provider")
    given = {"testCitizenId": first["id"], "purpose": "GATE", "key": new_id()}
    code = (await desk.api.data("ShowTestCode", token, "provider", **given))["cardCode"]["text"]
    given = {"code": code, "purpose": "GATE", "key": new_id()}
    assert (await desk.api.data("VerifyCode", token, "provider", **given))["__typename"] == "CodeVerified"

    live = await desk.done("POST", f"/applications/{number}/live", {"scopes": ["verify:gate"]})
    me = await desk.api.data("Me", await _token(desk, live["client"]), "provider")
    assert (me["testMode"], live["application"]["state"]) == (False, "live")
    assert (await desk.api.data("Me", await _token(desk, trial["client"]), "provider"))["testMode"]


async def _token(desk: Desk, client: dict[str, str]) -> str:
    auth = (client["client_id"], client["client_secret"])
    answer = await desk.api.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)
    return str(answer.json()["access_token"])


async def test_whom_to_call_is_masked_in_the_list(desk: Desk) -> None:
    number = await desk.entered()
    rows = (await desk.done("GET", "/applications?state=submitted&first=5", role="viewer"))["items"]
    listed = next(row for row in rows if row["number"] == number)
    assert (listed["contact_name"], listed["contact_phone"]) == ("陈*", "+86 199****7001")
    assert "purpose" not in listed
    shown = await desk.done("GET", f"/applications/{number}", role="operator")
    assert (shown["contact_name"], shown["contact_phone"]) == ("陈静", "+8619900777001")
    assert shown["history"][0]["actor"] is not None


async def test_the_list_is_paged(desk: Desk) -> None:
    made = [await desk.entered() for _ in range(3)]
    seen, after = [], ""
    while set(made) - set(seen):
        found = await desk.done("GET", f"/applications?first=2{after}")
        seen += [row["number"] for row in found["items"]]
        after = f"&after={found['next']}"
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/applications/none/review", None, "APPLICATION_UNKNOWN"),
        ("/applications/{number}/approval", {"scopes": ["verify:gate"]}, "APPLICATION_MOVED_ON"),
        ("/applications/{number}/live", {"scopes": ["verify:gate"]}, "APPLICATION_MOVED_ON"),
        ("/applications/{reviewed}/approval", {"scopes": ["verify:hospital"]}, "SCOPE_NOT_ASKED_FOR"),
        ("/applications/{reviewed}/approval", {"scopes": ["notify"], "parent": "none"}, "ORGANISATION_UNKNOWN"),
        ("/applications/{reviewed}/rejection", {"reason": " "}, "REJECTION_WITHOUT_REASON"),
        ("/organisations/none/test-citizens", {"count": 1}, "ORGANISATION_UNKNOWN"),
    ],
)
async def test_what_cannot_be_decided_is_told_and_changes_nothing(desk: Desk, path: str, body: Any, code: str) -> None:
    number, reviewed = await desk.entered(), await desk.entered()
    await desk.done("POST", f"/applications/{reviewed}/review")
    before = await desk.done("GET", f"/applications/{reviewed}")
    answer = await desk.ask("POST", path.format(number=number, reviewed=reviewed), body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await desk.done("GET", f"/applications/{reviewed}") == before


async def test_a_credit_code_of_an_organisation_is_checked_and_kept(desk: Desk) -> None:
    code, text = f"s-{new_id()}", credit_code()
    wish = {"code": code, "name": "书店", "kind": "merchant"}
    refused = await desk.ask("PUT", "/organisations", {**wish, "credit_code": text[:-1]})
    assert (refused.status_code, refused.json()["code"]) == (422, "CREDIT_CODE_INVALID")
    await desk.done("PUT", "/organisations", {**wish, "credit_code": text})
    await desk.done("PUT", "/organisations", wish)
    assert desk.api.city.services.organisations.tree.nodes[code].credit_code == text
    other = await desk.ask("PUT", "/organisations", {**wish, "code": f"t-{new_id()}", "credit_code": text})
    assert (other.status_code, other.json()["code"]) == (422, "CREDIT_CODE_TAKEN")


async def test_a_lost_link_is_renewed_and_the_one_before_shows_nothing(desk: Desk) -> None:
    number, key = await desk.entered(), new_id()
    first = await desk.done("POST", f"/applications/{number}/links", role="operator", key=key)
    assert await desk.done("POST", f"/applications/{number}/links", role="operator", key=key) == first
    second = await desk.done("POST", f"/applications/{number}/links", role="operator")
    pages = [await desk.api.http.get(made["link"].removeprefix("http://city.test")) for made in (first, second)]
    assert [page.status_code for page in pages] == [404, 200]
