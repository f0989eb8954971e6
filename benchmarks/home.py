"""The home page of somebody for whom nothing waits, and of somebody for whom something waits in every room, and for his
ward as much.

Rows are written by the rooms' own stores. What waits is as much as the page shows of a kind, and as much again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx, command_log
from app.core.person_keys import PersonKeys
from app.core.sealed import KeyRing
from app.core.viewer import Role, Viewer
from app.domains.appointments.booking.bookings.model import Booking, BookingState
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.hall.tickets.model import Ticket, TicketState
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.community.estates.model import Home
from app.domains.community.repairs.model import Repair, RepairState, Step
from app.domains.community.repairs.store import RepairStore
from app.domains.community.visitors.model import VisitorPass
from app.domains.community.visitors.store import PassStore
from app.domains.government.applications.history.model import State
from app.domains.government.applications.model import Application
from app.domains.government.applications.store import ApplicationStore
from app.domains.identity.guardians.model import Guardianship, GuardianshipState, WardScope
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.life.health.follow_ups.model import Plan
from app.domains.life.health.follow_ups.store import PlanStore
from app.domains.life.home.model import Turn
from app.domains.payment.bills.model import Bill, BillState, Terms
from app.domains.payment.bills.store import BillStore
from app.domains.payment.credit.dues.model import Due
from app.domains.payment.credit.dues.store import DueStore
from app.domains.payment.payments.model import Payment, PaymentState
from app.domains.payment.payments.store import PaymentStore
from app.wiring import City
from benchmarks.bed import Bed, Resident, Row
from benchmarks.samples import one

_EACH = 10  # twice what is shown of a kind


async def fill(bed: Bed) -> None:
    """For every second resident something waits in every room; the others have nothing."""
    for resident in bed.residents[::2]:
        await _waits_for(bed.city, resident.citizen)


def empty_and_full(bed: Bed) -> tuple[list[Resident], list[Resident]]:
    return bed.residents[1::2], bed.residents[::2]


async def commands(bed: Bed) -> list[Row]:
    """How many commands the page itself sends, beside the card's one."""
    rows = []
    for name, some in zip(("nothing", "everything"), empty_and_full(bed), strict=True):
        viewer = _himself(some[0].citizen)
        async with _logged() as sent:
            page = await bed.city.services.life.home.pages.look(viewer, None)
        waits = f"{len(page.due)} things wait, {sum(len(one.due) for one in page.wards)} for a ward"
        rows.append((f"home with {name}: {waits}", f"{len(sent)} commands and the card's", "≤ 6"))
    return rows


@asynccontextmanager
async def _logged() -> AsyncIterator[list[str]]:
    sent: list[str] = []
    token = command_log.set(sent)
    try:
        yield sent
    finally:
        command_log.reset(token)


async def _waits_for(city: City, citizen: str) -> None:
    now, ring, persons = city.clock.now(), city.ring, city.persons

    ward = new_id()

    async def work(tx: Tx) -> None:
        await GuardianshipStore(city.db).add(_guardianship(citizen, ward, now), tx)
        for whose in (citizen, ward):
            for number in range(_EACH):
                await _one_of_each(city, whose, now + timedelta(hours=number + 1), tx, ring, persons)

    await city.db.transaction(work)
    await city.services.life.home.pages.choose(_himself(citizen), list(Turn)[:3], new_id())


def _guardianship(guardian: str, ward: str, now: datetime) -> Guardianship:
    held = {"scopes": frozenset(WardScope), "state": GuardianshipState.ACTIVE, "until": civil_day(now + timedelta(90))}
    return one(Guardianship, id=new_id(), guardian=guardian, ward=ward, relation="parent", **held)


def _himself(citizen: str) -> Viewer:
    return Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen)


async def _one_of_each(city: City, citizen: str, at: datetime, tx: Tx, ring: KeyRing, persons: PersonKeys) -> None:
    db, day, mine = city.db, civil_day(at), {"id": new_id(), "citizen": citizen}
    times: dict[str, Any] = {"starts_at": at, "ends_at": at + timedelta(minutes=20), "number": new_id()}
    await BookingStore(db).add(one(Booking, **mine, **times, state=BookingState.BOOKED), tx)
    line = {"line": new_id(), "number": "A1", "day": day, "state": TicketState.WAITING, "history": ()}
    await TicketStore(db).add(one(Ticket, **mine, **line), tx)
    await DueStore(db).add(one(Due, **mine, about=new_id(), day=day, fen=100), tx)
    waits = {"state": PaymentState.WAITING_FOR_CONFIRMATION, "until": at + timedelta(days=1)}
    await PaymentStore(db).add(one(Payment, id=new_id(), payer=citizen, **waits), tx)
    applied = one(Application, **mine, state=State.RETURNED)
    row = await ApplicationStore(db, persons)._row(applied, tx)
    await db["service_applications"].insert_one({"_id": applied.id, **row}, session=tx)
    await _at_home(city, citizen, at, tx, ring, persons)
    await _bill(city, citizen, day, tx, ring)


async def _at_home(city: City, citizen: str, at: datetime, tx: Tx, ring: KeyRing, persons: PersonKeys) -> None:
    db, mine = city.db, {"id": new_id(), "citizen": citizen}
    await PlanStore(db).add(one(Plan, **mine, organisation=new_id(), due=civil_day(at), open=True), tx)
    told: dict[str, Any] = {"words": "x", "home": one(Home)}
    steps = (one(Step, state=RepairState.DONE, at=city.clock.now()),)
    await RepairStore(db, persons).add(one(Repair, **mine, state=RepairState.DONE, steps=steps, **told), tx)
    times: dict[str, Any] = {"guest": "x", "begins": city.clock.now(), "ends": at, "link": new_id(), "plate": None}
    await PassStore(db, persons, ring).add(one(VisitorPass, **mine, **times, entries=1), tx)


async def _bill(city: City, citizen: str, day: date, tx: Tx, ring: KeyRing) -> None:
    account = new_id()
    bill = one(Bill, id=new_id(), account=account, state=BillState.OPEN, terms=one(Terms, due=day))
    await BillStore(city.db, ring).add([bill], tx)
    await city.db["bound_accounts"].insert_one({"_id": new_id(), "citizen": citizen, "account": account}, session=tx)
