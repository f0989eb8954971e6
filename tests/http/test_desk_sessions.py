"""The desk in a browser: a cookie that no script reads, its CSRF token, its ends; and roles of the moment for both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from app.admin.sessions import COOKIE, IDLE, LONGEST
from app.core.ids import new_id
from app.domains.identity.staff.model import StaffRole
from tests.conftest import Fakes, settings_for
from tests.support.api import OPS, PASSWORD, Api, Clerk, addressed
from tests.support.fakes import MovableClock


@dataclass
class Browser:
    """Somebody at the desk with a browser: sends the cookie it was given and, unless told otherwise, its token."""

    api: Api
    clerk: Clerk
    cookie: str = ""
    csrf: str = ""
    signed_in: dict[str, Any] = field(default_factory=dict)

    async def sign_in(self, headers: dict[str, str] | None = None, **changed: str) -> httpx2.Response:
        said = {"login": self.clerk.login, "password": PASSWORD, "code": self.clerk.code(self.api.city.clock.now())}
        answer = await self.api.http.post("/admin/api/session/browser", json={**said, **changed}, headers=headers or {})
        if answer.status_code == 201:
            self.signed_in = answer.json()
            self.cookie, self.csrf = answer.cookies[COOKIE], self.signed_in["csrf"]
            self.api.http.cookies.clear()
        return answer

    async def ask(self, method: str, path: str, body: Any = None, **headers: str | None) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"cookie": f"{COOKIE}={self.cookie}", "x-csrf-token": self.csrf, "idempotency-key": new_id(), **named}
        given = {name: value for name, value in sent.items() if value is not None}
        return await self.api.http.request(method, f"/admin/api{path}", json=body, headers=given)

    async def standing(self) -> int:
        return (await self.ask("GET", "/me")).status_code


@pytest.fixture
async def browser(shared_api: Api) -> Browser:
    browser = Browser(shared_api, await shared_api.clerk(None, "administrator"))
    assert (await browser.sign_in()).status_code == 201
    return browser


async def test_the_cookie_is_for_the_desk_only_and_for_no_script(shared_api: Api) -> None:
    browser = Browser(shared_api, await shared_api.clerk(None, "viewer", "auditor"))
    answer = await browser.sign_in()
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert attributes == {"httponly", "samesite=strict", "path=/admin", f"max-age={int(LONGEST.total_seconds())}"}
    assert (browser.signed_in["name"], browser.signed_in["roles"]) == ("测试员", ["auditor", "viewer"])
    me = await browser.ask("GET", "/me")
    assert me.json() == {"staff": browser.clerk.id, "roles": ["auditor", "viewer"], "csrf": browser.csrf}
    kept = await shared_api.city.db["desk_sessions"].find({}).to_list(None)
    assert browser.cookie not in str(kept)
    assert browser.csrf not in str(kept)


async def test_in_production_the_cookie_travels_encrypted_only(database_uri: str, database_name: str) -> None:
    from app.server import create_app
    from app.wiring import build

    fakes = Fakes()
    city = build(settings_for(database_uri, database_name, environment="production"), beyond=fakes.outside)
    await city.start()
    try:
        transport = httpx2.ASGITransport(addressed(create_app(city=city)))
        async with httpx2.AsyncClient(transport=transport, base_url="https://city.test") as http:
            api = Api(http, city, fakes.sms, fakes.registry)
            answer = await Browser(api, await api.clerk(None, "viewer")).sign_in()
            assert "; secure" in answer.headers["set-cookie"].lower()
    finally:
        await city.stop()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"x_csrf_token": None}, 403),
        ({"x_csrf_token": ""}, 403),
        ({"x_csrf_token": "0" * 64}, 403),
        ({"x_csrf_token": "ü"}, 403),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "none"}, 403),
        ({"origin": "http://city.test"}, 200),
        ({"origin": "https://evil.test"}, 403),
        ({"origin": "null"}, 403),
    ],
)
async def test_what_changes_something_proves_that_our_own_page_sent_it(
    browser: Browser, headers: dict[str, Any], status: int
) -> None:
    body = {"code": f"org-{new_id()}"[:40], "name": "新单位", "kind": "library"}
    encoded = {name: value.encode() if value else value for name, value in headers.items()}
    answer = await browser.ask("PUT", "/organisations", body, **encoded)
    assert (answer.status_code, answer.json().get("code")) == (status, "FORBIDDEN" if status == 403 else body["code"])


async def test_what_is_only_read_needs_no_token(browser: Browser) -> None:
    assert (await browser.ask("GET", "/me", x_csrf_token=None, sec_fetch_site="cross-site")).status_code == 200


async def test_nobody_is_signed_in_from_another_site(shared_api: Api) -> None:
    browser = Browser(shared_api, await shared_api.clerk(None, "viewer"))
    answer = await browser.sign_in({"sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize("cookie", ["", "nothing", "ü", "x" * 5_000])
async def test_another_cookie_opens_nothing(browser: Browser, cookie: str) -> None:
    answer = await browser.ask("GET", "/me", cookie=f"{COOKIE}={cookie}".encode())  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")


async def test_a_one_time_code_opens_one_session_and_wrong_factors_none(browser: Browser) -> None:
    again = await browser.sign_in()
    assert (again.status_code, again.json()["code"]) == (422, "CREDENTIALS_WRONG")
    for changed in ({"code": "000000"}, {"password": "wrong"}, {"login": "nobody"}):
        assert (await browser.sign_in(**changed)).json()["code"] == "CREDENTIALS_WRONG"


@pytest.mark.parametrize("code", ["é12345", "验证码", "\N{PILE OF POO}"])
async def test_a_code_of_other_letters_is_a_wrong_one_whoever_the_login_belongs_to(browser: Browser, code: str) -> None:
    for changed in ({"code": code}, {"code": code, "login": "nobody"}):
        answer = await browser.sign_in(**changed)
        assert (answer.status_code, answer.json()["code"]) == (422, "CREDENTIALS_WRONG")


async def test_a_code_may_be_typed_in_full_width_digits(shared_api: Api) -> None:
    browser = Browser(shared_api, await shared_api.clerk(None, "viewer"))
    code = browser.clerk.code(shared_api.city.clock.now())
    wide = code.translate({ord("0") + digit: ord("\N{FULLWIDTH DIGIT ZERO}") + digit for digit in range(10)})
    assert (await browser.sign_in(code=wide)).status_code == 201


async def test_staff_of_a_provider_have_no_seat_at_the_desk(shared_api: Api) -> None:
    browser = Browser(shared_api, await shared_api.clerk(await shared_api.organisation(), "supervisor"))
    assert (await browser.sign_in()).json()["code"] == "CREDENTIALS_WRONG"


async def test_signing_out_ends_the_session_and_takes_the_cookie_back(browser: Browser) -> None:
    answer = await browser.ask("DELETE", "/session")
    assert answer.status_code == 204
    assert f'{COOKIE}=""' in answer.headers["set-cookie"]
    assert await browser.standing() == 401
    assert (await browser.ask("DELETE", "/session")).status_code == 401


async def test_half_an_hour_of_idleness_ends_it_and_work_keeps_it_for_ten_hours(api: Api, clock: MovableClock) -> None:
    idle, busy = [Browser(api, await api.clerk(None, "viewer")) for _ in range(2)]
    for browser in (idle, busy):
        await browser.sign_in()
    for _ in range(int(LONGEST / IDLE) + 1):
        clock.advance(seconds=IDLE.total_seconds() - 90)
        assert await busy.standing() == 200
    assert await idle.standing() == 401
    clock.advance(seconds=LONGEST.total_seconds() - (int(LONGEST / IDLE) + 1) * (IDLE.total_seconds() - 90))
    assert await busy.standing() == 401


@pytest.mark.parametrize("change", ["suspended", "roles", "password", "totp"])
async def test_whoever_is_changed_by_another_is_out_at_once_by_cookie_and_by_token(
    shared_api: Api, change: str
) -> None:
    clerk, staffing = await shared_api.clerk(None, "operator"), shared_api.city.services.staffing
    browser = Browser(shared_api, clerk)
    await browser.sign_in()
    said = clerk.for_the_desk(shared_api.city.clock.now())
    other = await shared_api.clerk(None, "operator")
    token = await _token(shared_api, other)
    for one in (clerk, other):
        match change:
            case "suspended":
                await staffing.suspend(OPS, one.id, True)
            case "roles":
                await staffing.set_roles(OPS, one.id, [StaffRole.AUDITOR])
            case "password":
                await staffing.reset_password(OPS, one.id, new_id())
            case "totp":
                await staffing.reset_totp(OPS, one.id, new_id())
    assert await browser.standing() == 401
    if change == "suspended":  # read from the staff's own row: no process has to be told first
        assert await _standing(shared_api, token) == 401
    assert said["login"] == clerk.login


async def test_roles_are_those_of_the_moment_whatever_the_token_says(shared_api: Api) -> None:
    clerk = await shared_api.clerk(None, "administrator")
    token = await _token(shared_api, clerk)
    # Straight in the row: only what is read with each request can notice it.
    await shared_api.city.db["staff"].update_one({"_id": clerk.id}, {"$set": {"roles": ["viewer"]}})
    headers = {"authorization": f"Bearer {token}"}
    assert (await shared_api.http.get("/admin/api/me", headers=headers)).json()["roles"] == ["viewer"]
    assert (await shared_api.http.get("/admin/api/staff", headers=headers)).status_code == 403


async def test_each_call_is_recorded_reads_and_refusals_too(shared_api: Api) -> None:
    clerk = await shared_api.clerk(None, "viewer")
    headers = {"authorization": f"Bearer {await _token(shared_api, clerk)}"}
    nobody = "00000000-0000-7000-8000-000000000000"
    for path in ("/me", f"/citizens/{nobody}", "/citizens/13900000000", f"/staff/{clerk.id}"):
        await shared_api.http.get(f"/admin/api{path}", headers=headers)
    rows = await shared_api.city.db["audit"].find({"actor": clerk.id}).sort("_id", 1).to_list(None)
    seen = [(r["action"], r["target"], r["facts"]["admitted"]) for r in rows if r["action"].startswith("desk.")]
    assert seen == [
        ("desk.session.look", "-", True),
        ("desk.citizens.look", nobody, True),
        ("desk.citizens.look", "-", True),
        ("desk.staff.look", clerk.id, False),
    ]
    assert [r["subject"] for r in rows if r["action"] == "desk.citizens.look"] == [nobody, None]


async def _token(api: Api, clerk: Clerk) -> str:
    answer = await api.http.post("/admin/api/session", json=clerk.for_the_desk(api.city.clock.now()))
    return str(answer.json()["access_token"])


async def _standing(api: Api, token: str) -> int:
    return (await api.http.get("/admin/api/me", headers={"authorization": f"Bearer {token}"})).status_code
