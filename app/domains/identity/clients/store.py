"""Clients in MongoDB. The limit of two secrets stands in the filter of the update."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.identity.clients.model import MOST_SECRETS, Client, ClientSecret
from app.domains.identity.sessions.model import ACCESS_LIFE


class ClientStore:
    def __init__(self, db: Database) -> None:
        self._clients = db["clients"]
        self._revocations = db["revocations"]

    async def get(self, client: str, tx: Tx | None = None) -> Client | None:
        row = await self._clients.find_one({"_id": client}, session=tx)
        return _client(row) if row else None

    async def of(self, organisation: str) -> list[Client]:
        rows = await self._clients.find({"organisation": organisation}).sort("_id", 1).to_list(None)
        return [_client(row) for row in rows]

    async def page(self, organisation: str | None, request: PageRequest) -> Page[Client]:
        """Of one organisation or of all, by id."""
        whose: Document = {} if organisation is None else {"organisation": organisation}
        rows = await page_rows(self._clients, whose, request, newest=False)
        return Page.cut([_client(row) for row in rows], request)

    async def add(self, client: Client, tx: Tx) -> None:
        await self._clients.insert_one(
            {
                "_id": client.id,
                "organisation": client.organisation,
                "name": client.name,
                "scopes": sorted(client.scopes),
                "secrets": [_secret_row(secret) for secret in client.secrets],
                "test_mode": client.test_mode,
                "suspended": client.suspended,
                "epoch": client.epoch,
            },
            session=tx,
        )

    async def add_secret(self, client: str, secret: ClientSecret, tx: Tx) -> bool:
        room = {"_id": client, f"secrets.{MOST_SECRETS - 1}": {"$exists": False}}
        change = {"$push": {"secrets": _secret_row(secret)}}
        return bool((await self._clients.update_one(room, change, session=tx)).modified_count)

    async def withdraw_secret(self, was: Client, secret: ClientSecret, now: datetime, tx: Tx) -> bool:
        """Never the last one. The tokens it got are void."""
        another = {"_id": was.id, "secrets.id": secret.id, "secrets.1": {"$exists": True}}
        change = {"$pull": {"secrets": {"id": secret.id}}}
        withdrawn = (await self._clients.update_one(another, change, session=tx)).modified_count
        if withdrawn:
            await self._void([was.grant(secret)], now, tx)
        return bool(withdrawn)

    async def suspend(self, was: Client, suspended: bool, now: datetime, tx: Tx) -> bool:
        """False when it was so already. Suspending voids all tokens given so far."""
        other = {"_id": was.id, "suspended": not suspended}
        change = {"$set": {"suspended": suspended, "epoch": was.epoch + suspended}}
        changed = (await self._clients.update_one(other, change, session=tx)).modified_count
        if changed and suspended:
            await self._void([was.grant(secret) for secret in was.secrets], now, tx)
        return bool(changed)

    async def _void(self, grants: list[str], now: datetime, tx: Tx) -> None:
        """Every process hears of it, as of a session that was ended."""
        rows = [{"_id": grant, "at": now, "tidy_at": now + 2 * ACCESS_LIFE} for grant in grants]
        await self._revocations.insert_many(rows, session=tx)


def _secret_row(secret: ClientSecret) -> Document:
    return {"id": secret.id, "hash": secret.hash, "created_at": secret.created_at}


def _client(row: Document) -> Client:
    return Client(
        id=row["_id"],
        organisation=row["organisation"],
        name=row["name"],
        scopes=frozenset(row["scopes"]),
        secrets=tuple(ClientSecret(**secret) for secret in row["secrets"]),
        test_mode=row["test_mode"],
        suspended=row["suspended"],
        epoch=row.get("epoch", 0),
    )
