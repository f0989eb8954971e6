"""Clients in MongoDB. The limit of two secrets stands in the filter of the update."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx
from app.domains.identity.clients.model import MOST_SECRETS, Client, ClientSecret


class ClientStore:
    def __init__(self, db: Database) -> None:
        self._clients = db["clients"]

    async def get(self, client: str) -> Client | None:
        row = await self._clients.find_one({"_id": client})
        return _client(row) if row else None

    async def of(self, organisation: str) -> list[Client]:
        rows = await self._clients.find({"organisation": organisation}).sort("_id", 1).to_list(None)
        return [_client(row) for row in rows]

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
            },
            session=tx,
        )

    async def add_secret(self, client: str, secret: ClientSecret, tx: Tx) -> bool:
        room = {"_id": client, f"secrets.{MOST_SECRETS - 1}": {"$exists": False}}
        change = {"$push": {"secrets": _secret_row(secret)}}
        return bool((await self._clients.update_one(room, change, session=tx)).modified_count)

    async def withdraw_secret(self, client: str, secret: str, tx: Tx) -> bool:
        """Never the last one."""
        another = {"_id": client, "secrets.id": secret, "secrets.1": {"$exists": True}}
        change = {"$pull": {"secrets": {"id": secret}}}
        return bool((await self._clients.update_one(another, change, session=tx)).modified_count)

    async def suspend(self, client: str, suspended: bool, tx: Tx) -> bool:
        change = {"$set": {"suspended": suspended}}
        return bool((await self._clients.update_one({"_id": client}, change, session=tx)).matched_count)


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
    )
