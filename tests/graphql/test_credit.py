"""Credit and treatments by the app's own operations, each side by its door."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.domains.payment.credit.line.model import AGREEMENT
from app.domains.payment.credit.score.model import TERMS
from graphql_schema.types.common import global_id
from tests.support.api import Api
from tests.support.credit_walk import CreditWalk, asked, bill, hospital, lent_to, wanted, yuan


async def test_all_of_it_once(shared_api: Api) -> None:
    async def step(operation: str, token: str | None = None, schema: str = "citizen", /, **given: Any) -> Any:
        answer = (await shared_api.raw(operation, given, token=token, schema=schema)).json()
        assert "errors" not in answer, (operation, answer)
        return answer["data"]

    await CreditWalk(shared_api, step).walk()


async def code_of(api: Api, operation: str, token: str | None, schema: str = "citizen", /, **given: Any) -> Any:
    """The code of its named error; what it gave when there was none."""
    answer = (await api.raw(operation, {"key": new_id(), **given}, token=token, schema=schema)).json()
    assert "errors" not in answer, answer
    (data,) = answer["data"].values()
    return data.get("code", data)


async def test_the_factors_are_open_to_everybody_in_his_language(shared_api: Api) -> None:
    for language, name in (("en", "Verified identity"), ("zh-CN", "实名认证")):
        rules = await shared_api.speaking(language).data("CreditRules")
        assert rules["inForce"]["factors"][0]["name"] == name
        assert sum(one["weight"] for one in rules["inForce"]["factors"]) == rules["most"] - rules["least"]
        assert rules["terms"]["version"] == TERMS


async def test_named_errors_on_the_way_to_a_line(shared_api: Api) -> None:
    stranger, person = await shared_api.sign_in(shared_api.person()), await shared_api.verified()
    api, mine = shared_api, person.token
    assert await code_of(api, "JoinCredit", stranger.token, terms=TERMS) == "NOT_VERIFIED"
    assert await code_of(api, "JoinCredit", mine, terms=TERMS + 1) == "CREDIT_TERMS_OUTDATED"
    assert await code_of(api, "RecountCredit", mine) == "CREDIT_NOT_JOINED"
    assert await code_of(api, "LeaveCredit", mine) == "CREDIT_NOT_JOINED"
    assert await code_of(api, "AppealCredit", mine, reason="why", factor=None) == "CREDIT_NOT_JOINED"
    opening = {"agreement": AGREEMENT, "most": None}
    assert await code_of(api, "OpenCreditLine", mine, **opening) == "CREDIT_NOT_JOINED"
    await code_of(api, "JoinCredit", mine, terms=TERMS)
    assert await code_of(api, "JoinCredit", mine, terms=TERMS) == "CREDIT_JOINED"
    assert await code_of(api, "AppealCredit", mine, reason=" ", factor=None) == "CREDIT_APPEAL_INVALID"
    assert await code_of(api, "CloseCreditLine", mine) == "CREDIT_LINE_MISSING"
    for most, code in (("500.01", "CREDIT_LIMIT_INVALID"), ("-1", "AMOUNT_INVALID"), ("1.005", "AMOUNT_INVALID")):
        assert await code_of(api, "OpenCreditLine", mine, **{**opening, "most": yuan(most)}) == code
    points = {"amount": "5", "currency": "POINTS"}
    assert await code_of(api, "OpenCreditLine", mine, **{**opening, "most": points}) == "CURRENCY_WRONG"
    assert await code_of(api, "OpenCreditLine", mine, agreement=9, most=None) == "CREDIT_TERMS_OUTDATED"
    assert (await code_of(api, "OpenCreditLine", mine, **opening))["limit"]["amount"] == "500.00"
    assert await code_of(api, "OpenCreditLine", mine, **opening) == "CREDIT_LINE_OPEN"


async def test_a_treatment_is_confirmed_charged_and_repaid(shared_api: Api) -> None:
    api, person, token = shared_api, await shared_api.with_card(), await hospital(shared_api)
    await lent_to(api, person, purse=30_000)
    one = await asked(api, person, token)
    assert (await api.data("Treatment", token, "provider", treatment=one))["state"] == "WAITING"
    await code_of(api, "ConfirmTreatment", person.token, treatment=one)
    line = await api.data("CreditLine", person.token)
    assert (line["held"]["amount"], line["available"]["amount"], line["owed"]["amount"]) == ("300.00", "200.00", "0.00")
    above = await code_of(api, "ChargeTreatment", token, "provider", treatment=one, bill=bill("200", "100.01"))
    assert above == "TREATMENT_ABOVE_HELD"
    charged = await code_of(api, "ChargeTreatment", token, "provider", treatment=one, bill=bill("180.50", "20"))
    assert charged["treatment"]["charged"]["amount"] == "200.50"
    line = await api.data("CreditLine", person.token)
    assert (line["held"]["amount"], line["available"]["amount"], line["owed"]["amount"]) == ("0.00", "299.50", "200.50")
    shown = await api.data("Treatment", person.token, treatment=one)
    assert [each["amount"]["amount"] for each in shown["bill"]] == ["180.50", "20.00"]
    paid = await api.data("Payment", person.token, paymentId=shown["paymentId"])
    assert (paid["state"], paid["method"], paid["purpose"]) == ("CAPTURED", "CREDIT", "TREATMENT")
    statement = await api.data("CreditStatement", person.token)
    assert (statement["owed"]["amount"], [each["kind"] for each in statement["dues"]]) == ("200.50", ["TREATMENT"])
    assert await code_of(api, "RepayCredit", person.token, amount=yuan("200.51")) == "REPAYMENT_TOO_HIGH"
    done = await code_of(api, "RepayCredit", person.token, amount=yuan("200.50"))
    assert done["repayment"]["left"]["amount"] == "0.00"
    assert await code_of(api, "RepayCredit", person.token, amount=yuan("1")) == "NOTHING_DUE"
    for operation, given in (("ChargeTreatment", {"bill": bill("1")}), ("CancelTreatment", {})):
        assert await code_of(api, operation, token, "provider", treatment=one, **given) == "TREATMENT_NOT_IN_STATE"


async def test_named_errors_of_asking_and_confirming(shared_api: Api) -> None:
    api, person, token = shared_api, await shared_api.with_card(), await hospital(shared_api)
    for changed, code in (
        ({"estimate": yuan("0")}, "AMOUNT_INVALID"),
        ({"estimate": yuan("20000.01")}, "TREATMENT_INVALID"),
        ({"reference": ""}, "TREATMENT_INVALID"),
        ({"about": "\n"}, "TREATMENT_INVALID"),
        ({"code": "nonsense"}, "CODE_MALFORMED"),
    ):
        given = await wanted(api, person, **changed)
        assert await code_of(api, "AuthoriseTreatment", token, "provider", **given) == code
    gate = await wanted(api, person, code=await api.code(person, "GATE"))
    assert await code_of(api, "AuthoriseTreatment", token, "provider", **gate) == "CODE_FOR_OTHER_PURPOSE"
    given = await wanted(api, person)
    assert (await code_of(api, "AuthoriseTreatment", token, "provider", **given))["__typename"] == "TreatmentAsked"
    assert await code_of(api, "AuthoriseTreatment", token, "provider", **{**given, "key": new_id()}) == "CODE_USED"
    one = await asked(api, person, token)
    assert await code_of(api, "ConfirmTreatment", person.token, treatment=one) == "CREDIT_LINE_MISSING"
    await lent_to(api, person)
    high = await asked(api, person, token, estimate=yuan("500.01"))
    assert await code_of(api, "ConfirmTreatment", person.token, treatment=high) == "INSUFFICIENT_BALANCE"
    await code_of(api, "DeclineTreatment", person.token, treatment=high)
    assert await code_of(api, "ConfirmTreatment", person.token, treatment=high) == "TREATMENT_NOT_IN_STATE"
    nowhere = str(global_id("Treatment", new_id()))
    assert await code_of(api, "ConfirmTreatment", person.token, treatment=nowhere) == "TREATMENT_UNKNOWN"
    other = await hospital(api)
    assert await code_of(api, "CancelTreatment", other, "provider", treatment=one) == "TREATMENT_UNKNOWN"


async def test_the_same_key_with_another_amount_is_a_conflict(shared_api: Api) -> None:
    api, person = shared_api, await shared_api.with_card()
    await lent_to(api, person, purse=1_000)
    key = new_id()
    for amount in ("1", "2"):
        last = await code_of(api, "RepayCredit", person.token, amount=yuan(amount), key=key)
    assert last == "NOTHING_DUE"  # nothing was kept of what was refused
    key = new_id()
    await code_of(api, "AppealCredit", person.token, reason="why", factor=None, key=key)
    assert (
        await code_of(api, "AppealCredit", person.token, reason="else", factor=None, key=key) == "IDEMPOTENCY_CONFLICT"
    )
