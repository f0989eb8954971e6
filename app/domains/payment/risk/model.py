"""What is decided of an attempt: it may pass, it is to be confirmed, or it is refused; and by which rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.errors import Outcome
from app.core.money import Money
from app.domains.payment.risk.errors import PayerBlocked, PaymentRefused
from app.domains.payment.risk.rules.model import Action, Attempt, Rule

# The rule that a refusal names when the payer as such was stopped.
BLOCKED = "payer_blocked"


class Verdict(StrEnum):
    ALLOW = "allow"
    CONFIRM = "confirm"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that is exceeded: its code and version, and how much there was in the window before this payment."""

    rule: str
    version: int
    used: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    hit: Hit | None = None

    @property
    def outcome(self) -> Outcome:
        """What the payer of a refused attempt is told."""
        return PayerBlocked() if self.hit is not None and self.hit.rule == BLOCKED else PaymentRefused()


ALLOWED = Decision(Verdict.ALLOW)
STOPPED = Decision(Verdict.REFUSE, Hit(BLOCKED, 0))


@dataclass(frozen=True, slots=True)
class Refusal:
    """As the desk sees it: who was refused what, by which rule. `id` is of the attempt and the rule."""

    id: str
    payment: str
    payer: str
    payee_kind: str
    payee: str
    amount: Money
    method: str
    purpose: str
    hit: Hit
    at: datetime


def concerned(rules: Collection[Rule], attempt: Attempt) -> list[Rule]:
    return [rule for rule in rules if rule.active and rule.terms.concerns(attempt)]


def counter(rule: Rule, attempt: Attempt) -> str | None:
    """Where what the payer did in this window is counted for the rule; None: it measures each payment by itself."""
    if rule.terms.window is None:
        return None
    terms, window = rule.terms, rule.terms.window.starts(attempt.at)
    return f"{rule.code}:{terms.measure.value}:{terms.currency.value}:{attempt.payer}:{window}"


def decided(rules: Collection[Rule], attempt: Attempt, used: Mapping[str, int]) -> Decision:
    """By the rules that concern it: a refusal goes before a question. `used` by counter."""
    over = [
        (rule, had) for rule in rules if rule.terms.exceeded(attempt, had := used.get(counter(rule, attempt) or "", 0))
    ]
    for action, verdict in ((Action.REFUSE, Verdict.REFUSE), (Action.CONFIRM, Verdict.CONFIRM)):
        if verdict is Verdict.CONFIRM and attempt.confirmed:
            continue
        for rule, had in over:
            if rule.terms.action is action:
                return Decision(verdict, Hit(rule.code, rule.version, had))
    return ALLOWED


def refusal(attempt: Attempt, hit: Hit) -> Refusal:
    return Refusal(
        id=f"{attempt.payment}:{hit.rule}",
        payment=attempt.payment,
        payer=attempt.payer,
        payee_kind=attempt.payee_kind,
        payee=attempt.payee,
        amount=Money(attempt.fen, attempt.currency),
        method=attempt.method,
        purpose=attempt.purpose,
        hit=hit,
        at=attempt.at,
    )


__all__ = [
    "ALLOWED",
    "BLOCKED",
    "STOPPED",
    "Attempt",
    "Decision",
    "Hit",
    "Refusal",
    "Verdict",
    "concerned",
    "counter",
    "decided",
    "refusal",
]
