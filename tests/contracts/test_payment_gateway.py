"""The client of the payment gateway against its stand-in over real HTTP, and notices at the city's door."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.clock import SystemClock, civil_day
from app.core.errors import Refusal, Unavailable
from app.core.ids import new_id
from app.domains.payment.gateway.errors import GatewayFileForged, GatewayRefused
from app.domains.payment.gateway.model import BankAccount, ErrandAnswer, Kind, Notice, OrderAnswer
from app.gateways.http import Patience
from app.gateways.payment import HttpPaymentGateway
from app.http.payment import GatewayNotices
from app.http.replies import on_refusal
from mocks.gateway import PaymentGateway
from tests.contracts.conftest import served

KEY, NOTICE_KEY = "gateway-key-of-the-tests", "notice-key-of-the-tests"
SOON = timedelta(minutes=10)
CARD = BankAccount("6222021234567890128", "林晓峰")


@dataclass
class Ear:
    heard_: list[Notice] = field(default_factory=list)

    async def heard(self, notice: Notice) -> None:
        self.heard_.append(notice)

    async def until(self, count: int) -> list[Notice]:
        async with asyncio.timeout(10):
            while len(self.heard_) < count:  # noqa: ASYNC110  (in another thread)
                await asyncio.sleep(0.01)
        return self.heard_


@dataclass
class Line:
    """The client, a hand on the stand-in's controls, and what was heard."""

    gateway: HttpPaymentGateway
    control: httpx2.AsyncClient
    ear: Ear
    url: str

    async def order(self, fen: int = 1000) -> str:
        reference = new_id()
        await self.gateway.open_order(reference, fen, "充值", "http://city.test/app", SOON)
        return reference

    async def set(self, what: str, **how: Any) -> None:
        (await self.control.post(f"/control/gateway/{what}", json=how)).raise_for_status()


_EAR = Ear()


@pytest.fixture(scope="module")
def urls() -> Iterator[tuple[str, str]]:
    stand_in = PaymentGateway(KEY, NOTICE_KEY)
    door = GatewayNotices(_EAR, _EAR, _EAR, SecretStr(f"older, {NOTICE_KEY}"), SystemClock())
    city = Starlette(routes=door.routes(), exception_handlers={Refusal: on_refusal})
    with served(Starlette(routes=[*stand_in.routes(), *stand_in.control_routes()])) as url, served(city) as told_at:
        yield url, f"{told_at}/payment/notices/gateway"


@pytest.fixture
async def line(urls: tuple[str, str], in_a_hurry: Patience) -> AsyncIterator[Line]:
    url, told_at = urls
    _EAR.heard_.clear()
    gateway = HttpPaymentGateway(f"{url}/gateway", SecretStr(KEY), SecretStr(NOTICE_KEY), told_at, patience=in_a_hurry)
    async with gateway, httpx2.AsyncClient(base_url=url, trust_env=False) as control:
        await control.delete("/control/gateway/all")
        await control.delete("/control/gateway/faults")
        yield Line(gateway, control, _EAR, url)
        await control.delete("/control/gateway/all")
        await control.delete("/control/gateway/faults")


async def test_an_order_is_one_however_often_it_is_asked_for(line: Line) -> None:
    reference = new_id()
    first = await line.gateway.open_order(reference, 1000, "充值", "http://city.test/app", SOON)
    again = await line.gateway.open_order(reference, 1000, "充值", "http://city.test/app", SOON - timedelta(minutes=1))
    assert first == again
    assert (first.state, first.fen, first.paid_fen) == (OrderAnswer.OPEN, 1000, 0)
    with pytest.raises(GatewayRefused, match="GATEWAY_REFUSED"):
        await line.gateway.open_order(reference, 999, "充值", "http://city.test/app", SOON)
    assert await line.gateway.order(new_id()) is None


async def test_a_citizen_pays_on_the_page_and_is_led_back(line: Line) -> None:
    reference = await line.order(8880)
    told = await line.gateway.order(reference)
    assert told is not None
    page = await line.control.get(told.pay_at)
    assert all(words in page.text for words in ("¥88.80", "充值", "确认支付", "Pay"))
    led = await line.control.post(told.pay_at, data={"do": "pay"})
    assert (led.status_code, led.headers["location"]) == (303, "http://city.test/app")
    (notice,) = await line.ear.until(1)
    assert (notice.kind, notice.reference, notice.state, notice.fen) == (Kind.ORDER, reference, "paid", 8880)
    paid = await line.gateway.order(reference)
    assert paid is not None
    assert (paid.state, paid.paid_fen) == (OrderAnswer.PAID, 8880)


@pytest.mark.parametrize(("pressed", "state"), [("cancel", OrderAnswer.CLOSED), ("fail", OrderAnswer.FAILED)])
async def test_what_is_cancelled_or_fails_on_the_page_is_told(line: Line, pressed: str, state: OrderAnswer) -> None:
    reference = await line.order()
    await line.control.post(f"/gateway/pay/{reference}", data={"do": pressed})
    (notice,) = await line.ear.until(1)
    assert notice.state == state.value
    told = await line.gateway.order(reference)
    assert told is not None
    assert told.state is state


async def test_a_closed_order_takes_no_money_and_a_paid_one_is_not_closed(line: Line) -> None:
    closed, paid = await line.order(), await line.order()
    told = await line.gateway.close_order(closed)
    assert told is not None
    assert told.state is OrderAnswer.CLOSED
    for reference in (closed, paid):
        await line.set(f"orders/{reference}/pay")
    assert (await line.gateway.order(closed)) == told
    still = await line.gateway.close_order(paid)
    assert still is not None
    assert still.state is OrderAnswer.PAID


async def test_what_nobody_pays_in_time_is_closed(line: Line) -> None:
    reference = await line.order()
    await line.set("clock", now=(SystemClock().now() + 2 * SOON).isoformat())
    told = await line.gateway.order(reference)
    assert told is not None
    assert told.state is OrderAnswer.CLOSED


async def test_notices_come_twice_late_never_or_before_the_answer_as_wished(line: Line) -> None:
    await line.set("notices", doubled=True, next=1)
    await line.set(f"orders/{await line.order()}/pay")
    assert len(set(map(repr, await line.ear.until(2)))) == 1
    await line.set("notices", lost=True, next=1)
    await line.set(f"orders/{await line.order()}/pay")
    await line.set("notices", early=True, next=1)
    early = await line.order()
    assert [one.reference for one in await line.ear.until(3)][2:] == [early]
    told = await line.gateway.order(early)
    assert told is not None
    assert told.state is OrderAnswer.PAID


@pytest.mark.parametrize("how", ["forged", "stale"])
async def test_what_is_forged_or_old_is_not_let_in(line: Line, how: str) -> None:
    await line.set("notices", **{how: True, "next": 1})
    await line.set(f"orders/{await line.order()}/pay")
    good = await line.order()
    await line.set(f"orders/{good}/pay")
    assert [one.reference for one in await line.ear.until(1)] == [good]


async def test_a_wrong_amount_is_told_as_it_is_wished(line: Line) -> None:
    await line.set("notices", wrong_fen=-1, next=1)
    await line.set(f"orders/{await line.order(1000)}/pay")
    assert [one.fen for one in await line.ear.until(1)] == [999]


async def test_refunds_go_back_once_and_never_above_what_was_paid(line: Line) -> None:
    order, refund = await line.order(1000), new_id()
    with pytest.raises(GatewayRefused):
        await line.gateway.refund(refund, order, 1)  # not paid yet
    await line.set(f"orders/{order}/pay")
    assert (await line.gateway.refund(refund, order, 600)).state is ErrandAnswer.PROCESSING
    assert (await line.gateway.refund(refund, order, 600)).fen == 600
    with pytest.raises(GatewayRefused):
        await line.gateway.refund(new_id(), order, 401)
    await line.ear.until(2)
    done = await line.gateway.refund_state(refund)
    assert done is not None
    assert done.state is ErrandAnswer.DONE
    await line.set("fates", refunds="failed", after_ms=0)
    failing = new_id()
    await line.gateway.refund(failing, order, 400)
    await line.ear.until(3)
    assert (await line.gateway.refund(new_id(), order, 400)).fen == 400  # what failed can be asked for again


async def test_payouts_are_one_each_and_end_as_banks_will(line: Line) -> None:
    reference, closed = new_id(), BankAccount("6222020000000000", "林晓峰")
    await line.set("fates", payouts="processing")
    first = await line.gateway.pay_out(reference, 500, CARD, "提现")
    assert first == await line.gateway.pay_out(reference, 500, CARD, "提现")
    with pytest.raises(GatewayRefused):
        await line.gateway.pay_out(reference, 501, CARD, "提现")
    await line.set(f"payouts/{reference}/settle", state="failed", reason="BANK_REFUSED")
    told = await line.gateway.payout_state(reference)
    assert told is not None
    assert (told.state, told.reason) == (ErrandAnswer.FAILED, "BANK_REFUSED")
    await line.gateway.pay_out(other := new_id(), 500, closed, "提现")
    async with asyncio.timeout(10):
        while (refused := await line.gateway.payout_state(other)) and refused.state is ErrandAnswer.PROCESSING:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert refused is not None
    assert (refused.state, refused.reason) == (ErrandAnswer.FAILED, "ACCOUNT_CLOSED")
    shown = (await line.control.get("/control/gateway/payouts")).text
    assert CARD.number not in shown
    assert CARD.holder not in shown


async def test_banks_say_whose_a_card_is(line: Line) -> None:
    assert (await line.gateway.check_account(CARD)).bank_en == "ICBC"
    assert not (await line.gateway.check_account(BankAccount("6222020000001111", "林晓峰"))).belongs


async def test_an_answer_that_is_lost_has_no_second_effect(line: Line) -> None:
    await line.set("faults", drop=True, after=True, next=2)
    reference = await line.order()
    orders = (await line.control.get("/control/gateway/orders")).json()["orders"]
    assert [one["asked"]["reference"] for one in orders] == [reference]


async def test_a_gateway_that_is_down_is_unavailable_by_name(line: Line) -> None:
    await line.set("faults", status=503)
    with pytest.raises(Unavailable):
        await line.order()


async def test_the_days_file_is_signed_and_says_what_was_settled_and_what_was_planted(line: Line) -> None:
    kept, left_out, wrong = [await line.order(fen) for fen in (1000, 2000, 3000)]
    for reference in (kept, left_out, wrong):
        await line.set(f"orders/{reference}/pay")
    extra = {"kind": "order", "reference": "unknown-here", "gateway_id": "OX", "amount_fen": 7, "state": "paid"}
    at = SystemClock().now()
    planted = {"leave_out": [left_out], "amounts": {wrong: 2999}, "extra": [{**extra, "at": at.isoformat()}]}
    await line.set("differences", **planted)
    day = civil_day(at)
    found = await line.gateway.file(day)
    assert found is not None
    assert not found.complete
    rows = list(csv.DictReader(io.StringIO(found.body.decode())))
    assert {(row["reference"], row["amount_fen"], row["fee_fen"]) for row in rows} == {
        (kept, "1000", "2"),
        (wrong, "2999", "6"),
        ("unknown-here", "7", "0"),
    }
    assert await line.gateway.file(day + timedelta(days=2)) is None
    raw = await line.control.get(f"/gateway/files/{day}", headers={"authorization": f"Bearer {KEY}"})
    assert raw.headers["gateway-digest"] == f"sha-256={hashlib.sha256(raw.content).hexdigest()}"


async def test_a_file_under_another_signature_is_not_taken(line: Line) -> None:
    other = HttpPaymentGateway(f"{line.url}/gateway", SecretStr(KEY), SecretStr("another"), "http://nobody.test/x")
    async with other:
        with pytest.raises(GatewayFileForged):
            await other.file(civil_day(SystemClock().now()))
