"""A till charges codes: once, by name when it cannot, and whole again when it is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from app.core.ids import new_id
from app.core.money import Currency
from app.core.said import Said
from app.domains.payment.ledger.model import FEES, ISSUED, TransferKind, Wanted, credit, debit, points
from app.domains.payment.merchants.model import MerchantState
from app.domains.payment.payments.model import Payee, PayeeKind
from tests.support.api import OPS, Api
from tests.support.paying import lies_on, takings
from tests.support.tills import PIN, balance, merchant_of, payer_of, shown, till_of, with_pin

GRANT = TransferKind.GRANT


async def test_a_code_is_charged_and_the_merchant_has_it_less_the_fee(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await payer_of(shared_api)
    fees = await lies_on(shared_api.city, FEES)

    done = await till.collect(await shown(shared_api, person), "40.00", "A-1")

    assert (done["__typename"], done["order"]["state"], done["order"]["waitingForConfirmation"]) == (
        "PaymentCollected",
        "PAID",
        False,
    )
    assert done["order"]["payment"]["fee"]["amount"] == "0.15"
    assert await balance(shared_api, person) == 9_960_00
    assert await lies_on(shared_api.city, takings(Payee(PayeeKind.MERCHANT, till.merchant))) == 39_85
    assert await lies_on(shared_api.city, FEES) >= fees + 15
    assert (await till.query("A-1"))["state"] == "PAID"


async def test_a_repeat_is_answered_alike_and_other_content_is_a_conflict(shared_api: Api) -> None:
    till, person, key = await till_of(shared_api), await payer_of(shared_api), new_id()
    code = await shown(shared_api, person)
    first = await till.collect(code, "1.00", "A-1", key=key)
    assert await till.collect(code, "1.00", "A-1", key=key) == first
    assert (await till.collect(code, "2.00", "A-1", key=key))["__typename"] == "IdempotencyConflict"
    assert (await till.collect(await shown(shared_api, person), "1.00", "A-1"))["__typename"] == "OrderTaken"
    assert await balance(shared_api, person) == 9_999_00


async def test_a_code_is_spent_even_when_the_charge_fails(shared_api: Api) -> None:
    till, person, key = await till_of(shared_api), await payer_of(shared_api, 5_00), new_id()
    code = await shown(shared_api, person)

    failed = await till.collect(code, "5.01", "A-1", key=key)

    assert (failed["__typename"], failed["reason"]) == ("PaymentFailed", "BALANCE_TOO_LOW")
    assert await till.collect(code, "5.01", "A-1", key=key) == failed
    assert (await till.collect(code, "1.00"))["__typename"] == "PayCodeUsed"
    stands = await till.query("A-1")
    assert (stands["state"], stands["failure"], stands["payment"]) == ("FAILED", "BALANCE_TOO_LOW", None)
    assert await balance(shared_api, person) == 5_00


async def test_a_renewed_code_ends_the_one_before(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await payer_of(shared_api)
    older, newer = await shown(shared_api, person), await shown(shared_api, person)
    assert (await till.collect(older, "1.00"))["__typename"] == "PayCodeUnknown"
    assert (await till.collect(newer, "1.00"))["__typename"] == "PaymentCollected"


@pytest.mark.parametrize(
    ("code", "amount", "outcome"),
    [
        ("86" + "0" * 16, "1.00", "PayCodeUnknown"),
        ("123", "1.00", "PayCodeMalformed"),
        ("86" + "0" * 16, "-1.00", "AmountInvalid"),
        ("86" + "0" * 16, "1.001", "AmountInvalid"),
        ("86" + "0" * 16, "99999999999999999", "AmountInvalid"),
    ],
)
async def test_bad_input_is_named(shared_api: Api, code: str, amount: str, outcome: str) -> None:
    till = await till_of(shared_api)
    assert (await till.collect(code, amount, "A-1"))["__typename"] == outcome
    assert await till.query("A-1") is None


async def test_points_are_taken_by_partners_only(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await payer_of(shared_api)
    code = await shown(shared_api, person)
    assert (await till.collect(code, "10", currency="POINTS"))["__typename"] == "PointsNotTaken"
    assert (await till.collect(code, "1.00"))["__typename"] == "PaymentCollected"  # the code is not spent by that


async def test_a_partner_is_paid_in_points_by_the_same_call_and_without_a_fee(shared_api: Api) -> None:
    till, person, city = await till_of(shared_api), await payer_of(shared_api), shared_api.city
    await city.services.payment.points.partners.put(OPS, till.merchant, 100, Said("一杯豆浆", "A soy milk"))
    await city.services.payment.ledger.open(ISSUED)
    await city.services.payment.ledger.open(points(shared_api.key(person)))
    lines = (debit(ISSUED, 500_00), credit(points(shared_api.key(person)), 500_00))
    await city.db.transaction(lambda tx: city.services.payment.ledger.post(Wanted(new_id(), GRANT, lines), tx))

    done = await till.collect(await shown(shared_api, person), "300", currency="POINTS")

    assert (done["__typename"], done["order"]["payment"]["method"]) == ("PaymentCollected", "POINTS")
    assert done["order"]["payment"]["fee"]["amount"] == "0.00"
    assert await lies_on(city, takings(Payee(PayeeKind.MERCHANT, till.merchant), Currency.POINTS)) == 300_00
    beyond = await till.collect(await shown(shared_api, person), "201", currency="POINTS")
    assert (beyond["__typename"], beyond["reason"]) == ("PaymentFailed", "BALANCE_TOO_LOW")


async def test_above_the_sum_the_payer_is_asked_and_confirms_with_his_pin(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await with_pin(shared_api, await payer_of(shared_api))
    done = await till.collect(await shown(shared_api, person), "1200.00", "A-1")
    assert (done["order"]["state"], done["order"]["waitingForConfirmation"]) == ("WAITING_FOR_CONFIRMATION", True)
    assert await balance(shared_api, person) == 10_000_00
    (asked,) = (await shared_api.raw("PaymentsToConfirm", token=person.token)).json()["data"]["paymentsToConfirm"]

    bare = await shared_api.data("ConfirmPayment", person.token, paymentId=asked["id"], key=new_id())
    assert (bare["__typename"], bare["pinHelps"]) == ("SpendingLimitReached", True)
    key = new_id()
    paid = await shared_api.data("ConfirmPayment", person.token, paymentId=asked["id"], pin=PIN, key=key)

    assert (paid["__typename"], paid["payment"]["state"]) == ("PaymentConfirmed", "CAPTURED")
    assert await shared_api.data("ConfirmPayment", person.token, paymentId=asked["id"], pin=PIN, key=key) == paid
    assert (await till.query("A-1"))["state"] == "PAID"
    assert await balance(shared_api, person) == 8_800_00
    told = [event.type for event in await shared_api.events(person)]
    assert ("payment.confirmation_asked" in told, "payment.captured" in told) == (True, True)


async def test_a_declined_charge_moves_nothing_and_another_cannot_confirm_it(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await payer_of(shared_api)
    stranger = await payer_of(shared_api)
    done = await till.collect(await shown(shared_api, person), "1200.00", "A-1")
    payment = done["order"]["payment"]["id"]
    for operation in ("ConfirmPayment", "DeclinePayment"):
        refused = await shared_api.data(operation, stranger.token, paymentId=payment, key=new_id())
        assert refused["__typename"] == "PaymentUnknown"

    declined = await shared_api.data("DeclinePayment", person.token, paymentId=payment, key=new_id())

    assert declined["__typename"] == "PaymentDeclined"
    stands = await till.query("A-1")
    assert (stands["state"], stands["failure"]) == ("FAILED", "DECLINED")
    late = await shared_api.data("ConfirmPayment", person.token, paymentId=payment, key=new_id())
    assert (late["__typename"], late["state"]) == ("PaymentNotOpen", "CANCELLED")


async def test_what_was_paid_goes_back_whole_when_the_till_cancels(shared_api: Api) -> None:
    till, person, key = await till_of(shared_api), await payer_of(shared_api), new_id()
    await till.collect(await shown(shared_api, person), "40.00", "A-1")

    done = await till.call("CancelPayment", order="A-1", key=key)

    assert (done["__typename"], done["order"]["state"]) == ("PaymentCancelled", "REFUNDED")
    assert await till.call("CancelPayment", order="A-1", key=key) == done
    assert (await till.call("CancelPayment", order="A-1", key=new_id()))["order"]["state"] == "REFUNDED"
    assert await balance(shared_api, person) == 10_000_00


async def test_an_order_that_never_arrived_is_closed_beforehand(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await payer_of(shared_api)
    closed = await till.call("CancelPayment", order="A-1", key=new_id())
    assert (closed["order"]["state"], closed["order"]["payment"]) == ("CLOSED", None)
    code = await shown(shared_api, person)
    assert (await till.collect(code, "1.00", "A-1"))["__typename"] == "OrderClosed"
    assert (await till.collect(code, "1.00", "A-2"))["__typename"] == "PaymentCollected"


async def test_of_fifty_tills_that_charge_one_code_one_gets_it(shared_api: Api) -> None:
    merchant, person = await merchant_of(shared_api.city), await payer_of(shared_api)
    tills = [await till_of(shared_api, merchant) for _ in range(5)]
    code = await shown(shared_api, person)

    told = await asyncio.gather(*(tills[n % 5].collect(code, "1.00") for n in range(50)))

    outcomes = [one["__typename"] for one in told]
    assert (outcomes.count("PaymentCollected"), outcomes.count("PayCodeUsed")) == (1, 49)
    assert await balance(shared_api, person) == 9_999_00


async def test_a_cancel_that_races_its_charge_leaves_nothing_half_done(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await payer_of(shared_api)
    for n in range(6):
        code = await shown(shared_api, person)
        both = till.collect(code, "1.00", f"R-{n}"), till.call("CancelPayment", order=f"R-{n}", key=new_id())
        collected, cancelled = await asyncio.gather(*both)
        assert cancelled["__typename"] == "PaymentCancelled"
        stands = (await till.query(f"R-{n}"))["state"]
        assert (collected["__typename"], stands) in {("PaymentCollected", "REFUNDED"), ("OrderClosed", "CLOSED")}
    assert await balance(shared_api, person) == 10_000_00


async def test_a_suspended_merchant_takes_nothing(shared_api: Api) -> None:
    till, person = await till_of(shared_api), await payer_of(shared_api)
    merchants = shared_api.city.services.payment.merchants
    await merchants.turn(OPS, till.merchant, MerchantState.SUSPENDED, "several complaints", new_id())
    refused = await till.collect(await shown(shared_api, person), "1.00")
    assert (refused["__typename"], refused["state"]) == ("MerchantNotActive", "SUSPENDED")


async def test_the_daily_limit_holds_against_rivals(shared_api: Api) -> None:
    merchant, person = await merchant_of(shared_api.city), await payer_of(shared_api)
    code = (await shared_api.city.services.payment.merchants.get(merchant)).code  # type: ignore[union-attr]
    amount = {"amount": "100.00"}
    pays = (shared_api.data("PayMerchant", person.token, code=code, amount=amount, key=new_id()) for _ in range(8))
    outcomes = [one["__typename"] for one in await asyncio.gather(*pays)]
    assert (outcomes.count("MerchantPaid"), outcomes.count("SpendingLimitReached")) == (5, 3)
    assert await balance(shared_api, person) == 9_500_00
