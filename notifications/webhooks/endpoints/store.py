"""Endpoints in MongoDB, and which of them have something to send.

`due_at` is when the earliest of an endpoint's deliveries is due (absent: none waits), `free_at` when it may be served:
the end of a worker's lease or of a rest. One worker at a time serves an endpoint, so that order needs no other guard.
`pokes` counts what was queued: a worker that lays an endpoint down sees by it whether its look was the latest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.ids import new_id
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from notifications.webhooks.endpoints.errors import WebhookTooMany
from notifications.webhooks.endpoints.model import (
    MOST_ENDPOINTS,
    DisabledReason,
    Endpoint,
    EndpointState,
    Health,
    WebhookEvent,
)

_FIELD = "webhook secret"


@dataclass(frozen=True, slots=True)
class Lease:
    endpoint: Endpoint
    fence: str
    until: datetime


class EndpointStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._endpoints = db["webhook_endpoints"]
        self._ring = ring

    async def add(self, endpoint: Endpoint, tx: Tx) -> None:
        """In the first free place of its organisation; a rival for the same place is a DuplicateKey.

        Raises WebhookTooMany.
        """
        rows = await self._endpoints.find({"organisation": endpoint.organisation}, {"place": 1}, session=tx).to_list(
            None
        )
        taken = {row["place"] for row in rows}
        place = next((n for n in range(MOST_ENDPOINTS) if n not in taken), None)
        if place is None:
            raise WebhookTooMany(MOST_ENDPOINTS)
        row = {"_id": endpoint.id, "place": place, "free_at": endpoint.made_at, "pokes": 0, **self._row(endpoint)}
        await self._endpoints.insert_one(row, session=tx)

    async def get(self, endpoint: str, organisation: str, test: bool, tx: Tx | None = None) -> Endpoint | None:
        whose = {"_id": endpoint, "organisation": organisation, "test": test}
        row = await self._endpoints.find_one(whose, session=tx)
        return self._endpoint(row) if row else None

    async def find(self, endpoint: str, tx: Tx | None = None) -> Endpoint | None:
        """Of whichever organisation: for the desk."""
        row = await self._endpoints.find_one({"_id": endpoint}, session=tx)
        return self._endpoint(row) if row else None

    async def of(self, organisation: str, tx: Tx | None = None) -> list[Endpoint]:
        """All of an organisation: ten at most."""
        rows = await self._endpoints.find({"organisation": organisation}, session=tx).sort("_id", 1).to_list(None)
        return [self._endpoint(row) for row in rows]

    async def page(self, request: PageRequest) -> Page[Endpoint]:
        """Of all organisations, newest first: for the desk."""
        rows = await page_rows(self._endpoints, {}, request)
        return Page.cut([self._endpoint(row) for row in rows], request)

    async def save(self, changed: Endpoint, was: Endpoint, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        as_it_was = {
            "_id": was.id,
            "organisation": was.organisation,
            "state": was.state.value,
            "url": was.url,
            "old_until": was.old_until,
        }
        return bool(
            (await self._endpoints.update_one(as_it_was, {"$set": self._row(changed)}, session=tx)).matched_count
        )

    async def remove(self, endpoint: Endpoint, tx: Tx) -> bool:
        whose = {"_id": endpoint.id, "organisation": endpoint.organisation}
        return bool((await self._endpoints.delete_one(whose, session=tx)).deleted_count)

    async def poke(self, endpoints: Sequence[str], at: datetime, tx: Tx | None = None) -> None:
        """Something is due there from `at` on. Written after what is queued: a look in between is told by the count."""
        change = {"$min": {"due_at": at}, "$inc": {"pokes": 1}}
        await self._endpoints.update_many({"_id": {"$in": list(endpoints)}}, change, session=tx)

    async def free(self, endpoint: str, at: datetime, tx: Tx) -> None:
        """End a rest: the provider says that it is well again. A worker's lease ends with it, and its fence."""
        await self._endpoints.update_one({"_id": endpoint}, {"$set": {"free_at": at, "fence": new_id()}}, session=tx)

    async def claim(self, now: datetime, most: int, lease: timedelta) -> list[Lease]:
        """Endpoints that have something to send, nobody else's for the length of the lease; the longest due first."""
        due = {"state": EndpointState.ACTIVE.value, "due_at": {"$lte": now}, "free_at": {"$lte": now}}
        rows = await self._endpoints.find(due).sort([("due_at", 1), ("_id", 1)]).limit(most).to_list(None)
        return [taken for row in rows if (taken := await self._take(row, now + lease))]

    async def _take(self, row: Document, until: datetime) -> Lease | None:
        fence = new_id()
        as_seen = {"_id": row["_id"], "state": row["state"], "free_at": row["free_at"]}
        taken = await self._endpoints.update_one(as_seen, {"$set": {"free_at": until, "fence": fence}})
        return Lease(self._endpoint(row), fence, until) if taken.modified_count else None

    async def pokes(self, lease: Lease) -> int | None:
        """How often something was queued; None when the lease was lost."""
        row = await self._endpoints.find_one({"_id": lease.endpoint.id, "fence": lease.fence}, {"pokes": 1})
        return row["pokes"] if row else None

    async def lay_down(
        self, lease: Lease, health: Health, free_at: datetime, due_at: datetime | None, pokes: int
    ) -> bool:
        """End the lease. False when something was queued since `pokes` was read (look again), or the lease was lost."""
        mine = {"_id": lease.endpoint.id, "fence": lease.fence, "pokes": pokes}
        change: Document = {"free_at": free_at, "failures": health.failures, "failing_since": health.failing_since}
        if due_at is None:
            return bool(
                (await self._endpoints.update_one(mine, {"$set": change, "$unset": {"due_at": 1}})).matched_count
            )
        return bool((await self._endpoints.update_one(mine, {"$set": {**change, "due_at": due_at}})).matched_count)

    async def disable(self, lease: Lease, reason: DisabledReason, at: datetime, tx: Tx) -> bool:
        """False when the lease was lost."""
        mine = {"_id": lease.endpoint.id, "fence": lease.fence, "state": EndpointState.ACTIVE.value}
        change = {"state": EndpointState.DISABLED.value, "disabled_reason": reason.value, "disabled_at": at}
        return bool((await self._endpoints.update_one(mine, {"$set": change}, session=tx)).modified_count)

    def _row(self, one: Endpoint) -> Document:
        old = self._ring.seal_text(one.old_secret, record=one.id, field=_FIELD) if one.old_secret else None
        return {
            "organisation": one.organisation,
            "test": one.test,
            "url": one.url,
            "description": one.description,
            "events": sorted(one.events),
            "made_at": one.made_at,
            "secret": self._ring.seal_text(one.secret, record=one.id, field=_FIELD),
            "old_secret": old,
            "old_until": one.old_until,
            "state": one.state.value,
            "disabled_reason": one.disabled_reason.value if one.disabled_reason else None,
            "disabled_at": one.disabled_at,
            "failures": one.health.failures,
            "failing_since": one.health.failing_since,
        }

    def _endpoint(self, row: Document) -> Endpoint:
        old = row["old_secret"]
        return Endpoint(
            id=row["_id"],
            organisation=row["organisation"],
            test=row["test"],
            url=row["url"],
            description=row["description"],
            events=frozenset(map(WebhookEvent, row["events"])),
            made_at=row["made_at"],
            secret=self._ring.open_text(row["secret"], record=row["_id"], field=_FIELD),
            old_secret=self._ring.open_text(old, record=row["_id"], field=_FIELD) if old else None,
            old_until=row["old_until"],
            state=EndpointState(row["state"]),
            disabled_reason=DisabledReason(row["disabled_reason"]) if row["disabled_reason"] else None,
            disabled_at=row["disabled_at"],
            health=Health(row["failures"], row["failing_since"]),
        )
