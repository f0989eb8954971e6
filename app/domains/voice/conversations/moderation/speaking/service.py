"""Letting people speak: in person, with a verified name, under the name that others are to see."""

from __future__ import annotations

from datetime import timedelta

from pydantic import TypeAdapter

from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import mask_name
from app.domains.identity.citizens.store import CitizenStore
from app.domains.voice.conversations.moderation.speaking.errors import NicknameTaken, OnlyRealPeople, SpeakerUnverified
from app.domains.voice.conversations.moderation.speaking.model import Speaker, parsed_nickname
from app.domains.voice.conversations.moderation.speaking.store import NicknameStore

RENAMED = Limit("nickname", 3, timedelta(days=30))
_NAME = TypeAdapter(str)


class SpeakerService:
    def __init__(
        self, citizens: CitizenStore, nicknames: NicknameStore, limits: Limits, idempotency: Idempotency
    ) -> None:
        self._citizens = citizens
        self._nicknames = nicknames
        self._limits = limits
        self._idempotency = idempotency

    async def of(self, viewer: Viewer) -> Speaker:
        """Raises SpeakerUnverified, OnlyRealPeople, Forbidden (for a ward nobody speaks)."""
        person = await self._citizens.get(viewer.self_only())
        if person is None or not person.verified or not person.name:
            raise SpeakerUnverified
        if person.test_of is not None:
            raise OnlyRealPeople
        name = await self._nicknames.of(person.id)
        return Speaker(person.id, name or mask_name(person.name), person.division or person.household)

    async def rename(self, viewer: Viewer, nickname: str, key: str) -> str:
        """From now on; what was said before keeps the name it was said under.

        Raises NicknameUnfit, NicknameTaken, SpeakerUnverified, OnlyRealPeople, RateLimited, IdempotencyConflict.
        """
        name, speaker = parsed_nickname(nickname), await self.of(viewer)
        call = Call.of(viewer, "chooseNickname", key, name)

        async def attempt() -> str:
            await self._limits.take(RENAMED, speaker.citizen)
            return await self._idempotency.once(call, _NAME, work)

        async def work(tx: Tx) -> str:
            if not await self._nicknames.take(speaker.citizen, name, tx):
                raise NicknameTaken
            return name

        return await self._idempotency.alike(call, _NAME, attempt)
