"""An organisation sees its settlements and its statement, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import civil_day
from tests.support.api import Api
from tests.support.settling_walk import paid_merchant


async def test_the_statement_says_of_each_payment_what_was_paid_kept_and_owed(shared_api: Api) -> None:
    _, token = await paid_merchant(shared_api)
    today = civil_day(shared_api.city.clock.now()).isoformat()
    page = await shared_api.data("MerchantStatement", token, "provider", since=today, until=today)
    (edge,) = page["edges"]
    line = edge["node"]
    assert [line[name]["amount"] for name in ("gross", "fee", "net")] == ["100.00", "0.60", "99.40"]
    assert (line["kind"], line["order"], line["method"]) == ("PAYMENT", "A-1", "wallet")
    file = await shared_api.data("MerchantStatementFile", token, "provider", since=today, until=today)
    assert file["name"] == f"statement-{today}-{today}.csv"
    assert "99.40" in file["text"]


async def test_another_organisation_sees_nothing_of_it(shared_api: Api) -> None:
    _, token = await paid_merchant(shared_api)
    _, other = await paid_merchant(shared_api)
    tomorrow = (civil_day(shared_api.city.clock.now()) + timedelta(days=1)).isoformat()
    assert (await shared_api.data("Settlements", token, "provider"))["edges"] == []
    theirs = (await shared_api.data("MerchantStatement", other, "provider"))["edges"]
    mine = (await shared_api.data("MerchantStatement", token, "provider"))["edges"]
    assert {edge["node"]["paymentId"] for edge in theirs} & {edge["node"]["paymentId"] for edge in mine} == set()
    empty = await shared_api.data("MerchantStatement", token, "provider", since=tomorrow)
    assert empty["edges"] == []
    for kind in ("BILLER", "OPERATOR"):
        assert (await shared_api.data("MerchantStatement", token, "provider", kind=kind))["edges"] == []


async def test_days_the_wrong_way_round_and_too_many_are_bad_input(shared_api: Api) -> None:
    _, token = await paid_merchant(shared_api)
    for since, until in (("2026-02-02", "2026-02-01"), ("2026-01-01", "2026-06-01")):
        answer = await shared_api.raw(
            "MerchantStatementFile", {"since": since, "until": until}, token=token, schema="provider"
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"
