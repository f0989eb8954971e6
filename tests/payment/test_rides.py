"""Rides: how fares come about, charged once each, on time or late; who owes three is refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import CITY_TIME, civil_day
from app.core.errors import BadInput
from app.core.events import Event
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.payment.collecting.errors import LiveModeOnly
from app.domains.payment.ledger.errors import AccountUnknown
from app.domains.payment.ledger.model import LOSSES, Account, AccountKind, credit_line, wallet
from app.domains.payment.rides.batches.model import BatchResult
from app.domains.payment.rides.errors import RideBatchUnfit, RideConflict, RideRefused, RidesStillOwed
from app.domains.payment.rides.fares.errors import FareInForce, FareUnknown, LineUnknown
from app.domains.payment.rides.fares.model import Fare, FarePart, FareRules, Journey, fare_of
from app.domains.payment.rides.model import Ride, RideChannel, RideReport, RideState, left_before
from app.wiring import City
from tests.support.api import OPS, Api, Person
from tests.support.giving import CARRIES, LINE, carrier, citizen_of, passenger, priced
from tests.support.paying import holder, put_on
from virtual_card.codes.errors import CodeExpired, CodeUsed

RULES = FareRules("bus", "1", Said("一路"), date(2026, 1, 1), 200)
LONG = replace(RULES, base_metres=5_000, step=100, step_metres=3_000, most=600)


@pytest.fixture
def shared(shared_api: Api) -> City:
    return shared_api.city


# Fares


@pytest.mark.parametrize(
    ("rules", "journey", "steps"),
    [
        (RULES, Journey(), {"base": 200}),
        (LONG, Journey(5_000), {"base": 200}),
        (LONG, Journey(5_001), {"base": 200, "distance": 100}),
        (LONG, Journey(11_000), {"base": 200, "distance": 200}),
        (LONG, Journey(90_000), {"base": 200, "distance": 2_900, "longest": -2_500}),
        (RULES, Journey(over_60=True), {"base": 200, "senior": -200}),
        (replace(RULES, senior=50), Journey(over_60=True), {"base": 200, "senior": -100}),
        (RULES, Journey(under_18=True), {"base": 200, "minor": -100}),
        (replace(RULES, base=155), Journey(under_18=True), {"base": 155, "minor": -78}),
        (replace(RULES, transfer_off=100), Journey(transfer=True), {"base": 200, "transfer": -100}),
        (replace(RULES, transfer_off=300), Journey(transfer=True), {"base": 200, "transfer": -200}),
        (replace(RULES, transfer_off=50), Journey(under_18=True, transfer=True),
         {"base": 200, "minor": -100, "transfer": -50}),
        (replace(RULES, day_cap=500), Journey(spent=400), {"base": 200, "day_cap": -100}),
        (replace(RULES, day_cap=500), Journey(spent=700), {"base": 200, "day_cap": -200}),
    ],
)  # fmt: skip
def test_a_fare_comes_about_step_by_step(rules: FareRules, journey: Journey, steps: dict[str, int]) -> None:
    fare = fare_of(rules, journey)
    assert {step.part.value: step.fen for step in fare.steps} == steps
    assert fare.fen == sum(steps.values())


FEN = st.integers(0, 3_000)


@given(
    st.builds(replace, st.just(RULES), base=FEN, step=FEN, step_metres=st.integers(1, 9_000), most=FEN,
              senior=st.integers(0, 100), minor=st.integers(0, 100), transfer_off=FEN, day_cap=FEN),
    st.builds(Journey, st.none() | st.integers(0, 99_000), st.booleans(), st.booleans(), st.booleans(), FEN),
)  # fmt: skip
def test_no_fare_is_negative_or_above_its_limits(rules: FareRules, journey: Journey) -> None:
    fare = fare_of(rules, journey)
    assert fare.fen >= 0
    assert all(step.fen < 0 for step in fare.steps if step.part not in (FarePart.BASE, FarePart.DISTANCE))
    if rules.day_cap:
        assert fare.fen <= max(0, rules.day_cap - journey.spent)
    if rules.most:
        assert fare.fen <= rules.most


def test_a_transfer_is_to_another_line_within_its_time_and_not_from_a_transfer() -> None:
    at, other = datetime(2026, 3, 2, 4, tzinfo=UTC), replace(RULES, line="2")
    fare = fare_of(RULES, Journey())
    ride = Ride("r", "bus", "R", "a", "1", RULES.id, RideChannel.ONLINE, at, at, fare, RideState.PAID)
    assert ride.allows_transfer_to(other, at + timedelta(minutes=60))
    assert not ride.allows_transfer_to(other, at + timedelta(minutes=61))
    assert not ride.allows_transfer_to(RULES, at + timedelta(minutes=5))
    assert not ride.allows_transfer_to(replace(other, operator="tram"), at + timedelta(minutes=5))
    moved = replace(ride, fare=Fare(fare.steps).then(FarePart.TRANSFER, -100))
    assert not moved.allows_transfer_to(other, at + timedelta(minutes=5))


def test_one_ride_is_left_for_one_transfer_whatever_lies_between() -> None:
    at, fare = datetime(2026, 3, 2, 4, tzinfo=UTC), fare_of(RULES, Journey())
    first = Ride("r", "bus", "R", "a", "1", RULES.id, RideChannel.ONLINE, at, at, fare, RideState.PAID)
    second = replace(first, line="2")
    changed = replace(second, fare=fare.then(FarePart.TRANSFER, -100))
    assert left_before([second, first], "2") == first
    assert left_before([changed, first], "2") == changed
    assert left_before([second, second], "2") is None


# Rules


async def test_rules_in_force_are_not_changed_and_later_ones_are(shared_api: Api, shared: City) -> None:
    rules, fares = await carrier(shared_api), shared.services.payment.rides.fares
    today = civil_day(shared.clock.now())
    assert await fares.put(OPS, rules) == rules
    with pytest.raises(FareInForce):
        await fares.put(OPS, replace(rules, base=300))
    with pytest.raises(FareInForce):
        await fares.put(OPS, replace(rules, from_day=today, base=300))
    later = await fares.put(OPS, replace(rules, from_day=today + timedelta(days=1), base=300))
    assert (await fares.in_force(rules.operator, LINE, today)).base == 200
    assert (await fares.in_force(rules.operator, LINE, today + timedelta(days=2))).base == 300
    assert [one.base for one in await fares.today(rules.operator)] == [200]
    await fares.drop(OPS, later.id)
    with pytest.raises(FareUnknown):
        await fares.drop(OPS, later.id)
    with pytest.raises(FareInForce):
        await fares.drop(OPS, rules.id)
    with pytest.raises(LineUnknown):
        await fares.in_force(rules.operator, "no-such", today)


@pytest.mark.parametrize(
    "changed",
    [{"base": -1}, {"base": 100_001}, {"line": "路"}, {"name": Said("")}, {"senior": 101}, {"step": 5},
     {"step_metres": 5}, {"transfer_within": timedelta(hours=5)}],
)  # fmt: skip
async def test_rules_that_make_no_sense_are_refused(shared_api: Api, changed: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        await shared_api.city.services.payment.rides.fares.put(OPS, replace(RULES, **changed))


# Online


def bus(rules: FareRules) -> Viewer:
    return Viewer(Role.PROVIDER_CLIENT, new_id(), organisation=rules.operator, scopes=frozenset(CARRIES))


async def rides(api: Api, rules: FareRules, person: Person, line: str = LINE, reference: str = "") -> Ride:
    code = await api.code(person, "TRANSIT")
    service = api.city.services.payment.rides.rides
    return await service.report(bus(rules), reference or new_id(), line, code, None, new_id())


async def fen(city: City, person: Person) -> int:
    return (await city.services.payment.ledger.balance(wallet(citizen_of(person)))).posted.fen


async def test_a_ride_is_paid_from_the_wallet_and_says_how_its_fare_came_about(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000)
    ride = await rides(shared_api, rules, person)
    assert (ride.state, ride.fare.fen, await fen(shared, person)) == (RideState.PAID, 200, 800)
    mine = await shared_api.data("Rides", person.token)
    (seen,) = [edge["node"] for edge in mine["edges"]]
    assert (seen["lineName"], seen["fare"]["amount"], seen["state"]) == ("Line 1", "2.00", "PAID")
    assert [(step["part"], step["amount"]["amount"]) for step in seen["steps"]] == [("BASE", "2.00")]
    payment = await shared_api.data("Payment", person.token, paymentId=seen["paymentId"])
    assert (payment["purpose"], payment["payeeKind"], payment["method"]) == ("RIDE", "OPERATOR", "WALLET")


@pytest.mark.parametrize(
    ("age", "state", "fare"), [(70, RideState.FREE, 0), (12, RideState.PAID, 100), (30, RideState.PAID, 200)]
)
async def test_the_old_go_free_and_the_young_for_half(shared_api: Api, age: int, state: RideState, fare: int) -> None:
    born = date(civil_day(shared_api.city.clock.now()).year - age, 1, 1)
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000, born)
    ride = await rides(shared_api, rules, person)
    assert (ride.state, ride.fare.fen) == (state, fare)


async def test_a_code_is_used_by_a_ride_once(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000)
    code, service = await shared_api.code(person, "TRANSIT"), shared.services.payment.rides.rides

    async def board(reference: str) -> bool:
        try:
            await service.report(bus(rules), reference, LINE, code, None, new_id())
        except CodeUsed:
            return False
        return True

    assert sum(await asyncio.gather(*(board(new_id()) for _ in range(6)))) == 1
    assert await fen(shared, person) == 800


async def test_one_reference_is_one_ride_under_any_key(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000)
    first = await rides(shared_api, rules, person, reference="R-1")
    again = await rides(shared_api, rules, person, reference="R-1")
    assert (again, await fen(shared, person)) == (first, 800)
    await priced(shared, rules.operator, "K2")
    with pytest.raises(RideConflict):
        await rides(shared_api, rules, person, "K2", "R-1")


async def test_what_is_refused_leaves_the_code_as_it_was(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000)
    code, service = await shared_api.code(person, "TRANSIT"), shared.services.payment.rides.rides
    with pytest.raises(LineUnknown):
        await service.report(bus(rules), new_id(), "no-such", code, None, new_id())
    assert (await service.report(bus(rules), new_id(), LINE, code, None, new_id())).fare.fen == 200


async def test_a_provider_in_test_mode_carries_nobody(shared_api: Api, shared: City) -> None:
    viewer = replace(bus(RULES), test_mode=True)
    with pytest.raises(LiveModeOnly):
        await shared.services.payment.rides.rides.report(viewer, "r", LINE, "c", None, new_id())
    with pytest.raises(LiveModeOnly):
        await shared.services.payment.rides.batches.report(viewer, [])


async def test_changing_lines_costs_less_and_a_day_costs_no_more_than_its_cap(shared_api: Api, shared: City) -> None:
    rules = await carrier(shared_api, transfer_off=100, day_cap=500)
    await priced(shared, rules.operator, "K2", transfer_off=100, day_cap=500)
    person = await passenger(shared_api, 10_000)
    fares = [(await rides(shared_api, rules, person, line)).fare.fen for line in (LINE, "K2", LINE, LINE, LINE)]
    assert fares == [200, 100, 200, 0, 0]
    assert await fen(shared, person) == 9_500


async def test_rides_at_once_do_not_pass_the_cap_together(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api, day_cap=500), await passenger(shared_api, 10_000)
    codes = [await offline(shared_api, person) for _ in range(4)]
    now = shared.clock.now()
    reports = [RideReport(new_id(), LINE, code, now) for code in codes]
    batches = shared.services.payment.rides.batches
    await asyncio.gather(*(batches.report(bus(rules), [one]) for one in reports))
    assert await fen(shared, person) == 9_500


async def test_without_money_a_ride_is_owed_and_paid_when_money_comes(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api)
    ride = await rides(shared_api, rules, person)
    assert ride.state is RideState.OWED
    debts, viewer = shared.services.payment.rides.debts, holder(citizen_of(person))
    with pytest.raises(RidesStillOwed) as owed:
        await debts.settle(viewer)
    assert (owed.value.rides, owed.value.amount.fen) == (1, 200)
    await put_on(shared, citizen_of(person), 500)
    topped = Event(new_id(), "wallet.topped_up", citizen_of(person), {}, shared.clock.now())
    await asyncio.gather(*(debts.take(topped) for _ in range(3)))
    assert ((await debts.mine(viewer)).rides, await fen(shared, person)) == (0, 300)
    assert await debts.settle(viewer) == 0
    told = await shared.db["outbox"].find({"citizen": citizen_of(person), "type": "ride.owed"}).to_list(None)
    assert [one["facts"]["amount"] for one in told] == ["¥2.00"]


async def test_the_credit_line_pays_what_the_wallet_cannot(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 199)
    await shared.services.payment.ledger.open(credit_line(citizen_of(person)), limit=1_000)
    ride = await rides(shared_api, rules, person)
    assert (ride.state, await fen(shared, person)) == (RideState.PAID, 199)
    assert (await shared.services.payment.ledger.balance(credit_line(citizen_of(person)))).posted.fen == 200


async def test_who_owes_three_rides_is_not_let_on_until_they_are_paid(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api)
    for _ in range(3):
        assert (await rides(shared_api, rules, person)).state is RideState.OWED
    with pytest.raises(RideRefused):
        await rides(shared_api, rules, person)
    await put_on(shared, citizen_of(person), 800)
    assert await shared.services.payment.rides.debts.settle(holder(citizen_of(person))) == 3
    assert (await rides(shared_api, rules, person)).state is RideState.PAID


async def test_the_clock_collects_what_is_owed(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api)
    await rides(shared_api, rules, person)
    await put_on(shared, citizen_of(person), 200)
    which = {"citizen": citizen_of(person)}
    await shared.db["rides"].update_many(which, {"$set": {"look_at": shared.clock.now()}})
    assert await shared.services.payment.rides.debts.look() >= 1
    assert await fen(shared, person) == 0


# Without network


async def offline(api: Api, person: Person) -> str:
    shown = await api.data("ShowOfflineCode", person.token, purpose="TRANSIT", key=new_id())
    return str(shown["cardCode"]["text"])


async def reported(city: City, rules: FareRules, *reports: RideReport) -> list[BatchResult]:
    done = await city.services.payment.rides.batches.report(bus(rules), reports)
    assert [one.reference for one in done] == [one.reference for one in reports]
    return [one.result for one in done]


async def test_a_batch_is_answered_ride_by_ride_and_can_be_sent_again(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000)
    now, code, other = shared.clock.now(), await offline(shared_api, person), await offline(shared_api, person)
    good, twin = RideReport("R-1", LINE, code, now, 100), RideReport("R-2", LINE, code, now)
    batch = (
        good,
        twin,
        RideReport("R-3", "no-such", other, now),
        RideReport("R-4", LINE, "RONG1:XYZ", now),
        RideReport("R-5", LINE, other, now - timedelta(days=8)),
        RideReport("R-6", LINE, other, now + timedelta(hours=1)),
        RideReport("R-7", LINE, other, now - timedelta(hours=1)),
        RideReport("", LINE, other, now),
    )
    first = await reported(shared, rules, *batch)
    assert [one.name for one in first] == [
        *("TAKEN", "DOUBLE", "LINE_UNKNOWN", "CODE_INVALID", "TOO_OLD", "TOO_EARLY", "CODE_INVALID", "UNFIT")
    ]
    again = await reported(shared, rules, good, twin, replace(good, metres=200))
    assert [one.name for one in again] == ["REPEATED", "DOUBLE", "CONFLICT"]
    assert await fen(shared, person) == 800


async def test_it_does_not_matter_how_a_moment_is_written(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000)
    now = shared.clock.now().replace(microsecond=0) + timedelta(milliseconds=7)
    local = (now + timedelta(microseconds=412)).astimezone(CITY_TIME)
    report = RideReport("R-1", LINE, await offline(shared_api, person), local)
    forms = (report, report, replace(report, at=now), replace(report, reference="R-2", at=now.replace(tzinfo=None)))
    done = await reported(shared, rules, *forms)
    assert [one.name for one in done] == ["TAKEN", "REPEATED", "REPEATED", "UNFIT"]
    row = await shared.db["rides"].find_one({"operator": rules.operator})
    assert row is not None
    assert (row["at"], row["turn"]) == (now, f"{now.isoformat()}/{row['_id']}")


async def test_a_ride_with_another_operator_does_not_take_the_transfer_away(shared_api: Api, shared: City) -> None:
    rules, other = await carrier(shared_api, transfer_off=100), await carrier(shared_api)
    await priced(shared, rules.operator, "K2", transfer_off=100)
    person = await passenger(shared_api, 10_000)
    await rides(shared_api, rules, person)
    await rides(shared_api, other, person)
    assert (await rides(shared_api, rules, person, "K2")).fare.fen == 100


async def test_reports_of_one_ride_at_once_are_one_ride(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000)
    report = RideReport("R-1", LINE, await offline(shared_api, person), shared.clock.now())
    done = await asyncio.gather(*(reported(shared, rules, report) for _ in range(6)))
    assert sorted(one.name for (one,) in done) == ["REPEATED"] * 5 + ["TAKEN"]
    assert await fen(shared, person) == 800


async def test_a_card_that_was_lost_by_then_pays_nothing_and_one_lost_later_does(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000)
    code, before = await offline(shared_api, person), shared.clock.now()
    await asyncio.sleep(0.01)
    card = await shared_api.data("Card", person.token)
    await shared_api.data("ReportCardLoss", person.token, cardId=card["id"], key=new_id())
    after = shared.clock.now() + timedelta(seconds=1)
    early, late = RideReport("R-1", LINE, code, before), RideReport("R-2", LINE, code, after)
    assert [one.name for one in await reported(shared, rules, late, early)] == ["BARRED", "TAKEN"]


async def test_a_batch_has_its_size(shared_api: Api, shared: City) -> None:
    rules = await carrier(shared_api)
    for size in (0, 201):
        with pytest.raises(RideBatchUnfit):
            await reported(shared, rules, *[RideReport("r", LINE, "c", shared.clock.now())] * size)


async def test_who_rode_without_money_offline_owes_it(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api)
    reports = [RideReport(new_id(), LINE, await offline(shared_api, person), shared.clock.now()) for _ in range(5)]
    assert {one.name for one in await reported(shared, rules, *reports)} == {"TAKEN"}
    assert (await shared.services.payment.rides.debts.of(citizen_of(person))).rides == 5


async def erased(city: City, person: Person) -> None:
    """As an erasure leaves the record."""
    gone = {"created_at": city.clock.now(), "assurance": "phone", "erased_at": city.clock.now()}
    await city.db["citizens"].replace_one({"_id": citizen_of(person)}, gone)


async def test_a_ride_reported_after_its_passenger_was_erased_is_borne_by_the_city(
    shared_api: Api, shared: City
) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api)
    report = RideReport(new_id(), LINE, await offline(shared_api, person), shared.clock.now())
    ledger, riding = shared.services.payment.ledger, shared.services.payment.rides
    before = await total_losses(shared)
    await erased(shared, person)
    first, again = [await reported(shared, rules, report) for _ in range(2)]
    assert [one.name for one in (*first, *again)] == ["TAKEN", "REPEATED"]
    (borne,) = (await riding.rides.borne(PageRequest(1))).items
    assert (borne.state, borne.reference, borne.payment) == (RideState.BORNE, report.reference, None)
    assert await total_losses(shared) - before == 200
    assert (await ledger.balance(Account(AccountKind.OPERATOR, rules.operator))).posted.fen == 200
    assert (await riding.debts.of(citizen_of(person))).rides == 0
    told = {"citizen": citizen_of(person), "type": "ride.owed"}
    assert await shared.db["outbox"].count_documents(told) == 0


async def test_what_somebody_owed_who_is_erased_after_all_is_borne_when_it_is_looked_at(
    shared_api: Api, shared: City
) -> None:
    rules, person, stays = await carrier(shared_api), await passenger(shared_api), await passenger(shared_api)
    for _ in range(2):
        await rides(shared_api, rules, person)
    await rides(shared_api, rules, stays)
    await erased(shared, person)
    before = await total_losses(shared)
    debts = shared.services.payment.rides.debts
    for _ in range(2):
        which = {"operator": rules.operator}
        await shared.db["rides"].update_many(which, {"$set": {"look_at": shared.clock.now()}})
        await asyncio.gather(debts.look(), debts.look())
    assert await total_losses(shared) - before == 400
    assert ((await debts.of(citizen_of(person))).rides, (await debts.of(citizen_of(stays))).rides) == (0, 1)
    page = await shared.services.payment.rides.rides.of_operator(rules.operator, PageRequest(), RideState.BORNE)
    assert len(page.items) == 2


async def total_losses(city: City) -> int:
    try:
        return (await city.services.payment.ledger.balance(LOSSES)).posted.fen
    except AccountUnknown:
        return 0


async def test_an_operator_sees_its_own_rides_alone(shared_api: Api, shared: City) -> None:
    rules, other, person = await carrier(shared_api), await carrier(shared_api), await passenger(shared_api, 1_000)
    ride, service = await rides(shared_api, rules, person), shared.services.payment.rides.rides
    assert [one.id for one in (await service.carried(bus(rules), PageRequest())).items] == [ride.id]
    assert (await service.carried(bus(other), PageRequest())).items == ()
    assert await service.one(holder(new_id()), ride.id) is None


async def test_an_old_online_code_is_refused(shared_api: Api, shared: City) -> None:
    rules, person = await carrier(shared_api), await passenger(shared_api, 1_000)
    code = await shared_api.code(person, "TRANSIT")
    await shared.db["codes"].update_many(
        {"holder": citizen_of(person)}, {"$set": {"expires_at": shared.clock.now() - timedelta(seconds=1)}}
    )
    with pytest.raises(CodeExpired):
        await shared.services.payment.rides.rides.report(bus(rules), new_id(), LINE, code, None, new_id())
