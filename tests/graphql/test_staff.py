"""Providers' staff: password and one-time code, each code once; sessions of theirs."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from app.core.ids import new_id
from app.domains.identity.organisations.model import OrganisationState
from app.domains.identity.staff.model import TRIES_FROM_ONE_PLACE, TRIES_FROM_STRANGE_PLACES
from tests.support.api import OPS, Api, Clerk, soon
from tests.support.fakes import MovableClock


@pytest.fixture
async def clerk(shared_api: Api) -> Clerk:
    return await shared_api.clerk(await shared_api.organisation(), "seat")


async def test_staff_sign_in_and_a_repeat_is_answered_alike(shared_api: Api, clerk: Clerk) -> None:
    said = clerk.credentials(shared_api.city.clock.now())
    done = await shared_api.data("SignInStaff", None, "provider", **said)
    assert (done["name"], done["roles"]) == ("测试员", ["seat"])
    assert await shared_api.data("SignInStaff", None, "provider", **said) == done
    me = await shared_api.data("Me", done["tokens"]["accessToken"], "provider")
    assert (me["role"], me["roles"], me["scopes"]) == (
        "PROVIDER_STAFF",
        ["seat"],
        ["appointments", "cases:centre", "verify:service_hall"],
    )
    assert me["organisation"]["code"] == clerk.organisation


async def test_a_one_time_code_is_good_once(spoken: Api) -> None:
    clerk, at = await spoken.clerk(await spoken.organisation(), "seat"), spoken.city.clock.now()
    await spoken.data("SignInStaff", None, "provider", **clerk.credentials(at))
    again = clerk.credentials(at)
    assert await spoken.refused("CredentialsWrong", "SignInStaff", None, "provider", **again) == {}


async def test_a_code_of_the_step_before_is_good_and_an_older_one_is_not(shared_api: Api) -> None:
    for behind, wanted in ((30, "StaffSignedIn"), (90, "CredentialsWrong")):
        clerk = await shared_api.clerk(await shared_api.organisation(), "seat")
        said = clerk.credentials(shared_api.city.clock.now() - timedelta(seconds=behind))
        assert (await shared_api.data("SignInStaff", None, "provider", **said))["__typename"] == wanted


@pytest.mark.parametrize("changed", ["organisation", "login", "password", "code"])
async def test_which_of_them_is_wrong_is_not_said(spoken: Api, changed: str) -> None:
    clerk = await spoken.clerk(await spoken.organisation(), "seat")
    said = clerk.credentials(spoken.city.clock.now(), **{changed: "000000"})
    assert await spoken.refused("CredentialsWrong", "SignInStaff", None, "provider", **said) == {}


async def test_other_content_under_the_same_key_is_a_conflict(spoken: Api) -> None:
    clerk = await spoken.clerk(await spoken.organisation(), "seat")
    said = clerk.credentials(spoken.city.clock.now())
    await spoken.data("SignInStaff", None, "provider", **said)
    other = {**said, "password": "another password"}
    assert await spoken.refused("IdempotencyConflict", "SignInStaff", None, "provider", **other) == {}


@pytest.mark.parametrize("login", ["theirs", "nobody's"])
async def test_five_wrong_passwords_lock_a_login_at_that_address_whether_anybody_has_it_or_not(
    api: Api, clock: MovableClock, login: str
) -> None:
    clerk = await api.clerk(await api.organisation(), "seat")
    changed = {} if login == "theirs" else {"login": "nobody at all"}
    there, elsewhere = (replace(api, headers={"x-test-address": address}) for address in ("192.0.2.1", "192.0.2.2"))
    for _ in range(TRIES_FROM_ONE_PLACE.most):
        said = clerk.credentials(clock.now(), password="wrong password", **changed)
        await there.refused("CredentialsWrong", "SignInStaff", None, "provider", **said)
    for language in ("en", "zh-CN"):
        said = clerk.credentials(clock.now(), **changed)
        told = await there.speaking(language).refused("StaffLocked", "SignInStaff", None, "provider", **said)
        assert told["until"] > clock.now().isoformat()
    wanted = "StaffSignedIn" if login == "theirs" else "CredentialsWrong"
    said = clerk.credentials(clock.now(), **changed)
    assert (await elsewhere.data("SignInStaff", None, "provider", **said))["__typename"] == wanted
    clock.advance(minutes=15, seconds=1)
    said = clerk.credentials(clock.now(), **changed)
    assert (await there.data("SignInStaff", None, "provider", **said))["__typename"] == wanted


async def test_tries_from_many_places_lock_a_login_but_not_where_its_owner_has_signed_in_before(
    api: Api, clock: MovableClock
) -> None:
    clerk = await api.clerk(await api.organisation(), "seat")
    office = replace(api, headers={"x-test-address": "192.0.2.1"})
    await office.data("SignInStaff", None, "provider", **clerk.credentials(clock.now()))
    for _ in range(TRIES_FROM_STRANGE_PLACES.most - 1):  # the owner's first sign-in was from a strange place, too
        said = clerk.credentials(clock.now(), password="wrong password")
        await api.refused("CredentialsWrong", "SignInStaff", None, "provider", **said)
    clock.advance(seconds=30)
    await api.refused("StaffLocked", "SignInStaff", None, "provider", **clerk.credentials(clock.now()))
    done = await office.data("SignInStaff", None, "provider", **clerk.credentials(clock.now()))
    assert done["__typename"] == "StaffSignedIn"


async def test_many_guesses_at_once_are_no_more_than_the_limit(api: Api, clock: MovableClock) -> None:
    clerk = await api.clerk(await api.organisation(), "seat")
    there = replace(api, headers={"x-test-address": "192.0.2.1"})
    tries = [clerk.credentials(clock.now(), password=f"wrong password {n}") for n in range(20)]
    asked = (there.data("SignInStaff", None, "provider", **said) for said in tries)
    answers = [answer["__typename"] for answer in await asyncio.gather(*asked)]
    assert Counter(answers) == {"CredentialsWrong": 5, "StaffLocked": 15}


async def test_a_reset_password_opens_nothing_but_the_choice_of_another(spoken: Api) -> None:
    organisation = await spoken.organisation()
    clerk = await spoken.clerk(organisation, "seat")
    done = await spoken.data("SignInStaff", None, "provider", **clerk.credentials(spoken.city.clock.now()))
    given = await spoken.city.services.staffing.reset_password(OPS, clerk.id, new_id())

    async def signed_out() -> bool:
        answer = (await spoken.raw("Me", token=done["tokens"]["accessToken"], schema="provider")).json()
        return bool(answer.get("errors"))

    await soon(signed_out)
    later = spoken.city.clock.now() + timedelta(seconds=30)
    said = clerk.credentials(later, password=given.password)
    assert await spoken.refused("PasswordChangeNeeded", "SignInStaff", None, "provider", **said) == {}
    wish = {name: said[name] for name in ("organisation", "login", "password", "code")}
    weak = {**wish, "newPassword": "short"}
    assert await spoken.refused("PasswordTooWeak", "ChangeStaffPassword", None, "provider", **weak) == {}
    own = {**wish, "newPassword": "quite another password"}
    changed = await spoken.data("ChangeStaffPassword", None, "provider", **own)
    assert changed == {"__typename": "StaffPasswordChanged", "changed": True}
    again = {**own, "password": "quite another password", "newPassword": "and a third password"}
    assert await spoken.refused("CredentialsWrong", "ChangeStaffPassword", None, "provider", **again) == {}


async def test_the_new_password_is_another(spoken: Api) -> None:
    clerk = await spoken.clerk(await spoken.organisation(), "seat")
    said = clerk.credentials(spoken.city.clock.now())
    wish = {name: said[name] for name in ("organisation", "login", "password", "code")}
    same = {**wish, "newPassword": said["password"]}
    assert await spoken.refused("PasswordUnchanged", "ChangeStaffPassword", None, "provider", **same) == {}


async def test_a_session_moves_on_and_ends(spoken: Api) -> None:
    clerk = await spoken.clerk(await spoken.organisation(), "seat")
    done = await spoken.data("SignInStaff", None, "provider", **clerk.credentials(spoken.city.clock.now()))
    mine = {"refreshToken": done["tokens"]["refreshToken"], "deviceId": clerk.device["id"]}
    fresh = await spoken.data("RefreshStaffSession", None, "provider", **mine)
    assert (fresh["__typename"], fresh["name"]) == ("StaffSignedIn", "测试员")
    out = await spoken.data("SignOut", fresh["tokens"]["accessToken"], "provider")
    assert out["__typename"] == "SignedOut"
    newest = {**mine, "refreshToken": fresh["tokens"]["refreshToken"]}
    assert await spoken.refused("SessionEnded", "RefreshStaffSession", None, "provider", **newest) == {}


async def test_of_a_suspended_organisation_nobody_signs_in_or_goes_on(spoken: Api) -> None:
    organisation = await spoken.organisation()
    clerk = await spoken.clerk(organisation, "seat")
    done = await spoken.data("SignInStaff", None, "provider", **clerk.credentials(spoken.city.clock.now()))
    await spoken.city.services.organisations.set_state(OPS, organisation, OrganisationState.SUSPENDED)
    mine = {"refreshToken": done["tokens"]["refreshToken"], "deviceId": clerk.device["id"]}
    assert await spoken.refused("CredentialsWrong", "RefreshStaffSession", None, "provider", **mine) == {}
    another = await spoken.clerk(organisation, "seat")
    said = another.credentials(spoken.city.clock.now())
    assert await spoken.refused("CredentialsWrong", "SignInStaff", None, "provider", **said) == {}
    assert await spoken.codes("Me", done["tokens"]["accessToken"], "provider") == ["UNAUTHENTICATED"]


async def test_a_refresh_token_of_a_citizen_is_none_of_staff(spoken: Api) -> None:
    person = await spoken.sign_in(spoken.person())
    theirs = {"refreshToken": person.refresh_token, "deviceId": person.device["id"]}
    await spoken.refused("SessionEnded", "RefreshStaffSession", None, "provider", **theirs)
    goes_on = await spoken.data("RefreshSession", **theirs)
    assert goes_on["__typename"] == "SignedIn"


async def test_a_refresh_token_of_staff_is_none_of_a_citizen(spoken: Api) -> None:
    clerk = await spoken.clerk(await spoken.organisation(), "seat")
    done = await spoken.data("SignInStaff", None, "provider", **clerk.credentials(spoken.city.clock.now()))
    theirs = {"refreshToken": done["tokens"]["refreshToken"], "deviceId": clerk.device["id"]}
    await spoken.refused("SessionEnded", "RefreshSession", None, **theirs)
    assert (await spoken.data("RefreshStaffSession", None, "provider", **theirs))["__typename"] == "StaffSignedIn"


async def test_a_client_signs_out_nowhere(shared_api: Api, provider: str) -> None:
    assert await shared_api.codes("SignOut", provider, "provider") == ["FORBIDDEN"]


async def test_staff_without_a_session_of_that_id_is_told_so(shared_api: Api) -> None:
    clerk = await shared_api.clerk(await shared_api.organisation(), "seat")
    done = await shared_api.data("SignInStaff", None, "provider", **clerk.credentials(shared_api.city.clock.now()))
    session = done["tokens"]["refreshToken"].split(".")[0]
    await shared_api.city.db["sessions"].delete_one({"_id": session})
    await shared_api.refused("DeviceUnknown", "SignOut", done["tokens"]["accessToken"], "provider")
    assert new_id() != session
