"""Issuing a card, reporting its loss, reinstating and revoking it, and drawing its face."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlencode

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.sealed import KeyRing
from app.core.tallies import Counting, uncounted
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import Citizen, birthday
from app.domains.identity.citizens.store import CitizenStore
from virtual_card.cards.errors import CardExists, CardNotActive, NoCard, NotVerified
from virtual_card.cards.model import VALID_YEARS, Card, CardEvent, CardKind, CardState, DeskAct
from virtual_card.cards.number import new_number
from virtual_card.cards.store import CardStore
from virtual_card.face import Face, FaceStudio

_CARD = TypeAdapter(Card)
_LINK_LIFE = timedelta(minutes=5)
PictureFormat = Literal["webp", "png"]


@dataclass(frozen=True, slots=True)
class Picture:
    """`media_type` is that of `data`; `tag` changes when the picture does."""

    data: bytes
    media_type: str
    tag: str


class CardService:
    def __init__(
        self,
        db: Database,
        cards: CardStore,
        citizens: CitizenStore,
        studio: FaceStudio,
        ring: KeyRing,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        city: str,
        base_url: str,
        count: Counting = uncounted,
    ) -> None:
        self._db = db
        self._cards = cards
        self._citizens = citizens
        self._studio = studio
        self._ring = ring
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._city = city
        self._base_url = base_url.rstrip("/")
        self._count = count

    async def mine(self, viewer: Viewer) -> Card | None:
        """The subject's newest card, whatever its state."""
        return await self._cards.newest_of(viewer.citizen())

    async def one(self, viewer: Viewer, card: str) -> Card | None:
        """A card of the subject, an old one too."""
        return await self._cards.get(card, viewer.citizen())

    async def issue(self, viewer: Viewer, key: str) -> Card:
        """Raises NotVerified, CardExists, IdempotencyConflict."""
        holder = viewer.citizen()
        call = Call.of(viewer, "issueCard", key)
        before = await self._idempotency.replay(call, _CARD)
        if before is not None:
            return before
        citizen = await self._citizens.get(holder)
        if citizen is None or not citizen.verified:
            raise NotVerified
        index = await self._cards.next_status_index()
        card = self._new(viewer, citizen, index)

        async def work(tx: Tx) -> Card:
            await self._make_room(viewer, holder, tx)
            await self._cards.add(card, tx)
            await self._audit.record(viewer, "card.issued", card.id, tx)
            await self._outbox.add("card.issued", holder, tx, card=card.id)
            return card

        def told(done: Card) -> None:
            self._count("cards_issued", kind=done.kind.value)

        try:
            return await self._idempotency.once(call, _CARD, work, after=told)
        except DuplicateKey:  # one in 10^10: the number was drawn before
            return await self.issue(viewer, key)

    async def place_on_list(self) -> int:
        """A place in the status list, for a card to be handed out."""
        return await self._cards.next_status_index()

    async def hand_out(self, viewer: Viewer, citizen: Citizen, status_index: int, tx: Tx) -> Card:
        """The first card of who is made in this transaction. Raises DuplicateKey (its number was drawn before)."""
        card = self._new(viewer, citizen, status_index)
        await self._cards.add(card, tx)
        await self._audit.record(viewer, "card.issued", card.id, tx, subject=citizen.id)
        return card

    async def report_loss(self, viewer: Viewer, key: str) -> Card:
        """Suspend at once: from the commit on no code of it is accepted online. Raises NoCard, CardNotActive."""

        def change(card: Card, day: date, event: Callable[[CardState, str], CardEvent]) -> Card:
            return card.suspended(day, event(CardState.SUSPENDED, "loss_reported"))

        return await self._change(viewer, "reportCardLoss", "card.suspended", key, change)

    async def reinstate(self, viewer: Viewer, key: str) -> Card:
        """The card was found. In person only, not by a guardian. Raises NoCard, CardNotSuspended."""
        viewer.self_only()

        def change(card: Card, day: date, event: Callable[[CardState, str], CardEvent]) -> Card:
            return card.reinstated(day, event(CardState.ACTIVE, "found"))

        return await self._change(viewer, "reinstateCard", "card.reinstated", key, change)

    async def act(self, viewer: Viewer, number: str, act: DeskAct, key: str) -> Card:
        """What the desk does to the card of this number (spaces in it are of no account); the holder is told.

        Raises NoCard, CardNotActive, CardNotSuspended, IdempotencyConflict.
        """
        plain = "".join(number.split())

        async def work(tx: Tx) -> Card:
            was = await self._cards.by_number(plain, tx)
            if was is None:
                raise NoCard
            changed = act.change(was, civil_day(self._clock.now()), self._event(viewer))
            await self._keep(viewer, changed, was, act.event, tx, note=act.note)
            return changed

        call = Call.of(viewer, act.event, key, plain, act.reason, act.note)
        return await self._idempotency.once(call, _CARD, work)

    async def by_number(self, number: str) -> Card | None:
        """For the desk: whoever holds it."""
        return await self._cards.by_number("".join(number.split()))

    async def held_by(self, holder: str) -> Sequence[Card]:
        """For the desk: this person's cards, newest first."""
        return await self._cards.all_of(holder)

    async def revoke(self, viewer: Viewer, holder: str, reason: str, tx: Tx) -> Card:
        """For good, by ops (in the transaction of the desk's own record). Raises NoCard, CardNotActive."""
        was = await self._cards.newest_of(holder, tx)
        if was is None:
            raise NoCard
        changed = was.revoked(self._event(viewer)(CardState.REVOKED, reason))
        await self._keep(viewer, changed, was, "card.revoked", tx)
        return changed

    async def end(self, by: Viewer, holder: str, reason: str) -> None:
        """Whoever leaves the city has no card any more. Safe to repeat."""

        async def work(tx: Tx) -> None:
            was = await self._cards.newest_of(holder, tx)
            if was is not None and was.state is not CardState.REVOKED:
                changed = was.revoked(self._event(by)(CardState.REVOKED, reason))
                await self._keep(by, changed, was, "card.revoked", tx)

        await self._db.transaction(work)

    async def drawn(self, holder: str) -> bytes | None:
        """The face of the newest card as PNG, for its holder's own records."""
        card, citizen = await self._cards.newest_of(holder), await self._citizens.get(holder)
        photo = await self._citizens.photo(holder)
        if card is None or citizen is None or photo is None:
            return None
        return await self._studio.face(self._face(card, citizen, photo), "png")

    def state_now(self, card: Card) -> CardState:
        """An expired card says so, by the city's calendar."""
        return card.state_on(civil_day(self._clock.now()))

    def face_link(self, card: Card, picture: PictureFormat) -> str:
        """A link to the card's picture, good for five minutes, without further proof."""
        until = int((self._clock.now() + _LINK_LIFE).timestamp())
        query = {"holder": card.holder, "until": until, "proof": self._proof(card.id, card.holder, picture, until)}
        return f"{self._base_url}/media/cards/{card.id}.{picture}?{urlencode(query)}"

    async def face(self, card: str, holder: str, picture: PictureFormat, until: int, proof: str) -> Picture | None:
        """The picture behind a link; None when the link is not genuine or over."""
        right = self._proof(card, holder, picture, until)
        if not hmac.compare_digest(proof.encode(), right.encode()) or until < self._clock.now().timestamp():
            return None
        found, citizen = await self._cards.get(card, holder), await self._citizens.get(holder)
        photo = await self._citizens.photo(holder)
        if found is None or citizen is None or photo is None:
            return None
        data = await self._studio.face(self._face(found, citizen, photo), picture)
        return Picture(data, f"image/{picture}", hashlib.sha256(data).hexdigest()[:32])

    def _new(self, viewer: Viewer, citizen: Citizen, status_index: int) -> Card:
        today = civil_day(self._clock.now())
        event = CardEvent(CardState.ACTIVE, self._clock.now(), viewer.acting(), "issued")
        return Card(
            id=new_id(),
            number=new_number(),
            holder=citizen.id,
            kind=_kind(citizen, today),
            state=CardState.ACTIVE,
            issued_at=self._clock.now(),
            valid_until=birthday(today, VALID_YEARS) - timedelta(days=1),
            status_index=status_index,
            history=(event,),
        )

    async def _make_room(self, viewer: Viewer, holder: str, tx: Tx) -> None:
        """An expired card gives way to the next one. Raises CardExists."""
        was = await self._cards.newest_of(holder, tx)
        if was is None or was.state is CardState.REVOKED:
            return
        if was.state_on(civil_day(self._clock.now())) is not CardState.EXPIRED:
            raise CardExists
        await self._keep(
            viewer, was.revoked(self._event(viewer)(CardState.REVOKED, "replaced")), was, "card.replaced", tx
        )

    async def _change(
        self,
        viewer: Viewer,
        operation: str,
        event: str,
        key: str,
        change: Callable[[Card, date, Callable[[CardState, str], CardEvent]], Card],
    ) -> Card:
        holder = viewer.citizen()

        async def work(tx: Tx) -> Card:
            was = await self._cards.newest_of(holder, tx)
            if was is None:
                raise NoCard
            changed = change(was, civil_day(self._clock.now()), self._event(viewer))
            await self._keep(viewer, changed, was, event, tx)
            return changed

        return await self._idempotency.once(Call.of(viewer, operation, key), _CARD, work)

    async def _keep(
        self, viewer: Viewer, changed: Card, was: Card, event: str, tx: Tx, *, note: str | None = None
    ) -> None:
        if not await self._cards.save(changed, was, tx):
            raise CardNotActive(state=was.state.value)
        await self._audit.record(viewer, event, was.id, tx, subject=was.holder, reason=note)
        await self._outbox.add(event, was.holder, tx, card=was.id)

    def _event(self, viewer: Viewer) -> Callable[[CardState, str], CardEvent]:
        at, actor = self._clock.now(), viewer.acting()
        return lambda state, reason: CardEvent(state, at, actor, reason)

    def _face(self, card: Card, citizen: Citizen, photo: bytes) -> Face:
        return Face(
            city=self._city,
            name=citizen.name or "",
            number=card.number,
            valid_until=card.valid_until,
            state=card.state_on(civil_day(self._clock.now())).value,
            kind=card.kind.value,
            photo=photo,
            qr_text=f"{self._base_url}/c/{card.number}",
        )

    def _proof(self, card: str, holder: str, picture: str, until: int) -> str:
        return self._ring.keyed_hash(f"{card}.{holder}.{picture}.{until}", kind="picture link")


def _kind(citizen: Citizen, today: date) -> CardKind:
    """A card without a phone of its own is a family card: a minor's or, from the birthday itself, an elder's."""
    if citizen.phone is not None or citizen.birth_month is None:
        return CardKind.PERSONAL
    return CardKind.ELDER if citizen.has_reached(18, today) else CardKind.MINOR
