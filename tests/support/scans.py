"""Queries that no index serves: they fail while they are forbidden, instead of being slow in a city of millions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from pymongo.errors import OperationFailure

from app.wiring import City

# What servers answer that know no such switch (SecantusDB).
_UNKNOWN = {2, 59, 72}


class WithCity(Protocol):
    @property
    def city(self) -> City: ...


@asynccontextmanager
async def scans_forbidden(api: WithCity) -> AsyncIterator[bool]:
    """Whether they are: some servers cannot."""
    admin: Any = api.city.db["citizens"].database.client.admin
    try:
        await admin.command("setParameter", 1, notablescan=True)
    except OperationFailure as refused:
        if refused.code not in _UNKNOWN:
            raise
        yield False
        return
    try:
        yield True
    finally:
        await admin.command("setParameter", 1, notablescan=False)
