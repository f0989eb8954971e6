"""Auto-pay: a citizen allows that the bills of an account are paid by themselves, up to a cap each.

    announced, three days before the bill is due ── a day before it is due ──> paid
        │    └── the payment is refused: told, and tried once more on the day it is due ──> failed
        ├── the citizen skips it ──> skipped
        ├── the bill became another: announced anew, and the days of the notice begin again
        └── paid by hand, or withdrawn ──> lapsed
    above the cap: told, never paid by itself ──> too_high
    too high, or failed, and the biller tells another version: announced anew

Nothing is taken that was not announced on a day before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.clock import civil_day
from app.domains.payment.bills.auto_pay.errors import AutoPayCapUnfit, AutoPayNothingToSkip
from app.domains.payment.bills.model import Bill
from app.domains.payment.payments.model import Method

AHEAD = timedelta(days=3)
MOST_CAP = 1_000_000  # fen
MOST_TRIES = 2
NOTICE = timedelta(days=2)  # between the announcement and the payment
MEANS = frozenset({Method.WALLET, Method.CREDIT})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AutoPay:
    """Of one account a citizen has bound. `cap` in fen is for each bill. `by` allowed it: he, or his guardian."""

    id: str
    citizen: str
    account: str
    biller: str
    cap: int
    method: Method
    by: str
    since: datetime
    active: bool = True
    rev: int = 1

    def covers(self, cap: int, method: Method) -> bool:
        """Whether so much was allowed before: by the same means, up to no lower a cap."""
        return self.method is method and cap <= self.cap


class RunState(StrEnum):
    ANNOUNCED = "announced"
    PAID = "paid"
    SKIPPED = "skipped"
    FAILED = "failed"
    TOO_HIGH = "too_high"
    LAPSED = "lapsed"


_MAY_COME_AGAIN = frozenset({RunState.TOO_HIGH, RunState.FAILED})


@dataclass(frozen=True, slots=True)
class Run:
    """What auto-pay does about one bill. `version` and `fen` are what was announced, `payment` the id of the payment
    it makes; `code` names why the last try came to nothing.
    """

    id: str
    auto_pay: str
    citizen: str
    biller: str
    bill: str
    version: int
    fen: int
    state: RunState
    pay_on: date
    payment: str
    at: datetime
    tries: int = 0
    code: str | None = None
    rev: int = 1

    @property
    def waits(self) -> bool:
        return self.state is RunState.ANNOUNCED

    def skipped(self, at: datetime) -> Run:
        """This once. Raises AutoPayNothingToSkip."""
        if not self.waits:
            raise AutoPayNothingToSkip
        return self._next(at, state=RunState.SKIPPED)

    def ended(self, state: RunState, at: datetime) -> Run:
        return self._next(at, state=state)

    def overtaken_by(self, bill: Bill) -> bool:
        """Whether what was told of it holds no more. What was skipped stays skipped, what is over stays over."""
        if self.waits:
            return not self.fits(bill)
        return self.state in _MAY_COME_AGAIN and self.version != bill.terms.version

    def kept_waiting(self, today: date) -> bool:
        """Whether its bill need not be reminded of besides: it is being paid, or what becomes of it was told today."""
        return self.waits or self.state is RunState.PAID or civil_day(self.at) == today

    def announced_anew(self, bill: Bill, cap: int, today: date, at: datetime) -> Run:
        """The bill is another than the one that was announced."""
        state = RunState.ANNOUNCED if bill.remaining <= cap else RunState.TOO_HIGH
        told = {"version": bill.terms.version, "fen": bill.remaining}
        return self._next(at, state=state, pay_on=pay_day_anew(bill.terms.due, today), tries=0, code=None, **told)

    def refused(self, code: str, today: date, at: datetime) -> Run:
        tries = self.tries + 1
        state = RunState.FAILED if tries >= MOST_TRIES else RunState.ANNOUNCED
        return self._next(at, state=state, tries=tries, code=code, pay_on=today + _DAY)

    def fits(self, bill: Bill) -> bool:
        return self.version == bill.terms.version and self.fen == bill.remaining

    def _next(self, at: datetime, **changed: object) -> Run:
        return replace(self, rev=self.rev + 1, at=at, **changed)  # type: ignore[arg-type]


def demand_allowed(cap: int, method: Method) -> None:
    """Raises AutoPayCapUnfit."""
    if not 0 < cap <= MOST_CAP or method not in MEANS:
        raise AutoPayCapUnfit(MOST_CAP // 100)


def run_id(auto_pay: str, bill: str) -> str:
    return f"{auto_pay}:{bill}"


def first_run(allowed: AutoPay, bill: Bill, payment: str, today: date, at: datetime) -> Run:
    """As it is announced."""
    return Run(
        id=run_id(allowed.id, bill.id),
        auto_pay=allowed.id,
        citizen=allowed.citizen,
        biller=allowed.biller,
        bill=bill.id,
        version=bill.terms.version,
        fen=bill.remaining,
        state=RunState.ANNOUNCED if bill.remaining <= allowed.cap else RunState.TOO_HIGH,
        pay_on=pay_day(bill.terms.due, today),
        payment=payment,
        at=at,
    )


def pay_day(due: date, today: date) -> date:
    """A day before it is due, so that a second try is in time; never on the day of the announcement."""
    return max(due - _DAY, today + _DAY)


def pay_day_anew(due: date, today: date) -> date:
    """Who was told another sum counts on it: the notice is whole again, also when the day before the bill is due goes
    by; but no bill becomes overdue for that, unless it was told too late for any notice.
    """
    return max(min(max(due - _DAY, today + NOTICE), due), today + _DAY)


def announces(bill: Bill, today: date) -> bool:
    return bill.payable and bill.engaged is None and bill.terms.due - AHEAD <= today
