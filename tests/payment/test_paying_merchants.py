"""Citizens pay by codes that merchants show; PINs; shifts of cashiers; who hears of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.core.errors import Forbidden
from app.core.ids import global_id, new_id
from app.core.viewer import Role, Viewer
from app.domains.payment.collecting.model import OrderState
from app.domains.payment.payments.model import PaymentState
from app.domains.payment.refunds.errors import RefundTooLate
from notifications.webhooks.deliveries.model import WEBHOOK_EVENTS
from tests.conftest import Fakes
from tests.support.api import Api, Person
from tests.support.fakes import MovableClock
from tests.support.tills import (
    ANOTHER_PIN,
    PIN,
    Till,
    balance,
    manager,
    merchant_of,
    payer_of,
    shown,
    till_of,
    with_pin,
)


async def _static(api: Api, merchant: str) -> str:
    found = await api.city.services.payment.merchants.get(merchant)
    assert found is not None
    return found.code


async def _pays(api: Api, person: Person, code: str, amount: str | None = None, **said: Any) -> Any:
    paid = {"amount": {"amount": amount}} if amount else {}
    return await api.data("PayMerchant", person.token, code=code, key=new_id(), **paid, **said)


async def _made(till: Till, amount: str = "25.00", order: str = "D-1", **said: Any) -> str:
    given = {"amount": {"amount": amount}, "order": order, "key": new_id(), **said}
    done = await till.call("CreateMerchantCode", **given)
    assert done["__typename"] == "MerchantCodeMade", done
    return str(done["merchantCode"]["text"])


async def test_a_static_code_tells_the_merchant_and_what_may_be_paid_today(shared_api: Api) -> None:
    merchant, person = await merchant_of(shared_api.city), await payer_of(shared_api)
    code = await _static(shared_api, merchant)

    paid = await _pays(shared_api, person, code, "120.00")
    seen = await shared_api.data("MerchantCode", person.token, text=code.removeprefix("RONG:M"))

    assert (paid["__typename"], paid["payment"]["purpose"]) == ("MerchantPaid", "STATIC_CODE")
    assert (seen["merchant"], seen["fixed"], seen["remaining"]["amount"]) == ("测试小店", False, "380.00")
    beyond = await _pays(shared_api, person, code, "380.01")
    assert (beyond["__typename"], beyond["left"]["amount"], beyond["pinHelps"]) == (
        "SpendingLimitReached",
        "380.00",
        False,
    )
    assert (await _pays(shared_api, person, code))["__typename"] == "MerchantCodeAmount"
    assert await shared_api.data("MerchantCode", person.token, text="RONG:M000000000000") is None


async def test_a_dynamic_code_is_paid_once_and_the_till_is_told(shared_api: Api) -> None:
    till, one, other = await till_of(shared_api), await payer_of(shared_api), await payer_of(shared_api)
    code = await _made(till)
    assert (await till.query("D-1"))["state"] == "WAITING_FOR_PAYER"

    both = await asyncio.gather(*(_pays(shared_api, person, code) for person in (one, other)))

    assert sorted(one["__typename"] for one in both) == ["MerchantCodeUsed", "MerchantPaid"]
    assert (await till.query("D-1"))["state"] == "PAID"
    assert await balance(shared_api, one) + await balance(shared_api, other) == 19_975_00


async def test_a_dynamic_code_that_was_not_paid_for_lack_of_money_stays_good(shared_api: Api) -> None:
    till, poor, rich = await till_of(shared_api), await payer_of(shared_api, 1_00), await payer_of(shared_api)
    code = await _made(till)
    refused = await _pays(shared_api, poor, code)
    assert (refused["__typename"], refused["available"]["amount"]) == ("InsufficientBalance", "1.00")
    assert (await _pays(shared_api, rich, code, "25.01"))["__typename"] == "MerchantCodeAmount"
    assert (await _pays(shared_api, rich, code, "25.00"))["__typename"] == "MerchantPaid"


async def test_a_cancelled_order_ends_its_code(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await payer_of(shared_api)
    code = await _made(till)
    done = await till.call("CancelPayment", order="D-1", key=new_id())
    assert done["order"]["state"] == "CLOSED"
    assert (await _pays(shared_api, person, code))["__typename"] == "MerchantCodeUnknown"


async def test_with_the_pin_more_may_be_paid_by_dynamic_codes(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await with_pin(shared_api, await payer_of(shared_api))
    code = await _made(till, "1000.01")
    without = await _pays(shared_api, person, code)
    assert (without["__typename"], without["pinHelps"]) == ("SpendingLimitReached", True)
    assert (await _pays(shared_api, person, code, pin=PIN))["__typename"] == "MerchantPaid"
    limits = (await shared_api.data("SpendingToday", person.token))["limits"]
    assert [one["remaining"]["amount"] for one in limits] == ["500.00", "1000.00", "3999.99"]


async def test_a_renewed_static_code_ends_the_one_before(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await payer_of(shared_api)
    before = await _static(shared_api, till.merchant)
    done = await till.call("RenewStaticCode", key=new_id())
    assert done["merchant"]["code"] != before
    assert (await _pays(shared_api, person, before, "1.00"))["__typename"] == "MerchantCodeUnknown"
    assert (await _pays(shared_api, person, done["merchant"]["code"], "1.00"))["__typename"] == "MerchantPaid"


async def test_who_is_not_known_by_name_pays_nothing_by_code(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    code = await _static(shared_api, await merchant_of(shared_api.city))
    refused = [
        await shared_api.data("CreatePayCode", person.token, key=new_id()),
        await _pays(shared_api, person, code, "1.00"),
        await shared_api.data("ChoosePayPin", person.token, pin=PIN, key=new_id()),
    ]
    assert {one["__typename"] for one in refused} == {"RealNameNeeded"}


async def test_of_many_guesses_at_once_five_count_and_then_the_pin_is_locked(shared_api: Api) -> None:
    person = await with_pin(shared_api, await payer_of(shared_api))

    def guess(n: int) -> Any:
        return shared_api.data("ChangePayPin", person.token, pin=f"31415{n % 10}", newPin=ANOTHER_PIN, key=new_id())

    told = [one["__typename"] for one in await asyncio.gather(*map(guess, range(12)))]

    assert (told.count("PinWrong"), told.count("PinLocked")) == (4, 8)
    right = await shared_api.data("CreatePayCode", person.token, pin=PIN, key=new_id())
    assert right["__typename"] == "PinLocked"
    assert (await shared_api.data("PayPin", person.token))["lockedUntil"] == right["until"]
    assert (await shared_api.data("CreatePayCode", person.token, key=new_id()))["__typename"] == "PayCodeShown"


async def test_a_forgotten_pin_is_reset_by_the_own_phone_and_the_id_number(shared_api: Api) -> None:
    person, other = await with_pin(shared_api, await payer_of(shared_api)), await payer_of(shared_api)

    async def reset(number: str, phone: str) -> Any:
        asked = await shared_api.data("RequestOtp", phone=phone, device=person.device, key=new_id())
        code = shared_api.sms.code_for(phone)
        said = {"idNumber": number, "challenge": asked["challenge"], "code": code, "pin": ANOTHER_PIN}
        return await shared_api.data("ResetPayPin", person.token, key=new_id(), **said)

    assert (await reset(other.id_number, person.phone))["__typename"] == "PinResetRefused"
    assert (await reset(person.id_number, other.phone))["__typename"] == "PinResetRefused"
    assert (await reset(person.id_number, person.phone))["__typename"] == "PayPinSet"
    strong = await shared_api.data("CreatePayCode", person.token, pin=ANOTHER_PIN, key=new_id())
    assert strong["payCode"]["strong"] is True


async def test_a_pin_out_of_ones_own_numbers_is_refused(shared_api: Api) -> None:
    person = await payer_of(shared_api)
    for pin in (person.phone[-6:], person.id_number[6:12], person.id_number[:6]):
        refused = await shared_api.data("ChoosePayPin", person.token, pin=pin, key=new_id())
        assert refused["__typename"] == "PinTooWeak", pin


async def test_a_cashier_has_one_shift_and_sees_no_others(shared_api: Api) -> None:
    merchant, person = await merchant_of(shared_api.city), await payer_of(shared_api)
    here, there = await till_of(shared_api, merchant, "payments"), await till_of(shared_api, merchant, "payments")
    chief = await till_of(shared_api, merchant)
    opened = await here.call("OpenShift", till="一号台", key=new_id())
    shift = opened["shift"]["id"]
    assert (await here.call("OpenShift", till="二号台", key=new_id()))["__typename"] == "ShiftOpenAlready"

    await here.collect(await shown(shared_api, person), "40.00", "S-1")
    await here.collect(await shown(shared_api, person), "2.00", "S-2")
    await here.call("CancelPayment", order="S-2", key=new_id())
    await _pays(shared_api, person, await _made(here, "8.00", "S-3"))

    mine = await here.call("MyShift")
    assert {(one["purpose"], one["count"], one["taken"]["amount"]) for one in mine["totals"]} == {
        ("CODE", 2, "42.00"),
        ("DYNAMIC_CODE", 1, "8.00"),
    }
    assert mine["taken"]["amount"] == "48.00"
    assert await there.call("Shift", shiftId=shift) is None
    assert (await chief.call("Shift", shiftId=shift))["taken"]["amount"] == "48.00"
    assert ((await there.call("Shifts"))["edges"], len((await chief.call("Shifts"))["edges"])) == ([], 1)
    closed = await here.call("CloseShift", key=new_id())
    assert (closed["shift"]["taken"]["amount"], closed["shift"]["closedAt"] is not None) == ("48.00", True)
    assert (await here.call("CloseShift", key=new_id()))["__typename"] == "ShiftNotOpen"


async def test_a_cashier_manages_nothing(shared_api: Api) -> None:
    cashier = await till_of(shared_api, None, "payments")
    for operation, said in (("RenewStaticCode", {"key": new_id()}), ("MerchantPayments", {})):
        assert await shared_api.codes(operation, cashier.token, "provider", **said) == ["FORBIDDEN"]


async def test_the_till_and_the_phone_hear_how_a_charge_goes_on(shared_api: Api) -> None:
    services, person = shared_api.city.services.payment, await with_pin(shared_api, await payer_of(shared_api))
    till = await till_of(shared_api)
    payer = Viewer(Role.CITIZEN, shared_api.key(person), shared_api.key(person))
    heard: list[str] = []
    async with (
        services.collecting.live(manager(till.merchant), "L-1") as views,
        services.watched_payments.of_payer(payer) as payments,
    ):
        await till.collect(await shown(shared_api, person), "1200.00", "L-1")
        heard.append((await anext(views)).state.value)
        asked = await asyncio.wait_for(anext(payments), 10)
        await shared_api.data("DeclinePayment", person.token, paymentId=global_id("Payment", asked.id), key=new_id())
        while heard[-1] != "failed":
            heard.append((await asyncio.wait_for(anext(views), 10)).state.value)
    assert (heard[0], heard[-1]) == ("waiting_for_confirmation", "failed")


@pytest.mark.parametrize("state", ["captured", "failed", "cancelled", "expired"])
def test_each_end_of_a_payment_goes_out_to_its_payee_without_who_paid_and_why(state: str) -> None:
    route = WEBHOOK_EVENTS[f"payment.{state}"]
    assert set(route.ids) | set(route.codes) == {
        "paymentId",
        *("number", "order", "fen", "currency", "purpose", "state"),
    }


async def test_a_charge_that_nobody_answers_lapses_within_the_minute(
    api: Api, clock: MovableClock, fakes: Fakes
) -> None:
    till, person = await till_of(api), await payer_of(api)
    done = await till.collect(await shown(api, person), "1200.00", "A-1")
    clock.advance(seconds=61)

    late = await api.data("ConfirmPayment", person.token, paymentId=done["order"]["payment"]["id"], key=new_id())
    assert late["__typename"] == "PaymentTooLate"
    await api.city.services.payment.payments.sweep()

    stands = await till.query("A-1")
    assert (stands["state"], stands["failure"], stands["payment"]["state"]) == (
        "FAILED",
        "NOT_CONFIRMED",
        PaymentState.EXPIRED.name,
    )
    assert await balance(api, person) == 10_000_00


async def test_codes_end_by_the_clock_and_limits_with_the_day(api: Api, clock: MovableClock) -> None:
    till, person = await till_of(api), await payer_of(api)
    code, fixed = await shown(api, person), await _made(till, "1.00", "D-1", expiresIn=60)
    static = await _static(api, till.merchant)
    assert (await _pays(api, person, static, "500.00"))["__typename"] == "MerchantPaid"
    clock.advance(seconds=61)
    assert (await till.collect(code, "1.00"))["__typename"] == "PayCodeExpired"
    assert (await _pays(api, person, fixed))["__typename"] == "MerchantCodeExpired"
    assert (await _pays(api, person, static, "0.01"))["__typename"] == "SpendingLimitReached"
    viewer = Viewer(Role.CITIZEN, api.key(person), api.key(person))
    clock.advance(seconds=timedelta(days=1).total_seconds())
    assert (await api.city.services.payment.merchant_payments.today(viewer)).unasked == 0


async def test_a_dynamic_code_that_ran_out_unpaid_closes_its_order(api: Api, clock: MovableClock) -> None:
    till = await till_of(api)
    await _made(till, "1.00", "D-1", expiresIn=60)
    assert (await till.query("D-1"))["state"] == "WAITING_FOR_PAYER"
    clock.advance(seconds=61)
    assert (await till.query("D-1"))["state"] == "CLOSED"


async def test_a_cashier_takes_back_what_was_just_paid_and_a_manager_what_a_refund_may(
    api: Api, clock: MovableClock
) -> None:
    merchant, person = await merchant_of(api.city), await payer_of(api)
    till = await till_of(api, merchant, "payments")
    for order in ("A-1", "A-2", "A-3"):
        await till.collect(await shown(api, person), "10.00", order)
    clock.advance(seconds=29 * 60)
    cancel = api.city.services.payment.collecting.cancel
    cashier = Viewer(Role.PROVIDER_CLIENT, "till", organisation=merchant, scopes=frozenset({"payments"}))
    assert (await cancel(cashier, "A-1", new_id())).state is OrderState.REFUNDED
    clock.advance(seconds=61)
    with pytest.raises(Forbidden):
        await cancel(cashier, "A-2", new_id())
    chief = await till_of(api, merchant)
    assert (await chief.call("CancelPayment", order="A-2", key=new_id()))["order"]["state"] == "REFUNDED"
    clock.advance(seconds=timedelta(days=366).total_seconds())
    with pytest.raises(RefundTooLate):
        await cancel(replace(cashier, scopes=frozenset({"payments", "payments:manage"})), "A-3", new_id())


async def test_a_cashier_takes_back_what_was_paid_in_his_own_open_shift(api: Api, clock: MovableClock) -> None:
    merchant, person = await merchant_of(api.city), await payer_of(api)
    till = await till_of(api, merchant, "payments")
    await till.call("OpenShift", till="一号台", key=new_id())
    for order in ("A-1", "A-2"):
        await till.collect(await shown(api, person), "10.00", order)
    payment = await api.city.services.payment.collecting.view(merchant, "A-1")
    assert payment is not None
    assert payment.payment is not None
    clock.advance(seconds=2 * 3600)
    cancel, scopes = api.city.services.payment.collecting.cancel, frozenset({"payments"})
    cashier = Viewer(Role.PROVIDER_CLIENT, payment.payment.cashier, organisation=merchant, scopes=scopes)
    assert (await cancel(cashier, "A-1", new_id())).state is OrderState.REFUNDED
    await api.city.services.payment.shifts.end(cashier, new_id())
    with pytest.raises(Forbidden):
        await cancel(cashier, "A-2", new_id())
