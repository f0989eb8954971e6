"""Stand-ins for the systems of billers: one for each name in the address (`/billers/{system}/…`).

`bills` tells what is owed on an account to who knows its number and its holder; `bills/state` how one bill stands;
`payments` takes a payment once, whatever the number of tries, and refuses one of a bill that is not owed any more or
of more than is owed. A biller that pushes knows bills of its own: what is paid of one that is not here is taken.
Those of the seeded city's accounts are there from the start.

Faults are set at `POST /control/billers/faults`. A bill is written, changed (with a higher version) or taken back at
`POST /control/billers/{system}/bills`; what is there is told by `GET`, with the payments that came.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.biller_data import ACCOUNTS, BILLERS
from mocks.faults import Faults
from mocks.standin import Endpoint, StandIn, bearer_is, control_body, refuse

_CITY = timezone(timedelta(hours=8))
_PUSHING = frozenset(one.system for one in BILLERS if one.way == "pushes")


class _Account(BaseModel):
    account: str = Field(min_length=1, max_length=40)
    holder: str = Field(min_length=1, max_length=60)


class _Number(BaseModel):
    number: str = Field(min_length=1, max_length=64)


class _Payment(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    number: str
    amount: Decimal = Field(gt=0)
    at: AwareDatetime


class _Written(BaseModel):
    """A bill as `bills` tells it; `withdrawn`: it is owed no more."""

    model_config = ConfigDict(extra="allow")

    number: str
    withdrawn: bool = False


@dataclass
class _System:
    """Bills by number, what was paid of each, and the payments by their reference."""

    bills: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    paid: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)

    def put(self, bill: dict[str, Any]) -> None:
        self.bills[bill["number"]] = bill
        self.accounts[bill["account"]] = bill["holder"]

    def owed(self, number: str) -> Decimal:
        bill = self.bills.get(number)
        if bill is None or number in self.gone:
            return Decimal(0)
        return sum((Decimal(line["amount"]) for line in bill["lines"]), Decimal(0)) - self.paid[number]


class Billers(StandIn):
    name = "billers"

    def __init__(self, key: str, *, seeded: bool = True) -> None:
        super().__init__()
        self._key = key
        self.systems: defaultdict[str, _System] = defaultdict(_System)
        if seeded:
            self._seed()

    def routes(self) -> list[Route]:
        return [
            self._at("bills", self._bills),
            self._at("bills/state", self._state),
            self._at("payments", self._paid),
            Route("/control/billers/{system}/bills", self._shown, methods=["GET"]),
            Route("/control/billers/{system}/bills", self._write, methods=["POST"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "BILLER_ERROR", "refused on request", retry_after=faults.retry_after)

    def _seed(self) -> None:
        """All are owed until somebody says that they were paid."""
        today = datetime.now(_CITY).date()
        for account in ACCOUNTS:
            if account.biller.system is not None:
                for bill in account.told(today):
                    self.systems[account.biller.system].put(bill)

    def _at(self, path: str, work: Endpoint) -> Route:
        async def keyed(request: Request) -> Response:
            if not self._key or not bearer_is(request, self._key):
                return refuse(401, "INVALID_API_KEY", "unknown API key")
            try:
                return await work(request)
            except ValidationError:
                return refuse(400, "INVALID_REQUEST", f"not what {path} is asked with")

        return self.under_fault(f"/billers/{{system}}/{path}", keyed)

    async def _bills(self, request: Request) -> Response:
        asked = _Account.model_validate_json(await request.body())
        system = self._system(request)
        if "".join(system.accounts.get(asked.account, "").split()) != "".join(asked.holder.split()):
            return refuse(404, "UNKNOWN_ACCOUNT", "no such account of this holder")
        mine = [bill for bill in system.bills.values() if bill["account"] == asked.account]
        return JSONResponse({"bills": [bill for bill in mine if system.owed(bill["number"]) > 0]})

    async def _state(self, request: Request) -> Response:
        asked = _Number.model_validate_json(await request.body())
        system = self._system(request)
        bill = system.bills.get(asked.number)
        if bill is None:
            return refuse(404, "UNKNOWN_BILL", "no such bill")
        return JSONResponse({"owed": system.owed(asked.number) > 0, "bill": bill})

    async def _paid(self, request: Request) -> Response:
        told = _Payment.model_validate_json(await request.body())
        system = self._system(request)
        if told.reference not in system.payments:
            pushed = self._name(request) in _PUSHING and told.number not in system.bills
            if not pushed and told.amount > system.owed(told.number):
                return refuse(409, "NOT_OWED", "so much is not owed on this bill")
            system.paid[told.number] += told.amount
            system.payments[told.reference] = {**told.model_dump(mode="json"), "tries": 0}
        system.payments[told.reference]["tries"] += 1
        return JSONResponse({"reference": told.reference}, 201)

    async def _shown(self, request: Request) -> Response:
        system = self._system(request)
        bills = [{**bill, "owed": str(system.owed(number))} for number, bill in system.bills.items()]
        return JSONResponse({"bills": bills, "payments": list(system.payments.values())})

    async def _write(self, request: Request) -> Response:
        """What is left out of a bill that is there stays as it is."""
        written = await control_body(request, _Written)
        system = self._system(request)
        told = written.model_dump(exclude={"withdrawn"}, exclude_unset=True)
        system.put({**system.bills.get(written.number, {}), **told})
        (system.gone.add if written.withdrawn else system.gone.discard)(written.number)
        return await self._shown(request)

    def _system(self, request: Request) -> _System:
        return self.systems[self._name(request)]

    def _name(self, request: Request) -> str:
        return str(request.path_params["system"])
