"""The civil registry: whether a name and an ID number belong together, and who is whose kin."""

from __future__ import annotations

import base64
from typing import Any

import httpx2

from app.domains.identity.verification.model import RegistryRecord
from app.gateways.http import HttpGateway, fields_of


class HttpCivilRegistry(HttpGateway):
    name = "registry"

    async def check(self, *, name: str, id_number: str, request_id: str) -> RegistryRecord | None:
        """None when the registry knows no such pair of name and ID number. Raises Unavailable."""
        body = {"name": name, "id_number": id_number, "request_id": request_id}
        answer = await self._post("checks", body, idempotency_key=request_id)
        if answer.status_code == 400:  # not an ID number in the registry's eyes: it belongs to nobody
            return None
        try:
            return _record(answer)
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_understood(answer) from error

    async def relation(self, *, guardian: str, ward: str, request_id: str) -> str | None:
        """What the guardian is to the ward (`parent`, `child`, `spouse`, `grandparent`, …), both by ID number.

        None when they are no kin, or unknown. Raises Unavailable.
        """
        body = {"guardian_id_number": guardian, "ward_id_number": ward, "request_id": request_id}
        answer = await self._post("relations", body, idempotency_key=request_id)
        if answer.status_code == 400:
            return None
        try:
            return _relation(answer)
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_understood(answer) from error


def _record(answer: httpx2.Response) -> RegistryRecord | None:
    fields = _good(answer)
    if not fields["matched"]:
        return None
    photo = base64.b64decode(fields["photo"], validate=True)
    return RegistryRecord(photo=photo, household=str(fields["household"]), division=str(fields["division"]))


def _relation(answer: httpx2.Response) -> str | None:
    relation = _good(answer)["relation"]
    if relation is not None and not isinstance(relation, str):
        raise ValueError("a relation is a word")
    return relation


def _good(answer: httpx2.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise ValueError("refused")
    return fields_of(answer)
