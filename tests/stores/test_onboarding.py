"""From application to live client, in a real database; rivals start their races."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import pytest

from app.core.errors import RateLimited
from app.core.idempotency import IdempotencyConflict
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import ANONYMOUS
from app.domains.identity.clients.errors import InvalidClient
from app.domains.identity.onboarding.errors import ApplicationMovedOn, ApplicationUnknown
from app.domains.identity.onboarding.model import ApplicationState
from app.domains.identity.onboarding.service import OnboardingService, Submitted
from app.domains.identity.organisations.errors import CreditCodeTaken, OrganisationUnknown
from app.domains.identity.organisations.model import Kind, Organisation
from app.wiring import City
from tests.support.api import OPS, Api
from tests.support.applicants import form

GATE = ("verify:gate",)


@pytest.fixture
def city(shared_api: Api) -> City:
    return shared_api.city


@pytest.fixture
def onboarding(city: City) -> OnboardingService:
    return city.services.onboarding


async def _submitted(onboarding: OnboardingService, **said: Any) -> Submitted:
    return await onboarding.apply(ANONYMOUS, form(**said), new_id(), new_id())


async def _reviewed(onboarding: OnboardingService, **said: Any) -> str:
    number = (await _submitted(onboarding, **said)).number
    await onboarding.take_up(OPS, number, new_id())
    return number


async def _outcomes(*calls: Awaitable[Any]) -> list[str]:
    done = await asyncio.gather(*calls, return_exceptions=True)
    return sorted(type(one).__name__ for one in done)


async def test_an_application_becomes_an_organisation_in_test_mode_and_then_a_live_one(
    city: City, onboarding: OnboardingService
) -> None:
    number = await _reviewed(onboarding)
    trial = await onboarding.approve(OPS, number, ("verify:gate", "notify"), new_id())
    owner = city.services.organisations.tree.nodes[trial.application.organisation]
    assert (owner.test_mode, owner.scopes, owner.credit_code) == (True, {"verify:gate", "notify"}, owner.code)
    live = await onboarding.go_live(OPS, number, GATE, new_id())
    owner = city.services.organisations.tree.nodes[owner.code]
    assert (owner.test_mode, owner.scopes, live.application.state) == (False, set(GATE), ApplicationState.LIVE)
    kept = {client.id: client for client in await city.services.clients.of(owner.code)}
    assert {kept[one.client.client].test_mode for one in (trial, live)} == {True, False}
    assert not kept[live.client.client].test_mode
    token = await city.services.clients.token(trial.client.client, trial.client.secret, None, "address")
    assert token.scopes == GATE  # what the live organisation may is all its test client may


async def test_what_people_wrote_is_sealed_and_comes_back(city: City, onboarding: OnboardingService) -> None:
    number = await _reviewed(onboarding, contact_name="欧阳测试", purpose="这句话不应明文出现在数据库里。")
    await onboarding.reject(OPS, number, "资料与登记不符", new_id())
    row = repr(await city.db["applications"].find_one({"_id": number}))
    assert not any(text in row for text in ("欧阳测试", "明文", "资料", "19900777001"))
    found = await onboarding.one(number)
    assert (found.form.contact_name, found.form.contact_phone) == ("欧阳测试", "+8619900777001")
    assert (found.form.purpose, found.answer) == ("这句话不应明文出现在数据库里。", "资料与登记不符")


async def test_the_same_call_again_gives_the_same_secret_and_other_content_is_a_conflict(
    onboarding: OnboardingService,
) -> None:
    wish, key = form(), new_id()
    first = await onboarding.apply(ANONYMOUS, wish, key, new_id())
    assert await onboarding.apply(ANONYMOUS, wish, key, new_id()) == first
    with pytest.raises(IdempotencyConflict):
        await onboarding.apply(ANONYMOUS, replace(wish, name="另一家书店"), key, new_id())
    await onboarding.take_up(OPS, first.number, new_id())
    key = new_id()
    approved = await onboarding.approve(OPS, first.number, GATE, key)
    assert await onboarding.approve(OPS, first.number, GATE, key) == approved


async def test_of_rivals_with_one_credit_code_one_applies(onboarding: OnboardingService) -> None:
    wish = form()
    calls = (onboarding.apply(ANONYMOUS, wish, new_id(), new_id()) for _ in range(6))
    assert await _outcomes(*calls) == ["CreditCodeTaken"] * 5 + ["Submitted"]


async def test_of_two_approvals_one_makes_the_organisation_and_its_only_client(
    city: City, onboarding: OnboardingService
) -> None:
    number = await _reviewed(onboarding)
    calls = (onboarding.approve(OPS, number, GATE, new_id()) for _ in range(4))
    assert await _outcomes(*calls) == ["Admitted"] + ["ApplicationMovedOn"] * 3
    application = await onboarding.one(number)
    assert len(await city.services.clients.of(application.organisation)) == 1
    assert [event.state.value for event in application.history] == ["submitted", "in_review", "approved"]


async def test_an_approval_and_a_withdrawal_at_once_leave_nothing_half_done(
    city: City, onboarding: OnboardingService
) -> None:
    for _ in range(5):
        made = await _submitted(onboarding)
        await onboarding.take_up(OPS, made.number, new_id())
        await _outcomes(
            onboarding.approve(OPS, made.number, GATE, new_id()),
            onboarding.withdraw(ANONYMOUS, made.number, made.secret, new_id(), new_id()),
        )
        ended = await onboarding.one(made.number)
        assert ended.state is ApplicationState.WITHDRAWN  # first or second, the applicant's word stands
        assert not city.services.organisations.tree.active(ended.organisation)
        assert all(client.suspended for client in await city.services.clients.of(ended.organisation))


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_who_was_rejected_or_withdrew_may_apply_again(
    city: City, onboarding: OnboardingService, steps: int
) -> None:
    wish, client = form(), None
    made = await onboarding.apply(ANONYMOUS, wish, new_id(), new_id())
    if steps > 0:
        await onboarding.take_up(OPS, made.number, new_id())
    if steps > 1:
        client = (await onboarding.approve(OPS, made.number, GATE, new_id())).client
        with pytest.raises(CreditCodeTaken):
            await _submitted(onboarding, credit_code=wish.credit_code)
    await onboarding.withdraw(ANONYMOUS, made.number, made.secret, new_id(), new_id())
    again = await _reviewed(onboarding, credit_code=wish.credit_code, name="榕树书店（新）")
    await onboarding.approve(OPS, again, GATE, new_id())
    owner = city.services.organisations.tree.nodes[wish.credit_code]
    assert (owner.name, owner.active, owner.test_mode) == ("榕树书店（新）", True, True)
    if client is not None:  # the credentials of the trial before are of no use
        with pytest.raises(InvalidClient):
            await city.services.clients.token(client.client, client.secret, None, "address")


async def test_a_registered_credit_code_is_taken_for_organisations_and_applications_alike(
    city: City, onboarding: OnboardingService
) -> None:
    wish, organisations = form(), city.services.organisations
    made = Organisation(f"shop-{new_id()}", "书店", Kind.MERCHANT, credit_code=wish.credit_code)
    await organisations.put(OPS, made)
    with pytest.raises(CreditCodeTaken):
        await onboarding.apply(ANONYMOUS, wish, new_id(), new_id())
    with pytest.raises(CreditCodeTaken):
        await organisations.put(OPS, replace(made, code=f"shop-{new_id()}"))
    kept = await organisations.put(OPS, replace(made, name="书店二", credit_code=None))
    assert (kept.name, kept.credit_code) == ("书店二", wish.credit_code)


async def test_an_organisation_that_goes_by_the_code_already_is_not_taken_over(
    city: City, onboarding: OnboardingService
) -> None:
    wish = form()
    await city.services.organisations.put(OPS, Organisation(wish.credit_code, "早就在", Kind.MERCHANT))
    number = await _reviewed(onboarding, credit_code=wish.credit_code)
    with pytest.raises(CreditCodeTaken):
        await onboarding.approve(OPS, number, GATE, new_id())
    assert (await onboarding.one(number)).state is ApplicationState.IN_REVIEW


async def test_only_the_link_shows_an_application(onboarding: OnboardingService) -> None:
    mine, other = await _submitted(onboarding), await _submitted(onboarding)
    assert mine.link == f"http://city.test/providers/applications/{mine.number}/{mine.secret}"
    found = await onboarding.follow(mine.number, mine.secret, new_id())
    assert found is not None
    assert found.state is ApplicationState.SUBMITTED
    for number, secret in ((mine.number, other.secret), ("0" * 16, mine.secret), ("", ""), (mine.number, "é")):
        assert await onboarding.follow(number, secret, new_id()) is None
        with pytest.raises(ApplicationUnknown):
            await onboarding.withdraw(ANONYMOUS, number, secret, new_id(), new_id())


async def test_one_address_applies_ten_times_an_hour_and_guesses_fifty(onboarding: OnboardingService) -> None:
    address = new_id()
    for _ in range(10):
        await onboarding.apply(ANONYMOUS, form(), new_id(), address)
    with pytest.raises(RateLimited):
        await onboarding.apply(ANONYMOUS, form(), new_id(), address)
    for _ in range(50):
        await onboarding.follow("0" * 16, "guess", address)
    with pytest.raises(RateLimited):
        await onboarding.follow("0" * 16, "guess", address)


async def test_the_desk_enters_finds_and_decides_but_not_twice(onboarding: OnboardingService) -> None:
    made = await onboarding.apply(OPS, form(), new_id())
    assert (await onboarding.one(made.number)).history[0].actor == OPS.actor
    newest = await onboarding.waiting(ApplicationState.SUBMITTED, PageRequest(1))
    assert (newest.items[0].number, newest.has_next) == (made.number, True)
    older = await onboarding.waiting(None, PageRequest(100, after=made.number))
    assert all(one.number < made.number for one in older.items)
    for decide in (
        onboarding.approve(OPS, made.number, GATE, new_id()),
        onboarding.go_live(OPS, made.number, GATE, new_id()),
        onboarding.reject(OPS, made.number, "no such shop", new_id()),
    ):
        with pytest.raises(ApplicationMovedOn):
            await decide
    with pytest.raises(ApplicationUnknown):
        await onboarding.one("0" * 16)
    with pytest.raises(OrganisationUnknown):
        await onboarding.apply(OPS, form(parent="nowhere"), new_id())
