"""Missed check-ins told further: one step of one person in one transaction, with all it writes, so that a worker who
dies leaves a step either done or not begun. What goes to a contact is written down in that transaction and sent after
it, under the step's own id: sent twice, it arrives once.
"""

from __future__ import annotations

from typing import Protocol

import structlog

from app.core.clock import Clock
from app.core.errors import Outcome, Unavailable
from app.core.messages import CHINESE, message
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.viewer import Role, Viewer
from app.domains.community.care.model import CareEntry, CareState, CareStep, Told
from app.domains.community.care.store import CareStore

log = structlog.get_logger()
_MOST_STUCK = 1_000
_WORKER = Viewer(role=Role.OPS, actor="worker")


class Post(Protocol):
    """Text messages, to whoever is no citizen here."""

    async def send(self, *, to: str, text: str, message_id: str) -> None:
        """Once, however often it is called with one id. Raises SmsRefused, Unavailable."""
        ...


class CareCases(Protocol):
    async def file(self, viewer: Viewer, entry: CareEntry, tx: Tx) -> str | None:
        """The number of the centre's case, a case once for each round; None: the centre takes none of this kind."""
        ...


class CareEscalation:
    def __init__(
        self, db: Database, entries: CareStore, post: Post, cases: CareCases, outbox: Outbox, clock: Clock
    ) -> None:
        self._db = db
        self._entries = entries
        self._post = post
        self._cases = cases
        self._outbox = outbox
        self._clock = clock

    async def sweep(self) -> int:
        """Safe to run anywhere at any time; how many steps were taken. A step is not skipped because it is late."""
        done, stuck = 0, set[str]()
        while len(stuck) < _MOST_STUCK and (due := await self._entries.due(self._clock.now(), stuck)):
            for entry in due:
                if await self._stepped(entry):
                    done += 1
                else:
                    stuck.add(entry)
        await self._send_posts()
        return done

    async def _stepped(self, entry: str) -> bool:
        """What one of them stumbles over is logged, and the others are not to wait for it."""
        try:
            return await self._db.transaction(lambda tx: self._step(entry, tx))
        except DuplicateKey:  # another worker takes this very step
            return False
        except Outcome as refused:
            log.warning("care step not taken", entry=entry, why=refused.code)
            return False
        except Exception:
            log.exception("care step not taken", entry=entry)
            return False

    async def _step(self, entry: str, tx: Tx) -> bool:
        was, now = await self._entries.get(entry, tx), self._clock.now()
        if was is None or was.look_at is None or was.look_at > now:
            return False
        if was.state is CareState.PAUSED:
            return await self._entries.save(was.resumed(now), was, tx)
        moved = was.further(now)
        if not await self._entries.save(moved, was, tx):
            return False
        if moved.missed:
            await self._tell(moved, tx)
        return True

    async def _tell(self, entry: CareEntry, tx: Tx) -> None:
        assert entry.due_at is not None
        case = await self._cases.file(_WORKER, entry, tx) if entry.told is Told.CENTRE else None
        step = CareStep(entry.id, entry.due_at, entry.told, self._clock.now(), case)
        await self._entries.note(step, entry.citizen, tx)
        if entry.told is Told.CONTACT and entry.private and entry.private.phone:
            await self._entries.to_post(step, entry.citizen, tx)
        # Its officers are told of a missed one by the committee's webhook, and find it in their list.
        facts = {"entry": entry.id, "organisation": entry.organisation, "due": entry.due_at.isoformat()}
        await self._outbox.add(f"care.told_{entry.told.name.lower()}", entry.citizen, tx, **facts)

    async def _send_posts(self) -> None:
        after = ""
        while posts := await self._entries.unposted(after):
            for id_, entry in posts:
                if await self._sent(id_, entry):
                    await self._entries.posted(id_)
            after = posts[-1][0]

    async def _sent(self, id_: str, entry: str) -> bool:
        """Whether it need not be tried again. Who was heard of meanwhile alarms nobody any more."""
        found = await self._entries.get(entry)
        phone = found.private.phone if found and found.private and found.missed else ""
        try:
            if phone:
                await self._post.send(to=phone, text=message("CARE_CONTACT_SMS", CHINESE), message_id=id_)
        except Unavailable:
            return False  # the next round tries again, under the same id
        except Outcome as refused:
            log.warning("care contact not reached", entry=entry, why=refused.code)
        return True
