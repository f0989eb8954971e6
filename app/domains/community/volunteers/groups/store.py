"""Groups and their members in MongoDB."""

from __future__ import annotations

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of, said_row
from app.domains.community.volunteers.groups.model import Group, GroupState, Member, member_id

_MOST = 200


class GroupStore:
    def __init__(self, db: Database) -> None:
        self._groups = db["volunteer_groups"]
        self._members = db["volunteer_members"]

    async def get(self, group: str, tx: Tx | None = None) -> Group | None:
        row = await self._groups.find_one({"_id": group}, session=tx)
        return _group(row) if row else None

    async def many(self, groups: list[str]) -> dict[str, Group]:
        rows = await self._groups.find({"_id": {"$in": groups}}).to_list(None) if groups else []
        return {row["_id"]: _group(row) for row in rows}

    async def put(self, one: Group, tx: Tx) -> bool:
        """A new one, or the next version of one; False when it was changed meanwhile."""
        if one.rev == 1:
            try:
                await self._groups.insert_one(_row(one), session=tx)
            except DuplicateKey:
                return False
            return True
        before = {"_id": one.id, "rev": one.rev - 1}
        return bool((await self._groups.replace_one(before, _row(one), session=tx)).modified_count)

    async def page(self, which: Document, request: PageRequest) -> Page[Group]:
        """The newest first; `which` in the words of this store: state, organisation, founder, test."""
        return Page.cut([_group(row) for row in await page_rows(self._groups, which, request)], request)

    async def active(self, request: PageRequest) -> Page[Group]:
        """Whom volunteers can join, the newest first."""
        return await self.page({"state": GroupState.ACTIVE.value, "test": False}, request)

    async def of_organisation(self, organisation: str, request: PageRequest, *, test: bool) -> Page[Group]:
        return await self.page({"organisation": organisation, "test": test}, request)

    async def of_city(self, state: GroupState | None, request: PageRequest) -> Page[Group]:
        return await self.page({"state": state.value} if state else {}, request)

    async def founded_by(self, citizen: str) -> list[Group]:
        rows = await self._groups.find({"founder": citizen}).sort("_id", -1).limit(_MOST).to_list(None)
        return [_group(row) for row in rows]

    async def unname(self, citizen: str) -> None:
        """The founder has left the city: his groups go on without him."""
        await self._groups.update_many({"founder": citizen}, {"$set": {"founder": None}, "$inc": {"rev": 1}})

    # Members

    async def join(self, one: Member, tx: Tx) -> None:
        """Safe to repeat."""
        row = {"group": one.group, "citizen": one.citizen, "turn": one.turn, "at": one.at, "leads": one.leads}
        await self._members.update_one({"_id": one.id}, {"$setOnInsert": row}, upsert=True, session=tx)

    async def leave(self, group: str, citizen: str, tx: Tx) -> bool:
        done = await self._members.delete_one({"_id": member_id(group, citizen)}, session=tx)
        return bool(done.deleted_count)

    async def joined(self, citizen: str) -> list[Member]:
        rows = await self._members.find({"citizen": citizen}).sort("turn", -1).limit(_MOST).to_list(None)
        return [Member(row["group"], row["citizen"], row["turn"], row["at"]) for row in rows]

    async def set_leader(self, group: str, citizen: str, tx: Tx, *, leads: bool) -> bool:
        """False when he is no member."""
        mine = {"_id": member_id(group, citizen)}
        return bool((await self._members.update_one(mine, {"$set": {"leads": leads}}, session=tx)).matched_count)

    async def leads(self, group: str, citizen: str) -> bool:
        return await self._members.find_one({"_id": member_id(group, citizen), "leads": True}, {"_id": 1}) is not None

    async def leaders(self, group: str, most: int, tx: Tx | None = None) -> list[str]:
        found = self._members.find({"group": group, "leads": True}, {"citizen": 1}, session=tx).limit(most)
        return [row["citizen"] for row in await found.to_list(None)]

    async def led_by(self, citizen: str) -> list[str]:
        rows = await self._members.find({"citizen": citizen, "leads": True}, {"group": 1}).limit(_MOST).to_list(None)
        return [row["group"] for row in rows]

    async def count(self, group: str, most: int = 10_000) -> int:
        return await self._members.count_documents({"group": group}, limit=most)


def _row(one: Group) -> Document:
    return {
        "_id": one.id,
        "organisation": one.organisation,
        "name": said_row(one.name),
        "words": said_row(one.words),
        "state": one.state.value,
        "made_at": one.made_at,
        "founder": one.founder,
        "answer": one.answer,
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
        "test": one.test,
        "rev": one.rev,
    }


def _group(row: Document) -> Group:
    return Group(
        id=row["_id"],
        organisation=row["organisation"],
        name=said_of(row["name"]),
        words=said_of(row["words"]),
        state=GroupState(row["state"]),
        made_at=row["made_at"],
        founder=row["founder"],
        answer=row["answer"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        test=row["test"],
        rev=row["rev"],
    )
