"""Systems of departments that handle applications themselves, each behind a line and a circuit breaker of its own.

One try a call: the porter repeats by himself, and asks before he tells again. Everything goes by POST, so that numbers
stay out of the logs of addresses. All departments are reached through one platform (`{url}/{system}/…`), but for those
that have an address of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx2
from pydantic import SecretStr

from app.core.ids import new_id
from app.domains.government.handover.sending.model import Answer, Listed, Standing, Verdict, read_news
from app.gateways.breaker import CircuitBreaker, CircuitState
from app.gateways.http import HttpGateway, NotNow, Patience, fields_of

_EACH = 8
_SILENT = "not_connected"


class DepartmentLine(HttpGateway):
    """One department's system."""

    def __init__(self, system: str, url: str, key: SecretStr, pace: float) -> None:
        self.name = f"department_{system}"
        breaker = CircuitBreaker(rest=10.0 / pace)
        super().__init__(url, key, patience=Patience(attempt=max(0.5, 10.0 / pace)), breaker=breaker)

    @property
    def room(self) -> int:
        return {CircuitState.CLOSED: _EACH, CircuitState.HALF_OPEN: 1}.get(self._breaker.state, 0)

    async def tell(self, errand: str, key: str, body: Mapping[str, Any]) -> Answer:
        try:
            answer = await self._attempt("applications", {**body, "errand": errand}, key)
        except NotNow as error:
            return Answer(Verdict.NOT_NOW, code=error.outcome, retry_after=error.retry_after)
        if not answer.is_success:
            return Answer(Verdict.REFUSED, code=_code(answer))
        try:
            return Answer(Verdict.TAKEN, reference=_word(fields_of(answer).get("reference")))
        except ValueError:
            self._not_understood(answer)
            return Answer(Verdict.NOT_NOW, code="not_understood")

    async def status(self, number: str) -> Standing:
        try:
            answer = await self._attempt("status", {"number": number}, new_id())
        except NotNow as error:
            return Standing(heard=False, code=error.outcome)
        if answer.status_code == 404 and _code(answer) == "UNKNOWN_APPLICATION":
            return Standing(heard=True)
        try:
            return _standing(number, _good(answer))
        except (ValueError, KeyError, TypeError):
            self._not_understood(answer)
            return Standing(heard=False, code="not_understood")

    async def listed(self, path: str, body: Mapping[str, Any]) -> Sequence[Listed] | None:
        try:
            answer = await self._attempt(path, body, new_id())
        except NotNow:
            return None
        try:
            return [Listed(str(one["number"]), int(one["seq"])) for one in _good(answer)["applications"]]
        except (ValueError, KeyError, TypeError):
            self._not_understood(answer)
            return None


class HttpDepartments:
    """Fulfils `handover.sending.service.Departments`; without an address or a key nothing is reached. `own` are the
    departments with an address of their own.
    """

    def __init__(
        self,
        url: str | None = None,
        key: SecretStr | None = None,
        *,
        report_to: str = "",
        own: Mapping[str, tuple[str, SecretStr]] | None = None,
        pace: float = 1.0,
        line: Callable[[str, str, SecretStr, float], DepartmentLine] = DepartmentLine,
    ) -> None:
        self._url = url.rstrip("/") if url else None
        self._key = key
        self._report_to = report_to
        self._own = dict(own or {})
        self._pace = pace
        self._line = line
        self._lines: dict[str, DepartmentLine] = {}

    def room(self, system: str) -> int:
        found = self._line_of(system)
        return found.room if found else 1

    def resting(self) -> Sequence[str]:
        return [system for system, line in self._lines.items() if line.room == 0]

    async def tell(self, system: str, errand: str, key: str, body: dict[str, Any]) -> Answer:
        line = self._line_of(system)
        if line is None:
            return Answer(Verdict.NOT_NOW, code=_SILENT)
        return await line.tell(errand, key, {**body, "report_to": f"{self._report_to}/{system}"})

    async def status(self, system: str, number: str) -> Standing:
        line = self._line_of(system)
        return await line.status(number) if line else Standing(heard=False, code=_SILENT)

    async def known(self, system: str, numbers: Sequence[str]) -> Sequence[Listed] | None:
        line = self._line_of(system)
        return await line.listed("known", {"numbers": list(numbers)}) if line else None

    async def listing(self, system: str, since: datetime, after: str) -> Sequence[Listed] | None:
        line = self._line_of(system)
        return await line.listed("list", {"since": since.isoformat(), "after": after}) if line else None

    async def aclose(self) -> None:
        for line in self._lines.values():
            await line.aclose()

    def _line_of(self, system: str) -> DepartmentLine | None:
        if system not in self._lines:
            url, key = self._own.get(system) or (f"{self._url}/{system}" if self._url else None, self._key)
            if url is None or key is None:
                return None
            self._lines[system] = self._line(system, url, key, self._pace)
        return self._lines[system]


def _standing(number: str, told: Mapping[str, Any]) -> Standing:
    return Standing(
        heard=True,
        known=True,
        reference=_word(told.get("reference")),
        errands=frozenset(map(str, told["errands"])),
        steps=tuple(read_news(number, one) for one in told["steps"]),
    )


def _good(answer: httpx2.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise ValueError("refused")
    return fields_of(answer)


def _code(answer: httpx2.Response) -> str:
    try:
        return str(fields_of(answer)["error"]["code"])[:60]
    except (ValueError, KeyError, TypeError):
        return f"HTTP_{answer.status_code}"


def _word(value: object) -> str | None:
    return str(value)[:100] if value else None
