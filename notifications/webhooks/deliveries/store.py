"""The queue and the log of deliveries in MongoDB: one collection, since what was sent is what was queued.

A row's `_id` is event and endpoint, so that an event that is taken twice is queued once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from notifications.webhooks.deliveries.model import Attempt, Delivery, DeliveryState

_KEPT = timedelta(days=30)
_ATTEMPTS_KEPT = 30
# Changed by one command: a month's deliveries in one would run into the time limit of an operation, again and again.
_AT_ONCE = 1000
_WAITING = DeliveryState.WAITING.value


class WebhookDeliveryStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._rows = db["webhook_deliveries"]

    async def queue(self, delivery: Delivery, tx: Tx | None = None) -> None:
        """Once: a repeat leaves what is there."""
        row = {"_id": delivery.id, **_row(delivery), "tidy_at": delivery.queued_at + _KEPT}
        try:
            await self._rows.insert_one(row, session=tx)
        except DuplicateKey:
            if tx is not None:  # within a transaction it has ended the transaction
                raise

    async def get(self, delivery: str, organisation: str, test: bool, tx: Tx | None = None) -> Delivery | None:
        row = await self._rows.find_one({"_id": delivery, "organisation": organisation, "test": test}, session=tx)
        return _delivery(row) if row else None

    async def find(self, delivery: str, tx: Tx | None = None) -> Delivery | None:
        """Of whichever organisation: for the desk."""
        row = await self._rows.find_one({"_id": delivery}, session=tx)
        return _delivery(row) if row else None

    async def log(self, endpoint: str, state: DeliveryState | None, request: PageRequest) -> Page[Delivery]:
        """Newest event first."""
        which: Document = {"endpoint": endpoint, **({"state": state.value} if state else {})}
        rows = await page_rows(self._rows, which, request, by="event")
        return Page.cut([_delivery(row) for row in rows], request)

    async def due(self, endpoint: str, now: datetime, most: int) -> list[Delivery]:
        which = {"endpoint": endpoint, "state": _WAITING, "due_at": {"$lte": now}}
        rows = await self._rows.find(which).sort([("due_at", 1), ("event", 1)]).limit(most).to_list(None)
        return [_delivery(row) for row in rows]

    async def heads(self, endpoint: str, subjects: Collection[str]) -> dict[str, tuple[str, datetime]]:
        """Of each subject the (event, due) of the earliest delivery that still waits: no other may go before it."""
        which = {"endpoint": endpoint, "state": _WAITING, "subject": {"$in": sorted(subjects)}}
        first = {"_id": "$subject", "event": {"$first": "$event"}, "due": {"$first": "$due_at"}}
        rows = await self._db.aggregate(
            "webhook_deliveries", [{"$match": which}, {"$sort": {"subject": 1, "event": 1}}, {"$group": first}]
        )
        return {row["_id"]: (row["event"], row["due"]) for row in rows}

    async def next_due(self, endpoint: str) -> datetime | None:
        which = {"endpoint": endpoint, "state": _WAITING}
        row = await self._rows.find_one(which, {"due_at": 1}, sort=[("due_at", 1), ("event", 1)])
        return row["due_at"] if row else None

    async def put_off(self, delivery: Delivery, until: datetime) -> None:
        """It waits behind an earlier one of its subject."""
        as_seen = {"_id": delivery.id, "state": _WAITING, "due_at": delivery.due_at}
        await self._rows.update_one(as_seen, {"$set": {"due_at": until}})

    async def delivered(self, delivery: Delivery, attempt: Attempt, at: datetime) -> bool:
        return await self._settle(delivery, attempt, {"state": DeliveryState.DELIVERED.value, "settled_at": at})

    async def failed(self, delivery: Delivery, attempt: Attempt, again: datetime | None) -> bool:
        """`again` None: it is given up."""
        if again is None:
            return await self._settle(delivery, attempt, {"state": DeliveryState.DEAD.value, "settled_at": attempt.at})
        return await self._settle(delivery, attempt, {"due_at": again})

    async def _settle(self, delivery: Delivery, attempt: Attempt, change: Document) -> bool:
        """False when another worker tried it meanwhile: that one's word counts."""
        as_tried = {"_id": delivery.id, "state": _WAITING, "tried": delivery.tried}
        changes: Document = {
            "$set": {**change, "first_tried_at": delivery.first_tried_at or attempt.at},
            "$inc": {"tried": 1},
            "$push": {"attempts": {"$each": [_attempt_row(attempt)], "$slice": -_ATTEMPTS_KEPT}},
        }
        return bool((await self._rows.update_one(as_tried, changes)).modified_count)

    async def give_up(self, endpoint: str, queued_before: datetime, at: datetime) -> int:
        """All that were queued before that moment and still wait."""
        which = {"endpoint": endpoint, "state": _WAITING, "queued_at": {"$lte": queued_before}}
        change = {"$set": {"state": DeliveryState.DEAD.value, "settled_at": at}}
        return sum([changed async for changed in self._by_thousands(which, change, "event", "")])

    async def bury(self, endpoint: str, disabled_at: datetime) -> None:
        """Its endpoint was disabled: what waited then is not sent, and can be replayed. Safe to repeat; what was queued
        again since is left alone."""
        await self.give_up(endpoint, disabled_at, disabled_at)

    async def drop(self, endpoint: str, at: datetime) -> None:
        """Its endpoint was removed. Safe to repeat."""
        which = {"endpoint": endpoint, "state": _WAITING}
        change = {"$set": {"state": DeliveryState.DROPPED.value, "settled_at": at}}
        async for _ in self._by_thousands(which, change, "event", ""):
            pass

    async def replay(self, delivery: str, now: datetime, tx: Tx) -> bool:
        """Queue it again, its day begins anew. False when it waits already, or its endpoint was removed."""
        which = {"_id": delivery, "state": {"$in": _states((DeliveryState.DEAD, DeliveryState.DELIVERED))}}
        return bool((await self._rows.update_one(which, _again(now), session=tx)).modified_count)

    def replay_since(
        self, endpoint: str, since: datetime, states: Sequence[DeliveryState], replay: str, now: datetime
    ) -> AsyncIterator[int]:
        """Queue again what happened since then, oldest first, some at a time: how many those were.

        Each is marked with the replay's name and queued once by it: one that broke off goes on when it is repeated.
        """
        which = {"endpoint": endpoint, "state": {"$in": _states(states)}, "replay": {"$ne": replay}}
        change = {"$set": {**_again(now)["$set"], "replay": replay}}
        return self._by_thousands(which, change, "at", since)

    async def replayed(self, endpoint: str, since: datetime, replay: str) -> int:
        """How many this replay queued, as far as no later one took them over."""
        every = [state.value for state in DeliveryState]
        which = {"endpoint": endpoint, "state": {"$in": every}, "at": {"$gte": since}, "replay": replay}
        return int(await self._rows.count_documents(which))

    async def start_anew(self, endpoint: str, now: datetime) -> None:
        """What waited while the endpoint was paused is due now, and has its day before it. Safe to repeat."""
        which = {"endpoint": endpoint, "state": _WAITING, "queued_at": {"$lt": now}}
        async for _ in self._by_thousands(which, _again(now), "event", ""):
            pass

    async def _by_thousands(self, which: Document, change: Document, key: str, start: object) -> AsyncIterator[int]:
        """Change all of these in the order of `key`, in commands of their own; how many each changed."""
        place: Document = {"$gte": start}
        while some := await self._rows.find({**which, key: place}, {key: 1}).sort(key, 1).limit(_AT_ONCE).to_list(None):
            last = some[-1][key]
            done = await self._rows.update_many({**which, key: {**place, "$lte": last}}, change)
            yield int(done.modified_count)
            if len(some) < _AT_ONCE:
                return
            place = {"$gt": last}


def _states(states: Sequence[DeliveryState]) -> list[str]:
    return [state.value for state in states]


def _again(now: datetime) -> Document:
    fresh: dict[str, Any] = {"state": _WAITING, "queued_at": now, "due_at": now, "settled_at": None}
    return {"$set": {**fresh, "tried": 0, "first_tried_at": None, "tidy_at": now + _KEPT}}


def _row(delivery: Delivery) -> Document:
    return {
        "endpoint": delivery.endpoint,
        "organisation": delivery.organisation,
        "test": delivery.test,
        "event": delivery.event,
        "type": delivery.type,
        "subject": delivery.subject,
        "body": delivery.body,
        "at": delivery.at,
        "queued_at": delivery.queued_at,
        "due_at": delivery.due_at,
        "state": delivery.state.value,
        "tried": delivery.tried,
        "first_tried_at": delivery.first_tried_at,
        "attempts": [_attempt_row(attempt) for attempt in delivery.attempts],
        "settled_at": delivery.settled_at,
    }


def _attempt_row(attempt: Attempt) -> Document:
    return {
        "at": attempt.at,
        "outcome": attempt.outcome,
        "status": attempt.status,
        "milliseconds": attempt.milliseconds,
    }


def _delivery(row: Document) -> Delivery:
    return Delivery(
        id=row["_id"],
        endpoint=row["endpoint"],
        organisation=row["organisation"],
        test=row["test"],
        event=row["event"],
        type=row["type"],
        subject=row["subject"],
        body=row["body"],
        at=row["at"],
        queued_at=row["queued_at"],
        due_at=row["due_at"],
        state=DeliveryState(row["state"]),
        tried=row["tried"],
        first_tried_at=row["first_tried_at"],
        attempts=tuple(Attempt(**attempt) for attempt in row["attempts"]),
        settled_at=row["settled_at"],
    )
