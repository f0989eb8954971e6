"""Calling providers back: their endpoints, what was sent to them, and the courier who sends."""

from __future__ import annotations

from dataclasses import dataclass

from app.wiring.core import Core
from app.wiring.identity import Calling
from app.wiring.outside import Outside
from notifications.webhooks.deliveries.service import WebhookDeliveryService
from notifications.webhooks.deliveries.store import WebhookDeliveryStore
from notifications.webhooks.endpoints.model import SCOPE as WEBHOOKS
from notifications.webhooks.endpoints.service import EndpointService
from notifications.webhooks.endpoints.store import EndpointStore
from notifications.webhooks.sending.service import Courier


@dataclass(frozen=True, slots=True)
class Webhooks:
    endpoints: EndpointService
    deliveries: WebhookDeliveryService
    courier: Courier


def webhooks_of(core: Core, beyond: Outside, calling: Calling) -> Webhooks:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    endpoints, deliveries = EndpointStore(db, core.ring), WebhookDeliveryStore(db)
    return Webhooks(
        EndpointService(db, endpoints, deliveries, beyond.webhooks, core.limits, audit, once, clock),
        WebhookDeliveryService(endpoints, deliveries, core.outbox, audit, once, clock),
        Courier(
            db,
            endpoints,
            deliveries,
            beyond.webhooks,
            audit,
            clock,
            lambda code: calling.organisations.tree.grants(code, WEBHOOKS),
            core.tallies.count,
        ),
    )
