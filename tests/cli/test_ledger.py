"""`rong ledger` from a shell: what it says, and the exit status that scripts go by."""

from __future__ import annotations

import asyncio

import pytest
from pymongo import MongoClient

from app.core.ids import new_id
from app.domains.payment.ledger.model import FEES, GATEWAY, TransferKind, Wanted, moved, wallet
from app.settings import Settings
from app.wiring import City, build
from tests.cli.conftest import Rong

ANNA = wallet("anna")


@pytest.fixture(scope="module")
def books_kept(environment: dict[str, str], rong: Rong) -> None:
    settings = {name[5:].lower(): value for name, value in environment.items() if name.startswith("RONG_")}

    async def life() -> None:
        city = build(Settings.model_validate(settings))
        await city.start(follow=False)
        await _paid(city)
        await city.stop()

    asyncio.run(life())


async def _paid(city: City) -> None:
    ledger = city.services.payment.ledger
    await ledger.open(ANNA)
    for lines in (moved(GATEWAY, ANNA, 1050), moved(ANNA, FEES, 50)):
        wanted = Wanted(new_id(), TransferKind.TOP_UP, lines)
        await city.db.transaction(lambda tx, wanted=wanted: ledger.post(wanted, tx))  # type: ignore[misc]


@pytest.mark.usefixtures("books_kept")
def test_a_sound_ledger_is_told_with_its_figures(rong: Rong) -> None:
    done = rong("ledger", "verify")
    assert (done.exit_code, done.output.strip()) == (0, "sound: 3 accounts, 2 transfers, 4 postings")


@pytest.mark.usefixtures("books_kept")
def test_what_lies_on_an_account_is_told_now_and_at_a_moment(rong: Rong) -> None:
    assert rong("ledger", "balance", ANNA.id).output.strip() == "10.00 CNY, held 0.00, available 10.00 (open)"
    assert rong("ledger", "balance", FEES.id).output.strip() == "0.50 CNY (open)"
    assert rong("ledger", "balance", ANNA.id, "--at", "2020-01-01").output.startswith("0.00 CNY at 2019-12-31 16:00")
    unknown = rong("ledger", "balance", "wallet:nobody:CNY")
    assert (unknown.exit_code, "ACCOUNT_UNKNOWN" in unknown.output) == (1, True)
    assert rong("ledger", "balance", "anna").exit_code == 2


@pytest.mark.usefixtures("books_kept")
def test_a_ledger_that_was_tampered_with_is_told_in_both_languages(
    rong: Rong, environment: dict[str, str], city_name: str
) -> None:
    with MongoClient[dict[str, object]](environment["RONG_MONGODB_URI"]) as client:
        client[city_name]["ledger_accounts"].update_one({"_id": ANNA.id}, {"$inc": {"balance": 1}})
        found, chinese = rong("ledger", "verify"), rong("ledger", "verify", env={"LANG": "zh_CN.UTF-8"})
        told = rong("jobs", "run", "prove-ledger")
        recorded = client[city_name]["audit"].find_one({"action": "ledger.unsound"})
    assert (found.exit_code, f"balance {ANNA.id}" in found.output, "expected 1000, found 1001" in found.output) == (
        1,
        True,
        True,
    ), found.output
    assert "余额" in chinese.output
    assert (told.exit_code, recorded is not None) == (0, True)
