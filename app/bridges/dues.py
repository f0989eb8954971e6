"""What the telling of people asks of credit in the moment of sending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from app.domains.payment.credit.dues.service import DueService
from app.domains.payment.treatments.model import TreatmentState
from app.domains.payment.treatments.service import TreatmentService
from notifications.messages.model import Message


class StillTrueOfCredit:
    """Nobody is reminded of what he has repaid meanwhile, nor asked to confirm what he has answered."""

    def __init__(self, dues: DueService, treatments: TreatmentService) -> None:
        self._dues = dues
        self._treatments = treatments

    def by_event(self) -> Mapping[str, Callable[[Message], Awaitable[bool]]]:
        return {"credit.due_soon": self.owed, "treatment.asked": self.waits}

    async def owed(self, message: Message) -> bool:
        return await self._dues.due_on(message.citizen, date.fromisoformat(str(message.facts["day"]))) > 0

    async def waits(self, message: Message) -> bool:
        found = await self._treatments.state_of(str(message.facts["treatment"]), message.citizen)
        return found is TreatmentState.WAITING
