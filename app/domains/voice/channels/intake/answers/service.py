"""Writing an answer with what it answers, and sending what is due, channel by channel."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final, Protocol

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.ids import new_id
from app.core.messages import CHINESE, message
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.answers.model import MOST_ATTEMPTS, AnswerState, ChannelAnswer, Sent, mailbox_of
from app.domains.voice.channels.intake.answers.store import ChannelAnswerStore
from app.domains.voice.channels.intake.errors import InboundSettled

_LEASE: Final = timedelta(minutes=1)
_AT_ONCE: Final = 20
_NO_CHANNEL: Final = Sent(False, "NO_CHANNEL", again=True)


class Messenger(Protocol):
    """One channel, outwards."""

    async def send(self, *, to: str, text: str, subject: str, message_id: str, reply_to: str | None) -> Sent:
        """One try, whose outcome is read and never raised; sent once however often it is tried with one id. `reply_to`
        is the channel's id of the message that is answered.
        """
        ...


class ChannelAnswers:
    def __init__(
        self,
        db: Database,
        answers: ChannelAnswerStore,
        messengers: Mapping[CaseChannel, Messenger],
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._answers = answers
        self._messengers = messengers
        self._audit = audit
        self._clock = clock

    async def say(
        self,
        channel: CaseChannel,
        to: str,
        code: str,
        tx: Tx | None,
        *,
        locale: str = CHINESE,
        inbound: str | None = None,
        case: str | None = None,
        id_: str | None = None,
        reply_to: str | None = None,
        **facts: object,
    ) -> None:
        """The text of that code, filled in. `id_` when a repeat must add nothing: DuplicateKey is raised for it."""
        answer = ChannelAnswer(
            id=id_ or new_id(),
            channel=mailbox_of(channel),
            state=AnswerState.PENDING,
            at=self._clock.now(),
            to=to,
            text=message(code, locale, **facts),
            subject=message("INBOUND_SUBJECT", locale),
            inbound=inbound,
            case=case,
            reply_to=reply_to,
        )
        await self._answers.add(answer, tx)

    async def round(self) -> int:
        """Send what is due; how many there were. One channel that hangs keeps no other waiting."""
        claimed = await self._answers.claim(self._clock.now(), _LEASE, _AT_ONCE)
        await asyncio.gather(*(self._send(answer, fence) for answer, fence in claimed))
        return len(claimed)

    async def listed(self, states: Collection[AnswerState], request: PageRequest) -> Page[ChannelAnswer]:
        """For the desk, the newest first, without whom and what."""
        return await self._answers.listed(states, request)

    async def of_inbound(self, inbound: str) -> list[ChannelAnswer]:
        return await self._answers.of_inbound(inbound)

    async def retry(self, viewer: Viewer, answer: str) -> None:
        """Raises InboundSettled: it was sent, or is on its way."""

        async def work(tx: Tx) -> None:
            if not await self._answers.revive(answer, self._clock.now(), tx):
                raise InboundSettled
            await self._audit.record(viewer, "channel_answer.retried", answer, tx)

        await self._db.transaction(work)

    async def _send(self, answer: ChannelAnswer, fence: str) -> None:
        messenger = self._messengers.get(answer.channel)
        assert answer.to is not None
        assert answer.text is not None
        sent = _NO_CHANNEL
        if messenger is not None:
            sent = await messenger.send(
                to=answer.to,
                text=answer.text,
                subject=answer.subject,
                message_id=answer.id,
                reply_to=answer.reply_to,
            )
        await self._answers.settle(answer, fence, sent, self._clock.now(), MOST_ATTEMPTS)
