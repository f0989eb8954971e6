"""A small day of the benchmark `payment-day`: every planted difference is found, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymongo import MongoClient

from app.domains.payment.gateway.errors import GatewayFileForged
from app.domains.payment.reconciliation.model import DayState
from benchmarks.payment_day import DAY, TROUBLES, compared, ground_of, planted
from mocks.gateway_files import Files

_PAYMENTS = 300


@pytest.mark.parametrize("seed", [1])
async def test_reconciliation_finds_every_planted_difference_and_no_other(
    database_uri: str, tmp_path: Path, seed: int
) -> None:
    name = f"test_payment_day_{seed}"
    try:
        async with ground_of(database_uri, name, tmp_path, seed) as ground:
            await planted(ground, _PAYMENTS)
            done = await compared(ground)
            assert ground.troubles.keys() == TROUBLES.keys()
    finally:
        with MongoClient[dict[str, object]](database_uri) as client:
            client.drop_database(name)
    assert (done.missed, done.invented) == ({}, {})
    assert done.gap == sum(fen for _, fen in ground.wanted.values())
    assert done.day.theirs_net - done.day.ours_net == done.gap


async def test_a_file_that_is_signed_by_somebody_else_is_not_used(database_uri: str, tmp_path: Path) -> None:
    name = "test_payment_day_forged"
    try:
        async with ground_of(database_uri, name, tmp_path, 1) as ground:
            ground.gateway.files = Files("another key")
            await planted(ground, 0)
            rooms = ground.city.services.payment.settlement
            with pytest.raises(GatewayFileForged):
                await rooms.comparison.compare(DAY)
            shown = await rooms.days.one(DAY)
    finally:
        with MongoClient[dict[str, object]](database_uri) as client:
            client.drop_database(name)
    assert shown is not None
    assert (shown.day.state, shown.day.fault) == (DayState.WAITING, "GATEWAY_FILE_FORGED")
