"""From a provider's application to its organisation, its test client and, by a decision of its own, its live one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_secret
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import ANONYMOUS, Role, Viewer
from app.domains.identity.clients.model import IssuedSecret
from app.domains.identity.clients.service import ClientService
from app.domains.identity.onboarding.errors import ApplicationMovedOn, ApplicationUnknown
from app.domains.identity.onboarding.model import Application, ApplicationState, Form
from app.domains.identity.onboarding.store import ApplicationStore
from app.domains.identity.organisations.errors import CreditCodeTaken, OrganisationUnknown
from app.domains.identity.organisations.model import Organisation, OrganisationState
from app.domains.identity.organisations.service import OrganisationService

_PER_ADDRESS = Limit("provider-applications", 10, timedelta(hours=1))
_WRONG_LINKS = Limit("application-links", 50, timedelta(minutes=10))
_SECRET_KEPT = timedelta(minutes=10)  # a client's secret, in the reply that a repeat gets
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to be misread


@dataclass(frozen=True, slots=True)
class Submitted:
    """`secret` is shown once; with the number it is the applicant's way back, as `link` is."""

    number: str
    secret: str
    link: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """An approved or live application, and the client made for it with its secret, shown once."""

    application: Application
    client: IssuedSecret


_SUBMITTED = TypeAdapter(Submitted)
_APPLICATION = TypeAdapter(Application)
_ADMITTED = TypeAdapter(Admitted)
Step = Callable[[Application, datetime], Application]


class OnboardingService:
    def __init__(
        self,
        applications: ApplicationStore,
        organisations: OrganisationService,
        clients: ClientService,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        base_url: str,
        scopes: Collection[str],
    ) -> None:
        self._applications = applications
        self._organisations = organisations
        self._clients = clients
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._base_url = base_url
        self.scopes = tuple(sorted(scopes))

    async def apply(self, viewer: Viewer, form: Form, key: str, address: str | None = None) -> Submitted:
        """By the applicant from this network address, or entered by the desk (without).

        Raises CreditCodeInvalid, CreditCodeTaken, NameInvalid, PhoneInvalid, ScopeUnknown, OrganisationUnknown (the
        parent), BadInput, RateLimited, IdempotencyConflict.
        """
        wish, by = form.parsed(self.scopes), viewer if viewer.role is Role.OPS else ANONYMOUS
        call = Call.of(by, "applyAsProvider", key, *wish.said, kept_by=wish.credit_code)
        before = await self._idempotency.replay(call, _SUBMITTED)
        if before is not None:
            return before
        if address is not None:
            await self._limits.take(_PER_ADDRESS, address)
        if wish.parent is not None and self._organisations.tree.get(wish.parent) is None:
            raise OrganisationUnknown
        number, secret = _number(self._clock.now()), new_secret()
        made = Application.new(number, _hash(secret), wish, self._clock.now(), by.actor)

        async def work(tx: Tx) -> Submitted:
            await self._organisations.hold_credit_code(wish.credit_code, _holder(made), tx)
            await self._applications.add(made, tx)
            await self._audit.record(viewer, "application.submitted", number, tx)
            return self._link(number, secret)

        return await self._idempotency.once(call, _SUBMITTED, work)

    async def follow(self, number: str, secret: str, address: str) -> Application | None:
        """What has become of it, for who holds the link; None for everybody else. Raises RateLimited."""
        found = await self._applications.get(number)
        if found is None or not hmac.compare_digest(_hash(secret), found.secret_hash):
            await self._limits.take(_WRONG_LINKS, address)
            return None
        return found

    async def withdraw(self, viewer: Viewer, number: str, secret: str, address: str, key: str) -> Application:
        """By who holds the link. Raises ApplicationUnknown, ApplicationMovedOn, IdempotencyConflict, RateLimited."""
        if await self.follow(number, secret, address) is None:
            raise ApplicationUnknown
        call = Call.of(ANONYMOUS, "withdrawApplication", key, number, kept_by=number)
        return await self._end(viewer, number, call, lambda was, at: was.withdrawn(at))

    async def waiting(self, state: ApplicationState | None, request: PageRequest) -> Page[Application]:
        """For the desk; newest first."""
        return await self._applications.page(state, request)

    async def one(self, number: str) -> Application:
        """For the desk. Raises ApplicationUnknown."""
        return await self._was(number)

    async def take_up(self, viewer: Viewer, number: str, key: str) -> Application:
        """Raises ApplicationUnknown, ApplicationMovedOn, IdempotencyConflict."""
        call = Call.of(viewer, "reviewApplication", key, number)

        async def work(tx: Tx) -> Application:
            was = await self._was(number, tx)
            return await self._keep(viewer, was.taken_up(self._clock.now(), viewer.acting()), was, tx)

        return await self._idempotency.once(call, _APPLICATION, work)

    async def renew_link(self, viewer: Viewer, number: str, key: str) -> Submitted:
        """Another link, by the desk, for who lost his (and was called back); the one before shows nothing any more.

        Raises ApplicationUnknown, IdempotencyConflict.
        """
        call, secret = Call.of(viewer, "renewApplicationLink", key, number), new_secret()

        async def work(tx: Tx) -> Submitted:
            was = await self._was(number, tx)
            if not await self._applications.save(replace(was, secret_hash=_hash(secret)), was, tx):
                raise ApplicationMovedOn(state=was.state.value)
            await self._audit.record(viewer, "application.link_renewed", number, tx)
            return self._link(number, secret)

        return await self._idempotency.once(call, _SUBMITTED, work, kept=_SECRET_KEPT)

    async def approve(
        self, viewer: Viewer, number: str, scopes: Collection[str], key: str, *, parent: str | None = None
    ) -> Admitted:
        """The organisation in test mode, below the unit wished for or this one, and its first client.

        Raises ApplicationUnknown, ApplicationMovedOn, ScopeNotAskedFor, OrganisationUnknown, CreditCodeTaken,
        IdempotencyConflict.
        """
        call = Call.of(viewer, "approveApplication", key, number, sorted(scopes), parent)
        await self._organisations.refresh((await self._was(number)).organisation)

        async def work(tx: Tx) -> Admitted:
            was = await self._was(number, tx)
            approved = was.approved(scopes, self._clock.now(), viewer.acting())
            await self._organisations.release_credit_code(was.form.credit_code, _holder(was), tx)
            await self._open_again(viewer, was, tx)
            owner = _organisation(approved, parent or was.form.parent)
            return await self._admit(viewer, approved, was, owner, tx)

        return await self._admitted(call, work)

    async def go_live(self, viewer: Viewer, number: str, scopes: Collection[str], key: str) -> Admitted:
        """The organisation leaves test mode with these scopes and gets a live client; the test client stays as it is.

        Raises ApplicationUnknown, ApplicationMovedOn, ScopeNotAskedFor, IdempotencyConflict.
        """
        call = Call.of(viewer, "goLive", key, number, sorted(scopes))
        await self._organisations.refresh((await self._was(number)).organisation)

        async def work(tx: Tx) -> Admitted:
            was = await self._was(number, tx)
            live = was.gone_live(scopes, self._clock.now(), viewer.acting())
            owner = self._organisations.tree.get(was.organisation)
            if owner is None:
                raise OrganisationUnknown
            return await self._admit(viewer, live, was, replace(owner, scopes=live.granted, test_mode=False), tx)

        return await self._admitted(call, work)

    async def reject(self, viewer: Viewer, number: str, reason: str, key: str) -> Application:
        """For good; what was made for a trial is suspended. Raises ApplicationUnknown, ApplicationMovedOn,
        RejectionWithoutReason, IdempotencyConflict.
        """
        call = Call.of(viewer, "rejectApplication", key, number, reason)
        return await self._end(viewer, number, call, lambda was, at: was.rejected(reason, at, viewer.acting()))

    def _link(self, number: str, secret: str) -> Submitted:
        return Submitted(number, secret, f"{self._base_url}/providers/applications/{number}/{secret}")

    async def _admit(
        self, viewer: Viewer, changed: Application, was: Application, owner: Organisation, tx: Tx
    ) -> Admitted:
        await self._organisations.write(viewer, owner, tx)
        name = f"{owner.name[:90]} {'(test)' if owner.test_mode else '(live)'}"
        client = await self._clients.add(viewer, owner, name, changed.granted, tx)
        await self._keep(viewer, changed, was, tx)
        return Admitted(changed, client)

    async def _admitted(self, call: Call, work: Callable[[Tx], Awaitable[Admitted]]) -> Admitted:
        done = await self._idempotency.once(call, _ADMITTED, work, kept=_SECRET_KEPT)
        await self._organisations.refresh(done.application.organisation)
        return done

    async def _open_again(self, viewer: Viewer, was: Application, tx: Tx) -> None:
        """Whoever was rejected after a trial, and applies again, has an organisation already. Raises CreditCodeTaken
        when another one goes by that code.
        """
        known = self._organisations.tree.get(was.organisation)
        if known is None:
            return
        if known.credit_code != was.form.credit_code:
            raise CreditCodeTaken
        await self._organisations.write_state(viewer, known.code, OrganisationState.ACTIVE, tx)

    async def _end(self, viewer: Viewer, number: str, call: Call, step: Step) -> Application:
        async def work(tx: Tx) -> Application:
            was = await self._was(number, tx)
            ended = step(was, self._clock.now())
            await self._let_go(viewer, was, tx)
            return await self._keep(viewer, ended, was, tx)

        ended = await self._idempotency.once(call, _APPLICATION, work)
        await self._organisations.refresh(ended.organisation)
        return ended

    async def _let_go(self, viewer: Viewer, was: Application, tx: Tx) -> None:
        """The credit code is free for another application; nothing of a trial works any more."""
        await self._organisations.release_credit_code(was.form.credit_code, _holder(was), tx)
        if was.state is ApplicationState.APPROVED:
            await self._organisations.write_state(viewer, was.organisation, OrganisationState.SUSPENDED, tx)
            for client in await self._clients.of(was.organisation):
                await self._clients.write_suspended(viewer, client.id, True, tx)

    async def _was(self, number: str, tx: Tx | None = None) -> Application:
        found = await self._applications.get(number, tx)
        if found is None:
            raise ApplicationUnknown
        return found

    async def _keep(self, viewer: Viewer, changed: Application, was: Application, tx: Tx) -> Application:
        if not await self._applications.save(changed, was, tx):
            raise ApplicationMovedOn(state=was.state.value)
        action = f"application.{changed.state.value}"
        await self._audit.record(viewer, action, was.number, tx, organisation=was.organisation, reason=changed.answer)
        return changed


def _organisation(application: Application, parent: str | None) -> Organisation:
    form = application.form
    return Organisation(
        code=application.organisation,
        name=form.name,
        name_en=form.name_en,
        kind=form.kind,
        parent=parent,
        scopes=application.granted,
        test_mode=True,
        credit_code=form.credit_code,
    )


def _holder(application: Application) -> str:
    """Who has the credit code: the application until it is approved, then the organisation."""
    trial = application.state is ApplicationState.APPROVED
    return f"organisation:{application.organisation}" if trial else f"application:{application.number}"


def _number(now: datetime) -> str:
    """Sixteen characters to be read out on the phone; numbers sort by the time they were given."""
    rest, time = int(now.timestamp() * 1000), ""
    for _ in range(9):
        rest, digit = divmod(rest, 32)
        time = _DIGITS[digit] + time
    return time + "".join(secrets.choice(_DIGITS) for _ in range(7))


def _hash(secret: str) -> str:
    """A random secret of 256 bits needs no slow hash: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
