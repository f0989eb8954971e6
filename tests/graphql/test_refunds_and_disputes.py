"""Refunds and disputes by the app's own operations, each side by its door."""

from __future__ import annotations

from typing import Any

from app.core.ids import global_id, new_id
from app.domains.payment.ledger.model import wallet
from app.domains.payment.payments.model import Payee, PayeeKind, Payment
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.paying import pay, put_on, shop
from tests.support.putting_right import WORDS, PuttingRightWalk, a_merchant
from tests.uploads.files import picture
from tests.uploads.sending import asked, put


async def test_all_of_it_once(shared_api: Api) -> None:
    person = await shared_api.with_card()

    async def step(operation: str, token: str | None = None, schema: str = "citizen", /, **given: Any) -> Any:
        answer = (await shared_api.raw(operation, given, token=token, schema=schema)).json()
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))

    await PuttingRightWalk(shared_api, step).walk(person)


async def paid(api: Api, fen: int = 1_000, payee: Payee | None = None) -> tuple[Person, Payment]:
    person = await api.with_card()
    payer = key_of(str(person.citizen_id), "Citizen")
    await api.city.services.payment.ledger.open(wallet(payer))
    await put_on(api.city, payer, fen)
    return person, await pay(api.city, payer, fen, payee or shop())


async def result(api: Api, operation: str, token: str | None, schema: str = "citizen", **given: Any) -> Any:
    answer = (await api.raw(operation, {"key": new_id(), **given}, token=token, schema=schema)).json()
    (data,) = answer["data"].values()
    return data


def contested(payment: Payment, **changed: Any) -> dict[str, Any]:
    return {"paymentId": global_id("Payment", payment.id), "reason": "OTHER", "words": WORDS, **changed}


async def test_named_errors_of_a_dispute(shared_api: Api) -> None:
    person, payment = await paid(shared_api)
    stranger = await shared_api.with_card()
    for token, changed, code in (
        (stranger.token, {}, "PAYMENT_UNKNOWN"),
        (person.token, {"words": " 。 "}, "DISPUTE_WORDS_MISSING"),
        (person.token, {"amount": {"amount": "10.01"}}, "DISPUTE_AMOUNT_TOO_HIGH"),
        (person.token, {"amount": {"amount": "1.005"}}, "AMOUNT_INVALID"),
        (person.token, {"amount": {"amount": "5", "currency": "POINTS"}}, "DISPUTE_AMOUNT_TOO_HIGH"),
        (person.token, {"files": [global_id("Upload", new_id())]}, "UPLOAD_UNKNOWN"),
    ):
        assert (await result(shared_api, "DisputePayment", token, **contested(payment, **changed)))["code"] == code
    opened = await result(shared_api, "DisputePayment", person.token, **contested(payment))
    assert opened["__typename"] == "DisputeKept"
    again = await result(shared_api, "DisputePayment", person.token, **contested(payment))
    assert again["code"] == "DISPUTE_OPEN"
    dispute = {"disputeId": opened["dispute"]["id"]}
    early = await result(shared_api, "ReplyToDispute", person.token, **dispute, words=WORDS)
    assert early["code"] == "DISPUTE_STATE_WRONG"
    theirs = await result(shared_api, "WithdrawDispute", stranger.token, **dispute)
    assert theirs["code"] == "DISPUTE_UNKNOWN"


async def test_named_errors_of_a_refund(shared_api: Api) -> None:
    organisation = await a_merchant(shared_api)
    token = await shared_api.provider(organisation, ("payments:manage",))
    other = await shared_api.provider(await a_merchant(shared_api), ("payments:manage",))
    _, payment = await paid(shared_api, payee=Payee(PayeeKind.MERCHANT, organisation))
    about = {"paymentId": global_id("Payment", payment.id), "reason": "RETURNED"}
    for by, changed, code in (
        (other, {}, "PAYMENT_UNKNOWN"),
        (token, {"amount": {"amount": "10.01"}}, "REFUND_TOO_HIGH"),
        (token, {"amount": {"amount": "-1"}}, "AMOUNT_INVALID"),
        (token, {"amount": {"amount": "1", "currency": "POINTS"}}, "REFUND_TOO_HIGH"),
    ):
        answer = await result(shared_api, "RefundPayment", by, "provider", **about, **changed)
        assert answer["code"] == code
    whole = await result(shared_api, "RefundPayment", token, "provider", **about, amount=None)
    assert whole["refund"]["parts"] == [{"way": "WALLET", "amount": {"amount": "10.00", "currency": "CNY"}}]
    more = await result(shared_api, "RefundPayment", token, "provider", **about)
    assert (more["code"], more["left"]["amount"]) == ("REFUND_TOO_HIGH", "0.00")


async def test_evidence_is_seen_by_both_sides_and_by_nobody_else(shared_api: Api) -> None:
    organisation, raw = await a_merchant(shared_api), picture()
    token = await shared_api.provider(organisation, ("payments:manage",))
    stranger = await shared_api.provider(await a_merchant(shared_api), ("payments:manage",))
    person, payment = await paid(shared_api, payee=Payee(PayeeKind.MERCHANT, organisation))
    wish = await asked(shared_api, person, raw, "收据.jpg", purpose="DISPUTE")
    assert (await put(shared_api, wish["target"]["url"], raw)).status_code == 201
    files = [wish["upload"]["id"]]
    opened = await result(shared_api, "DisputePayment", person.token, **contested(payment, files=files))
    dispute = {"disputeId": opened["dispute"]["id"]}
    for by, schema in ((person.token, "citizen"), (token, "provider")):
        seen = await result(shared_api, "PaymentDispute", by, schema, **dispute)
        (file,) = seen["statements"][0]["files"]
        assert file["uploadId"] == files[0]
        assert (await shared_api.http.get(file["link"])).status_code == 200
    assert await result(shared_api, "PaymentDispute", stranger, "provider", **dispute) is None
