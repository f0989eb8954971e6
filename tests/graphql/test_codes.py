"""Showing codes and verifying them: once, for their purpose, within a minute, by who may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.identity.organisations.model import OrganisationState
from tests.support.api import OPS, Api, Person
from tests.support.fakes import MovableClock
from virtual_card.codes.model import ALLOWED, Purpose
from virtual_card.codes.online import new_online_code


def _looking(code: str, purpose: str = "SERVICE_HALL", **changed: Any) -> dict[str, Any]:
    return {"code": code, "purpose": purpose, "key": new_id(), **changed}


async def _verify(api: Api, token: str, code: str, purpose: str = "SERVICE_HALL") -> Any:
    return await api.data("VerifyCode", token, "provider", **_looking(code, purpose))


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_a_verifier_learns_what_the_purpose_allows_and_nothing_else(
    shared_api: Api, holder: Person, provider: str, purpose: Purpose
) -> None:
    code = await shared_api.code(holder, purpose.name)
    told = (await _verify(shared_api, provider, code, purpose.name))["attributes"]
    learned = {name for name, value in told.items() if value is not None}
    spelt = {"over_60": "over60", "under_18": "under18", "masked_name": "maskedName", "birth_month": "birthMonth"}
    spelt |= {"card_number": "cardNumber"}
    assert learned == {spelt.get(a.value, a.value) for a in ALLOWED[purpose]}


async def test_a_code_is_accepted_once_and_a_repeat_of_the_same_wish_is_answered_alike(
    spoken: Api, holder: Person, provider: str
) -> None:
    looking = _looking(await spoken.code(holder))
    first = await spoken.data("VerifyCode", provider, "provider", **looking)
    assert first == await spoken.data("VerifyCode", provider, "provider", **looking)
    assert await spoken.refused("CodeUsed", "VerifyCode", provider, "provider", **_looking(looking["code"])) == {}


async def test_of_parallel_verifiers_one_is_told(shared_api: Api, holder: Person, provider: str) -> None:
    code = await shared_api.code(holder)
    answers = await asyncio.gather(*(_verify(shared_api, provider, code) for _ in range(8)))
    assert sorted(a["__typename"] for a in answers) == ["CodeUsed"] * 7 + ["CodeVerified"]


async def test_a_code_is_read_in_small_letters_and_with_blanks(shared_api: Api, provider: str, holder: Person) -> None:
    code = await shared_api.code(holder)
    written = f"  {code[:9].lower()} {code[9:20]}\t{code[20:]} "
    assert (await _verify(shared_api, provider, written))["__typename"] == "CodeVerified"


@pytest.mark.parametrize(
    "code", ["", "x", "RONG:", "RONG:" + "A" * 25, "RONG:" + "1" * 26, "https://a.test", "码" * 31]
)
async def test_what_is_no_code_of_this_city_is_malformed(spoken: Api, provider: str, code: str) -> None:
    assert await spoken.refused("CodeMalformed", "VerifyCode", provider, "provider", **_looking(code)) == {}


async def test_an_offline_code_is_no_online_code(shared_api: Api, holder: Person, provider: str) -> None:
    shown = await shared_api.data("ShowOfflineCode", holder.token, purpose="SERVICE_HALL", key=new_id())
    answer = await _verify(shared_api, provider, shown["cardCode"]["text"])
    assert answer["__typename"] == "CodeMalformed"


async def test_a_code_that_was_never_given_is_unknown(spoken: Api, provider: str) -> None:
    looking = _looking(new_online_code())
    assert await spoken.refused("CodeUnknown", "VerifyCode", provider, "provider", **looking) == {}


async def test_a_code_for_another_purpose_is_refused_and_not_spent(spoken: Api, holder: Person, provider: str) -> None:
    code = await spoken.code(holder, "GATE")
    looking = _looking(code, "HOSPITAL")
    assert await spoken.refused("CodeForOtherPurpose", "VerifyCode", provider, "provider", **looking) == {}
    assert (await _verify(spoken, provider, code, "GATE"))["__typename"] == "CodeVerified"


async def test_other_content_under_the_same_key_is_a_conflict(spoken: Api, holder: Person, provider: str) -> None:
    looking = _looking(await spoken.code(holder, "GATE"), "GATE")
    await spoken.data("VerifyCode", provider, "provider", **looking)
    other = {**looking, "purpose": "TRANSIT"}
    assert await spoken.refused("IdempotencyConflict", "VerifyCode", provider, "provider", **other) == {}


@pytest.mark.parametrize("operation", ["ShowCode", "ShowOfflineCode"])
async def test_a_shown_code_is_shown_again_and_another_purpose_is_a_conflict(
    spoken: Api, holder: Person, operation: str
) -> None:
    key = new_id()
    first = await spoken.data(operation, holder.token, purpose="GATE", key=key)
    assert first == await spoken.data(operation, holder.token, purpose="GATE", key=key)
    assert first["cardCode"]["svg"].startswith("<svg")
    told = await spoken.refused("IdempotencyConflict", operation, holder.token, purpose="PATROL", key=key)
    assert told == {}


@pytest.mark.parametrize("operation", ["ShowCode", "ShowOfflineCode"])
async def test_without_a_card_there_is_no_code(spoken: Api, operation: str) -> None:
    person = await spoken.verified()
    assert await spoken.refused("NoCard", operation, person.token, purpose="GATE", key=new_id()) == {}


async def test_a_code_ends_after_a_minute(api: Api, clock: MovableClock) -> None:
    person, provider = await api.with_card(), await api.provider()
    code = await api.code(person)
    clock.advance(seconds=60)
    for language in ("en", "zh-CN"):
        spoken = api.speaking(language)
        assert await spoken.refused("CodeExpired", "VerifyCode", provider, "provider", **_looking(code)) == {}


async def test_a_renewed_code_ends_the_one_before_after_ten_seconds(api: Api, clock: MovableClock) -> None:
    person, provider = await api.with_card(), await api.provider()
    first, second, third = [await api.code(person) for _ in range(3)]
    clock.advance(seconds=9)
    assert (await _verify(api, provider, first))["__typename"] == "CodeVerified"
    clock.advance(seconds=2)
    assert (await _verify(api, provider, second))["__typename"] == "CodeExpired"
    assert (await _verify(api, provider, third))["__typename"] == "CodeVerified"


async def test_after_a_loss_report_a_code_shown_before_is_refused_at_once(spoken: Api, provider: str) -> None:
    person = await spoken.with_card()
    looking = _looking(await spoken.code(person))
    await spoken.data("ReportCardLoss", person.token, key=new_id())
    told = await spoken.refused("CardNotActive", "VerifyCode", provider, "provider", **looking)
    assert told == {"state": "SUSPENDED"}
    assert (await spoken.data("Disclosures", person.token))["edges"] == []


async def test_a_code_whose_card_is_gone_has_no_card(spoken: Api, provider: str) -> None:
    person = await spoken.with_card()
    looking = _looking(await spoken.code(person))
    await spoken.city.db["cards"].delete_one({"holder": spoken.key(person)})
    assert await spoken.refused("NoCard", "VerifyCode", provider, "provider", **looking) == {}


async def test_sixty_codes_in_ten_minutes_are_enough(shared_api: Api) -> None:
    person = await shared_api.with_card()
    from virtual_card.codes.service import _PER_CARD

    for _ in range(_PER_CARD.most):
        await shared_api.city.limits.take(_PER_CARD, shared_api.key(person))
    for operation in ("ShowCode", "ShowOfflineCode"):
        answer = (await shared_api.raw(operation, {"purpose": "GATE", "key": new_id()}, token=person.token)).json()
        shown = answer["errors"][0]["extensions"]
        assert shown["code"] == "RATE_LIMITED"
        assert 0 < shown["retryAfter"] <= 600


async def test_a_client_without_the_scope_is_forbidden_and_the_code_is_not_spent(
    shared_api: Api, holder: Person, provider: str
) -> None:
    narrow = await shared_api.provider("test-narrow", ("verify:transit",))
    code = await shared_api.code(holder)
    assert await shared_api.codes("VerifyCode", narrow, "provider", **_looking(code)) == ["FORBIDDEN"]
    assert (await _verify(shared_api, provider, code))["__typename"] == "CodeVerified"


async def test_a_suspended_organisation_is_refused_at_once_with_all_below(shared_api: Api, holder: Person) -> None:
    above = await shared_api.organisation()
    below = await shared_api.organisation(parent=above)
    token, code = await shared_api.provider(below), await shared_api.code(holder)
    await shared_api.city.services.organisations.set_state(OPS, above, OrganisationState.SUSPENDED)
    assert await shared_api.codes("VerifyCode", token, "provider", **_looking(code)) == ["UNAUTHENTICATED"]
    assert await shared_api.codes("Me", token, "provider") == ["UNAUTHENTICATED"]
    await shared_api.city.services.organisations.set_state(OPS, above, OrganisationState.ACTIVE)
    assert (await _verify(shared_api, token, code))["__typename"] == "CodeVerified"


async def test_staff_verify_by_their_role(shared_api: Api, holder: Person) -> None:
    organisation = await shared_api.organisation()
    seat = await shared_api.staff_token(organisation, "seat")
    cashier = await shared_api.staff_token(organisation, "cashier")
    code = await shared_api.code(holder)
    assert await shared_api.codes("VerifyCode", cashier, "provider", **_looking(code)) == ["FORBIDDEN"]
    looking = _looking(await shared_api.code(holder, "HOSPITAL"), "HOSPITAL")
    assert await shared_api.codes("VerifyCode", seat, "provider", **looking) == ["FORBIDDEN"]
    assert (await _verify(shared_api, seat, code))["__typename"] == "CodeVerified"
