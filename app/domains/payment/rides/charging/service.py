"""Charging a ride in the transaction that writes it: from the wallet, else by the credit line, else it is owed.

Money is asked for where it is before anything is entered, so that a ride that cannot be paid is written all the same.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol

from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.outbox import Outbox
from app.domains.payment.ledger.errors import AccountUnknown
from app.domains.payment.ledger.model import (
    LOSSES,
    Account,
    AccountState,
    TransferKind,
    Wanted,
    credit,
    credit_line,
    debit,
    wallet,
)
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Purpose
from app.domains.payment.payments.service import Payments
from app.domains.payment.rides.fares.model import FareRules, Journey, fare_of
from app.domains.payment.rides.model import Passenger, Ride, RideChannel, RideReport, RideState, left_before, ride_id
from app.domains.payment.rides.store import RideStore
from app.domains.payment.risk.errors import PayerBlocked, PaymentRefused

LOOK_AGAIN = timedelta(hours=6)


class Passengers(Protocol):
    """Fulfilled by the citizens' records."""

    async def present(self, citizens: Collection[str]) -> set[str]:
        """Those of them who are still there."""
        ...


class RideCharging:
    def __init__(
        self,
        rides: RideStore,
        passengers: Passengers,
        ledger: Ledger,
        payments: Payments,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._rides = rides
        self._passengers = passengers
        self._ledger = ledger
        self._payments = payments
        self._outbox = outbox
        self._clock = clock

    async def charge(
        self, rules: FareRules, passenger: Passenger, report: RideReport, channel: RideChannel, tx: Tx
    ) -> Ride:
        """Work its fare out, have it paid if it can be, and write it."""
        ride = await self._worked_out(rules, passenger, report, channel, tx)
        if ride.state is not RideState.FREE:
            payment = await self.pay(ride, tx)
            ride = ride.paid(payment) if payment else await self._unpaid(ride, tx)
        await self._rides.add(ride, self._clock.now() + LOOK_AGAIN, tx)
        if ride.state is RideState.OWED:
            facts = {"ride": ride.id, "amount": ride.amount.spoken, "line": ride.line}
            await self._outbox.add("ride.owed", ride.citizen, tx, **facts)
        return ride

    async def pay(self, ride: Ride, tx: Tx) -> str | None:
        """The payment; None when there is nothing to pay it with, or nothing may be taken from this payer now."""
        method = await self._method(ride, tx)
        if method is None:
            return None
        payee = Payee(PayeeKind.OPERATOR, ride.operator)
        wanted = NewPayment(
            id=new_id(),
            payer=ride.citizen,
            payee=payee,
            amount=ride.amount,
            method=method,
            purpose=Purpose.RIDE,
            about=ride.id,
            order=ride.reference,
            confirmed=True,  # by boarding: nobody confirms at the door of a bus
        )
        try:
            return (await self._payments.pay(wanted, tx)).id
        except (PaymentRefused, PayerBlocked):  # which write nothing
            return None

    async def gone(self, citizen: str) -> bool:
        """Whether nobody is left who could owe anything."""
        return not await self._passengers.present([citizen])

    async def bear(self, ride: Ride, tx: Tx) -> None:
        """The operator has carried somebody: the city pays the fare, and books it as a loss of its own. No fee."""
        operator = Payee(PayeeKind.OPERATOR, ride.operator).account(ride.amount.currency)
        for account in (LOSSES, operator):
            await self._ledger.open(account, tx)
        lines = (debit(LOSSES, ride.fare.fen), credit(operator, ride.fare.fen))
        await self._ledger.post(Wanted(f"ride-borne:{ride.id}", TransferKind.CORRECTION, lines, ride.id), tx)

    async def _unpaid(self, ride: Ride, tx: Tx) -> Ride:
        """Owed, unless its passenger has left: a bus may tell of a ride when he is gone."""
        if not await self.gone(ride.citizen):
            return ride
        await self.bear(ride, tx)
        return ride.borne()

    async def _worked_out(
        self, rules: FareRules, passenger: Passenger, report: RideReport, channel: RideChannel, tx: Tx
    ) -> Ride:
        citizen, now = passenger.citizen, self._clock.now()
        rides = await self._rides.before(citizen, rules.operator, report.at, rules.transfer_within, tx)
        last = left_before(rides, rules.line)
        ride = Ride(
            *(ride_id(rules.operator, report.reference), rules.operator, report.reference, citizen, rules.line),
            *(rules.id, channel, report.at, now),
            fare=fare_of(rules, Journey()),
            state=RideState.OWED,
            metres=report.metres,
        )
        spent = await self._rides.spent(citizen, rules.operator, ride.day, tx)
        transfer = last is not None and last.allows_transfer_to(rules, report.at)
        journey = Journey(report.metres, passenger.over_60, passenger.under_18, transfer, spent)
        fare = fare_of(rules, journey)
        if not await self._rides.spend(citizen, rules.operator, ride.day, fare.fen, spent, tx):
            raise DuplicateKey("another ride of the same moment was faster")
        return ride.costing(fare)

    async def _method(self, ride: Ride, tx: Tx) -> Method | None:
        for method, account in ((Method.WALLET, wallet(ride.citizen)), (Method.CREDIT, credit_line(ride.citizen))):
            if await self._has(account, ride.fare.fen, tx):
                return method
        return None

    async def _has(self, account: Account, fen: int, tx: Tx) -> bool:
        try:
            found = await self._ledger.balance(account, tx)
        except AccountUnknown:
            return False
        return found.state is AccountState.OPEN and found.available.fen >= fen
