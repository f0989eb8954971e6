"""A rule: which payments it looks at, what it measures, how much may be, and what becomes of those beyond.

proposed ── put in force by somebody else ──> in force ── a newer version, or an end ──> replaced
         ── declined, or taken back ────────> declined

An amount is measured by itself; a count and a sum are measured per payer in the hour or the civil day, this payment
included. What is beyond `most` is refused, or has to be confirmed by the payer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.core.ids import made_at
from app.core.money import Currency
from app.core.said import Said
from app.domains.payment.ledger.model import MOST_FEN
from app.domains.payment.risk.rules.errors import AnotherApproves, RiskRuleInvalid, RiskRuleSettled

_CODE = re.compile(r"[a-z][a-z0-9_]{2,39}")
_MOST_COUNT = 100_000
_MOST_DAYS = 3650
_LONGEST = 500


class Measure(StrEnum):
    AMOUNT = "amount"
    COUNT = "count"
    SUM = "sum"


class Window(StrEnum):
    """Of the city's clock and calendar."""

    HOUR = "hour"
    DAY = "day"

    def starts(self, at: datetime) -> str:
        """The window of this moment by name."""
        local = at.astimezone(CITY_TIME)
        return local.strftime("%Y-%m-%dT%H") if self is Window.HOUR else local.date().isoformat()

    @property
    def length(self) -> timedelta:
        return timedelta(hours=1) if self is Window.HOUR else timedelta(days=1)


class Action(StrEnum):
    REFUSE = "refuse"
    CONFIRM = "confirm"


class RuleState(StrEnum):
    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payment that is about to be made. `payment` names it: asked about again, it is the same. `payee` is a kind and
    an id. `confirmed`: the payer has confirmed it, so that a rule which asks for that lets it pass.
    """

    payment: str
    payer: str
    payee_kind: str
    payee: str
    fen: int
    currency: Currency
    method: str
    purpose: str
    at: datetime
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule says. `most` is fen, or a number of payments. Of `methods`, `purposes` and `payees` (kinds) an empty
    set means all. `younger_than`: only payers who have been citizens of the app for fewer days than this.
    """

    measure: Measure
    most: int
    action: Action
    window: Window | None = None
    currency: Currency = Currency.CNY
    methods: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    payees: frozenset[str] = frozenset()
    younger_than: int | None = None

    def demand_sound(self) -> None:
        """Raises RiskRuleInvalid."""
        if not 0 <= self.most <= (_MOST_COUNT if self.measure is Measure.COUNT else MOST_FEN):
            raise RiskRuleInvalid("most")
        if (self.window is None) != (self.measure is Measure.AMOUNT):
            raise RiskRuleInvalid("window")
        if self.younger_than is not None and not 1 <= self.younger_than <= _MOST_DAYS:
            raise RiskRuleInvalid("youngerThan")

    def concerns(self, attempt: Attempt) -> bool:
        return (
            attempt.currency is self.currency
            and _among(attempt.method, self.methods)
            and _among(attempt.purpose, self.purposes)
            and _among(attempt.payee_kind, self.payees)
            and (self.younger_than is None or _younger(attempt, timedelta(days=self.younger_than)))
        )

    def adds(self, attempt: Attempt) -> int:
        """What this payment adds to what is measured."""
        return 1 if self.measure is Measure.COUNT else attempt.fen

    def exceeded(self, attempt: Attempt, used: int) -> bool:
        """`used`: what was measured in this window before; of an amount nothing."""
        return used + self.adds(attempt) > self.most


@dataclass(frozen=True, slots=True)
class Rule:
    """One version. `active` false: with this version the rule ends. `reason` is why it was proposed, `answer` why it
    was declined.
    """

    code: str
    version: int
    name: Said
    terms: Terms
    reason: str
    by: str
    at: datetime
    active: bool = True
    state: RuleState = RuleState.PROPOSED
    settled_by: str | None = None
    settled_at: datetime | None = None
    answer: str | None = None

    @property
    def id(self) -> str:
        return f"{self.code}:{self.version}"

    def demand_sound(self) -> None:
        """Raises RiskRuleInvalid."""
        if not _CODE.fullmatch(self.code):
            raise RiskRuleInvalid("code")
        if not self.name.zh.strip() or len(self.name.zh) > _LONGEST or len(self.name.en) > _LONGEST:
            raise RiskRuleInvalid("name")
        parsed_reason(self.reason)
        self.terms.demand_sound()

    def put_in_force(self, by: str, at: datetime) -> Rule:
        """By another than who proposed it. Raises RiskRuleSettled, AnotherApproves."""
        if by == self.by:
            raise AnotherApproves
        return self._settled(RuleState.IN_FORCE, by, at)

    def declined(self, answer: str, by: str, at: datetime) -> Rule:
        """By another, or taken back by who proposed it. Raises RiskRuleSettled."""
        return replace(self._settled(RuleState.DECLINED, by, at), answer=answer)

    def _settled(self, state: RuleState, by: str, at: datetime) -> Rule:
        if self.state is not RuleState.PROPOSED:
            raise RiskRuleSettled
        return replace(self, state=state, settled_by=by, settled_at=at)


def parsed_reason(raw: str) -> str:
    """2 to 500 characters. Raises RiskRuleInvalid."""
    text = raw.strip()
    if not 2 <= len(text) <= _LONGEST:
        raise RiskRuleInvalid("reason")
    return text


def _among(value: str, wanted: frozenset[str]) -> bool:
    return not wanted or value in wanted


def _younger(attempt: Attempt, than: timedelta) -> bool:
    """A citizen's id says since when there is one."""
    since = made_at(attempt.payer)
    return since is not None and attempt.at - since < than
