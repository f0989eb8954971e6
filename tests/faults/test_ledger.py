"""Money moved by sixty payers for two minutes while primaries, payers and workers are killed: to the fen as it was."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from app.domains.payment.ledger.model import FEES, GATEWAY, TransferKind, TransferState, Wanted, moved
from app.embedded import EmbeddedDatabase, Engine, available
from app.wiring import City
from tests.faults.conftest import Found
from tests.faults.ledger_payer import SHOPS, WALLETS
from tests.support.processes import CityProcesses, Process

PROCESSES, PAYERS_EACH = 2, 30
LASTS, KILLS = 120.0, 3
EACH = 1_000


@dataclass(frozen=True, slots=True)
class _Answer:
    at: float
    what: str
    transfer: str


def _answers(files: list[Path]) -> list[_Answer]:
    """In the order in which they came; a line that was cut by a kill was no answer."""
    lines = (line.split(" ") for file in files for line in file.read_text().splitlines())
    found = (_Answer(float(at), what, transfer) for at, _, _, what, transfer in (one for one in lines if len(one) == 5))
    return sorted(found, key=lambda one: one.at)


async def _filled(city: City) -> None:
    for one in WALLETS:
        wanted = Wanted(f"filled {one.owner}", TransferKind.TOP_UP, moved(GATEWAY, one, EACH))
        await city.services.payment.ledger.open(one)
        await city.db.transaction(lambda tx, wanted=wanted: city.services.payment.ledger.post(wanted, tx))  # type: ignore[misc]


class _Killer:
    """Kills a primary, a process of payers and a worker, one after the other, so many times."""

    def __init__(self, database: EmbeddedDatabase, processes: CityProcesses, files: list[Path]) -> None:
        self._database, self._processes, self._files = database, processes, files
        self.payers = [self._payer(n) for n in range(PROCESSES)]
        self.worker = processes.worker()
        self.killed: Counter[str] = Counter()

    def _payer(self, n: int) -> Process:
        return self._processes.script("tests.faults.ledger_payer", f"p{n}", str(PAYERS_EACH), str(self._files[n]))

    async def run(self) -> None:
        await self._all_pay()
        began, step = time.monotonic(), LASTS / (KILLS + 0.5)
        for turn in range(KILLS):
            await asyncio.sleep(max(began + step * (turn + 0.3) - time.monotonic(), 0))
            self.payers[turn % PROCESSES].kill()
            self.payers[turn % PROCESSES] = self._payer(turn % PROCESSES)
            self.worker.kill()
            self.worker = self._processes.worker()
            self.killed.update(["payers", "worker"])
            await asyncio.sleep(step * 0.3)
            await self._kill_primary()
        await asyncio.sleep(max(began + LASTS - time.monotonic(), 0))
        for process in (*self.payers, self.worker):
            process.kill()

    async def _all_pay(self) -> None:
        """The two minutes begin when everybody is there."""
        async with asyncio.timeout(120):
            while not all(file.exists() and file.stat().st_size for file in self._files):  # noqa: ASYNC110  (on other processes)
                await asyncio.sleep(0.2)

    async def _kill_primary(self) -> None:
        primary = await asyncio.to_thread(self._database.primary)
        assert primary is not None
        await asyncio.to_thread(primary.kill)
        self.killed["primary"] += 1
        await asyncio.sleep(8)
        await asyncio.to_thread(primary.start)
        await asyncio.to_thread(primary.wait, "secondary", lambda: bool(primary.hello().get("secondary")))


@pytest.mark.timeout(420)
@pytest.mark.skipif(set(available()) <= {Engine.SECANTUS}, reason="needs a mongod: SecantusDB has no fail-over")
async def test_money_is_neither_made_nor_lost_whatever_is_killed(found: Found, tmp_path: Path) -> None:
    with EmbeddedDatabase(tmp_path / "database", members=3) as database:
        processes, town = await found(database.uri)
        city, ledger = town.city, town.city.services.payment.ledger
        await _filled(city)
        files = [tmp_path / f"answers-{n}.log" for n in range(PROCESSES)]
        killer = _Killer(database, processes, files)
        await killer.run()

        answers = _answers(files)
        await city.services.payment.folding.fold()
        verdict = await city.services.payment.proof.verify()
        told = {one.transfer: one.what for one in answers if one.transfer}
        states = {
            row["_id"]: row["state"]
            async for row in city.db["ledger_transfers"].find({"_id": {"$in": list(told)}}, {"state": 1})
        }
        wallets = [(await ledger.balance(one)) for one in WALLETS]
        others = sum([(await ledger.balance(one)).posted.fen for one in (*SHOPS, FEES)])
        await processes.stop()

    counts = Counter(one.what for one in answers)
    gap = max(later.at - earlier.at for earlier, later in pairwise(answers))
    lasted = answers[-1].at - answers[0].at
    print(
        f"\nledger: {PROCESSES * PAYERS_EACH} payers, {lasted:.0f} s, killed {dict(killer.killed)}: "
        f"{verdict.transfers:,} transfers ({len(told) / lasted:.0f} a second), answers {dict(counts)}, "
        f"longest gap {gap:.1f} s; {verdict.counted} faults"
    )
    wanted = {"pay": TransferState.POSTED, "capture": TransferState.POSTED, "void": TransferState.VOIDED}
    assert killer.killed == {"primary": KILLS, "payers": KILLS, "worker": KILLS}
    assert verdict.sound, verdict.faults
    assert sum(one.posted.fen for one in wallets) + others == EACH * len(WALLETS)
    assert min(min(one.posted.fen, one.available.fen, one.held.fen) for one in wallets) >= 0
    assert [id_ for id_, what in told.items() if what in wanted and states.get(id_) != wanted[what]] == []
    assert told.keys() == states.keys()
    assert counts.keys() >= {"pay", "hold", "capture", "void"}
    assert lasted >= LASTS * 0.9
    assert gap <= 15
