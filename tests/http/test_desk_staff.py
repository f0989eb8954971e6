"""The life of staff at the desk: listed, suspended, given other roles and new credentials; never by oneself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.messages import message
from app.core.viewer import Role, Viewer
from app.domains.identity.staff.errors import LastAdministrator, NotOneself
from app.domains.identity.staff.model import TRIES_FROM_ONE_PLACE, StaffRole
from tests.support.api import PASSWORD, Api, Clerk
from tests.support.desk import Seat, seated


@pytest.fixture(scope="session")
async def administrator(shared_api: Api) -> Seat:
    return await seated(shared_api, "administrator")


async def test_staff_are_listed_page_by_page_by_organisation(shared_api: Api, administrator: Seat) -> None:
    organisation = await shared_api.organisation()
    clerks = [await shared_api.clerk(organisation, "seat") for _ in range(5)]
    seen, after = [], ""
    while after is not None:
        page = (await administrator.ask("GET", f"/staff?organisation={organisation}&first=2{after}")).json()
        seen += page["items"]
        after = f"&after={page['next']}" if page["next"] else None  # type: ignore[assignment]
    assert sorted(one["staff"] for one in seen) == sorted(clerk.id for clerk in clerks)
    assert {one["login"] for one in seen} == {clerk.login for clerk in clerks}
    assert {tuple(one["roles"]) for one in seen} == {("seat",)}
    desk = (await administrator.ask("GET", "/staff?first=100")).json()["items"]
    assert administrator.clerk.id in {one["staff"] for one in desk}
    assert (await administrator.ask("GET", "/staff?first=101")).json()["field"] == "first"
    assert (await administrator.ask("GET", "/staff?after=%3F%3F")).json()["field"] == "after"


async def test_a_suspended_one_signs_in_again_only_when_reinstated(shared_api: Api, administrator: Seat) -> None:
    clerk = await shared_api.clerk(None, "operator")
    state = f"/staff/{clerk.id}/state"
    done = await administrator.ask("PUT", state, {"suspended": True, "reason": "on leave for a year"})
    assert (done.status_code, done.json()["suspended"]) == (200, True)
    said = clerk.for_the_desk(shared_api.city.clock.now())
    refused = await shared_api.http.post("/admin/api/session", json=said)
    assert refused.json()["code"] == "CREDENTIALS_WRONG"
    assert (await administrator.ask("PUT", state, {"suspended": False})).json()["suspended"] is False
    actions = await _recorded(shared_api, clerk)
    assert actions[-3:] == ["staff.suspended", "staff.refused", "staff.reinstated"]
    reasons = await shared_api.city.db["audit_reasons"].find({}).to_list(None)
    assert "on leave" not in str(reasons)


async def test_roles_are_changed_within_what_fits(shared_api: Api, administrator: Seat) -> None:
    clerk = await shared_api.clerk(None, "viewer")
    roles = f"/staff/{clerk.id}/roles"
    done = await administrator.ask("PUT", roles, {"roles": ["operator", "auditor"]})
    assert done.json()["roles"] == ["auditor", "operator"]
    for unfit in ([], ["seat"], ["operator", "gate"]):
        answer = await administrator.ask("PUT", roles, {"roles": unfit})
        assert (answer.status_code, answer.json()["code"]) == (422, "ROLE_UNFIT")


async def test_a_lost_password_is_replaced_by_one_that_must_be_changed(shared_api: Api, administrator: Seat) -> None:
    clerk, key = await shared_api.clerk(None, "viewer"), new_id()
    path, why = f"/staff/{clerk.id}/password", {"reason": "forgotten"}
    first, again = [await administrator.ask("POST", path, why, key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    given = first.json()["password"]
    said = clerk.for_the_desk(shared_api.city.clock.now(), password=given)
    needed = await shared_api.http.post("/admin/api/session", json=said)
    assert (needed.status_code, needed.json()["code"]) == (422, "PASSWORD_CHANGE_NEEDED")
    assert (await administrator.ask("GET", f"/staff/{clerk.id}")).json()["must_change"] is True
    own = {"login": clerk.login, "password": given, "code": said["code"], "new_password": "my very own words"}
    for changed, code in (({"new_password": "short"}, "PASSWORD_TOO_WEAK"), ({"code": "000000"}, "CREDENTIALS_WRONG")):
        refused = await shared_api.http.post("/admin/api/session/password", json={**own, **changed})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await shared_api.http.post("/admin/api/session/password", json=own)).status_code == 204
    assert (await administrator.ask("GET", f"/staff/{clerk.id}")).json()["must_change"] is False


async def test_a_lost_authenticator_is_replaced_and_the_old_one_is_void(shared_api: Api, administrator: Seat) -> None:
    clerk = await shared_api.clerk(None, "viewer")
    made = (await administrator.ask("POST", f"/staff/{clerk.id}/authenticator", {})).json()
    fresh = parse_qs(urlsplit(made["totp_uri"]).query)["secret"][0]
    now = shared_api.city.clock.now()
    for code, status in ((clerk.code(now), 422), (pyotp.TOTP(fresh).at(now), 200)):
        answer = await shared_api.http.post("/admin/api/session", json=clerk.for_the_desk(now, code=code))
        assert answer.status_code == status


async def test_a_lock_is_lifted_by_hand(shared_api: Api, administrator: Seat) -> None:
    clerk, there = await shared_api.clerk(None, "viewer"), {"x-test-address": f"10.200.{len(new_id())}.1"}

    async def attempt(**changed: str) -> str:
        said = clerk.for_the_desk(shared_api.city.clock.now(), **changed)
        answer = await shared_api.http.post("/admin/api/session", json=said, headers=there)
        return str(answer.json().get("code", answer.status_code))

    for _ in range(TRIES_FROM_ONE_PLACE.most):
        assert await attempt(password="wrong") == "CREDENTIALS_WRONG"
    assert await attempt() == "STAFF_LOCKED"
    assert (await administrator.ask("DELETE", f"/staff/{clerk.id}/lock")).status_code == 204
    assert await attempt() == "200"


async def test_nobody_changes_his_own_standing(administrator: Seat) -> None:
    own = f"/staff/{administrator.clerk.id}"
    for method, path, body in (
        ("PUT", "/state", {"suspended": True}),
        ("PUT", "/roles", {"roles": ["viewer"]}),
        ("POST", "/password", {}),
        ("POST", "/authenticator", {}),
    ):
        answer = await administrator.ask(method, own + path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "NOT_ONESELF"), path


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_who_is_not_there_has_a_name(administrator: Seat, language: str) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "/state", {"suspended": True}),
        ("PUT", "/roles", {"roles": ["viewer"]}),
        ("POST", "/password", {}),
        ("POST", "/authenticator", {}),
        ("DELETE", "/lock", None),
    ):
        answer = await replace(administrator, language=language).ask(method, f"/staff/nobody{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "STAFF_UNKNOWN"), path
        assert answer.json()["message"] == message("STAFF_UNKNOWN", language)


async def test_two_administrators_cannot_take_each_other_out_and_the_last_one_stays(api: Api) -> None:
    one, other = [Viewer(role=Role.OPS, actor=(await api.clerk(None, "administrator")).id) for _ in range(2)]
    staffing = api.city.services.staffing

    async def suspended(by: Viewer, whom: Viewer) -> bool:
        try:
            await staffing.suspend(by, whom.acting(), True)
        except LastAdministrator:
            return False
        return True

    assert sorted(await asyncio.gather(suspended(one, other), suspended(other, one))) == [False, True]
    shell = Viewer(role=Role.OPS, actor="shell")
    left = one if (await staffing.one(other.acting())).suspended else other
    for wish in (
        staffing.suspend(shell, left.acting(), True),
        staffing.set_roles(shell, left.acting(), [StaffRole.AUDITOR]),
    ):
        with pytest.raises(LastAdministrator):
            await wish
    with pytest.raises(NotOneself):
        await staffing.suspend(left, left.acting(), True)
    assert issubclass(NotOneself, Outcome)


async def test_an_enrolment_at_the_desk_itself_is_good_for_the_desk(shared_api: Api, administrator: Seat) -> None:
    wish = {"login": f"new-{new_id()}", "name": "陈静", "password": PASSWORD, "roles": ["auditor"]}
    made = (await administrator.ask("POST", "/staff", wish)).json()
    secret = parse_qs(urlsplit(made["totp_uri"]).query)["secret"][0]
    said = {"login": wish["login"], "password": PASSWORD, "code": pyotp.TOTP(secret).at(shared_api.city.clock.now())}
    asked = await shared_api.http.post("/admin/api/session/browser", json=said)
    assert asked.json()["code"] == "PASSWORD_CHANGE_NEEDED"  # the code is not spent yet
    own = {**said, "new_password": "a password of my own"}
    assert (await shared_api.http.post("/admin/api/session/password", json=own)).status_code == 204
    later = pyotp.TOTP(secret).at(shared_api.city.clock.now() + timedelta(seconds=30))
    fresh = {**said, "password": "a password of my own", "code": later}
    opened = await shared_api.http.post("/admin/api/session/browser", json=fresh)
    shared_api.http.cookies.clear()
    assert (opened.status_code, opened.json()["roles"]) == (201, ["auditor"])


async def _recorded(api: Api, clerk: Clerk) -> list[str]:
    rows = await api.city.db["audit"].find({"target": clerk.id}).sort("_id", 1).to_list(None)
    return [row["action"] for row in rows if row["action"].startswith("staff.")]
