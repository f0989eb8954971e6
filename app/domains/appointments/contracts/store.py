"""Teams and contracts in MongoDB. One open contract a person, by a unique index; a team is never overfull."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of
from app.domains.appointments.contracts.model import Contract, EndedBy, Member, MemberRole, Package, Team

_MOST = 100


class TeamStore:
    def __init__(self, db: Database) -> None:
        self._teams = db["family_teams"]

    async def get(self, team: str, tx: Tx | None = None) -> Team | None:
        row = await self._teams.find_one({"_id": team}, session=tx)
        return _team(row) if row else None

    async def at(self, venue: str) -> list[Team]:
        which = {"venue": venue, "active": True}
        return [_team(row) for row in await self._teams.find(which).sort("_id", 1).limit(_MOST).to_list(None)]

    async def open_to(self, test_of: str | None) -> list[Team]:
        """Those that take people: of the whole city, or for a test citizen those its organisation tries."""
        tried = {"test": True, "organisation": test_of} if test_of else {"test": False}
        rows = await self._teams.find({"active": True, **tried}).sort("_id", 1).limit(_MOST).to_list(None)
        return [_team(row) for row in rows]

    async def all(self, request: PageRequest) -> Page[Team]:
        rows = await page_rows(self._teams, {"active": True}, request, newest=False)
        return Page.cut([_team(row) for row in rows], request)

    async def save(self, team: Team, tx: Tx) -> None:
        """How many have signed stays as it is."""
        row = {name: value for name, value in asdict(team).items() if name not in ("id", "signed")}
        lists = {name: list(row[name]) for name in ("doctors", "packages", "members")}
        change = {
            "$set": {**row, **lists},
            "$setOnInsert": {"signed": 0},
        }
        await self._teams.update_one({"_id": team.id}, change, upsert=True, session=tx)

    async def admit(self, team: Team, tx: Tx) -> bool:
        """One more in its care; False when it is full."""
        room = {"_id": team.id, "active": True, "signed": {"$lt": team.capacity}}
        return bool((await self._teams.update_one(room, {"$inc": {"signed": 1}}, session=tx)).modified_count)

    async def release(self, team: str, tx: Tx) -> None:
        some = {"_id": team, "signed": {"$gt": 0}}
        await self._teams.update_one(some, {"$inc": {"signed": -1}}, session=tx)


class ContractStore:
    def __init__(self, db: Database) -> None:
        self._contracts = db["family_contracts"]

    async def open_of(self, citizen: str, tx: Tx | None = None) -> Contract | None:
        row = await self._contracts.find_one({"citizen": citizen, "open": True}, session=tx)
        return _contract(row) if row else None

    async def of(self, citizen: str, request: PageRequest) -> Page[Contract]:
        """Newest first."""
        rows = await page_rows(self._contracts, {"citizen": citizen}, request)
        return Page.cut([_contract(row) for row in rows], request)

    async def of_team(self, team: str, request: PageRequest) -> Page[Contract]:
        """Open ones, newest first."""
        rows = await page_rows(self._contracts, {"team": team, "open": True}, request)
        return Page.cut([_contract(row) for row in rows], request)

    async def lapsed(self, today: date, most: int) -> list[Contract]:
        """Open ones whose last day is over."""
        which = {"open": True, "until": {"$lt": today.isoformat()}}
        return [_contract(row) for row in await self._contracts.find(which).limit(most).to_list(None)]

    async def to_tell(self, today: date, most: int) -> list[Contract]:
        """Open ones that last still, of whose end is to be told by now. One that was told of is none of them."""
        day = today.isoformat()
        which = {"open": True, "tells_on": {"$lte": day}, "until": {"$gte": day}}
        return [_contract(row) for row in await self._contracts.find(which).limit(most).to_list(None)]

    async def note_told(self, was: Contract, tx: Tx) -> bool:
        """For one caller only; False when it was told, renewed or ended meanwhile."""
        until, tells_on = was.until.isoformat(), _day(was.tells_on)
        same = {"citizen": was.citizen, "_id": was.id, "open": True, "until": until, "tells_on": tells_on}
        told = {"$set": {"told_for": until, "tells_on": None}}
        return bool((await self._contracts.update_one(same, told, session=tx)).modified_count)

    async def get(self, contract: str, organisation: str, tx: Tx | None = None) -> Contract | None:
        row = await self._contracts.find_one({"_id": contract, "organisation": organisation}, session=tx)
        return _contract(row) if row else None

    async def add(self, contract: Contract, tx: Tx) -> None:
        """Raises DuplicateKey (this person has signed a moment ago)."""
        await self._contracts.insert_one({"_id": contract.id, **_row(contract)}, session=tx)

    async def change(self, contract: Contract, was: Contract, tx: Tx) -> bool:
        """Accepted or renewed; False when it was changed meanwhile."""
        before = {"citizen": was.citizen, "_id": was.id, "open": True, "until": was.until.isoformat()}
        waiting: Document = {"waiting": True} if was.waiting else {"waiting": {"$ne": True}}
        done = await self._contracts.update_one({**before, **waiting}, {"$set": _row(contract)}, session=tx)
        return bool(done.modified_count)

    async def save(self, contract: Contract, tx: Tx) -> None:
        """End one that is open. Raises DuplicateKey when somebody was faster."""
        mine = {"citizen": contract.citizen, "_id": contract.id, "open": True}
        if not (await self._contracts.update_one(mine, {"$set": _row(contract)}, session=tx)).modified_count:
            raise DuplicateKey("it was ended meanwhile")


def _team(row: Document) -> Team:
    plain: dict[str, Any] = {
        name: row[name] for name in ("venue", "organisation", "capacity", "signed", "test", "active")
    }
    doctors = tuple(row["doctors"])
    packages = tuple(
        Package(one["code"], said_of(one["name"]), said_of(one["about"]), one["fee"]) for one in row.get("packages", ())
    )
    return Team(
        id=row["_id"],
        name=said_of(row["name"]),
        about=said_of(row["about"]),
        doctors=doctors,
        answers=row.get("answers", False),
        packages=packages,
        members=tuple(
            Member(one["staff"], said_of(one["name"]), MemberRole(one["role"]), one["follows_up"])
            for one in row.get("members", ())
        ),
        **plain,
    )


def _row(contract: Contract) -> Document:
    row = {name: value for name, value in asdict(contract).items() if name != "id"}
    days = {name: _day(getattr(contract, name)) for name in ("since", "until", "told_for", "tells_on")}
    return {**row, **days, "ended_by": contract.ended_by.value if contract.ended_by else None}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _contract(row: Document) -> Contract:
    plain: dict[str, Any] = {
        name: row[name]
        for name in ("citizen", "team", "venue", "organisation", "signed_at", "open", "ended_at", "test")
    }
    return Contract(
        id=row["_id"],
        since=date.fromisoformat(row["since"]),
        until=date.fromisoformat(row["until"]),
        ended_by=EndedBy(row["ended_by"]) if row["ended_by"] else None,
        waiting=row.get("waiting", False),
        package=row.get("package"),
        told_for=date.fromisoformat(row["told_for"]) if row.get("told_for") else None,
        **plain,
    )
