"""Somebody at the ops desk who asks its endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from app.core.ids import new_id
from app.core.viewer import Role, Viewer
from tests.support.api import Api, Clerk


@dataclass
class Seat:
    """A member of the desk with a bearer token."""

    api: Api
    clerk: Clerk
    token: str
    language: str = "en"

    async def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self.token}", "idempotency-key": key or new_id()}
        headers["accept-language"] = self.language
        return await self.api.http.request(method, f"/admin/api{path}", json=body, headers=headers)

    @property
    def viewer(self) -> Viewer:
        return Viewer(role=Role.OPS, actor=self.clerk.id)


async def seated(api: Api, *roles: str) -> Seat:
    clerk = await api.clerk(None, *roles)
    answer = await api.http.post("/admin/api/session", json=clerk.for_the_desk(api.city.clock.now()))
    return Seat(api, clerk, answer.json()["access_token"])
