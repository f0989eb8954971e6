"""The ledger's room: accounts, a transfer with its lines, and what the last proof found."""

from __future__ import annotations

from urllib.parse import quote

from app.core.ids import new_id
from app.domains.payment.ledger.model import Account, AccountKind, TransferKind, Wanted, moved, wallet
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.paying import purse

SHOP = Account(AccountKind.MERCHANT, f"shop-{new_id()[-12:]}")


async def test_the_page_shows_accounts_a_transfer_and_the_proof(shared_api: Api, desks: dict[str, Desk]) -> None:
    city, desk = shared_api.city, desks["operator"]
    mine, ledger = wallet(await purse(city, 1000)), city.services.payment.ledger
    wanted = Wanted(new_id(), TransferKind.PAYMENT, moved(mine, SHOP, 400), "payment-1")
    transfer = (await city.db.transaction(lambda tx: ledger.post(wanted, tx))).id
    await city.services.payment.proof.verify()
    whole = (await desk.page("/admin/ledger")).text
    assert "gateway:city:CNY" in whole
    assert "fa-scale-balanced" in whole
    assert mine.id in (await desk.page(f"/admin/ledger?owner={mine.owner}")).text
    assert transfer[-8:] in (await desk.page(f"/admin/ledger/{quote(mine.id)}")).text
    assert SHOP.id in (await desk.page(f"/admin/ledger/{transfer}")).text
