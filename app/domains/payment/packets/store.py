"""Red packets in MongoDB. A share is taken by one guarded update; each person once, by the id of the share.

The wish and the code are sealed under the sender's key; a packet is found by the hash of its code.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from app.core.money import Currency, Money
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.payment.packets.model import MOST_SHARES, Packet, PacketKind, PacketState, Share
from app.domains.payment.points.model import Part

WISH, LINK = "packet wish", "packet link"


class PacketStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._packets = db["packets"]
        self._shares = db["packet_shares"]
        self._persons = persons

    async def add(self, packet: Packet, tx: Tx) -> None:
        key = await self._persons.sealing(packet.sender, tx)
        await self._packets.insert_one(_row(packet, key), session=tx)

    async def get(self, packet: str, tx: Tx | None = None) -> Packet | None:
        return await self._one({"_id": packet}, tx)

    async def by_code(self, code: str, tx: Tx | None = None) -> Packet | None:
        """By its code's hash."""
        return await self._one({"code": code}, tx)

    async def take(self, packet: str, now: datetime, tx: Tx) -> int | None:
        """The number of the next share, which is then taken; None when there is none any more."""
        free = {"_id": packet, "state": PacketState.OPEN.value, "shut": False, "lapses_at": {"$gt": now}}
        if not (await self._packets.update_one(free, {"$inc": {"opened": 1}}, session=tx)).modified_count:
            return None
        row = await self._packets.find_one({"_id": packet}, {"opened": 1, "count": 1}, session=tx)
        assert row is not None
        if row["opened"] == row["count"]:
            change = {"$set": {"state": PacketState.EMPTIED.value, "shut": True}}
            await self._packets.update_one({"_id": packet}, change, session=tx)
        return int(row["opened"]) - 1

    async def lapse(self, packet: Packet, tx: Tx, *, stranded: bool = False) -> bool:
        """False when a share was taken meanwhile, or it has ended."""
        which = {"_id": packet.id, "state": PacketState.OPEN.value, "opened": packet.opened}
        ended: Document = {"state": PacketState.LAPSED.value, "returned": packet.left, "shut": True}
        change = {"$set": ended | ({"stranded": True} if stranded else {})}
        return bool((await self._packets.update_one(which, change, session=tx)).modified_count)

    async def stranded(self, request: PageRequest) -> Page[Packet]:
        """For the desk, newest first."""
        rows = await page_rows(self._packets, {"stranded": True}, request)
        return Page.cut(await self._all(rows), request)

    async def take_up(self, packet: str, tx: Tx) -> bool:
        """It waits for the desk no longer; of rivals one gets True."""
        which = {"_id": packet, "stranded": True}
        return bool((await self._packets.update_one(which, {"$unset": {"stranded": ""}}, session=tx)).modified_count)

    async def due(self, now: datetime, most: int, after: Packet | None = None) -> list[Packet]:
        """Open ones whose day is over, the oldest first; `after` the last one that was looked at."""
        which: Document = {"state": PacketState.OPEN.value, "lapses_at": {"$lte": now}}
        if after is not None:
            which["lapses_at"]["$gte"] = after.lapses_at
            which["$or"] = [{"lapses_at": {"$gt": after.lapses_at}}, {"_id": {"$gt": after.id}}]
        rows = await self._packets.find(which).sort([("lapses_at", 1), ("_id", 1)]).limit(most).to_list(None)
        return await self._all(rows)

    async def of_sender(self, sender: str, request: PageRequest) -> Page[Packet]:
        rows = await page_rows(self._packets, {"sender": sender}, request)
        return Page.cut(await self._all(rows), request)

    async def open_money_of(self, sender: str, tx: Tx | None = None) -> bool:
        """Whether money of his lies in a packet that can still come back, or waits for the desk."""
        open_ = {"state": PacketState.OPEN.value, "currency": Currency.CNY.value}
        which = {"sender": sender, "$or": [open_, {"stranded": True}]}
        return await self._packets.find_one(which, {"_id": 1}, session=tx) is not None

    async def open_for(self, phone: str, now: datetime) -> list[Packet]:
        """Those that name this number and can be opened, newest first."""
        which = {"to": phone, "state": PacketState.OPEN.value, "lapses_at": {"$gt": now}}
        return await self._all(await self._packets.find(which).sort("_id", -1).limit(MOST_SHARES).to_list(None))

    async def in_state(self, state: PacketState, request: PageRequest) -> Page[Packet]:
        """For the desk, newest first."""
        rows = await page_rows(self._packets, {"state": state.value}, request)
        return Page.cut(await self._all(rows), request)

    async def many(self, packets: Collection[str]) -> dict[str, Packet]:
        rows = await self._packets.find({"_id": {"$in": sorted(packets)}}).to_list(None)
        return {one.id: one for one in await self._all(rows)}

    # Shares

    async def keep(self, share: Share, tx: Tx) -> None:
        """Raises DuplicateKey: each person once."""
        row = {
            "_id": f"{share.packet}:{share.citizen}",
            "packet": share.packet,
            "citizen": share.citizen,
            "number": share.number,
            "fen": share.amount.fen,
            "currency": share.amount.currency.value,
            "at": share.at,
            "turn": turn_of(share),
        }
        await self._shares.insert_one(row, session=tx)

    async def share(self, packet: str, citizen: str, tx: Tx | None = None) -> Share | None:
        row = await self._shares.find_one({"packet": packet, "_id": f"{packet}:{citizen}"}, session=tx)
        return _share(row) if row else None

    async def shares(self, packet: str) -> list[Share]:
        """In the order in which they were taken."""
        rows = await self._shares.find({"packet": packet}).sort("number", 1).limit(MOST_SHARES).to_list(None)
        return [_share(row) for row in rows]

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[Share]:
        """What somebody took, newest first; the cursor is `turn_of`."""
        rows = await page_rows(self._shares, {"citizen": citizen}, request, by="turn")
        return Page.cut([_share(row) for row in rows], request)

    async def taken(self, citizen: str, packets: Collection[str]) -> set[str]:
        """Of which of them he has a share."""
        ids = [f"{packet}:{citizen}" for packet in packets]
        which = {"packet": {"$in": list(packets)}, "_id": {"$in": ids}}
        return {row["packet"] async for row in self._shares.find(which, {"packet": 1})}

    async def _one(self, which: Document, tx: Tx | None) -> Packet | None:
        row = await self._packets.find_one(which, session=tx)
        return (await self._all([row], tx))[0] if row else None

    async def _all(self, rows: list[Document], tx: Tx | None = None) -> list[Packet]:
        keys = await self._persons.many({row["sender"] for row in rows}, tx)
        return [_packet(row, keys[row["sender"]]) for row in rows]


def turn_of(share: Share) -> str:
    return f"{share.at.isoformat()}/{share.packet}"


def _row(packet: Packet, key: PersonKey) -> Document:
    link = packet.link
    return {
        "_id": packet.id,
        "sender": packet.sender,
        "currency": packet.currency.value,
        "kind": packet.kind.value,
        "split": list(packet.split),
        "count": packet.count,
        "wish": key.seal_text(packet.wish or "", record=packet.id, field=WISH),
        "link": key.seal_text(link, record=packet.id, field=LINK) if link else None,
        "code": packet.code,
        "to": sorted(packet.to),
        "parts": [{"fen": p.fen, "day": p.expires_on and p.expires_on.isoformat()} for p in packet.parts],
        "at": packet.at,
        "lapses_at": packet.lapses_at,
        "opened": 0,
        "shut": False,
        "state": packet.state.value,
        "returned": 0,
    }


def _packet(row: dict[str, Any], key: PersonKey) -> Packet:
    return Packet(
        id=row["_id"],
        sender=row["sender"],
        currency=Currency(row["currency"]),
        kind=PacketKind(row["kind"]),
        split=tuple(row["split"]),
        wish=key.shown(row["wish"], record=row["_id"], field=WISH),
        at=row["at"],
        code=row["code"],
        link=key.shown(row["link"], record=row["_id"], field=LINK),
        to=frozenset(row["to"]),
        parts=tuple(Part(p["fen"], date.fromisoformat(p["day"]) if p["day"] else None) for p in row["parts"]),
        opened=row["opened"],
        state=PacketState(row["state"]),
        returned=row["returned"],
        stranded=row.get("stranded", False),
    )


def _share(row: Document) -> Share:
    amount = Money(row["fen"], Currency(row["currency"]))
    return Share(row["packet"], row["citizen"], row["number"], amount, row["at"])
