"""The citizen who pays, and whom he pays: what every part of this tour shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import httpx2

from app.core.ids import new_id
from app.tour.journey import Journey, Step
from app.tour.phone import Phone, TourFailed


@dataclass(slots=True)
class Payer:
    """`payees` are the clients that the seed made of merchants, billers, operators and hospitals, by organisation.
    `kept` is what one part leaves for another, by name.
    """

    journey: Journey
    http: httpx2.AsyncClient
    demo: dict[str, Any]
    kept: dict[str, Any] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def phone(self) -> Phone:
        return self.journey.phone

    async def as_payee(self, organisation: str, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        """A mutation of that organisation's client. Raises TourFailed."""
        token = await self.token(organisation)
        return await self.journey.provide_as(token, operation, wanted, **{"key": new_id(), **given})

    async def token(self, organisation: str) -> str:
        """Raises TourFailed."""
        if organisation not in self._tokens:
            known = {one["organisation"]: one for one in self.demo.get("payees", ())}
            if organisation not in known:
                raise TourFailed(f"the seed made no client of {organisation}")
            self._tokens[organisation] = (await self.journey.token_of(known[organisation]))["access_token"]
        return self._tokens[organisation]


class Tour(ABC):
    """The steps of one noun."""

    def __init__(self, payer: Payer) -> None:
        self.payer = payer

    @abstractmethod
    def steps(self) -> list[tuple[str, Step]]: ...
