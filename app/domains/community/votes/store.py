"""Votes, which homes have voted, and ballots in MongoDB.

Of an open vote, a home's row says what it chose. Of a secret one it says only that it has voted, without when and by
whom; what was chosen lies in a ballot of its own, sealed by the city's ring under a random id that nothing leads to
from the home. No desk, provider or citizen is ever given a ballot: they are opened for counting alone.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKeys
from app.core.sealed import KeyRing
from app.domains.community.votes.model import Share, Voice, Vote, VoteResult, VoteRule, VoteState, VoteTerms

BALLOT, HOME = "vote ballot", "vote home"
_AT_ONCE = 100


class VoteStore:
    def __init__(self, db: Database) -> None:
        self._votes = db["votes"]

    async def get(self, vote: str, tx: Tx | None = None) -> Vote | None:
        row = await self._votes.find_one({"_id": vote}, session=tx)
        return _vote(row) if row else None

    async def add(self, vote: Vote, tx: Tx) -> None:
        await self._votes.insert_one(_row(vote), session=tx)

    async def save(self, vote: Vote, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"_id": vote.id, "rev": vote.rev - 1}
        return bool((await self._votes.replace_one(before, _row(vote), session=tx)).modified_count)

    async def of_estates(self, estates: Collection[str], request: PageRequest) -> Page[Vote]:
        """Newest first."""
        rows = await page_rows(self._votes, {"estate": {"$in": sorted(estates)}}, request)
        return Page.cut([_vote(row) for row in rows], request)

    async def page(self, request: PageRequest, state: VoteState | None) -> Page[Vote]:
        """For the desk."""
        rows = await page_rows(self._votes, {"state": state.value} if state else {}, request)
        return Page.cut([_vote(row) for row in rows], request)

    async def due(self, before: datetime, but: Collection[str]) -> list[str]:
        """Open ones whose deadline was before; but those, which cannot be counted now."""
        which = {"state": VoteState.OPEN.value, "closes_at": {"$lte": before}, "_id": {"$nin": sorted(but)}}
        rows = await self._votes.find(which, {"_id": 1}).sort("closes_at", 1).limit(_AT_ONCE).to_list(None)
        return [row["_id"] for row in rows]

    async def to_tell(self, most: int) -> list[Vote]:
        """Of whose state not all have heard, the oldest first."""
        rows = await self._votes.find({"after": {"$gte": ""}}).sort("_id", 1).limit(most).to_list(None)
        return [_vote(row) for row in rows]

    async def told(self, vote: Vote, before: str, after: str | None) -> bool:
        """Up to which residency. False when another process was faster, or the vote is in another state."""
        which = {"_id": vote.id, "rev": vote.rev, "after": before}
        return bool((await self._votes.update_one(which, {"$set": {"after": after}})).modified_count)

    async def to_remind(self, now: datetime, most: int) -> list[Vote]:
        """Open ones of which not all homes without a voice were reminded, the most urgent first."""
        which = {"state": VoteState.OPEN.value, "remind_at": {"$lte": now}}
        rows = await self._votes.find(which).sort("remind_at", 1).limit(most).to_list(None)
        return [_vote(row) for row in rows]

    async def reminded(self, vote: Vote, before: str, after: str | None) -> bool:
        """Up to which residency; none: that were all. False as for `told`."""
        which = {"_id": vote.id, "rev": vote.rev, "reminded": before, "remind_at": {"$ne": None}}
        change = {"remind_at": None} if after is None else {"reminded": after}
        return bool((await self._votes.update_one(which, {"$set": change})).modified_count)


class BallotStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._turnouts = db["vote_turnouts"]
        self._ballots = db["vote_ballots"]
        self._proxies = db["vote_proxies"]
        self._ring = ring
        self._persons = persons

    async def turnout(self, vote: str, household: str, tx: Tx | None = None) -> Document | None:
        """Of a home that has voted: `option`, of an open vote."""
        return await self._turnouts.find_one({"_id": _key(vote, household)}, session=tx)

    async def silent(self, vote: str, households: Collection[str]) -> set[str]:
        """Those of them that have not voted."""
        keys = {_key(vote, one): one for one in households}
        rows = await self._turnouts.find({"_id": {"$in": sorted(keys)}}, {"_id": 1}).to_list(None) if keys else []
        return set(households) - {keys[row["_id"]] for row in rows}

    async def add_open(self, vote: str, household: str, citizen: str, home: str, voice: Voice, tx: Tx) -> None:
        """By name. Raises DuplicateKey: the home has voted at this moment."""
        id_ = _key(vote, household)
        key = await self._persons.sealing(citizen, tx)
        row = {"_id": id_, "vote": vote, "citizen": citizen, "option": voice.option, "area": voice.area}
        await self._turnouts.insert_one({**row, "home": key.seal_text(home, record=id_, field=HOME)}, session=tx)

    async def change_open(self, vote: str, household: str, was: int, option: int, tx: Tx) -> bool:
        before = {"_id": _key(vote, household), "option": was}
        return bool((await self._turnouts.update_one(before, {"$set": {"option": option}}, session=tx)).matched_count)

    async def add_secret(self, vote: str, household: str, voice: Voice, tx: Tx) -> None:
        """Raises DuplicateKey: the home has voted at this moment."""
        await self._turnouts.insert_one({"_id": _key(vote, household), "vote": vote}, session=tx)
        id_ = secrets.token_hex(16)
        said = json.dumps([voice.option, voice.area]).encode()
        ballot = {"_id": id_, "vote": vote, "said": self._ring.seal(said, record=id_, field=BALLOT)}
        await self._ballots.insert_one(ballot, session=tx)

    async def count(self, vote: str) -> int:
        """How many homes have voted."""
        return await self._turnouts.count_documents({"vote": vote})

    async def voices(self, vote: Vote, tx: Tx | None = None) -> list[Voice]:
        """All of them, for counting."""
        if not vote.terms.secret:
            rows = await self._turnouts.find({"vote": vote.id}, {"option": 1, "area": 1}, session=tx).to_list(None)
            return [Voice(row["option"], row["area"]) for row in rows]
        rows = await self._ballots.find({"vote": vote.id}, session=tx).to_list(None)
        return [Voice(*json.loads(self._ring.open(row["said"], record=row["_id"], field=BALLOT))) for row in rows]

    async def named(self, vote: str, request: PageRequest) -> Page[tuple[str, str, int]]:
        """Of an open vote: (row, home, option); no home of who has left the city."""
        rows = await page_rows(self._turnouts, {"vote": vote}, request, newest=False)
        keys = await self._persons.many({row["citizen"] for row in rows})
        seen = [(row["_id"], _home(row, keys), row["option"]) for row in rows]
        return Page.cut(seen, request)

    async def empower(self, vote: str, household: str, citizen: str, to: str, now: datetime, tx: Tx) -> None:
        """The newest counts."""
        row = {"vote": vote, "citizen": citizen, "to": to, "at": now}
        await self._proxies.update_one({"_id": _key(vote, household)}, {"$set": row}, upsert=True, session=tx)

    async def proxy(self, vote: str, household: str, tx: Tx | None = None) -> tuple[str, str] | None:
        """(residency, owner): who may vote for the home, and who said so."""
        row = await self._proxies.find_one({"_id": _key(vote, household)}, session=tx)
        return (row["to"], row["citizen"]) if row else None

    async def empowered(self, vote: str, households: Collection[str]) -> set[str]:
        """Residencies that may vote for one of these homes, as long as who said so may."""
        keys = sorted(_key(vote, one) for one in households)
        rows = await self._proxies.find({"_id": {"$in": keys}}, {"to": 1}).to_list(None) if keys else []
        return {row["to"] for row in rows}


def _key(vote: str, household: str) -> str:
    return f"{vote}:{household}"


def _home(row: Document, keys: Any) -> str:
    return keys[row["citizen"]].shown(row["home"], record=row["_id"], field=HOME) or ""


def _row(one: Vote) -> Document:
    terms = one.terms
    return {
        "_id": one.id,
        "estate": one.estate,
        "title": terms.title,
        "text": terms.text,
        "options": list(terms.options),
        "rule": terms.rule.value,
        "secret": terms.secret,
        "changeable": terms.changeable,
        "proxies": terms.proxies,
        "closes_at": terms.closes_at,
        "of": _share_row(one.of),
        "opened_at": one.opened_at,
        "state": one.state.value,
        "running": one.estate if one.state is VoteState.OPEN else None,
        "result": _result_row(one.result) if one.result else None,
        "reason": one.reason,
        "rev": one.rev,
        "after": one.after,
        "remind_at": one.remind_at,
        "reminded": one.reminded,
    }


def _vote(row: Document) -> Vote:
    flags = (row["secret"], row["changeable"], row["proxies"])
    terms = VoteTerms(row["title"], row["text"], tuple(row["options"]), VoteRule(row["rule"]), *flags, row["closes_at"])
    return Vote(
        row["_id"],
        row["estate"],
        terms,
        Share(*row["of"]),
        row["opened_at"],
        VoteState(row["state"]),
        _result(row["result"]) if row["result"] else None,
        row["reason"],
        row["rev"],
        row["after"],
        row.get("remind_at"),
        row.get("reminded", ""),
    )


def _share_row(share: Share) -> Sequence[int]:
    return [share.homes, share.area]


def _result_row(one: VoteResult) -> Document:
    return {
        "options": [_share_row(share) for share in one.options],
        "took_part": _share_row(one.took_part),
        "of": _share_row(one.of),
        "quorate": one.quorate,
        "passed": one.passed,
        "leading": one.leading,
    }


def _result(row: Document) -> VoteResult:
    shares = tuple(Share(*share) for share in row["options"])
    counted = (Share(*row["took_part"]), Share(*row["of"]))
    return VoteResult(shares, *counted, row["quorate"], row["passed"], row["leading"])


@dataclass(frozen=True, slots=True)
class VoteWaiting:
    """An open vote in which a home has not voted."""

    id: str
    title: str
    closes_at: datetime


def votes_waiting(citizen: str, now: datetime, most: int) -> Part[VoteWaiting]:
    """Of the homes that somebody owns. Once for each of them."""
    which = {"citizen": citizen, "state": "resident", "relation": "owner"}
    running = {"from": "votes", "localField": "estate", "foreignField": "running", "as": "vote"}
    said = {"from": "vote_turnouts", "localField": "turnout", "foreignField": "_id", "as": "said"}
    steps: list[Document] = [
        {"$match": which},
        {"$lookup": running},
        {"$unwind": "$vote"},
        {"$match": {"vote.closes_at": {"$gt": now}}},
        {"$addFields": {"turnout": {"$concat": ["$vote._id", ":", "$household"]}}},
        {"$lookup": said},
        {"$match": {"said": []}},
        {"$limit": most},
        {"$project": {"vote._id": 1, "vote.title": 1, "vote.closes_at": 1}},
    ]
    return Part("residencies", steps, lambda row: _waiting(row["vote"]))


def _waiting(row: Document) -> VoteWaiting:
    return VoteWaiting(row["_id"], row["title"], row["closes_at"])
