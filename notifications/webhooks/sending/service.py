"""The courier: takes endpoints that have something to send, one at a time for each, and sends what is due.

Any number of workers may run one. An endpoint is held under a lease, and a lease outlives the slowest batch; what a
killed worker had sent and not noted is sent again under the same id. An endpoint that fails is left to rest, and holds
up nobody: each is served on its own.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.ids import global_id, new_id
from app.core.mongo import Database, Tx
from app.core.tallies import Counting, uncounted
from app.core.traces import frames_of
from app.core.viewer import Viewer
from notifications.channels.webhook import TIME_LIMIT, WebhookAnswer, WebhookChannel, WebhookOutcome
from notifications.webhooks.deliveries.model import Attempt, Delivery
from notifications.webhooks.deliveries.store import WebhookDeliveryStore
from notifications.webhooks.endpoints.model import DisabledReason, Endpoint, EndpointState, WebhookEvent
from notifications.webhooks.endpoints.store import EndpointStore, Lease
from notifications.webhooks.sending.model import Verdict, is_fragile, judged, next_try, signed, stale_before

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
# A call, and what is noted before and after it, must end within the lease: no call begins later than this before it.
_MARGIN = timedelta(seconds=2 * TIME_LIMIT)
_ENDPOINTS = 16
_AT_ONCE = 4
_LOOKED_AT = 64
_TURN = timedelta(seconds=5)
_MADE_WAY = timedelta(seconds=1)
_SUSPENDED_REST = timedelta(minutes=5)
_COURIER = Viewer(actor="courier")


class Courier:
    """`serves` tells whether an organisation may be called: one that is suspended or lost the scope is told nothing."""

    def __init__(
        self,
        db: Database,
        endpoints: EndpointStore,
        deliveries: WebhookDeliveryStore,
        channel: WebhookChannel,
        audit: Audit,
        clock: Clock,
        serves: Callable[[str], bool],
        count: Counting = uncounted,
    ) -> None:
        self._db = db
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._channel = channel
        self._audit = audit
        self._clock = clock
        self._serves = serves
        self._count = count
        self._serving: set[asyncio.Task[None]] = set()

    async def round(self) -> int:
        """Begin to serve endpoints that have something due, as many as there is room for; how many those were.

        It does not wait for them: one that is slow to answer holds up no other.
        """
        room = _ENDPOINTS - len(self._serving)
        leases = await self._endpoints.claim(self._clock.now(), room, LEASE) if room > 0 else []
        for lease in leases:
            task = asyncio.create_task(self._guarded(lease), name="webhooks")
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        return len(leases)

    async def finish(self) -> None:
        """Wait for what is being sent."""
        while self._serving:
            await asyncio.wait(set(self._serving))

    async def _guarded(self, lease: Lease) -> None:
        try:
            await self._serve(lease)
        except Exception as error:  # the database is away: the lease ends, and somebody serves the endpoint again
            log.warning("endpoint not served", error=type(error).__name__, traceback=frames_of(error))

    async def _serve(self, lease: Lease) -> None:
        endpoint = lease.endpoint
        if not self._serves(endpoint.organisation):
            await self._lay_down(lease, Verdict(endpoint.health, _SUSPENDED_REST))
            return
        verdict = await self._take_turn(lease)
        if verdict.disabled:
            await self._disable(lease, verdict.disabled)
            return
        now = self._clock.now()
        if before := stale_before(replace(endpoint, health=verdict.health), now):
            await self._deliveries.give_up(endpoint.id, before, now)
        await self._lay_down(lease, verdict)

    async def _take_turn(self, lease: Lease) -> Verdict:
        """Batch after batch while all goes well, for some seconds: then others have their turn."""
        endpoint, ends = lease.endpoint, self._clock.now() + _TURN
        while True:
            tried = await asyncio.gather(*(self._send(lease, delivery) for delivery in await self._batch(endpoint)))
            answers = [answer for answer in tried if answer]
            verdict = judged(endpoint, answers, self._clock.now())
            if not answers or verdict.rest or verdict.disabled or self._clock.now() >= ends:
                return verdict
            endpoint = replace(endpoint, health=verdict.health)

    async def _batch(self, endpoint: Endpoint) -> list[Delivery]:
        """What may go now: due, and the earliest of its subject. Of an endpoint that keeps failing, one."""
        now = self._clock.now()
        due = await self._deliveries.due(endpoint.id, now, _LOOKED_AT)
        heads = await self._deliveries.heads(endpoint.id, {one.subject for one in due}) if due else {}
        batch = [one for one in due if heads.get(one.subject, ("",))[0] == one.event]
        seen = {one.event for one in batch}
        for one in due:
            event, head_due = heads.get(one.subject, (one.event, now))
            if event not in seen:  # not due yet, or out of sight behind these: they make way for it
                await self._deliveries.put_off(one, max(head_due, now + _MADE_WAY))
        return batch[: 1 if is_fragile(endpoint) else _AT_ONCE]

    async def _send(self, lease: Lease, delivery: Delivery) -> WebhookAnswer | None:
        """None when it was not tried: the lease is about to end."""
        endpoint, at = lease.endpoint, self._clock.now()
        if at > lease.until - _MARGIN:
            return None
        headers = signed(delivery, endpoint.secrets(at), at)
        answer = await self._channel.send(endpoint.url, headers, delivery.body.encode())
        if not endpoint.test:
            self._count("webhooks", outcome=answer.outcome.value)
        attempt, now = Attempt.of(answer, at), self._clock.now()
        if answer.outcome is WebhookOutcome.DELIVERED:
            await self._deliveries.delivered(delivery, attempt, now)
        else:
            await self._deliveries.failed(delivery, attempt, next_try(delivery, answer, now, _jitter()))
        return answer

    async def _lay_down(self, lease: Lease, verdict: Verdict) -> None:
        """Let go of the endpoint until it has something due; whatever was queued meanwhile counts."""
        while (pokes := await self._endpoints.pokes(lease)) is not None:
            due_at = await self._deliveries.next_due(lease.endpoint.id)
            if await self._endpoints.lay_down(lease, verdict.health, self._clock.now() + verdict.rest, due_at, pokes):
                return

    async def _disable(self, lease: Lease, reason: DisabledReason) -> None:
        """Its organisation is told at its other endpoints, and sees it in the list of them."""
        event = new_id()

        now, gone = self._clock.now(), lease.endpoint

        async def work(tx: Tx) -> bool:
            if not await self._endpoints.disable(lease, reason, now, tx):
                return False
            await self._tell_others(gone, reason, event, now, tx)
            facts = {"why": reason.value, "organisation": gone.organisation}
            await self._audit.record(_COURIER, "webhook.disabled", gone.id, tx, **facts)
            return True

        if await self._db.transaction(work):
            await self._deliveries.bury(gone.id, now)
        log.warning("webhook disabled", endpoint=lease.endpoint.id, why=reason.value)

    async def _tell_others(self, gone: Endpoint, reason: DisabledReason, event: str, now: datetime, tx: Tx) -> None:
        told = WebhookEvent.ENDPOINT_DISABLED
        for other in await self._endpoints.of(gone.organisation, tx):
            if other.id != gone.id and other.state is EndpointState.ACTIVE and other.wants(told, test=gone.test):
                data = {"endpointId": global_id("WebhookEndpoint", gone.id), "reason": reason.value}
                await self._deliveries.queue(Delivery.new(other, event, told.value, gone.id, data, now, now), tx)
                await self._endpoints.poke([other.id], now, tx)


def _jitter() -> float:
    return random.uniform(-1, 1)  # noqa: S311  (nothing secret)
