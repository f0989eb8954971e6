"""Issuing licences, the wallet of them, and what the desk does to one.

Other rooms ask through protocols of their own with these methods:

    await licences.issue(viewer, Order(...), tx)       in the delivering transaction; once for each source
    await licences.held(citizen, kinds)                those that hold today, by kind
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.sealed import KeyRing
from app.core.tallies import Counting, uncounted
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import birthday
from app.domains.identity.citizens.store import CitizenStore
from virtual_card.cards.errors import NotVerified
from virtual_card.licences.errors import LicenceFactUnfit, LicenceNotActive, LicenceUnknown
from virtual_card.licences.kinds import Kind, kind_of
from virtual_card.licences.model import LONGEST_FACT, DeskAct, Licence, LicenceEvent, LicenceState, Order
from virtual_card.licences.number import new_number, parsed
from virtual_card.licences.store import LicenceStore

_LICENCE = TypeAdapter(Licence)
_SEX = {"female": "女", "male": "男"}


class LicenceService:
    def __init__(
        self,
        db: Database,
        licences: LicenceStore,
        citizens: CitizenStore,
        ring: KeyRing,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        count: Counting = uncounted,
    ) -> None:
        self._db = db
        self._licences = licences
        self._citizens = citizens
        self._ring = ring
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._count = count

    async def issue(self, viewer: Viewer, order: Order, tx: Tx) -> Licence:
        """Issue it in this transaction; one of the kind (and subject) that he held is replaced. A source that issued
        already gives what it issued then.

        Raises LicenceKindUnknown, LicenceFactUnfit, NotVerified, PersonErased; DuplicateKey when a rival was first or
        the number is taken: the transaction is to be tried again.
        """
        kind = kind_of(order.kind)
        if order.source is not None:
            before = await self._licences.from_source(order.holder, order.source, tx)
            if before is not None:
                return before
        made = await self._drawn_up(viewer, kind, order, tx)
        await self._make_room(viewer, made, tx)
        await self._licences.add(made, tx)
        await self._audit.record(
            viewer, "licence.issued", made.id, tx, subject=made.holder, kind=made.kind, source=made.source
        )
        await self._tell("licence.issued", made, tx)
        self._count("licences_issued", kind=made.kind)
        return made

    async def issue_at_desk(self, viewer: Viewer, order: Order, key: str) -> Licence:
        """As `issue`, by itself. Raises also IdempotencyConflict."""
        content = (order.holder, order.kind, order.issuer, sorted(order.facts.items()), order.valid_until)
        call = Call.of(viewer, "issueLicence", key, *content)
        return await self._idempotency.once(call, _LICENCE, lambda tx: self.issue(viewer, order, tx))

    async def held(self, citizen: str, kinds: Collection[str]) -> Mapping[str, Licence]:
        """Those of the kinds that hold today, by kind; of several the newest."""
        today = civil_day(self._clock.now())
        found: dict[str, Licence] = {}
        for licence in await self._licences.of(citizen, kinds):
            if licence.state_on(today) is LicenceState.ACTIVE and licence.valid_from <= today:
                found.setdefault(licence.kind, licence)
        return found

    async def mine(self, viewer: Viewer) -> list[Licence]:
        """The wallet, newest first, without what was replaced."""
        found = await self._licences.of(viewer.citizen())
        return [licence for licence in found if licence.state is not LicenceState.REPLACED]

    async def one(self, viewer: Viewer, licence: str) -> Licence | None:
        return await self._licences.get(licence, viewer.citizen())

    def state_now(self, licence: Licence) -> LicenceState:
        """An expired one says so, by the city's calendar."""
        return licence.state_on(civil_day(self._clock.now()))

    async def by_number(self, text: str) -> Licence:
        """For the desk: whoever holds it. Raises LicenceUnknown."""
        number = parsed(text)
        found = await self._licences.by_number(number) if number else None
        if found is None:
            raise LicenceUnknown
        return found

    async def held_by(self, holder: str) -> Sequence[Licence]:
        """For the desk: this person's, newest first."""
        return await self._licences.of(holder)

    async def act(self, viewer: Viewer, number: str, act: DeskAct, key: str) -> Licence:
        """What the desk does to the licence of this number; the holder is told.

        Raises LicenceUnknown, LicenceNotActive, LicenceNotSuspended, IdempotencyConflict.
        """
        plain = parsed(number)
        call = Call.of(viewer, act.event, key, plain, act.reason, act.note)

        async def work(tx: Tx) -> Licence:
            was = await self._licences.by_number(plain, tx) if plain else None
            if was is None:
                raise LicenceUnknown
            return await self._change(viewer, was, act, tx)

        return await self._idempotency.once(call, _LICENCE, work)

    async def revoke(self, viewer: Viewer, holder: str, licence: str, reason: str, tx: Tx) -> Licence:
        """By whoever issued it, in the transaction of his own record. Raises LicenceUnknown, LicenceNotActive."""
        was = await self._licences.get(licence, holder, tx)
        if was is None:
            raise LicenceUnknown
        return await self._change(viewer, was, DeskAct(LicenceState.REVOKED, reason), tx)

    async def end_all(self, by: Viewer, holder: str) -> None:
        """Whoever leaves the city has no licence any more. Safe to repeat."""

        async def work(tx: Tx) -> None:
            for was in await self._licences.live_of(holder, tx):
                await self._change(by, was, DeskAct(LicenceState.REVOKED, "erased"), tx)

        await self._db.transaction(work)

    async def tell_of_expiry(self, within: timedelta) -> int:
        """Holders whose licence ends so soon are told, once each; how many were."""
        today, told = civil_day(self._clock.now()), 0
        async for licence in self._licences.expiring_by(today, today + within):
            told += await self._db.transaction(lambda tx, of=licence: self._told(of, tx))  # type: ignore[misc]
        return told

    async def _told(self, licence: Licence, tx: Tx) -> bool:
        first = await self._licences.mark_told_of_expiry(licence, tx)
        if first and licence.valid_until is not None:
            await self._tell("licence.expires_soon", licence, tx, valid_until=licence.valid_until.isoformat())
        return first

    async def _change(self, viewer: Viewer, was: Licence, act: DeskAct, tx: Tx) -> Licence:
        event = LicenceEvent(act.to, self._clock.now(), viewer.acting(), act.reason)
        changed = was.changed(event, civil_day(self._clock.now()))
        if not await self._licences.save(changed, was, tx):
            raise LicenceNotActive(state=was.state.value)
        await self._audit.record(viewer, act.event, was.id, tx, subject=was.holder, reason=act.note)
        await self._tell(act.event, was, tx)
        return changed

    async def _make_room(self, viewer: Viewer, made: Licence, tx: Tx) -> None:
        """The one before it gives way."""
        was = await self._licences.live(made.holder, made.kind, made.subject, tx)
        if was is not None:
            await self._change(viewer, was, DeskAct(LicenceState.REPLACED, "replaced"), tx)

    async def _drawn_up(self, viewer: Viewer, kind: Kind, order: Order, tx: Tx) -> Licence:
        """Raises LicenceFactUnfit, NotVerified."""
        now = self._clock.now()
        facts = await self._facts(kind, order, tx)
        first = order.valid_from or civil_day(now)
        event = LicenceEvent(LicenceState.ACTIVE, now, viewer.acting(), "issued")
        return Licence(
            id=new_id(),
            number=new_number(kind.prefix, first.year),
            kind=kind.code,
            holder=order.holder,
            issuer=order.issuer,
            facts=facts,
            issued_at=now,
            valid_from=first,
            valid_until=order.valid_until or _last_day(kind, first),
            state=LicenceState.ACTIVE,
            source=order.source,
            subject=self._subject(kind, facts),
            status_index=await self._licences.next_place(),
            history=(event,),
        )

    def _subject(self, kind: Kind, facts: Mapping[str, str]) -> str:
        """Several plates, one licence each: told apart without being kept in clear."""
        about = facts.get(kind.of, "") if kind.of else ""
        return self._ring.keyed_hash(f"{kind.code}:{about}", kind="licence subject") if about else ""

    async def _facts(self, kind: Kind, order: Order, tx: Tx) -> Mapping[str, str]:
        """What the issuer gives and the register knows, in the kind's order. Raises LicenceFactUnfit, NotVerified."""
        for key, value in order.facts.items():
            field = kind.field(key)
            if field is None or field.source is not None or not value.strip() or len(value) > LONGEST_FACT:
                raise LicenceFactUnfit(field=key[:40])
        known = await self._known(order.holder, tx)
        facts = {
            field.key: known[field.source] if field.source else order.facts.get(field.key) for field in kind.fields
        }
        return {key: value for key, value in facts.items() if value}

    async def _known(self, holder: str, tx: Tx) -> Mapping[str, str]:
        """Raises NotVerified."""
        citizen, number = await self._citizens.get(holder, tx), await self._citizens.id_number(holder)
        if citizen is None or not citizen.verified or number is None:
            raise NotVerified
        sex = _SEX.get(citizen.sex.value, "") if citizen.sex else ""
        return {
            "name": citizen.name or "",
            "sex": sex,
            "birth": number.birth.isoformat(),
            "id_number": number.text,
        }

    async def _tell(self, event: str, licence: Licence, tx: Tx, **facts: str) -> None:
        title = kind_of(licence.kind).title
        said = {"zh": title.zh, "en": title.en}
        await self._outbox.add(event, licence.holder, tx, licence=licence.id, title=said, **facts)


def _last_day(kind: Kind, first: date) -> date | None:
    return birthday(first, kind.years) - timedelta(days=1) if kind.years else None
