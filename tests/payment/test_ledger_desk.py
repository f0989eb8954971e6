"""The ledger at the desk: by endpoint and by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from app.core.ids import new_id
from app.domains.payment.ledger.model import Account, AccountKind, TransferKind, Wanted, moved, wallet
from tests.support.api import Api
from tests.support.desk import Seat, seated
from tests.support.paying import purse

SHOP = Account(AccountKind.MERCHANT, f"shop-{new_id()[-12:]}")


async def _paid(api: Api) -> tuple[str, str]:
    """Somebody's account with ten yuan, of which he paid four; and that transfer."""
    mine, ledger = wallet(await purse(api.city, 1000)), api.city.services.payment.ledger
    wanted = Wanted(new_id(), TransferKind.PAYMENT, moved(mine, SHOP, 400), "payment-1")
    done = await api.city.db.transaction(lambda tx: ledger.post(wanted, tx))
    return mine.id, done.id


async def _get(seat: Seat, path: str) -> Any:
    return (await seat.ask("GET", path)).json()


async def test_an_account_is_shown_with_its_postings_and_as_it_was(shared_api: Api) -> None:
    desk = await seated(shared_api, "auditor")
    account, transfer = await _paid(shared_api)
    shown = await _get(desk, f"/ledger/accounts/{account}")
    assert (shown["posted"], shown["available"], shown["state"]) == ("6.00", "6.00", "open")
    rows = (await _get(desk, f"/ledger/accounts/{account}/postings"))["items"]
    mine = [(row["amount"], row["after"], row["transfer"] == transfer) for row in rows]
    assert mine == [("-4.00", "6.00", True), ("10.00", "10.00", False)]
    before = (shared_api.city.clock.now() - timedelta(days=1)).isoformat()
    assert (await _get(desk, f"/ledger/accounts/{account}/balance?at={quote(before)}"))["balance"] == "0.00"
    owned = (await _get(desk, f"/ledger/accounts?owner={SHOP.owner}"))["items"]
    assert [(one["id"], one["held"]) for one in owned] == [(SHOP.id, "0.00")]


async def test_a_transfer_is_shown_with_its_lines(shared_api: Api) -> None:
    desk = await seated(shared_api, "operator")
    account, transfer = await _paid(shared_api)
    shown = await _get(desk, f"/ledger/transfers/{transfer}")
    lines = [(line["account"], line["side"], line["amount"]) for line in shown["posted"]]
    assert (shown["state"], lines) == ("posted", [(account, "debit", "4.00"), (SHOP.id, "credit", "4.00")])
    assert (await _get(desk, "/ledger/transfers/nothing"))["code"] == "TRANSFER_UNKNOWN"
    for no_account in ("nothing", "purse:x:CNY", "wallet:nobody:CNY"):
        assert (await _get(desk, f"/ledger/accounts/{no_account}"))["code"] == "ACCOUNT_UNKNOWN"


async def test_what_the_last_proof_found_is_told(shared_api: Api) -> None:
    await _paid(shared_api)
    verdict = await shared_api.city.services.payment.proof.verify()
    shown = (await _get(await seated(shared_api, "viewer"), "/ledger"))["proven"]
    assert (shown["sound"], shown["transfers"]) == (verdict.sound, verdict.transfers)
    metrics = (await shared_api.http.get("/metrics")).text
    assert f"rong_ledger_sound {float(verdict.sound)}" in metrics


async def test_days_that_no_clock_reckons_with_are_bad_input(shared_api: Api) -> None:
    desk = await seated(shared_api, "operator")
    account, _ = await _paid(shared_api)
    far = quote("9999-12-31T23:59:59-14:00")
    for path in (f"balance?at={far}", f"postings?since={far}", f"postings?until={far}"):
        assert (await desk.ask("GET", f"/ledger/accounts/{account}/{path}")).status_code in {400, 422}
    for day in ("0001-01-01", "9999-12-31"):
        for path in (f"/gateway-days/{day}/comparison", f"/settlement-days/{day}/runs"):
            assert (await desk.ask("POST", path)).status_code in {400, 422}
