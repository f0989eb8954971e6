"""What became of messages at phones and numbers, newest first: never whose, in words, nor what they said."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query

from app.admin.api.desk import ANY, After, Desk, First, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from notifications.channels.base import DeliveryOutcome
from notifications.deliveries.model import ChannelName, DeliveryState

router = desk_router("deliveries")


class DeliveryShown(Reply):
    """`sender` is the provider whose message it is; null: the city. `why` is the carrier's code of a bounce."""

    id: str
    message: str
    citizen: str
    recipient: str
    channel: ChannelName
    state: DeliveryState
    outcome: DeliveryOutcome
    at: datetime
    sender: str | None
    delivered_at: datetime | None
    read_at: datetime | None
    bounced_at: datetime | None
    why: str | None


@router.get("/deliveries")
async def deliveries(
    desk: Annotated[Desk, allowed("list", *ANY)],
    outcome: Annotated[DeliveryOutcome | None, Query(description="Only those that ended so.")] = None,
    first: First = 20,
    after: After = None,
) -> Rows[DeliveryShown]:
    """Newest first."""
    page = await desk.services.deliveries.newest(PageRequest.of(first, after), outcome)
    return Rows[DeliveryShown].of(page, DeliveryShown.model_validate, lambda one: one.seq)
