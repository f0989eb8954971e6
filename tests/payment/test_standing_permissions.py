"""What lets money be taken later is given by the PIN: auto-pay, a credit line, a treatment paid later."""

from __future__ import annotations

import asyncio

import pytest

from app.core.ids import new_id
from app.core.viewer import Viewer
from app.domains.payment.bills.auto_pay.model import AutoPay
from app.domains.payment.bills.bound.model import Bound
from app.domains.payment.credit.line.errors import CreditLineOpen
from app.domains.payment.credit.line.model import AGREEMENT, CreditLine, LineState
from app.domains.payment.credit.score.model import TERMS
from app.domains.payment.ledger.errors import InsufficientBalance
from app.domains.payment.payments.model import Method
from app.domains.payment.pins.errors import PinLocked, PinNeeded, PinNotSet, PinWrong
from app.domains.payment.treatments.errors import TreatmentNotInState
from app.domains.payment.treatments.model import TreatmentState
from graphql_schema.types.common import global_id
from tests.payment.test_treatments import asked
from tests.support.api import Api, Person
from tests.support.billing import a_biller, bound, payer, pushed, told
from tests.support.credit import Lent
from tests.support.credit_walk import yuan

PIN, WRONG = "480517", "480518"


async def allowed(
    api: Api, viewer: Viewer, account: Bound, cap: int, pin: str | None = None, method: Method = Method.WALLET
) -> AutoPay:
    return await api.city.services.payment.bills.auto_pay.allow(viewer, account.id, cap, method, new_id(), pin)


async def account_of(api: Api, viewer: Viewer) -> Bound:
    biller = await a_biller(api.city)
    await pushed(api.city, biller, told())
    return await bound(api.city, viewer, biller)


async def with_pin(api: Api, person: Person) -> None:
    await api.data("ChoosePayPin", person.token, pin=PIN, key=new_id())


async def test_auto_pay_up_to_much_wants_a_pin_to_have_been_chosen(shared_api: Api) -> None:
    person, viewer = await payer(shared_api)
    account = await account_of(shared_api, viewer)
    with pytest.raises(PinNotSet):
        await allowed(shared_api, viewer, account, 100_001)
    assert (await allowed(shared_api, viewer, account, 100_000)).cap == 100_000  # as by hand, so much goes without
    await with_pin(shared_api, person)
    assert (await allowed(shared_api, viewer, account, 100_001, PIN)).cap == 100_001


async def test_who_has_a_pin_gives_it_for_whatever_is_allowed_anew_or_more_and_not_for_less(shared_api: Api) -> None:
    person, viewer = await payer(shared_api)
    account = await account_of(shared_api, viewer)
    await with_pin(shared_api, person)
    with pytest.raises(PinNeeded):
        await allowed(shared_api, viewer, account, 1)
    await allowed(shared_api, viewer, account, 20_000, PIN)
    with pytest.raises(PinNeeded):
        await allowed(shared_api, viewer, account, 20_001)
    with pytest.raises(PinWrong):
        await allowed(shared_api, viewer, account, 20_001, WRONG)
    with pytest.raises(PinNeeded):  # of another purse nothing was allowed
        await allowed(shared_api, viewer, account, 20_000, method=Method.CREDIT)
    assert (await allowed(shared_api, viewer, account, 20_000)).cap == 20_000
    assert (await allowed(shared_api, viewer, account, 5_000)).cap == 5_000
    with pytest.raises(PinNeeded):  # what was lowered is raised again
        await allowed(shared_api, viewer, account, 20_000)
    await shared_api.city.services.payment.bills.auto_pay.end(viewer, account.id, new_id())
    with pytest.raises(PinNeeded):
        await allowed(shared_api, viewer, account, 5_000)
    with pytest.raises(PinWrong):  # one that is given is looked at
        await allowed(shared_api, viewer, account, 1, WRONG)


async def test_a_cap_that_is_lowered_meanwhile_is_not_raised_without_the_pin(shared_api: Api) -> None:
    person, viewer = await payer(shared_api)
    account = await account_of(shared_api, viewer)
    await with_pin(shared_api, person)
    service = shared_api.city.services.payment.bills.auto_pay
    for _ in range(5):
        await allowed(shared_api, viewer, account, 20_000, PIN)
        same = allowed(shared_api, viewer, account, 20_000)
        await asyncio.gather(allowed(shared_api, viewer, account, 100), same, return_exceptions=True)
        assert (await service.mine(viewer))[account.account].cap == 100
        same = allowed(shared_api, viewer, account, 100)
        await asyncio.gather(service.end(viewer, account.id, new_id()), same, return_exceptions=True)
        assert account.account not in await service.mine(viewer)


async def test_wrong_tries_at_a_permission_lock_the_pin_as_at_a_till(shared_api: Api) -> None:
    person, viewer = await payer(shared_api)
    account = await account_of(shared_api, viewer)
    await with_pin(shared_api, person)
    for _ in range(4):
        with pytest.raises(PinWrong):
            await allowed(shared_api, viewer, account, 20_000, WRONG)
    for pin in (WRONG, PIN):
        with pytest.raises(PinLocked):
            await allowed(shared_api, viewer, account, 20_000, pin)


async def test_a_repeat_under_the_same_key_asks_for_no_other_try(shared_api: Api) -> None:
    person, viewer = await payer(shared_api)
    account = await account_of(shared_api, viewer)
    await with_pin(shared_api, person)
    given = {
        "account": global_id("BillerAccount", account.id),
        "cap": yuan("20.00"),
        "method": "WALLET",
        "key": new_id(),
    }
    refused = await shared_api.data("AllowAutoPay", person.token, **given)
    assert (refused["__typename"], refused["code"]) == ("PinNeeded", "PIN_NEEDED")
    first = await shared_api.data("AllowAutoPay", person.token, **given, pin=PIN)
    assert await shared_api.data("AllowAutoPay", person.token, **given, pin=PIN) == first
    assert first["__typename"] == "AutoPayAllowed"
    assert (await shared_api.data("AllowAutoPay", person.token, **given, pin=WRONG))["code"] == "IDEMPOTENCY_CONFLICT"


async def scored(lent: Lent, value: int) -> Viewer:
    """Somebody with so many points."""
    who = await lent.citizen()
    await lent.credit.scores.join(who, TERMS, new_id())
    await lent.city.db["credit_scores"].update_one({"_id": who.citizen()}, {"$set": {"reckoning.value": value}})
    return who


async def opened(lent: Lent, who: Viewer, most: int | None = None, pin: str | None = None) -> CreditLine:
    line: CreditLine = await lent.credit.lines.open(who, AGREEMENT, most, new_id(), pin)
    return line


async def test_a_credit_line_is_opened_by_the_pin(lent: Lent) -> None:
    who, pins = await scored(lent, 700), lent.city.services.payment.pins
    with pytest.raises(PinNotSet):  # 1,500 yuan
        await opened(lent, who)
    assert (await opened(lent, who, 100_000)).fen == 100_000
    with pytest.raises(CreditLineOpen):
        await opened(lent, who)
    await lent.credit.lines.close(who, new_id())
    await pins.choose(who, PIN, new_id())
    with pytest.raises(PinNeeded):  # who has one gives it, whatever the limit
        await opened(lent, who, 100)
    with pytest.raises(PinWrong):
        await opened(lent, who, pin=WRONG)
    line = await opened(lent, who, pin=PIN)
    assert (line.state, line.fen) == (LineState.OPEN, 150_000)


async def test_much_is_held_for_a_treatment_by_the_pin_only(lent: Lent) -> None:
    who, pins = await scored(lent, 700), lent.city.services.payment.pins
    await opened(lent, who, 100_000)
    small, large = await asked(lent, who, 100_000), await asked(lent, who, 100_001)
    assert (await lent.treatments.confirm(who, small, new_id())).state is TreatmentState.AUTHORISED
    with pytest.raises(PinNotSet):
        await lent.treatments.confirm(who, large, new_id())
    await pins.choose(who, PIN, new_id())
    with pytest.raises(PinNeeded):
        await lent.treatments.confirm(who, large, new_id())
    with pytest.raises(PinWrong):
        await lent.treatments.confirm(who, large, new_id(), WRONG)
    with pytest.raises(InsufficientBalance):  # the PIN was right
        await lent.treatments.confirm(who, large, new_id(), PIN)
    await lent.treatments.decline(who, large, new_id())
    with pytest.raises(TreatmentNotInState):  # and costs no try of the PIN
        await lent.treatments.confirm(who, large, new_id(), WRONG)
