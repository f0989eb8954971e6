"""The wallet, through the app's own operations: topping up, withdrawing, bank cards, what moved it, closing it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.money import Money
from app.core.said import Said
from app.domains.identity.rights.erasures.model import COOLING_OFF
from app.domains.payment.gateway.model import ErrandAnswer
from app.domains.payment.ledger.model import (
    BANK,
    GATEWAY,
    SUSPENSE,
    AccountState,
    TransferKind,
    Wanted,
    credit,
    debit,
)
from app.domains.payment.ledger.model import wallet as account_of
from app.domains.payment.packets.model import PacketKind
from app.domains.payment.packets.service import PacketWish
from app.domains.payment.points.causes.model import Cause
from app.domains.payment.refunds.model import RefundReason
from app.domains.payment.risk.errors import PayerBlocked
from app.domains.payment.wallet.errors import WalletOwnerStopped, WalletStateSame
from app.rights import WalletExporter
from app.wiring import City
from graphql_schema.types.common import key_of
from tests.conftest import Fakes
from tests.support.api import OPS, Api, Person
from tests.support.fakes import MovableClock
from tests.support.gateway import FakeGateway
from tests.support.paying import holder, keeper, pay_by_gateway, shop

GOOD_CARD = "6222021234567890128"


@pytest.fixture
def gateway(shared_city: tuple[City, Fakes]) -> Iterator[FakeGateway]:
    gateway = shared_city[1].outside.gateway
    assert isinstance(gateway, FakeGateway)
    yield gateway
    gateway.down, gateway.losing, gateway.ends = False, 0, ErrandAnswer.DONE


def cny(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


def reference(top_up: dict[str, Any]) -> str:
    return key_of(top_up["id"], "TopUp")


async def begun(api: Api, person: Person, amount: str = "100.00") -> dict[str, Any]:
    done = await api.data("TopUpWallet", person.token, amount=cny(amount), key=new_id())
    assert done["__typename"] == "TopUpBegun", done
    found: dict[str, Any] = done["topUp"]
    return found


async def topped_up(api: Api, gateway: FakeGateway, person: Person, amount: str = "100.00") -> dict[str, Any]:
    top_up = await begun(api, person, amount)
    gateway.pay(reference(top_up))
    done = await api.data("CheckTopUp", person.token, topUp=top_up["id"], key=new_id())
    assert done["topUp"]["state"] == "PAID", done
    found: dict[str, Any] = done["topUp"]
    return found


async def balance(api: Api, person: Person) -> tuple[str, str, str]:
    """Balance, held, available."""
    shown = await api.data("Wallet", person.token)
    return shown["balance"]["amount"], shown["held"]["amount"], shown["available"]["amount"]


async def card_of(api: Api, person: Person, number: str = GOOD_CARD) -> str:
    done = await api.data("BindBankCard", person.token, number=number, key=new_id())
    assert done["__typename"] == "BankCardBound", done
    return str(done["card"]["id"])


async def told(api: Api, notice: dict[str, Any], *, key: str = "test-gateway", off: float = 0) -> int:
    """A notice of the gateway, signed; the status it was answered with."""
    body, moment = json.dumps(notice).encode(), str(int(api.city.clock.now().timestamp() + off))
    mac = hmac.new(key.encode(), f"notice.{moment}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "webhook-id": "notice",
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
    return (await api.http.post("/payment/notices/gateway", content=body, headers=headers)).status_code


def paid(id_: str, fen: int) -> dict[str, Any]:
    return {"kind": "order", "reference": id_, "gateway_id": f"O{id_}", "state": "paid", "amount_fen": fen, "at": "now"}


async def test_a_top_up_is_paid_on_the_gateways_page_and_is_in_the_wallet(
    shared_api: Api, gateway: FakeGateway
) -> None:
    person = await shared_api.verified()
    before = await shared_api.data("Wallet", person.token)
    assert (before["opened"], before["state"], before["most"]["amount"]) == (False, "OPEN", "50000.00")
    top_up = await begun(shared_api, person, "88.80")
    assert (top_up["state"], top_up["payAt"]) == ("OPEN", f"http://gateway.test/{reference(top_up)}")
    assert await balance(shared_api, person) == ("0.00", "0.00", "0.00")
    gateway.pay(reference(top_up))
    assert await told(shared_api, paid(reference(top_up), 8880)) == 204
    shown = await shared_api.data("TopUp", person.token, topUp=top_up["id"])
    assert (shown["state"], shown["payAt"]) == ("PAID", None)
    assert await balance(shared_api, person) == ("88.80", "0.00", "88.80")
    assert [one["title"] for one in await shared_api.told(person)][:1] == ["Wallet topped up"]


async def test_a_notice_that_comes_ten_times_at_once_credits_once(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    top_up = await begun(shared_api, person)
    gateway.pay(reference(top_up))
    notice = paid(reference(top_up), 100_00)
    assert await asyncio.gather(*(told(shared_api, notice) for _ in range(10))) == [204] * 10
    assert await balance(shared_api, person) == ("100.00", "0.00", "100.00")


async def test_a_notice_before_the_reply_credits_and_the_reply_finds_it_paid(
    shared_api: Api, gateway: FakeGateway
) -> None:
    person, key = await shared_api.verified(), new_id()
    gateway.losing = 1  # the gateway has it, and its answer is lost
    assert await shared_api.codes("TopUpWallet", person.token, amount=cny("5.37"), key=key) == ["UNAVAILABLE"]
    (id_,) = [one for one, order in gateway.orders.items() if order.fen == 537]
    gateway.pay(id_)
    assert await told(shared_api, paid(id_, 537)) == 204
    again = await shared_api.data("TopUpWallet", person.token, amount=cny("5.37"), key=key)
    assert (again["topUp"]["state"], reference(again["topUp"])) == ("PAID", id_)
    assert await balance(shared_api, person) == ("5.37", "0.00", "5.37")


async def test_a_lost_notice_is_made_up_for_by_asking(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    top_up = await begun(shared_api, person)
    gateway.pay(reference(top_up))
    rows = shared_api.city.db["gateway_orders"]
    await rows.update_one({"_id": reference(top_up)}, {"$set": {"due_at": shared_api.city.clock.now()}})
    assert await shared_api.city.services.payment.orders.sweep() >= 1
    assert await balance(shared_api, person) == ("100.00", "0.00", "100.00")


@pytest.mark.parametrize("how", ["forged", "stale", "unsigned", "other body"])
async def test_a_forged_notice_is_refused_and_moves_nothing(shared_api: Api, gateway: FakeGateway, how: str) -> None:
    person = await shared_api.verified()
    top_up = await begun(shared_api, person)
    notice = paid(reference(top_up), 100_00)
    if how == "forged":
        status = await told(shared_api, notice, key="another")
    elif how == "stale":
        status = await told(shared_api, notice, off=-600)
    elif how == "unsigned":
        status = (await shared_api.http.post("/payment/notices/gateway", json=notice)).status_code
    else:
        status = await told(shared_api, {"kind": "order"})
    assert status == (400 if how == "other body" else 401)
    assert await balance(shared_api, person) == ("0.00", "0.00", "0.00")


async def test_a_notice_with_another_amount_is_not_believed(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    top_up = await begun(shared_api, person)
    assert await told(shared_api, paid(reference(top_up), 1)) == 204
    assert (await shared_api.data("TopUp", person.token, topUp=top_up["id"]))["state"] == "OPEN"
    gateway.pay(reference(top_up))
    assert await told(shared_api, paid(reference(top_up), 999_999)) == 204
    assert await balance(shared_api, person) == ("100.00", "0.00", "100.00")


async def test_another_amount_at_the_gateway_is_a_mismatch_and_credits_nothing(
    shared_api: Api, gateway: FakeGateway
) -> None:
    person = await shared_api.verified()
    top_up = await begun(shared_api, person)
    gateway.pay(reference(top_up), 99_00)
    done = await shared_api.data("CheckTopUp", person.token, topUp=top_up["id"], key=new_id())
    assert done["topUp"]["state"] == "MISMATCH"
    assert await balance(shared_api, person) == ("0.00", "0.00", "0.00")
    assert await told(shared_api, paid(reference(top_up), 100_00)) == 204  # too late to change it by a notice
    assert await balance(shared_api, person) == ("0.00", "0.00", "0.00")


async def test_an_unknown_reference_is_kept_from_being_told_again(shared_api: Api) -> None:
    assert await told(shared_api, paid(new_id(), 100)) == 204


async def test_one_given_up_cannot_be_paid_and_what_still_comes_goes_back(
    shared_api: Api, gateway: FakeGateway
) -> None:
    person = await shared_api.verified()
    top_up, ledger = await begun(shared_api, person, "7.00"), shared_api.city.services.payment.ledger
    done = await shared_api.data("CancelTopUp", person.token, topUp=top_up["id"], key=new_id())
    assert done["topUp"]["state"] == "CLOSED"
    suspense, at_gateway = (await ledger.balance(SUSPENSE)).posted.fen, (await ledger.balance(GATEWAY)).posted.fen
    gateway.pay(reference(top_up))  # the gateway's mistake
    assert await told(shared_api, paid(reference(top_up), 7_00)) == 204
    assert (await shared_api.data("TopUp", person.token, topUp=top_up["id"]))["state"] == "RETURNED"
    assert (await ledger.balance(SUSPENSE)).posted.fen == suspense + 7_00
    await shared_api.city.services.payment.gateway_refunds.send(f"{reference(top_up)}-back")
    assert (await ledger.balance(SUSPENSE)).posted.fen == suspense
    assert (await ledger.balance(GATEWAY)).posted.fen == at_gateway
    assert await balance(shared_api, person) == ("0.00", "0.00", "0.00")


async def test_one_that_was_paid_cannot_be_given_up(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    top_up = await begun(shared_api, person)
    gateway.pay(reference(top_up))
    done = await shared_api.data("CancelTopUp", person.token, topUp=top_up["id"], key=new_id())
    assert (done["__typename"], done["topUp"]["state"]) == ("TopUpCancelled", "PAID")
    await shared_api.refused("TopUpSettled", "CancelTopUp", person.token, topUp=top_up["id"], key=new_id())


async def test_a_full_wallet_gives_the_money_back(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    two = [await begun(shared_api, person, "5000") for _ in range(11)]  # ten of them fill it
    for one in two:
        gateway.pay(reference(one))
        await told(shared_api, paid(reference(one), 5_000_00))
    states = [(await shared_api.data("TopUp", person.token, topUp=one["id"]))["state"] for one in two]
    assert sorted(states) == ["PAID"] * 10 + ["RETURNED"]
    assert (await balance(shared_api, person))[0] == "50000.00"
    refused = await shared_api.refused("BalanceTooHigh", "TopUpWallet", person.token, amount=cny("1"), key=new_id())
    assert refused["most"]["amount"] == "50000.00"


@pytest.mark.parametrize("amount", ["0.99", "5000.01"])
async def test_too_little_and_too_much_is_refused_with_the_bounds(shared_api: Api, amount: str) -> None:
    person = await shared_api.verified()
    refused = await shared_api.data("TopUpWallet", person.token, amount=cny(amount), key=new_id())
    assert refused["__typename"] == "AmountOutOfBounds"
    assert (refused["least"]["amount"], refused["most"]["amount"]) == ("1.00", "5000.00")


@pytest.mark.parametrize(
    ("amount", "named"),
    [
        ({"amount": "-5", "currency": "CNY"}, "AmountInvalid"),
        ({"amount": "1.005", "currency": "CNY"}, "AmountInvalid"),
        ({"amount": "99999999999999999999", "currency": "CNY"}, "AmountInvalid"),
        ({"amount": "5", "currency": "POINTS"}, "CurrencyWrong"),
    ],
)
async def test_what_is_no_amount_is_named(shared_api: Api, amount: dict[str, str], named: str) -> None:
    person = await shared_api.verified()
    refused = await shared_api.data("TopUpWallet", person.token, amount=amount, key=new_id())
    assert refused["__typename"] == named


async def test_a_wallet_is_somebodys_by_name(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    assert await shared_api.data("Wallet", person.token) is None
    await shared_api.refused("WalletNeedsRealName", "TopUpWallet", person.token, amount=cny("5"), key=new_id())


async def test_the_same_key_with_another_amount_is_a_conflict(shared_api: Api) -> None:
    person, key = await shared_api.verified(), new_id()
    first = await shared_api.data("TopUpWallet", person.token, amount=cny("5"), key=key)
    again = await shared_api.data("TopUpWallet", person.token, amount=cny("5"), key=key)
    assert first["topUp"]["id"] == again["topUp"]["id"]
    await shared_api.refused("IdempotencyConflict", "TopUpWallet", person.token, amount=cny("6"), key=key)


async def test_a_withdrawal_is_held_first_and_entered_when_the_bank_has_it(
    shared_api: Api, gateway: FakeGateway
) -> None:
    person = await shared_api.verified()
    await topped_up(shared_api, gateway, person)
    card, gateway.ends = await card_of(shared_api, person), ErrandAnswer.PROCESSING
    bank = (await shared_api.city.services.payment.ledger.balance(BANK)).posted.fen
    done = await shared_api.data("WithdrawFromWallet", person.token, card=card, amount=cny("30.50"), key=new_id())
    assert done["withdrawal"]["state"] == "PROCESSING"
    assert await balance(shared_api, person) == ("100.00", "30.50", "69.50")
    id_ = key_of(done["withdrawal"]["id"], "Withdrawal")
    gateway.end(id_, ErrandAnswer.DONE)
    notice = {"kind": "payout", "reference": id_, "gateway_id": "P", "state": "done", "amount_fen": 30_50}
    assert await asyncio.gather(*(told(shared_api, notice) for _ in range(5))) == [204] * 5
    assert await balance(shared_api, person) == ("69.50", "0.00", "69.50")
    assert (await shared_api.city.services.payment.ledger.balance(BANK)).posted.fen == bank - 30_50
    account, _ = gateway.payouts[id_]
    assert (account.number, account.holder) == (GOOD_CARD, person.name)


async def test_a_withdrawal_that_the_bank_refuses_is_in_the_wallet_again(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    await topped_up(shared_api, gateway, person)
    card, gateway.ends = await card_of(shared_api, person), ErrandAnswer.FAILED
    done = await shared_api.data("WithdrawFromWallet", person.token, card=card, amount=cny("30"), key=new_id())
    assert done["withdrawal"]["state"] == "FAILED"
    assert await balance(shared_api, person) == ("100.00", "0.00", "100.00")
    listed = await shared_api.data("Withdrawals", person.token)
    assert [edge["node"]["id"] for edge in listed["edges"]] == [done["withdrawal"]["id"]]


async def test_a_payout_whose_answer_is_lost_is_not_paid_twice(shared_api: Api, gateway: FakeGateway) -> None:
    person, key = await shared_api.verified(), new_id()
    await topped_up(shared_api, gateway, person)
    card, gateway.losing = await card_of(shared_api, person), 1
    asked = {"card": card, "amount": cny("40"), "key": key}
    done = await shared_api.data("WithdrawFromWallet", person.token, **asked)
    assert done["withdrawal"]["state"] == "ASKED"
    again = await shared_api.data("WithdrawFromWallet", person.token, **asked)
    assert (again["withdrawal"]["id"], again["withdrawal"]["state"]) == (done["withdrawal"]["id"], "DONE")
    assert await balance(shared_api, person) == ("60.00", "0.00", "60.00")
    assert len([one for one, (_, told_) in gateway.payouts.items() if told_.fen == 40_00]) == 1


async def test_rivals_withdraw_no_more_than_there_is(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    await topped_up(shared_api, gateway, person)
    card = await card_of(shared_api, person)
    asked = [
        shared_api.data("WithdrawFromWallet", person.token, card=card, amount=cny("40"), key=new_id()) for _ in range(6)
    ]
    names = sorted(done["__typename"] for done in await asyncio.gather(*asked))
    assert names == ["InsufficientBalance"] * 4 + ["WithdrawalBegun"] * 2
    assert await balance(shared_api, person) == ("20.00", "0.00", "20.00")


async def test_a_frozen_wallet_pays_nothing_out_and_takes_what_comes(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    await topped_up(shared_api, gateway, person)
    card = await card_of(shared_api, person)
    await shared_api.city.services.payment.wallet.wallets.freeze(OPS, shared_api.key(person), "reported stolen")
    asked = {"card": card, "amount": cny("10"), "key": new_id()}
    await shared_api.refused("AccountFrozen", "WithdrawFromWallet", person.token, **asked)
    await topped_up(shared_api, gateway, person, "1")
    await shared_api.city.services.payment.wallet.wallets.unfreeze(OPS, shared_api.key(person), "cleared")
    done = await shared_api.data("WithdrawFromWallet", person.token, **{**asked, "key": new_id()})
    assert done["__typename"] == "WithdrawalBegun"
    assert await balance(shared_api, person) == ("91.00", "0.00", "91.00")


async def test_nothing_leaves_by_any_way_what_came_to_a_payer_after_he_was_stopped(
    shared_api: Api, gateway: FakeGateway
) -> None:
    person, room = await shared_api.verified(), shared_api.city.services.payment
    citizen = shared_api.key(person)
    await room.payer_blocks.block(OPS, citizen, "怀疑被盗用", new_id())
    await topped_up(shared_api, gateway, person)  # opens it, and it is not frozen
    card = await card_of(shared_api, person)
    asked = {"card": card, "amount": cny("10"), "key": new_id()}
    await shared_api.refused("PayerBlocked", "WithdrawFromWallet", person.token, **asked)
    wish = PacketWish(Money(10_00), 1, PacketKind.FIXED)
    with pytest.raises(PayerBlocked):
        await room.packets.packets.send(holder(citizen), wish, new_id())
    await room.points.causes.put(OPS, Cause("stopped-payers", Said("试验"), Said("试验")))
    with pytest.raises(PayerBlocked):
        await room.points.causes.donate(holder(citizen), "stopped-payers", 1, new_id())
    assert await balance(shared_api, person) == ("100.00", "0.00", "100.00")
    await room.payer_blocks.lift(OPS, citizen, "本人来电核实", new_id())
    done = await shared_api.data("WithdrawFromWallet", person.token, **{**asked, "key": new_id()})
    assert done["__typename"] == "WithdrawalBegun"


async def test_the_desk_does_not_free_the_wallet_of_a_stopped_payer(shared_api: Api, gateway: FakeGateway) -> None:
    person, room = await shared_api.verified(), shared_api.city.services.payment
    await topped_up(shared_api, gateway, person, "1")
    citizen = shared_api.key(person)
    await room.payer_blocks.block(OPS, citizen, "怀疑被盗用", new_id())
    with pytest.raises(WalletOwnerStopped):
        await room.wallet.wallets.unfreeze(OPS, citizen, "cleared")
    assert (await room.wallet.wallets.of(citizen)).state is AccountState.FROZEN
    await room.payer_blocks.lift(OPS, citizen, "本人来电核实", new_id())
    assert (await room.wallet.wallets.of(citizen)).state is AccountState.OPEN


async def test_the_desk_freezes_the_wallet_of_a_stopped_payer_besides(shared_api: Api, gateway: FakeGateway) -> None:
    person, room = await shared_api.verified(), shared_api.city.services.payment
    await topped_up(shared_api, gateway, person, "1")
    citizen, wallets = shared_api.key(person), room.wallet.wallets
    await room.payer_blocks.block(OPS, citizen, "怀疑被盗用", new_id())
    assert (await wallets.freeze(OPS, citizen, "court order")).state is AccountState.FROZEN
    with pytest.raises(WalletStateSame):
        await wallets.freeze(OPS, citizen, "again")
    await room.payer_blocks.lift(OPS, citizen, "本人来电核实", new_id())
    assert (await wallets.of(citizen)).state is AccountState.FROZEN
    await room.payer_blocks.block(OPS, citizen, "又被盗用", new_id())
    assert (await wallets.unfreeze(OPS, citizen, "order lifted")).state is AccountState.FROZEN
    told = shared_api.city.db["outbox"]
    assert await told.find_one({"citizen": citizen, "type": "wallet.unfrozen"}) is None
    await room.payer_blocks.lift(OPS, citizen, "本人来电核实", new_id())
    assert (await wallets.of(citizen)).state is AccountState.OPEN


async def test_bank_cards_are_bound_by_name_shown_by_four_digits_and_let_go_of(
    shared_api: Api, gateway: FakeGateway
) -> None:
    person = await shared_api.verified()
    bind = {"key": new_id(), "number": "6222 0212 3456 7890 128"}
    bound = (await shared_api.data("BindBankCard", person.token, **bind))["card"]
    assert (bound["lastFour"], bound["bank"]) == ("0128", "ICBC")
    assert (await shared_api.data("BindBankCard", person.token, **bind))["card"]["id"] == bound["id"]
    for number, named in ((GOOD_CARD, "CardBoundAlready"), ("6222021234567890129", "CardNumberInvalid")):
        await shared_api.refused(named, "BindBankCard", person.token, number=number, key=new_id())
    await shared_api.refused(
        "CardNotYours", "BindBankCard", person.token, number=_with_check("622202123456781111"), key=new_id()
    )
    row = await shared_api.city.db["bank_cards"].find_one({"_id": key_of(bound["id"], "BankCard")})
    assert row is not None
    assert GOOD_CARD not in str(row)
    gone = await shared_api.data("LetGoOfBankCard", person.token, card=bound["id"], key=new_id())
    assert gone["__typename"] == "BankCardLetGo"
    assert (await shared_api.data("Wallet", person.token))["cards"] == []
    await shared_api.refused(
        "BankCardUnknown",
        "WithdrawFromWallet",
        person.token,
        card=bound["id"],
        amount=cny("1"),
        key=new_id(),
    )


async def test_nobody_sees_or_uses_what_is_anothers(shared_api: Api, gateway: FakeGateway) -> None:
    owner, other = await shared_api.verified(), await shared_api.verified()
    top_up, card = await topped_up(shared_api, gateway, owner), await card_of(shared_api, owner)
    await topped_up(shared_api, gateway, other)
    assert await shared_api.data("TopUp", other.token, topUp=top_up["id"]) is None
    await shared_api.refused("TopUpUnknown", "CheckTopUp", other.token, topUp=top_up["id"], key=new_id())
    await shared_api.refused("TopUpUnknown", "CancelTopUp", other.token, topUp=top_up["id"], key=new_id())
    asked = {"card": card, "amount": cny("1"), "key": new_id()}
    await shared_api.refused("BankCardUnknown", "WithdrawFromWallet", other.token, **asked)
    await shared_api.refused("BankCardUnknown", "LetGoOfBankCard", other.token, card=card, key=new_id())


async def test_what_moved_it_is_listed_filtered_summed_and_written_to_files(
    shared_api: Api, gateway: FakeGateway
) -> None:
    person = await shared_api.verified()
    await topped_up(shared_api, gateway, person, "100")
    await topped_up(shared_api, gateway, person, "20.20")
    card = await card_of(shared_api, person)
    await shared_api.data("WithdrawFromWallet", person.token, card=card, amount=cny("50"), key=new_id())
    page = await shared_api.data("WalletLines", person.token, first=2)
    lines = [edge["node"] for edge in page["edges"]]
    assert [(one["change"]["amount"], one["after"]["amount"], one["category"]) for one in lines] == [
        ("-50.00", "70.20", "WITHDRAWAL"),
        ("20.20", "120.20", "TOP_UP"),
    ]
    rest = await shared_api.data("WalletLines", person.token, after=page["pageInfo"]["endCursor"])
    assert [edge["node"]["change"]["amount"] for edge in rest["edges"]] == ["100.00"]
    for which, count in (({"incoming": True}, 2), ({"kinds": ["WITHDRAWAL"]}, 1), ({"from": "2199-01-01"}, 0)):
        found = await shared_api.data("WalletLines", person.token, **which)
        assert len(found["edges"]) == count
    today = civil_day(shared_api.city.clock.now())
    month = await shared_api.data("WalletMonth", person.token, day=today.isoformat())
    sums = [month[name]["amount"] for name in ("opening", "income", "expense", "closing")]
    assert sums == ["0.00", "120.20", "50.00", "70.20"]
    assert [(one["category"], one["sum"]["amount"], one["count"]) for one in month["categories"]] == [
        ("TOP_UP", "120.20", 2),
        ("WITHDRAWAL", "50.00", 1),
    ]
    assert len(month["days"]) >= 28
    assert await shared_api.data("WalletMonth", person.token, day=(today + timedelta(days=40)).isoformat()) is None
    await _files_are_read(shared_api, person, today.isoformat())


async def _files_are_read(api: Api, person: Person, today: str) -> None:
    for form, kind, says in (("CSV", "text/csv", b"-"), ("PDF", "application/pdf", b"%PDF")):
        ready = await api.data("WalletStatement", person.token, **{"from": today, "to": today, "form": form})
        assert ready["__typename"] == "StatementReady", ready
        answer = await api.http.get(ready["url"])
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
        assert says in answer.content
        assert (await api.http.get(ready["url"].replace(today, "2026-01-01", 1))).status_code == 404
    ready = await api.data("WalletStatement", person.token, **{"from": today, "to": today, "form": "CSV"})
    text = (await api.http.get(ready["url"])).content.decode("utf-8-sig")
    assert "120.20" in text
    assert person.name not in text


async def test_statements_of_days_to_come_are_refused_by_name(shared_api: Api) -> None:
    person = await shared_api.verified()
    asked = {"from": "2026-01-01", "to": "2199-01-01", "form": "PDF"}
    assert await shared_api.refused("StatementPeriodInvalid", "WalletStatement", person.token, **asked) == {"most": 366}


async def test_a_wallet_is_closed_when_nothing_lies_in_it_and_for_good(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    await shared_api.refused("WalletNotOpen", "CloseWallet", person.token, key=new_id())
    await topped_up(shared_api, gateway, person, "10")
    refused = await shared_api.refused("WalletNotEmpty", "CloseWallet", person.token, key=new_id())
    assert refused["balance"]["amount"] == "10.00"
    late = await begun(shared_api, person, "5")
    card = await card_of(shared_api, person)
    await shared_api.data("WithdrawFromWallet", person.token, card=card, amount=cny("10"), key=new_id())
    done = await shared_api.data("CloseWallet", person.token, key=new_id())
    assert (done["__typename"], done["state"]) == ("WalletShut", "CLOSED")
    await shared_api.refused("AccountClosed", "TopUpWallet", person.token, amount=cny("5"), key=new_id())
    gateway.pay(reference(late))  # paid when the wallet was closed midway: the money goes back
    await told(shared_api, paid(reference(late), 5_00))
    assert (await shared_api.data("TopUp", person.token, topUp=late["id"]))["state"] == "RETURNED"


def _with_check(digits: str) -> str:
    """The number of which these are the last digits but... the first ones are filled so that it satisfies Luhn."""
    for filler in range(10):
        number = f"{filler}{digits}"
        doubled = [int(one) * (1 + place % 2) for place, one in enumerate(reversed(number))]
        if sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0:
            return number
    raise AssertionError


async def test_nobody_leaves_with_money_in_his_wallet(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    await topped_up(shared_api, gateway, person, "3")
    refused = await shared_api.data("RequestErasure", person.token, key=new_id())
    assert (refused["__typename"], refused["hindrances"]) == ("ErasureHindered", ["MONEY_IN_WALLET"])
    card = await card_of(shared_api, person)
    await shared_api.data("WithdrawFromWallet", person.token, card=card, amount=cny("3"), key=new_id())
    assert (await shared_api.data("RequestErasure", person.token, key=new_id()))["__typename"] == "ErasureRequested"


async def test_nobody_leaves_while_money_of_his_is_under_way(shared_api: Api, gateway: FakeGateway) -> None:
    person, room = await shared_api.verified(), shared_api.city.services.payment
    citizen = shared_api.key(person)

    async def hinders() -> list[str]:
        refused = await shared_api.data("RequestErasure", person.token, key=new_id())
        return list(refused.get("hindrances", ()))

    top_up = await begun(shared_api, person)  # it can still be paid
    assert await hinders() == ["MONEY_UNDER_WAY"]
    await shared_api.data("CancelTopUp", person.token, topUp=top_up["id"], key=new_id())
    gateway.pay(reference(top_up))  # the gateway's mistake: it goes back
    assert await told(shared_api, paid(reference(top_up), 100_00)) == 204
    assert await hinders() == ["MONEY_UNDER_WAY"]
    await room.gateway_refunds.send(f"{reference(top_up)}-back")
    payee = shop()
    paid_there = await pay_by_gateway(shared_api.city, gateway, citizen, 5_00, payee)
    gateway.ends = ErrandAnswer.PROCESSING
    given = await room.refund_asking.by_payee(keeper(payee.id), paid_there.id, None, RefundReason.RETURNED, new_id())
    assert await hinders() == ["MONEY_UNDER_WAY"]  # a refund at the gateway
    gateway.end(given.id, ErrandAnswer.DONE)
    await room.gateway_refunds.send(given.id)
    assert await hinders() == []


async def test_his_copy_of_his_data_tells_what_moved_his_wallet(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    await topped_up(shared_api, gateway, person, "12.34")
    exporter = WalletExporter(
        shared_api.city.citizens, shared_api.city.services.payment.wallet.statements, shared_api.city.clock
    )
    (file,) = [one async for one in exporter.files(shared_api.key(person))]
    assert file.name == f"wallet/{civil_day(shared_api.city.clock.now()):%Y-%m}.csv"
    assert "12.34" in file.content.decode("utf-8-sig")


async def test_what_came_in_while_thinking_it_over_puts_the_erasure_off(
    api: Api, clock: MovableClock, fakes: Fakes
) -> None:
    gateway, person = fakes.outside.gateway, await api.verified()
    assert isinstance(gateway, FakeGateway)
    done = await api.data("RequestErasure", person.token, key=new_id())
    assert done["__typename"] == "ErasureRequested"
    late = await begun(api, person, "9")
    gateway.pay(reference(late))
    await told(api, paid(reference(late), 9_00))
    clock.advance(seconds=COOLING_OFF.total_seconds())
    erasures, citizen = api.city.services.erasures, api.key(person)
    assert await erasures.run_due() == 1
    assert await erasures.run_due() == 0  # it waits for a day
    assert [event.type for event in await api.events(person)].count("erasure.hindered") == 1
    wallet = account_of(citizen)
    lines = (debit(wallet, 9_00), credit(BANK, 9_00))
    spent = Wanted("spent it all", TransferKind.WITHDRAWAL, lines)
    await api.city.db.transaction(lambda tx: api.city.services.payment.ledger.post(spent, tx))
    clock.advance(days=1, minutes=1)
    assert await erasures.run_due() == 1
    assert (await api.city.services.payment.ledger.balance(wallet)).state is AccountState.CLOSED


async def test_who_has_a_pin_withdraws_by_it(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    await topped_up(shared_api, gateway, person)
    asked = {"card": await card_of(shared_api, person), "amount": cny("10")}
    await shared_api.data("ChoosePayPin", person.token, pin="480517", key=new_id())
    await shared_api.refused("PinNeeded", "WithdrawFromWallet", person.token, **asked, key=new_id())
    key = new_id()
    wrong = await shared_api.refused("PinWrong", "WithdrawFromWallet", person.token, **asked, pin="480518", key=key)
    assert wrong["remaining"] == 4
    done = [await shared_api.data("WithdrawFromWallet", person.token, **asked, pin="480517", key=key) for _ in range(2)]
    assert [one["__typename"] for one in done] == ["WithdrawalBegun"] * 2
    assert done[0]["withdrawal"]["id"] == done[1]["withdrawal"]["id"]
    assert (await balance(shared_api, person))[2] == "90.00"


async def test_a_large_sum_is_withdrawn_by_a_pin_alone(shared_api: Api, gateway: FakeGateway) -> None:
    person = await shared_api.verified()
    await topped_up(shared_api, gateway, person, "1500")
    asked = {"card": await card_of(shared_api, person), "amount": cny("1000.01")}
    await shared_api.refused("PinNotSet", "WithdrawFromWallet", person.token, **asked, key=new_id())
    await shared_api.refused("PinNotSet", "WithdrawFromWallet", person.token, **asked, pin="480517", key=new_id())
    await shared_api.data("ChoosePayPin", person.token, pin="480517", key=new_id())
    done = await shared_api.data("WithdrawFromWallet", person.token, **asked, pin="480517", key=new_id())
    assert done["__typename"] == "WithdrawalBegun"
