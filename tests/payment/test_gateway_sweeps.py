"""What stays open at the gateway is asked about by the clock: lost, late, unreachable, forgotten."""

from __future__ import annotations

from datetime import timedelta

from app.core.ids import new_id
from app.domains.payment.gateway.model import ErrandAnswer
from app.domains.payment.gateway.orders.model import PAID_WITHIN
from app.domains.payment.ledger.model import SUSPENSE
from graphql_schema.types.common import key_of
from tests.conftest import Fakes
from tests.payment.test_wallet import balance, begun, card_of, cny, reference, topped_up
from tests.support.api import Api
from tests.support.fakes import MovableClock
from tests.support.gateway import FakeGateway


async def test_time_settles_what_nobody_tells_of(api: Api, fakes: Fakes, clock: MovableClock) -> None:
    gateway, orders = fakes.outside.gateway, api.city.services.payment.orders
    assert isinstance(gateway, FakeGateway)
    person, key = await api.verified(), new_id()
    gateway.down = True
    assert await api.codes("TopUpWallet", person.token, amount=cny("5"), key=key) == ["UNAVAILABLE"]
    clock.advance(seconds=20)
    assert await orders.sweep() == 1  # still down: it is looked at again later
    gateway.down = False
    clock.advance(seconds=60)
    await orders.sweep()
    (unpaid,) = gateway.orders
    paid, forgotten = reference(await begun(api, person, "7")), reference(await begun(api, person, "8"))
    gateway.pay(paid)
    del gateway.orders[forgotten]  # the gateway lost it: nobody can pay it
    clock.advance(seconds=PAID_WITHIN.total_seconds() + 60)
    while await orders.sweep():
        clock.advance(seconds=1)
    states = {one: (await orders.get(one)).state.value for one in (unpaid, paid, forgotten)}  # type: ignore[union-attr]
    assert states == {unpaid: "closed", paid: "paid", forgotten: "closed"}
    filled = await api.city.services.payment.wallet.wallets.of(api.key(person))  # his token is over by now
    assert filled.available.fen == 7_00
    await _out_and_back(api, gateway, clock)


async def _out_and_back(api: Api, gateway: FakeGateway, clock: MovableClock) -> None:
    payment, person = api.city.services.payment, await api.verified()
    await topped_up(api, gateway, person, "50")
    card, gateway.down = await card_of(api, person), True
    done = await api.data("WithdrawFromWallet", person.token, card=card, amount=cny("20"), key=new_id())
    assert done["withdrawal"]["state"] == "ASKED"
    gateway.down, gateway.ends = False, ErrandAnswer.PROCESSING
    clock.advance(seconds=20)
    await payment.payouts.sweep()
    id_ = key_of(done["withdrawal"]["id"], "Withdrawal")
    gateway.end(id_, ErrandAnswer.FAILED, "BANK_REFUSED")
    clock.advance(seconds=40)
    await payment.payouts.sweep()
    assert await balance(api, person) == ("50.00", "0.00", "50.00")
    late = reference(await begun(api, person, "3"))
    await payment.orders.close(late)
    gateway.ends = ErrandAnswer.DONE
    gateway.pay(late)
    await payment.orders.look(late)
    assert (await payment.ledger.balance(SUSPENSE)).posted.fen == 3_00
    clock.advance(seconds=timedelta(minutes=1).total_seconds())
    assert await payment.gateway_refunds.sweep() == 1
    assert (await payment.ledger.balance(SUSPENSE)).posted.fen == 0
    assert await payment.gateway_refunds.sweep() == 0
