"""What rides ask of the card: whose code it is, and whether the card was barred when it was read."""

from __future__ import annotations

from datetime import datetime

from app.core.clock import civil_day
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.payment.rides.model import Passenger
from virtual_card.cards.model import Card, CardState
from virtual_card.codes.model import Attribute, Purpose
from virtual_card.codes.service import CodeService


class TransitCodes:
    """Fulfils `payment.rides.service.RideCodes`."""

    def __init__(self, codes: CodeService) -> None:
        self._codes = codes

    async def take(self, viewer: Viewer, code: str, tx: Tx) -> Passenger:
        taken = await self._codes.take(viewer, code, Purpose.TRANSIT, tx)
        told = taken.verification.attributes
        return Passenger(taken.holder, told.get(Attribute.OVER_60) is True, told.get(Attribute.UNDER_18) is True)

    async def read(self, code: str, at: datetime) -> tuple[Passenger, bool]:
        genuine = await self._codes.genuine(code, Purpose.TRANSIT, at)
        told = genuine.attributes
        passenger = Passenger(
            genuine.card.holder,
            told.get(Attribute.OVER_60.value) is True,
            told.get(Attribute.UNDER_18.value) is True,
            genuine.id,
        )
        return passenger, _state_at(genuine.card, at) is not CardState.ACTIVE


def _state_at(card: Card, at: datetime) -> CardState:
    """As its history tells; by the calendar it can have expired."""
    before = [event.state for event in card.history if event.at <= at]
    if before and before[-1] is not CardState.ACTIVE:
        return before[-1]
    return CardState.EXPIRED if civil_day(at) > card.valid_until else CardState.ACTIVE
