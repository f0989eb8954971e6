"""A provider's application, from the wish to the first live call.

    submitted ──> in_review ──> approved ──> live
                                (test mode: organisation, test client, test citizens)

The desk can reject from in_review and approved, the applicant withdraw from all but live; both are final, as is live.
What was said of the organisation is never changed: who erred withdraws and applies again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.errors import BadInput
from app.domains.identity.citizens.model import parse_name, parse_phone
from app.domains.identity.onboarding.errors import (
    ApplicationMovedOn,
    RejectionWithoutReason,
    ScopeNotAskedFor,
    ScopeUnknown,
)
from app.domains.identity.organisations.model import Kind, parse_credit_code


class ApplicationState(StrEnum):
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    LIVE = "live"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_NEXT = {
    ApplicationState.SUBMITTED: {ApplicationState.IN_REVIEW, ApplicationState.WITHDRAWN},
    ApplicationState.IN_REVIEW: {ApplicationState.APPROVED, ApplicationState.REJECTED, ApplicationState.WITHDRAWN},
    ApplicationState.APPROVED: {ApplicationState.LIVE, ApplicationState.REJECTED, ApplicationState.WITHDRAWN},
}
# Governments come with the list of units; they do not apply.
APPLYING = frozenset(Kind) - {Kind.GOVERNMENT}


@dataclass(frozen=True, slots=True)
class Form:
    """What an applicant says: of the organisation, whom to call, which scopes it wants and what for."""

    name: str
    credit_code: str
    kind: Kind
    contact_name: str
    contact_phone: str
    scopes: frozenset[str]
    purpose: str
    parent: str | None = None
    name_en: str = ""

    @property
    def said(self) -> tuple[object, ...]:
        """All of it, in an order that is the same in every process."""
        scopes = sorted(self.scopes)
        contact = self.contact_name, self.contact_phone
        names = self.name, self.name_en
        return *names, self.credit_code, self.kind.value, *contact, scopes, self.purpose, self.parent

    def parsed(self, known: Collection[str]) -> Form:
        """In the form it is kept in. `known` are the scopes the city grants.

        Raises CreditCodeInvalid, NameInvalid, PhoneInvalid, ScopeUnknown, BadInput.
        """
        if self.kind not in APPLYING:
            raise BadInput(field="kind")
        if not self.scopes:
            raise BadInput(field="scopes")
        for scope in sorted(self.scopes - set(known)):
            raise ScopeUnknown(scope[:100])
        return replace(
            self,
            name=_text(self.name, "name", 2, 100),
            name_en=_text(self.name_en, "name_en", 0, 100),
            credit_code=parse_credit_code(self.credit_code),
            contact_name=parse_name(self.contact_name),
            contact_phone=parse_phone(self.contact_phone),
            purpose=_text(self.purpose, "purpose", 10, 1000),
        )


@dataclass(frozen=True, slots=True)
class ApplicationEvent:
    """One line of the history. `actor` is a member of the desk's staff, or None: the applicant."""

    state: ApplicationState
    at: datetime
    actor: str | None


@dataclass(frozen=True, slots=True)
class Application:
    """`number` names it; `secret_hash` is of the secret in the applicant's link. `answer` is the reason of a rejection.
    `granted` are the scopes of the organisation that came of it, which has the credit code as its code.
    """

    number: str
    secret_hash: str
    form: Form
    state: ApplicationState
    history: tuple[ApplicationEvent, ...]
    granted: frozenset[str] = frozenset()
    answer: str | None = None

    @classmethod
    def new(cls, number: str, secret_hash: str, form: Form, at: datetime, actor: str | None) -> Application:
        first = ApplicationEvent(ApplicationState.SUBMITTED, at, actor)
        return cls(number, secret_hash, form, first.state, (first,))

    @property
    def organisation(self) -> str:
        """The code of the organisation that comes of it: one each credit code, whoever applies again."""
        return self.form.credit_code

    @property
    def open(self) -> bool:
        """Its credit code is taken by it; afterwards by the organisation, or by nobody."""
        return self.state in _NEXT

    def taken_up(self, at: datetime, actor: str) -> Application:
        """Raises ApplicationMovedOn, as do all of these."""
        return self._moved(ApplicationState.IN_REVIEW, at, actor)

    def approved(self, scopes: Collection[str], at: datetime, actor: str) -> Application:
        """Into test mode, with these of the wanted scopes. Raises ScopeNotAskedFor, BadInput (none)."""
        return replace(self._moved(ApplicationState.APPROVED, at, actor), granted=self._of_wanted(scopes))

    def gone_live(self, scopes: Collection[str], at: datetime, actor: str) -> Application:
        """With these of the wanted scopes, fixed. Raises ScopeNotAskedFor, BadInput (none)."""
        return replace(self._moved(ApplicationState.LIVE, at, actor), granted=self._of_wanted(scopes))

    def rejected(self, reason: str, at: datetime, actor: str) -> Application:
        """Raises RejectionWithoutReason."""
        text = " ".join(reason.split())
        if not 2 <= len(text) <= 500 or not text.isprintable():
            raise RejectionWithoutReason
        return replace(self._moved(ApplicationState.REJECTED, at, actor), answer=text)

    def withdrawn(self, at: datetime) -> Application:
        return self._moved(ApplicationState.WITHDRAWN, at, None)

    def _moved(self, to: ApplicationState, at: datetime, actor: str | None) -> Application:
        if to not in _NEXT.get(self.state, ()):
            raise ApplicationMovedOn(state=self.state.value)
        return replace(self, state=to, history=(*self.history, ApplicationEvent(to, at, actor)))

    def _of_wanted(self, scopes: Collection[str]) -> frozenset[str]:
        if not scopes:
            raise BadInput(field="scopes")
        for scope in sorted(set(scopes) - self.form.scopes):
            raise ScopeNotAskedFor(scope[:100])
        return frozenset(scopes)


def _text(raw: str, field: str, least: int, most: int) -> str:
    """One line of so many characters. Raises BadInput."""
    text = re.sub(r"\s+", " ", raw.strip())
    if not least <= len(text) <= most or not text.isprintable():
        raise BadInput(field=field)
    return text
