"""An erasure: a week to think it over, then everything goes that no law makes stay.

cooling ── taken back ──> withdrawn
cooling ── a week later ──> erasing ── all steps done ──> erased ── the law's time is over ──> released
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.core.clock import civil_day

COOLING_OFF = timedelta(days=7)
# What was under way when the record was emptied (a message on its way, a sign-in) has arrived by then, and goes too.
SWEEP_AFTER = timedelta(minutes=30)
LOOKUPS_KEPT = timedelta(days=183)
HANDLING_KEPT = timedelta(days=3 * 366)
PAYMENTS_KEPT = timedelta(days=3653)


class ErasureState(StrEnum):
    COOLING = "cooling"
    WITHDRAWN = "withdrawn"
    ERASING = "erasing"
    ERASED = "erased"
    RELEASED = "released"


class Hindrance(StrEnum):
    """What is to be settled before somebody can leave."""

    MONEY_IN_WALLET = "money_in_wallet"
    MONEY_UNDER_WAY = "money_under_way"
    MONEY_OWED = "money_owed"
    TICKETS_PAID = "tickets_paid"  # of what is to come: to be returned, or used


class RetainedKind(StrEnum):
    """What stays when a person goes: ids and codes, and sealed values whose key is destroyed."""

    AUDIT = "audit"
    LOOKUPS = "lookups"
    HANDLING = "handling"
    PAYMENTS = "payments"
    CARD_NUMBER = "card_number"
    BACKUPS = "backups"


class Statute(StrEnum):
    """By which law. Cybersecurity Law 网络安全法, Personal Information Protection Law 个人信息保护法."""

    NETWORK_LOGS = "network_logs"  # 网络安全法: network logs are kept for six months at least
    HANDLING_RECORDS = "handling_records"  # 个人信息保护法 第五十六条: records of handling, three years at least
    TRANSACTIONS = "transactions"  # 反洗钱法 第三十四条: records of transactions, ten years at least
    CANNOT_BE_DELETED = "cannot_be_deleted"  # 个人信息保护法 第四十七条: what cannot be deleted is only stored


@dataclass(frozen=True, slots=True)
class Retained:
    """`until` is the first day on which it may go; None: when it is of no use any more.

    `days`: for how long this city keeps it, where the law only names the least.
    """

    what: RetainedKind
    statute: Statute
    until: date | None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    id: str
    citizen: str
    state: ErasureState
    requested_at: datetime
    erases_at: datetime
    erased_at: datetime | None = None
    swept_at: datetime | None = None

    def retained(self, audit_kept: timedelta) -> tuple[Retained, ...]:
        """What the law makes stay, said before the wish is carried out."""
        gone = self.erased_at or self.erases_at
        logs, audit = Statute.NETWORK_LOGS, max(audit_kept, LOOKUPS_KEPT)
        return (
            Retained(RetainedKind.AUDIT, logs, civil_day(gone + audit), audit.days),
            Retained(RetainedKind.LOOKUPS, logs, civil_day(gone + LOOKUPS_KEPT), LOOKUPS_KEPT.days),
            Retained(RetainedKind.HANDLING, Statute.HANDLING_RECORDS, civil_day(gone + HANDLING_KEPT)),
            Retained(RetainedKind.PAYMENTS, Statute.TRANSACTIONS, civil_day(gone + PAYMENTS_KEPT)),
            Retained(RetainedKind.CARD_NUMBER, Statute.CANNOT_BE_DELETED, None),
            Retained(RetainedKind.BACKUPS, Statute.CANNOT_BE_DELETED, None),
        )


class Parting(Protocol):
    """What a room has to do when somebody leaves, beyond deleting rows. Safe to repeat."""

    @property
    def name(self) -> str: ...

    async def part(self, citizen: str) -> None: ...
