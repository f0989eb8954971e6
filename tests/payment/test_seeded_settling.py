"""The month behind the seeded city: settled days, closed but for yesterday, which has three differences."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime

import pytest

from app.core.clock import CITY_TIME
from app.core.paging import PageRequest
from app.domains.payment.gateway.model import DayFile
from app.domains.payment.payments.model import PayeeKind
from app.domains.payment.reconciliation.files.model import HEAD
from app.domains.payment.reconciliation.matching.model import What
from app.domains.payment.reconciliation.model import DayState
from app.domains.payment.settlement.model import Payee, SettlementState
from app.seed.payment.settling import Line, seed_month
from mocks.merchants import merchants
from tests.conftest import Databases
from tests.support.paying import lies_on
from tests.support.settling import Ground, ground_of

_ALL = PageRequest(100)


@pytest.fixture
async def ground(databases: Databases) -> AsyncIterator[Ground]:
    async with ground_of(databases) as ground:
        yield ground


async def test_a_month_is_settled_and_closed_and_yesterday_is_open(ground: Ground) -> None:
    said: list[str] = []
    for _ in range(2):  # the second time finds it there
        await seed_month(ground.city, said.append, _teller(ground), 4)
    assert len(said) == 1
    days = (await ground.rooms.days.page(_ALL)).items
    assert [one.day.state for one in days] == [DayState.OPEN, *[DayState.CLOSED] * 3]
    yesterday = days[0]
    found = (await ground.rooms.differences.of_day(yesterday.day.day, _ALL)).items
    assert sorted(one.what for one in found) == [What.AMOUNT_DIFFERS, What.MISSING_THERE, What.STATE_DIFFERS]
    for shop in (one for one in merchants() if one.cashier):
        payee = Payee(PayeeKind.MERCHANT, shop.key)
        made = (await ground.rooms.settlements.of_payee(payee, _ALL)).items
        assert [one.state for one in made] == [SettlementState.PAID] * 4
        assert await lies_on(ground.city, payee.account) == 0
    await ground.city.services.payment.folding.fold()
    assert (await ground.city.services.payment.proof.verify()).sound


def _teller(ground: Ground):  # type: ignore[no-untyped-def]
    async def tell(lines: Sequence[Line]) -> None:
        by_day: dict[date, list[str]] = {}
        for line in lines:
            day = datetime.fromisoformat(line["at"]).astimezone(CITY_TIME).date()
            by_day.setdefault(day, []).append(",".join(str(line[name]) for name in HEAD))
        for day, rows in by_day.items():
            ground.gateway.files[day] = DayFile(day, "\n".join([",".join(HEAD), *rows]).encode(), True)

    return tell
