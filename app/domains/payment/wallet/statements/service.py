"""Lines of one's wallet, a month with what it was spent on, and a statement as a file behind a signed link."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from app.core.clock import CITY_TIME, Clock, civil_day
from app.core.errors import BadInput
from app.core.money import Money
from app.core.paging import Page, PageRequest
from app.core.said import UNSAID, Said
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import mask_name
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.service import OrganisationService
from app.domains.payment.ledger.model import Account, AccountKind, Posting, TransferKind
from app.domains.payment.ledger.model import wallet as account_of
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.ledger.store import StatementFilter
from app.domains.payment.merchants.store import MerchantStore
from app.domains.payment.wallet.service import owner, owner_if_named
from app.domains.payment.wallet.statements.errors import StatementPeriodInvalid, StatementTooLong
from app.domains.payment.wallet.statements.model import (
    MOST_LINES,
    Month,
    Period,
    Statement,
    WalletLine,
    category_of,
    month_of,
    other_side,
)
from app.domains.payment.wallet.statements.table import as_csv

_LINK_LIFE = timedelta(minutes=5)
_NAMED = frozenset({AccountKind.MERCHANT, AccountKind.BILLER, AccountKind.OPERATOR})


class Form(StrEnum):
    PDF = "pdf"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class StatementLink:
    url: str
    until: datetime


@dataclass(frozen=True, slots=True)
class StatementFile:
    data: bytes
    media_type: str
    name: str


class Statements:
    def __init__(
        self,
        ledger: Ledger,
        merchants: MerchantStore,
        organisations: OrganisationService,
        citizens: CitizenStore,
        ring: KeyRing,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._ledger = ledger
        self._merchants = merchants
        self._organisations = organisations
        self._citizens = citizens
        self._ring = ring
        self._clock = clock
        self._base_url = base_url

    async def lines(self, viewer: Viewer, request: PageRequest, which: StatementFilter) -> Page[WalletLine]:
        """Newest first; none of somebody who is not known by name."""
        citizen = owner_if_named(viewer)
        if citizen is None:
            return Page((), False)
        page = await self._ledger.statement(account_of(citizen), request, which)
        return Page(tuple(await self._told(page.items)), page.has_next)

    async def month(self, viewer: Viewer, day: date) -> Month | None:
        """The month that this day lies in; None of one to come, and of somebody who is not known by name."""
        citizen = owner_if_named(viewer)
        try:
            period = Period.month(day, civil_day(self._clock.now()))
        except StatementPeriodInvalid:
            return None
        if citizen is None:
            return None
        opening = await self._opening(citizen, period)
        lines = await self._between(citizen, period)
        return month_of(period, opening, lines[:MOST_LINES], whole=len(lines) <= MOST_LINES)

    async def link(self, viewer: Viewer, first: date, last: date, form: Form, locale: str) -> StatementLink:
        """A link to the file, good for five minutes without further proof. Raises WalletNeedsRealName,
        StatementPeriodInvalid, StatementTooLong.
        """
        citizen = owner(viewer)
        period = Period.checked(first, last, civil_day(self._clock.now()))
        if len(await self._postings(citizen, period)) > MOST_LINES:
            raise StatementTooLong
        ends = self._clock.now() + _LINK_LIFE
        until = int(ends.timestamp())
        proof = self._proof(citizen, period, form, locale, until)
        query = {"of": citizen, "locale": locale, "until": until, "proof": proof}
        path = f"/payment/statements/{first.isoformat()}_{last.isoformat()}.{form.value}"
        return StatementLink(f"{self._base_url}{path}?{urlencode(query)}", ends)

    async def behind(
        self, citizen: str, days: tuple[date, date], form: Form, locale: str, until: int, proof: str
    ) -> StatementFile | None:
        """None when the link is not genuine or over."""
        now = self._clock.now()
        try:
            period = Period.checked(*days, civil_day(now))
        except StatementPeriodInvalid:
            return None
        right = self._proof(citizen, period, form, locale, until)
        if not hmac.compare_digest(proof.encode(), right.encode()) or until < now.timestamp():
            return None
        statement = await self.of(citizen, period)
        name = f"wallet-{period.first.isoformat()}-{period.last.isoformat()}.{form.value}"
        if form is Form.CSV:
            return StatementFile(as_csv(statement, locale).encode(), "text/csv; charset=utf-8", name)
        return StatementFile(await asyncio.to_thread(_drawn, statement, locale), "application/pdf", name)

    async def of(self, citizen: str, period: Period) -> Statement:
        """At most 5,000 lines of it."""
        person = await self._citizens.get(citizen)
        holder = mask_name(person.name) if person and person.name else ""
        opening = await self._opening(citizen, period)
        lines = (await self._between(citizen, period))[:MOST_LINES]
        closing = Money(opening.fen + sum(line.change.fen for line in lines))
        return Statement(holder, period, opening, closing, tuple(lines), self._clock.now())

    async def _opening(self, citizen: str, period: Period) -> Money:
        return Money(await self._ledger.balance_at(account_of(citizen), period.since - timedelta(milliseconds=1)))

    async def _postings(self, citizen: str, period: Period) -> list[Posting]:
        """One more than there may be, which tells that there are more."""
        return await self._ledger.between(account_of(citizen), period.since, period.until, MOST_LINES + 1)

    async def _between(self, citizen: str, period: Period) -> list[WalletLine]:
        return await self._told(await self._postings(citizen, period))

    async def _told(self, postings: Sequence[Posting]) -> list[WalletLine]:
        """With their other sides: transfers of more than two accounts are read by one query, merchants by another."""
        unclear = {one.transfer for one in postings if not one.other}
        found = await self._ledger.transfers(unclear) if unclear else {}
        accounts = {id_: [line.account for line in one.lines] for id_, one in found.items()}
        pairs = [(one, other_side(one, accounts)) for one in postings]
        merchants = await self._merchants.these(
            {other.owner for _, other in pairs if other is not None and other.kind is AccountKind.MERCHANT}
        )
        lines = []
        for posting, other in pairs:
            merchant = merchants.get(other.owner) if other is not None and other.kind is AccountKind.MERCHANT else None
            category = category_of(posting, other, merchant.category if merchant else None)
            name = self._name(other)
            shown = replace(name, zh=merchant.name) if merchant else name
            lines.append(WalletLine(posting, category, _payee(other), shown))
        return lines

    def _name(self, other: Account | None) -> Said:
        """Of an organisation; of a citizen, none."""
        named = other is not None and other.kind in _NAMED
        return (self._organisations.name_of(other.owner) if other and named else None) or UNSAID

    def _proof(self, citizen: str, period: Period, form: Form, locale: str, until: int) -> str:
        what = f"{citizen}.{period.first}.{period.last}.{form.value}.{locale}.{until}"
        return self._ring.keyed_hash(what, kind="wallet statement link")


def line_filter(
    kinds: Iterable[TransferKind], first: date | None, last: date | None, incoming: bool | None
) -> StatementFilter:
    """Of civil days, both included. Raises BadInput (a day that no calendar of the city knows)."""
    if any(day is not None and not 2000 <= day.year <= 2200 for day in (first, last)):
        raise BadInput(field="day")
    return StatementFilter(
        datetime.combine(first, time(), CITY_TIME) if first else None,
        datetime.combine(last + timedelta(days=1), time(), CITY_TIME) if last else None,
        frozenset(kinds),
        incoming,
    )


def _payee(other: Account | None) -> str | None:
    return other.owner if other is not None and other.kind in _NAMED else None


def _drawn(statement: Statement, locale: str) -> bytes:
    # What reads fonts takes 47 MB: a process that writes no statements does without.
    from app.domains.payment.wallet.statements.drawing import draw  # noqa: PLC0415

    return draw(statement, locale)
