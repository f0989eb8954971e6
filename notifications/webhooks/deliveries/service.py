"""From events to deliveries, and the log that a provider reads and replays from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.events import Event
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from notifications.webhooks.deliveries.errors import WebhookDeliveryUnknown
from notifications.webhooks.deliveries.model import (
    WEBHOOK_EVENTS,
    Delivery,
    DeliveryState,
    owner_of,
    subject_of,
)
from notifications.webhooks.deliveries.store import WebhookDeliveryStore
from notifications.webhooks.endpoints.errors import WebhookUnknown
from notifications.webhooks.endpoints.model import SCOPE, Endpoint, EndpointState
from notifications.webhooks.endpoints.store import EndpointStore


class Which(StrEnum):
    """What a replay takes: deliveries that were given up, or all that were sent or given up."""

    FAILED = "failed"
    ALL = "all"


_STATES = {
    Which.FAILED: (DeliveryState.DEAD,),
    Which.ALL: (DeliveryState.DEAD, DeliveryState.DELIVERED),
}
_DELIVERY = TypeAdapter(Delivery)
_COUNT = TypeAdapter(int)


class WebhookDeliveryService:
    def __init__(
        self,
        endpoints: EndpointStore,
        deliveries: WebhookDeliveryStore,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def take(self, event: Event) -> None:
        """Queue an event of the outbox for the endpoints that want it; safe to repeat.

        Events are taken in any order. Those of one subject go out in theirs because earlier ones that the outbox
        still holds are queued first, here, whoever takes them afterwards.
        """
        if owner_of(event) is None:
            return
        for one in [*await self._earlier(event), event]:
            await self._queue(one)

    async def _earlier(self, event: Event) -> list[Event]:
        pending = await self._outbox.pending_before(event, WEBHOOK_EVENTS.keys())
        return [one for one in pending if owner_of(one) and subject_of(one) == subject_of(event)]

    async def _queue(self, event: Event) -> None:
        owner = owner_of(event)
        assert owner is not None
        organisation, test = owner
        wanted = WEBHOOK_EVENTS[event.type].event
        to = [one for one in await self._endpoints.of(organisation) if one.wants(wanted, test=test)]
        now = self._clock.now()
        for endpoint in to:
            made = Delivery.of(event, endpoint, now)
            await self._deliveries.queue(made.unsent(now) if endpoint.state is EndpointState.DISABLED else made)
        if to:
            await self._endpoints.poke([endpoint.id for endpoint in to], now)

    async def ping(self, viewer: Viewer, endpoint: str, key: str) -> Delivery:
        """Send a `ping`, to see whether it arrives. Raises WebhookUnknown, WebhookNotActive, IdempotencyConflict."""
        call, event = Call.of(viewer, "pingWebhook", key, endpoint), new_id()

        async def work(tx: Tx) -> Delivery:
            to = (await self._owned(viewer, endpoint, tx)).active()
            made = Delivery.ping(to, event, self._clock.now())
            await self._deliveries.queue(made, tx)
            await self._endpoints.poke([to.id], made.due_at, tx)
            await self._audit.record(viewer, "webhook.pinged", to.id, tx)
            return made

        return await self._idempotency.once(call, _DELIVERY, work)

    async def log(
        self, viewer: Viewer, endpoint: str, state: DeliveryState | None, request: PageRequest
    ) -> Page[Delivery]:
        """Newest event first; nothing when the endpoint is not there or not the viewer's."""
        found = await self._endpoints.get(endpoint, viewer.provider(SCOPE), viewer.test_mode)
        return await self._deliveries.log(endpoint, state, request) if found else Page((), False)

    async def replay(self, viewer: Viewer, delivery: str, key: str) -> Delivery:
        """Send one again, under the id it had. One that waits is left as it is.

        Raises WebhookDeliveryUnknown, WebhookNotActive, IdempotencyConflict.
        """
        call = Call.of(viewer, "replayWebhookDelivery", key, delivery)

        async def work(tx: Tx) -> Delivery:
            found = await self._deliveries.get(delivery, viewer.provider(SCOPE), viewer.test_mode, tx)
            return await self._again(viewer, found, tx)

        return await self._idempotency.once(call, _DELIVERY, work)

    async def replay_since(self, viewer: Viewer, endpoint: str, since: datetime, which: Which, key: str) -> int:
        """Send again what happened since then, in its order; how many there are.

        Raises WebhookUnknown, WebhookNotActive, BadInput, IdempotencyConflict.
        """
        if since.tzinfo is None:
            raise BadInput(field="since")
        call = Call.of(viewer, "replayWebhook", key, endpoint, since.isoformat(), which.value)
        found = await self._endpoints.get(endpoint, viewer.provider(SCOPE), viewer.test_mode)
        return await self._all_again(viewer, found, since, which, call)

    # The desk's side. The roles that may are the router's to know.

    async def log_of(self, endpoint: str, state: DeliveryState | None, request: PageRequest) -> Page[Delivery]:
        return await self._deliveries.log(endpoint, state, request)

    async def replay_by_desk(self, viewer: Viewer, endpoint: str, delivery: str, key: str) -> Delivery:
        """Raises WebhookDeliveryUnknown, WebhookNotActive, IdempotencyConflict."""
        call = Call.of(viewer, "replayWebhookDelivery", key, endpoint, delivery)

        async def work(tx: Tx) -> Delivery:
            found = await self._deliveries.find(delivery, tx)
            return await self._again(viewer, found if found and found.endpoint == endpoint else None, tx)

        return await self._idempotency.once(call, _DELIVERY, work)

    async def replay_since_by_desk(self, viewer: Viewer, endpoint: str, since: datetime, which: Which, key: str) -> int:
        """Raises WebhookUnknown, WebhookNotActive, IdempotencyConflict."""
        call = Call.of(viewer, "replayWebhook", key, endpoint, since.isoformat(), which.value)
        return await self._all_again(viewer, await self._endpoints.find(endpoint), since, which, call)

    async def _again(self, viewer: Viewer, found: Delivery | None, tx: Tx) -> Delivery:
        endpoint = await self._endpoints.find(found.endpoint, tx) if found else None
        if found is None or endpoint is None:
            raise WebhookDeliveryUnknown
        endpoint.active()
        now = self._clock.now()
        if not await self._deliveries.replay(found.id, now, tx):
            return found
        await self._endpoints.poke([endpoint.id], now, tx)
        await self._audit.record(viewer, "webhook.replayed", endpoint.id, tx, delivery=found.id)
        again = await self._deliveries.find(found.id, tx)
        return again or found

    async def _all_again(
        self, viewer: Viewer, endpoint: Endpoint | None, since: datetime, which: Which, call: Call
    ) -> int:
        """A month's deliveries are more than one transaction holds: they are queued in steps, and the reply is kept
        when all are. A call that broke off before goes on where it was when it comes again under its key."""
        before = await self._idempotency.replay(call, _COUNT)
        if before is not None:
            return before
        if endpoint is None:
            raise WebhookUnknown
        now, replay = self._clock.now(), f"{call.id}:{self._idempotency.fingerprint(call)}"
        async for _ in self._deliveries.replay_since(endpoint.active().id, since, _STATES[which], replay, now):
            await self._endpoints.poke([endpoint.id], now)
        count = await self._deliveries.replayed(endpoint.id, since, replay)

        async def work(tx: Tx) -> int:
            await self._audit.record(viewer, "webhook.replayed", endpoint.id, tx, since=since.isoformat(), count=count)
            return count

        return await self._idempotency.once(call, _COUNT, work)

    async def _owned(self, viewer: Viewer, endpoint: str, tx: Tx) -> Endpoint:
        found = await self._endpoints.get(endpoint, viewer.provider(SCOPE), viewer.test_mode, tx)
        if found is None:
            raise WebhookUnknown
        return found
