"""The payment desk: charges opened, looked at and given back by the city's own reference."""

from __future__ import annotations

import httpx2

from app.core.charges import Charge, ChargeState
from app.gateways.http import HttpGateway, fields_of


class HttpCharges(HttpGateway):
    """Fulfils `core.charges.Charges`. One reference is one charge: every call may be repeated."""

    name = "charges"

    async def open(self, reference: str, amount: int, what: str) -> Charge:
        """Raises Unavailable."""
        body = {"reference": reference, "amount": str(amount), "what": what}
        return self._charge(await self._post("charges", body, idempotency_key=reference))

    async def look(self, reference: str) -> Charge | None:
        """None when it was never asked for. Raises Unavailable."""
        answer = await self._post("charges/state", {"reference": reference}, idempotency_key=reference)
        return None if answer.status_code == 404 else self._charge(answer)

    async def give_back(self, reference: str) -> None:
        """What was never asked for needs no giving back. Raises Unavailable."""
        answer = await self._post("charges/refund", {"reference": reference}, idempotency_key=reference)
        if answer.status_code != 404:
            self._charge(answer)

    def _charge(self, answer: httpx2.Response) -> Charge:
        try:
            if not answer.is_success:
                raise ValueError("refused")
            fields = fields_of(answer)
            return Charge(str(fields["reference"]), ChargeState(fields["state"]), str(fields["pay_at"]))
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_understood(answer) from error
