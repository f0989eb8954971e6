"""What a provider does with its endpoints, and what the city's desk may.

A provider's client or member of staff needs the scope `webhooks`. A client in test mode has endpoints of its own
organisation's test mode and sees no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from notifications.channels.webhook import WebhookChannel
from notifications.webhooks.deliveries.store import WebhookDeliveryStore
from notifications.webhooks.endpoints.errors import WebhookUnknown
from notifications.webhooks.endpoints.model import (
    SCOPE,
    DisabledReason,
    Endpoint,
    EndpointChange,
    EndpointState,
    WebhookEvent,
    new_signing_secret,
    overlap_of,
)
from notifications.webhooks.endpoints.store import EndpointStore

# Each asks the resolver for a name that a stranger chose.
_LOOK_UPS = Limit("webhook-targets", 100, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class SecretShown:
    """An endpoint and its new secret, which is shown this once."""

    endpoint: Endpoint
    secret: str = field(repr=False)


_ENDPOINT = TypeAdapter(Endpoint)
_SHOWN = TypeAdapter(SecretShown)
_REMOVED = TypeAdapter(str)
Change = Callable[[Endpoint], Endpoint]


class EndpointService:
    def __init__(
        self,
        db: Database,
        endpoints: EndpointStore,
        deliveries: WebhookDeliveryStore,
        channel: WebhookChannel,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._channel = channel
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer) -> list[Endpoint]:
        """Those of the viewer's organisation and mode, oldest first."""
        found = await self._endpoints.of(viewer.provider(SCOPE))
        return [_quiet(one) for one in found if one.test == viewer.test_mode]

    async def one(self, viewer: Viewer, endpoint: str) -> Endpoint | None:
        found = await self._endpoints.get(endpoint, viewer.provider(SCOPE), viewer.test_mode)
        return _quiet(found) if found else None

    async def register(
        self, viewer: Viewer, url: str, events: Iterable[WebhookEvent], description: str, key: str
    ) -> SecretShown:
        """Raises WebhookTargetRefused, WebhookTooMany, BadInput, RateLimited, IdempotencyConflict."""
        organisation, wanted = viewer.provider(SCOPE), frozenset(events)
        EndpointChange(url, wanted, description).checked()
        call = Call.of(viewer, "registerWebhook", key, url, sorted(wanted), description)
        if (before := await self._idempotency.replay(call, _SHOWN)) is not None:
            return before
        await self._check(organisation, url)
        secret = new_signing_secret()
        made = Endpoint(
            new_id(), organisation, viewer.test_mode, url, description.strip(), wanted, self._clock.now(), secret
        )

        async def work(tx: Tx) -> SecretShown:
            await self._endpoints.add(made, tx)
            await self._audit.record(viewer, "webhook.registered", made.id, tx, organisation=organisation)
            return SecretShown(_quiet(made), secret)

        return await self._idempotency.once(call, _SHOWN, work)

    async def change(self, viewer: Viewer, endpoint: str, change: EndpointChange, key: str) -> Endpoint:
        """Another address, other events, another description.

        Raises WebhookUnknown, WebhookTargetRefused, BadInput, RateLimited, IdempotencyConflict.
        """
        change.checked()
        events = None if change.events is None else sorted(change.events)
        call = Call.of(viewer, "changeWebhook", key, endpoint, change.url, events, change.description)
        if change.url is not None:
            await self._check(viewer.provider(SCOPE), change.url)
        return await self._change(viewer, endpoint, call, "webhook.changed", change.of)

    async def rotate(self, viewer: Viewer, endpoint: str, overlap_hours: int, key: str) -> SecretShown:
        """A new secret, and for so many hours the old one beside it.

        Raises WebhookUnknown, WebhookRotationUnderway, BadInput, IdempotencyConflict.
        """
        overlap, secret = overlap_of(overlap_hours), new_signing_secret()
        call = Call.of(viewer, "rotateWebhookSecret", key, endpoint, overlap_hours)

        async def work(tx: Tx) -> SecretShown:
            was = await self._owned(viewer, endpoint, tx)
            changed = was.rotated(secret, overlap, self._clock.now())
            await self._save(changed, was, tx)
            await self._audit.record(viewer, "webhook.secret_rotated", was.id, tx, overlap_hours=overlap_hours)
            return SecretShown(_quiet(changed), secret)

        return await self._idempotency.once(call, _SHOWN, work)

    async def pause(self, viewer: Viewer, endpoint: str, key: str) -> Endpoint:
        """Events wait from now on. Raises WebhookUnknown, WebhookStateFixed, IdempotencyConflict."""
        call = Call.of(viewer, "pauseWebhook", key, endpoint)
        return await self._change(viewer, endpoint, call, "webhook.paused", Endpoint.paused)

    async def resume(self, viewer: Viewer, endpoint: str, key: str) -> Endpoint:
        """What waited is sent. Raises WebhookUnknown, WebhookStateFixed, IdempotencyConflict."""
        call = Call.of(viewer, "resumeWebhook", key, endpoint)

        def resumed(was: Endpoint) -> Endpoint:
            return was.resumed(by_desk=False)

        return await self._change(viewer, endpoint, call, "webhook.resumed", resumed)

    async def remove(self, viewer: Viewer, endpoint: str, key: str) -> str:
        """What waits for it is dropped. Raises WebhookUnknown, IdempotencyConflict."""
        call = Call.of(viewer, "removeWebhook", key, endpoint)

        async def work(tx: Tx) -> str:
            was = await self._owned(viewer, endpoint, tx)
            await self._endpoints.remove(was, tx)
            await self._audit.record(viewer, "webhook.removed", was.id, tx)
            return was.id

        removed = await self._idempotency.once(call, _REMOVED, work)
        await self._deliveries.drop(removed, self._clock.now())
        return removed

    # The desk's side. The roles that may are the router's to know.

    async def page(self, request: PageRequest) -> Page[Endpoint]:
        found = await self._endpoints.page(request)
        return replace(found, items=tuple(map(_quiet, found.items)))

    async def of(self, organisation: str) -> list[Endpoint]:
        return [_quiet(one) for one in await self._endpoints.of(organisation)]

    async def find(self, endpoint: str) -> Endpoint:
        """Raises WebhookUnknown."""
        found = await self._endpoints.find(endpoint)
        if found is None:
            raise WebhookUnknown
        return _quiet(found)

    async def disable_by_desk(self, viewer: Viewer, endpoint: str, reason: str) -> Endpoint:
        """Until the desk enables it again. Repeating is safe. Raises WebhookUnknown."""

        def disabled(was: Endpoint) -> Endpoint:
            return was.disabled(DisabledReason.OPS, self._clock.now())

        return await self._change_by_desk(viewer, endpoint, "webhook.disabled", disabled, reason)

    async def enable_by_desk(self, viewer: Viewer, endpoint: str, reason: str) -> Endpoint:
        """Raises WebhookUnknown."""

        def resumed(was: Endpoint) -> Endpoint:
            return was.resumed(by_desk=True)

        return await self._change_by_desk(viewer, endpoint, "webhook.enabled", resumed, reason)

    async def _change_by_desk(
        self, viewer: Viewer, endpoint: str, action: str, change: Change, reason: str
    ) -> Endpoint:
        async def work(tx: Tx) -> Endpoint:
            was = await self._endpoints.find(endpoint, tx)
            if was is None:
                raise WebhookUnknown
            changed = change(was)
            await self._save(changed, was, tx)
            await self._audit.record(viewer, action, was.id, tx, reason=reason, organisation=was.organisation)
            return _quiet(changed)

        await self._begin_anew(await self._endpoints.find(endpoint), change)
        changed = await self._db.transaction(work)
        if changed.disabled_at is not None:
            await self._deliveries.bury(changed.id, changed.disabled_at)
        return changed

    async def _change(self, viewer: Viewer, endpoint: str, call: Call, action: str, change: Change) -> Endpoint:
        async def work(tx: Tx) -> Endpoint:
            was = await self._owned(viewer, endpoint, tx)
            changed = change(was)
            await self._save(changed, was, tx)
            await self._audit.record(viewer, action, was.id, tx)
            return _quiet(changed)

        before = await self._idempotency.replay(call, _ENDPOINT)
        if before is not None:
            return before
        found = await self._endpoints.get(endpoint, viewer.provider(SCOPE), viewer.test_mode)
        await self._begin_anew(found, change)
        return await self._idempotency.once(call, _ENDPOINT, work)

    async def _save(self, changed: Endpoint, was: Endpoint, tx: Tx) -> None:
        if not await self._endpoints.save(changed, was, tx):
            raise Unavailable  # changed in the moment between: a repeat under the same key sees it
        if _resumes(was, changed):
            now = self._clock.now()
            await self._endpoints.free(was.id, now, tx)
            await self._endpoints.poke([was.id], now, tx)

    async def _begin_anew(self, was: Endpoint | None, change: Change) -> None:
        """What waits at an endpoint that is about to be active again is due, and has its day before it.

        Before the change, not with it: it may be more than one transaction holds, and nothing is sent until then.
        """
        if was is not None and _resumes(was, change(was)):
            await self._deliveries.start_anew(was.id, self._clock.now())

    async def _owned(self, viewer: Viewer, endpoint: str, tx: Tx) -> Endpoint:
        found = await self._endpoints.get(endpoint, viewer.provider(SCOPE), viewer.test_mode, tx)
        if found is None:
            raise WebhookUnknown
        return found

    async def _check(self, organisation: str, url: str) -> None:
        await self._limits.take(_LOOK_UPS, organisation)
        await self._channel.check(url)


def _resumes(was: Endpoint, changed: Endpoint) -> bool:
    return changed.state is EndpointState.ACTIVE and was.state is not EndpointState.ACTIVE


def _quiet(endpoint: Endpoint) -> Endpoint:
    """Without its secrets: nobody outside this room needs them."""
    return replace(endpoint, secret="", old_secret=None)
