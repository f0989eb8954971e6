"""A day of the gateway is worked to its close at the console; payees get accounts and their settlements are seen."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.ids import new_id
from app.domains.payment.gateway.model import DayFile
from app.domains.payment.reconciliation.files.model import HEAD
from app.domains.payment.settlement.model import Payee
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.gateway import FakeGateway
from tests.support.paying import pay, purse, shop

LONG_AGO = date(2026, 1, 2)


def _file(api: Api, *lines: tuple[str, str, int]) -> None:
    gateway = api.city.services.payment.settlement.payees._gateway
    assert isinstance(gateway, FakeGateway)
    rows = [f"{kind},{ref},G{ref},{fen},2,paid,2026-01-02T12:00:00+08:00" for kind, ref, fen in lines]
    gateway.files[LONG_AGO] = DayFile(LONG_AGO, "\n".join([",".join(HEAD), *rows]).encode(), True)


async def test_a_day_is_compared_its_differences_put_right_and_closed(shared_api: Api, desks: dict[str, Desk]) -> None:
    small, large = new_id(), new_id()
    _file(shared_api, ("order", small, 1_200), ("order", large, 250_000))
    clerk, head = desks["operator"], desks["administrator"]
    day = f"/admin/gateway-days/{LONG_AGO.isoformat()}"
    compared = await clerk.act(f"{day}/do/compare")
    assert "2 differences" in compared.json()["done"]
    assert (await clerk.act(f"{day}/do/close")).json()["code"] == "DAY_HAS_OPEN_DIFFERENCES"
    page = (await clerk.page(day)).text
    assert "missing here" in page
    assert "¥2,500.00" in page
    listed = (await clerk.page("/admin/gateway-differences")).text
    for reference in (small, large):
        assert reference in listed
        one = f"/admin/gateway-differences/{LONG_AGO.isoformat()}:order:{reference}:0"
        assert "Take in hand" in (await clerk.page(one)).text
        early = await clerk.act(f"{one}/do/resolve", remedy="suspense", reason="待查")
        assert early.json()["code"] == "DIFFERENCE_NOT_YOURS"
        assert (await clerk.act(f"{one}/do/take")).status_code == 200
        wrong = await clerk.act(f"{one}/do/resolve", remedy="none", reason="不管了")
        assert wrong.json()["code"] == "DIFFERENCE_MOVES_MONEY"
        done = await clerk.act(f"{one}/do/resolve", remedy="suspense", reason="待查")
        assert done.status_code == 200
    waiting = f"/admin/gateway-differences/{LONG_AGO.isoformat()}:order:{large}:0"
    assert "waits for approval" in (await head.page(waiting)).text
    assert (await clerk.act(f"{waiting}/do/approve")).json()["code"] == "DIFFERENCE_NEEDS_ANOTHER"
    assert (await head.act(f"{waiting}/do/approve")).status_code == 200
    assert "To suspense" in (await head.page(waiting)).text
    assert (await clerk.act(f"{day}/do/close")).status_code == 200
    assert "closed" in (await clerk.page("/admin/gateway-days")).text
    assert (await clerk.act(f"{day}/do/compare")).json()["code"] == "DAY_CLOSED"


async def test_a_payee_gets_an_account_and_is_stopped_and_resumed(shared_api: Api, desks: dict[str, Desk]) -> None:
    clerk, head = desks["operator"], desks["administrator"]
    paid = shop()
    payee = Payee(paid.kind, paid.id)
    page = f"/admin/payees/{payee.id}"
    said = {"number": "6222000011112222", "holder": "鼓楼小店"}
    assert (await clerk.act(f"{page}/do/propose", **said)).status_code == 200
    entered = (await shared_api.city.services.payment.settlement.payees.one(payee)).proposed
    assert entered is not None
    assert entered.id in (await head.page(page)).text
    own = await clerk.act(f"{page}/do/approve", proposal=entered.id)
    assert own.json()["code"] == "PAYEE_NEEDS_ANOTHER"
    other = await head.act(f"{page}/do/approve", proposal="another")
    assert other.json()["code"] == "PAYEE_ACCOUNT_CHANGED"
    assert (await head.act(f"{page}/do/approve", proposal=entered.id)).status_code == 200
    shown = (await clerk.page(page)).text
    assert "**** 2222" in shown
    assert said["number"] not in shown
    assert (await clerk.act(f"{page}/do/stop", reason="查询中")).status_code == 200
    assert "查询中" in (await clerk.page(page)).text
    assert (await clerk.act(f"{page}/do/resume")).status_code == 200
    assert payee.id in (await clerk.page("/admin/payees")).text
    assert (await clerk.page("/admin/payees/nobody")).status_code == 404


async def test_settlements_are_seen_by_day_by_state_and_one_by_one(shared_api: Api, desks: dict[str, Desk]) -> None:
    clerk, city = desks["operator"], shared_api.city
    paid = shop()
    await pay(city, await purse(city, 5_000), 5_000, paid, fee=30)
    rooms = city.services.payment.settlement
    day = date(2026, 1, 3)
    assert (await clerk.act(f"/admin/settlement-days/{day.isoformat()}/do/run")).status_code == 200
    assert day.isoformat() in (await clerk.page("/admin/settlement-days")).text
    assert (await clerk.page(f"/admin/settlement-days/{day.isoformat()}")).status_code == 200
    assert (await clerk.page("/admin/settlements?state=held")).status_code == 200
    assert (await clerk.page("/admin/settlements/merchant:x:2026-01-03")).status_code == 404
    assert await rooms.settlements.day(day) is not None


@pytest.mark.parametrize("room", ["gateway-days", "gateway-differences", "settlement-days", "settlements", "payees"])
async def test_a_viewer_reads_and_does_nothing(desks: dict[str, Desk], room: str) -> None:
    assert (await desks["viewer"].page(f"/admin/{room}")).status_code == 200
