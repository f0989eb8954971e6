"""What stands in the way of settling.

Outcome
├── SettlementUnknown          there is no such settlement, or it is another organisation's
├── SettlementStateWrong       it is in another state: `state` says in which
├── SettlementDayNotOver       a day is settled when it is over
├── PayeeUnknown               nothing is known of such a payee
├── PayeeAccountRefused        the bank says that the account is not the holder's: `reason`
├── PayeeAccountMissing        there is no bank account to pay out to
├── PayeeAccountChanged        another bank account was proposed than the one that was looked at
└── PayeeNeedsAnother          who entered a bank account does not approve of it
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class SettlementUnknown(Outcome):
    pass


@dataclass(eq=False)
class SettlementStateWrong(Outcome):
    state: str


class SettlementDayNotOver(Outcome):
    pass


class PayeeUnknown(Outcome):
    pass


@dataclass(eq=False)
class PayeeAccountRefused(Outcome):
    reason: str


class PayeeAccountMissing(Outcome):
    pass


class PayeeAccountChanged(Outcome):
    pass


class PayeeNeedsAnother(Outcome):
    pass
