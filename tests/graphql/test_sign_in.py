"""Codes by SMS, signing in, sessions that move on and end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.identity.sign_in.model import PER_ADDRESS
from graphql_schema.types.common import global_id
from tests.conftest import Fakes
from tests.support.api import Api, Person, soon
from tests.support.fakes import MovableClock


def _asking(person: Person, **changed: Any) -> dict[str, Any]:
    return {"phone": person.phone, "device": person.device, "key": new_id(), **changed}


async def _challenge(api: Api, person: Person) -> tuple[str, str]:
    asked = await api.data("RequestOtp", **_asking(person))
    return asked["challenge"], api.sms.code_for(person.phone)


def _giving(person: Person, challenge: str, code: str, **changed: Any) -> dict[str, Any]:
    return {"challenge": challenge, "code": code, "device": person.device, "key": new_id(), **changed}


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.parametrize("phone", ["", "12345", "+8610 6552 9988", "not a phone", "+999 1234567", "1" * 200])
async def test_a_text_that_is_no_mobile_number_is_refused(spoken: Api, phone: str) -> None:
    assert await spoken.refused("PhoneInvalid", "RequestOtp", **_asking(spoken.person(), phone=phone)) == {}


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1}", "{2} {3} {4}"])
async def test_a_number_is_understood_however_it_is_written(shared_api: Api, written: str) -> None:
    person = shared_api.person()
    local = person.phone[3:]
    text = written.format(person.phone, local, local[:3], local[3:7], local[7:])
    asked = await shared_api.data("RequestOtp", **_asking(person, phone=text))
    assert asked["__typename"] == "OtpRequested"
    assert shared_api.sms.code_for(person.phone)


@pytest.mark.parametrize("field", ["id", "name", "platform"])
async def test_a_device_without_a_proper_description_is_bad_input(shared_api: Api, field: str) -> None:
    person = shared_api.person()
    for text in ("", "x" * 81, "tab\tinside"):
        asking = _asking(person, device={**person.device, field: text})
        assert await shared_api.codes("RequestOtp", **asking) == ["BAD_INPUT"]


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "line\nbreak"])
async def test_a_key_that_is_none_is_bad_input(shared_api: Api, key: str) -> None:
    assert await shared_api.codes("RequestOtp", **_asking(shared_api.person(), key=key)) == ["BAD_INPUT"]


async def test_a_known_and_an_unknown_number_are_answered_alike(shared_api: Api) -> None:
    known, unknown = await shared_api.sign_in(shared_api.person()), shared_api.person()
    one = await shared_api.data("RequestOtp", **_asking(known))
    other = await shared_api.data("RequestOtp", **_asking(unknown))
    assert one["__typename"] == other["__typename"] == "OtpRequested"
    assert one.keys() == other.keys()
    assert len(one["challenge"]) == len(other["challenge"])


async def test_a_repeat_of_the_wish_sends_no_second_code(shared_api: Api) -> None:
    asking = _asking(shared_api.person())
    first, again = await shared_api.data("RequestOtp", **asking), await shared_api.data("RequestOtp", **asking)
    assert first == again
    assert len([text for to, text, _ in shared_api.sms.sent if to == asking["phone"]]) == 1


async def test_other_content_under_the_same_key_is_a_conflict(spoken: Api) -> None:
    asking = _asking(spoken.person())
    await spoken.data("RequestOtp", **asking)
    other = {**asking, "phone": spoken.person().phone}
    assert await spoken.refused("IdempotencyConflict", "RequestOtp", **other) == {}


async def test_the_sixth_code_to_one_phone_has_to_wait(spoken: Api) -> None:
    person = spoken.person()
    for _ in range(5):
        asking = _asking(person, device={**person.device, "id": f"other-{new_id()}"})
        assert (await spoken.data("RequestOtp", **asking))["__typename"] == "OtpRequested"
    told = await spoken.refused("TooManyCodes", "RequestOtp", **_asking(person))
    assert 0 < told["retryAfter"] <= 600


async def test_a_device_that_asks_for_many_phones_has_to_wait(spoken: Api) -> None:
    device = spoken.person().device
    for _ in range(20):
        await spoken.data("RequestOtp", **_asking(spoken.person(), device=device))
    told = await spoken.refused("TooManyCodes", "RequestOtp", **_asking(spoken.person(), device=device))
    assert 0 < told["retryAfter"] <= 3600


async def test_an_address_that_asks_for_many_phones_has_to_wait(shared_api: Api) -> None:
    address = f"192.0.2.{new_id()}"
    one_place = replace(shared_api, headers={"x-test-address": address})
    for _ in range(PER_ADDRESS.most - 1):
        await shared_api.city.limits.take(PER_ADDRESS, address)
    answers = [await one_place.data("RequestOtp", **_asking(one_place.person())) for _ in range(2)]
    assert [a["__typename"] for a in answers] == ["OtpRequested", "TooManyCodes"]


async def test_limits_end_with_their_window(api: Api, clock: MovableClock) -> None:
    person = api.person()
    for _ in range(5):
        await api.data("RequestOtp", **_asking(person))
    assert (await api.data("RequestOtp", **_asking(person)))["__typename"] == "TooManyCodes"
    clock.advance(minutes=10)
    assert (await api.data("RequestOtp", **_asking(person)))["__typename"] == "OtpRequested"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_while_the_gateway_is_down_it_is_said_and_the_same_key_works_afterwards(
    api: Api, fakes: Fakes, language: str
) -> None:
    spoken, asking = api.speaking(language), _asking(api.person())
    fakes.sms.down = True
    assert await spoken.refused("SmsUnavailable", "RequestOtp", **asking) == {}
    fakes.sms.down = False
    assert (await spoken.data("RequestOtp", **asking))["__typename"] == "OtpRequested"
    assert fakes.sms.code_for(asking["phone"])


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_number_the_gateway_refuses_is_told_so(api: Api, fakes: Fakes, language: str) -> None:
    spoken, asking = api.speaking(language), _asking(api.person())
    fakes.sms.refuse = True
    assert await spoken.refused("SmsRefused", "RequestOtp", **asking) == {}
    fakes.sms.refuse = False
    assert (await spoken.data("RequestOtp", **asking))["__typename"] == "OtpRequested"


async def test_wrong_codes_count_down_and_the_fifth_ends_the_challenge(spoken: Api) -> None:
    person = spoken.person()
    challenge, code = await _challenge(spoken, person)
    for remaining in (4, 3, 2, 1):
        told = await spoken.refused("OtpWrong", "SignIn", **_giving(person, challenge, _other(code)))
        assert told == {"remaining": remaining}
    for text in (_other(code), code):
        assert await spoken.refused("OtpNoLongerValid", "SignIn", **_giving(person, challenge, text)) == {}


async def test_a_code_is_good_once(spoken: Api) -> None:
    person = spoken.person()
    challenge, code = await _challenge(spoken, person)
    await spoken.data("SignIn", **_giving(person, challenge, code))
    assert await spoken.refused("OtpNoLongerValid", "SignIn", **_giving(person, challenge, code)) == {}


async def test_a_code_of_another_challenge_is_wrong(shared_api: Api) -> None:
    one, other = shared_api.person(), shared_api.person()
    challenge, _ = await _challenge(shared_api, one)
    _, code = await _challenge(shared_api, other)
    assert (await shared_api.data("SignIn", **_giving(one, challenge, code)))["__typename"] == "OtpWrong"


async def test_an_unknown_challenge_is_no_longer_valid(spoken: Api) -> None:
    assert await spoken.refused("OtpNoLongerValid", "SignIn", **_giving(spoken.person(), new_id(), "123456")) == {}


async def test_a_code_ends_after_five_minutes(api: Api, clock: MovableClock) -> None:
    person = api.person()
    challenge, code = await _challenge(api, person)
    clock.advance(minutes=5, seconds=1)
    assert await api.refused("OtpNoLongerValid", "SignIn", **_giving(person, challenge, code)) == {}


async def test_a_repeated_sign_in_gives_the_same_tokens_and_other_content_is_a_conflict(spoken: Api) -> None:
    person = spoken.person()
    challenge, code = await _challenge(spoken, person)
    giving = _giving(person, challenge, code)
    assert await spoken.data("SignIn", **giving) == await spoken.data("SignIn", **giving)
    changed = {**giving, "code": _other(code)}
    assert await spoken.refused("IdempotencyConflict", "SignIn", **changed) == {}


async def test_one_phone_is_one_citizen_and_the_other_devices_are_told_of_a_new_one(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    first = person.citizen_id
    assert await shared_api.events(person) == []
    await shared_api.sign_in(person)
    assert await shared_api.events(person) == []  # the device is known
    person.device = {**person.device, "id": f"new-{new_id()}"}
    await shared_api.sign_in(person)
    assert person.citizen_id == first
    assert [event.type for event in await shared_api.events(person)] == ["session.opened_on_new_device"]


async def _refreshed(api: Api, person: Person, token: str | None = None, device: str | None = None) -> Any:
    variables = {"refreshToken": token or person.refresh_token, "deviceId": device or person.device["id"]}
    return await api.data("RefreshSession", **variables)


async def test_a_refresh_gives_the_next_pair_and_a_lost_reply_is_given_again(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    first, again = await _refreshed(shared_api, person), await _refreshed(shared_api, person)
    assert first["tokens"]["refreshToken"] == again["tokens"]["refreshToken"] != person.refresh_token
    assert (await shared_api.data("Me", first["tokens"]["accessToken"]))["id"] == person.citizen_id


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_token_used_again_later_ends_the_session_for_all(api: Api, clock: MovableClock, language: str) -> None:
    spoken = api.speaking(language)
    person = await spoken.sign_in(spoken.person())
    next_pair = (await _refreshed(spoken, person))["tokens"]
    clock.advance(seconds=11)
    used = {"refreshToken": person.refresh_token, "deviceId": person.device["id"]}
    assert await spoken.refused("SessionEnded", "RefreshSession", **used) == {}
    ended = {"refreshToken": next_pair["refreshToken"], "deviceId": person.device["id"]}
    assert await spoken.refused("SessionEnded", "RefreshSession", **ended) == {}
    assert [event.type for event in await spoken.events(person)] == ["session.ended", "session.token_reused"]


async def test_a_stolen_token_on_another_device_ends_the_session(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    stolen = await _refreshed(shared_api, person, device=f"thief-{new_id()}")
    assert stolen["__typename"] == "SessionEnded"
    assert (await _refreshed(shared_api, person))["__typename"] == "SessionEnded"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.1.é", "…", "a.1." + "f" * 5000, f"{'0' * 36}.1.{'0' * 64}"])
async def test_what_is_no_refresh_token_of_ours_is_an_ended_session(spoken: Api, token: str) -> None:
    asked = {"refreshToken": token, "deviceId": "device-12345"}
    assert await spoken.refused("SessionEnded", "RefreshSession", **asked) == {}


async def test_a_session_ends_after_sixty_days(api: Api, clock: MovableClock) -> None:
    person = await api.sign_in(api.person())
    clock.advance(days=60, seconds=1)
    assert (await _refreshed(api, person))["__typename"] == "SessionEnded"


async def test_an_access_token_ends_after_a_quarter_of_an_hour(api: Api, clock: MovableClock) -> None:
    person = await api.sign_in(api.person())
    clock.advance(minutes=15)
    assert (await api.data("Me", person.token))["id"] == person.citizen_id
    clock.advance(seconds=6)
    assert await api.codes("Me", person.token) == ["UNAUTHENTICATED"]


async def test_another_device_is_signed_out_and_its_token_is_refused_at_once(shared_api: Api) -> None:
    old = await shared_api.sign_in(shared_api.person())
    old_token, old_refresh, old_device = old.token, old.refresh_token, old.device
    old.device = {**old.device, "id": f"new-{new_id()}", "name": "New phone"}
    here = await shared_api.sign_in(old)
    devices = await shared_api.data("Devices", here.token)
    assert [(d["name"], d["current"]) for d in devices] == [("New phone", True), ("Test phone", False)]

    for _ in range(2):  # repeating is safe
        done = await shared_api.data("SignOut", here.token, deviceId=devices[1]["id"])
        assert done == {"__typename": "SignedOut", "deviceId": devices[1]["id"]}

    async def refused() -> bool:
        answer = (await shared_api.raw("Me", token=old_token)).json()
        return [e["extensions"]["code"] for e in answer.get("errors", [])] == ["UNAUTHENTICATED"]

    await soon(refused)
    ended = await _refreshed(shared_api, here, old_refresh, old_device["id"])
    assert ended["__typename"] == "SessionEnded"
    assert [d["id"] for d in await shared_api.data("Devices", here.token)] == [devices[0]["id"]]
    assert "session.ended" in [event.type for event in await shared_api.events(here)]


async def test_this_device_is_signed_out(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    device = (await shared_api.data("Devices", person.token))[0]["id"]
    assert (await shared_api.data("SignOut", person.token))["deviceId"] == device
    assert (await _refreshed(shared_api, person))["__typename"] == "SessionEnded"


async def test_a_device_that_is_not_there_and_one_of_somebody_else_are_alike(spoken: Api, outsider: Person) -> None:
    person = await spoken.sign_in(spoken.person())
    theirs = (await spoken.data("Devices", outsider.token))[0]["id"]
    for device in (theirs, global_id("Device", new_id())):
        assert await spoken.refused("DeviceUnknown", "SignOut", person.token, deviceId=device) == {}
    for nonsense in ("x", "", global_id("Card", new_id())):
        assert await spoken.codes("SignOut", person.token, deviceId=nonsense) == ["BAD_INPUT"]
    assert (await spoken.data("Devices", outsider.token))[0]["id"] == theirs
