"""The city's data exchange: one question about one person to the department that has the answer.

Names and ID numbers go in the body, never in an address; neither they nor the values are logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx2

from app.core.errors import Unavailable
from app.core.ids import new_id
from app.domains.government.shared_data.fetches.model import Answered, Records, Registered
from app.gateways.http import HttpGateway, Patience, fields_of

_MOST_RECORDS, _LONGEST = 200, 500
# A person waits: better an upload than a minute of nothing.
PATIENCE = Patience(attempt=3.0, overall=5.0, attempts=2)


class HttpExchange(HttpGateway):
    name = "exchange"

    async def ask(
        self, data_set: str, person: Registered, fields: Sequence[str], purpose: str, request_id: str
    ) -> Answered:
        """Raises Unavailable."""
        body = {**_question(person, fields), "purpose": purpose, "request_id": request_id}
        answer = await self._post(f"{data_set}/queries", body, idempotency_key=request_id)
        try:
            return _answered(_good(answer), fields)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._not_understood(answer) from error

    async def holds(self, data_set: str, person: Registered, fields: Sequence[str]) -> frozenset[str]:
        """Raises Unavailable."""
        answer = await self._post(f"{data_set}/holdings", _question(person, fields), idempotency_key=new_id())
        try:
            return frozenset(map(str, _good(answer)["fields"])) & set(fields)
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_understood(answer) from error


def _question(person: Registered, fields: Sequence[str]) -> dict[str, Any]:
    return {"name": person.name, "id_number": person.id_number, "fields": list(fields)}


def _answered(told: dict[str, Any], fields: Sequence[str]) -> Answered:
    """Only what was asked for, whatever else came with it. Raises ValueError, KeyError, TypeError, AttributeError."""
    values = {field: _records(told["values"][field]) for field in fields if told["values"].get(field)}
    as_of = datetime.fromisoformat(told["as_of"])
    if as_of.tzinfo is None:
        raise ValueError("a time without its zone")
    return Answered(values, as_of.astimezone(UTC).replace(microsecond=as_of.microsecond // 1000 * 1000))


def _records(value: list[dict[str, Any]]) -> Records:
    if len(value) > _MOST_RECORDS:
        raise ValueError("too many records")
    return tuple({str(name)[:60]: str(text)[:_LONGEST] for name, text in record.items()} for record in value)


def _good(answer: httpx2.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise ValueError("refused")
    return fields_of(answer)


class NoExchange:
    """A city that is joined to no exchange: nothing answers."""

    async def ask(
        self, data_set: str, person: Registered, fields: Sequence[str], purpose: str, request_id: str
    ) -> Answered:
        raise Unavailable

    async def holds(self, data_set: str, person: Registered, fields: Sequence[str]) -> frozenset[str]:
        raise Unavailable
