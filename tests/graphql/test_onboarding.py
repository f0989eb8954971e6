"""Applying without an account, by the provider schema, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from tests.support.api import OPS, Api
from tests.support.applicants import application


async def _applied(api: Api, **said: Any) -> dict[str, Any]:
    done = await api.data("ApplyAsProvider", None, "provider", application=application(**said), key=new_id())
    assert done["__typename"] == "ProviderApplied", done
    return {"number": done["number"], "secret": done["secret"]}


async def _state(api: Api, mine: dict[str, Any]) -> dict[str, Any]:
    return dict(await api.data("Application", None, "provider", **mine))


async def test_the_applicant_follows_his_application_to_its_end(shared_api: Api) -> None:
    onboarding, mine = shared_api.city.services.onboarding, await _applied(shared_api)
    first = await _state(shared_api, mine)
    assert (first["state"], first["organisation"], first["granted"], first["answer"]) == ("SUBMITTED", None, [], None)
    await onboarding.take_up(OPS, mine["number"], new_id())
    await onboarding.approve(OPS, mine["number"], ["verify:gate"], new_id())
    tried = await _state(shared_api, mine)
    assert (tried["state"], tried["granted"]) == ("APPROVED", ["verify:gate"])
    await onboarding.reject(OPS, mine["number"], "试用未通过", new_id())
    ended = await _state(shared_api, mine)
    assert (ended["state"], ended["answer"]) == ("REJECTED", "试用未通过")
    assert [event["state"] for event in ended["history"]] == ["SUBMITTED", "IN_REVIEW", "APPROVED", "REJECTED"]


@pytest.mark.parametrize(
    ("said", "refused", "told"),
    [
        ({"creditCode": "91110000600037341"}, "CreditCodeInvalid", {"fault": "FORM"}),
        ({"creditCode": "91110000600037341M"}, "CreditCodeInvalid", {"fault": "CHECK_DIGIT"}),
        ({"contactName": "7"}, "NameInvalid", {}),
        ({"contactPhone": "12345"}, "PhoneInvalid", {}),
        ({"scopes": ["verify:everything"]}, "ScopeUnknown", {"scope": "verify:everything"}),
        ({"parent": "nowhere"}, "OrganisationUnknown", {}),
    ],
)
async def test_a_bad_application_is_refused_by_name(spoken: Api, said: Any, refused: str, told: Any) -> None:
    given = {"application": application(**said), "key": new_id()}
    shown = await spoken.refused(refused, "ApplyAsProvider", None, "provider", **given)
    assert {name: value for name, value in shown.items() if name in told} == told


@pytest.mark.parametrize("said", [{"name": "x"}, {"purpose": "why"}, {"scopes": []}, {"kind": "GOVERNMENT"}])
async def test_a_field_that_is_left_wanting_is_bad_input(shared_api: Api, said: Any) -> None:
    given = {"application": application(**said), "key": new_id()}
    assert await shared_api.codes("ApplyAsProvider", None, "provider", **given) == ["BAD_INPUT"]


async def test_a_credit_code_applies_once_until_its_application_is_withdrawn(spoken: Api) -> None:
    wish = application()
    mine = await _applied(spoken, **wish)
    again = {"application": wish, "key": new_id()}
    await spoken.refused("CreditCodeTaken", "ApplyAsProvider", None, "provider", **again)
    done = await spoken.data("WithdrawApplication", None, "provider", **mine, key=new_id())
    assert done["application"]["state"] == "WITHDRAWN"
    await spoken.refused("ApplicationMovedOn", "WithdrawApplication", None, "provider", **mine, key=new_id())
    assert (await _applied(spoken, **wish))["number"] > mine["number"]


async def test_another_key_under_the_same_wish_is_told_apart(spoken: Api) -> None:
    wish, key = application(), new_id()
    one = await spoken.data("ApplyAsProvider", None, "provider", application=wish, key=key)
    assert await spoken.data("ApplyAsProvider", None, "provider", application=wish, key=key) == one
    changed = {**wish, "name": "另一个名字"}
    await spoken.refused("IdempotencyConflict", "ApplyAsProvider", None, "provider", application=changed, key=key)


async def test_anothers_application_looks_like_none(spoken: Api) -> None:
    mine, theirs = await _applied(spoken), await _applied(spoken)
    for wrong in ({"number": theirs["number"], "secret": mine["secret"]}, {"number": "none", "secret": mine["secret"]}):
        assert await spoken.data("Application", None, "provider", **wrong) is None
        await spoken.refused("ApplicationUnknown", "WithdrawApplication", None, "provider", **wrong, key=new_id())
    assert (await _state(spoken, theirs))["state"] == "SUBMITTED"
