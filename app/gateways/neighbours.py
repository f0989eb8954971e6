"""Open311 doors of neighbouring cities (GeoReport v2, as a client), each behind a circuit breaker of its own.

One try a call: the messenger repeats by himself, and asks before he posts again. The key goes along when we ask, too:
a city may show to us what it shows to nobody else yet. XML is read without document types or entities.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import structlog
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from app.domains.voice.channels.neighbours.errors import NeighbourInvalid
from app.domains.voice.channels.neighbours.model import Neighbour
from app.domains.voice.channels.neighbours.sending.model import Heard, Posted, Remote, Verdict
from app.gateways.breaker import CircuitBreaker, CircuitOpen, CircuitState
from app.gateways.http import ATTEMPTS
from app.gateways.pinned import Answered, PinnedHttp, Unanswered
from notifications.webhooks.endpoints.errors import WebhookTargetRefused

log = structlog.get_logger()
_EACH = 4
_SIZE = 200
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
Row = Mapping[str, Any]


class HttpDoors:
    """Fulfils `neighbours.sending.model.Doors`."""

    def __init__(self, http: PinnedHttp, *, rest: float = 10.0) -> None:
        self._http = http
        self._rest = rest
        self._breakers: dict[str, CircuitBreaker] = {}

    def room(self, neighbour: str) -> int:
        found = self._breakers.get(neighbour)
        return _EACH if found is None else {CircuitState.CLOSED: _EACH, CircuitState.HALF_OPEN: 1}.get(found.state, 0)

    async def admits(self, url: str) -> None:
        """Raises NeighbourInvalid."""
        try:
            await self._http.check(url)
        except WebhookTargetRefused:
            raise NeighbourInvalid("url") from None

    async def post(self, to: Neighbour, api_key: str, form: dict[str, str], key: str) -> Posted:
        body = urlencode({"api_key": api_key, **form}).encode()
        headers = {"content-type": _FORM, "idempotency-key": key}
        answer = await self._ask(to, "POST", "requests", {}, headers, body)
        if isinstance(answer, str):
            return Posted(Verdict.NOT_NOW, code=answer)
        if not 200 <= answer.status < 300:
            return Posted(Verdict.REFUSED, code=_why(answer))
        return self._promised(to, answer, Posted(Verdict.NOT_NOW, code="not_understood"))

    async def redeem(self, of: Neighbour, api_key: str, token: str) -> Posted:
        answer = await self._ask(of, "GET", f"tokens/{quote(token, safe='')}", self._known(of, api_key))
        if isinstance(answer, str):
            return Posted(Verdict.NOT_NOW, code=answer)
        if answer.status == 404:  # many know a token only when there is a number behind it
            return Posted(Verdict.PROMISED, token=token, code="token_unknown")
        if not 200 <= answer.status < 300:
            return Posted(Verdict.REFUSED, code=_why(answer))
        return self._promised(of, answer, Posted(Verdict.PROMISED, token=token))

    async def filed_since(self, of: Neighbour, api_key: str, since: datetime, page: int) -> Heard:
        return await self._requests(of, api_key, {"start_date": _moment(since), **_page(page)})

    async def changed_since(self, of: Neighbour, api_key: str, since: datetime, page: int) -> Heard:
        return await self._requests(of, api_key, {"updated_after": _moment(since), **_page(page)})

    async def these(self, of: Neighbour, api_key: str, remotes: Sequence[str]) -> Heard:
        return await self._requests(of, api_key, {"service_request_id": ",".join(remotes)})

    async def aclose(self) -> None:
        await self._http.aclose()

    def _promised(self, of: Neighbour, answer: Answered, otherwise: Posted) -> Posted:
        rows = self._rows(of, answer)
        first: Row = rows[0] if rows else {}
        if remote := _text(first.get("service_request_id")):
            return Posted(Verdict.TAKEN, remote=remote)
        if otherwise.verdict is Verdict.NOT_NOW and (token := _text(first.get("token"))):
            return Posted(Verdict.PROMISED, token=token)
        return otherwise

    async def _requests(self, of: Neighbour, api_key: str, asked: dict[str, str]) -> Heard:
        answer = await self._ask(of, "GET", "requests", {**self._known(of, api_key), **asked})
        if isinstance(answer, str):
            return Heard(False, code=answer)
        if not 200 <= answer.status < 300:
            return Heard(False, code=_why(answer))
        rows = self._rows(of, answer)
        if rows is None:
            return Heard(False, code="not_understood")
        found = [one for row in rows if (one := _remote(row)) is not None]
        # Who sends more than was asked for knows no pages.
        return Heard(True, found, more="page" in asked and len(rows) == _SIZE)

    async def _ask(
        self,
        of: Neighbour,
        method: str,
        path: str,
        asked: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answered | str:
        """What it answers, or in a word why nothing can be made of that now."""
        breaker = self._breakers.setdefault(of.code, CircuitBreaker(rest=self._rest))
        try:
            breaker.admit()
        except CircuitOpen:
            return self._counted(of, "circuit_open")
        url = f"{of.url.rstrip('/')}/{path}.{of.wire.value}" + (f"?{urlencode(asked)}" if asked else "")
        try:
            answer = await self._http.ask(method, url, {"accept": "*/*", **(headers or {})}, body)
        except Unanswered as silence:
            breaker.failed()
            return self._counted(of, silence.outcome)
        if answer.status in _LATER:
            breaker.succeeded() if answer.status == 429 else breaker.failed()
            return self._counted(of, "throttled" if answer.status == 429 else "failed")
        breaker.succeeded()
        self._counted(of, "ok" if 200 <= answer.status < 300 else "refused")
        return answer

    def _counted(self, of: Neighbour, outcome: str) -> str:
        ATTEMPTS.labels(f"neighbour_{of.code}", outcome).inc()
        return outcome

    def _known(self, of: Neighbour, api_key: str) -> dict[str, str]:
        given = {"jurisdiction_id": of.jurisdiction or "", "api_key": api_key}
        return {name: value for name, value in given.items() if value}

    def _rows(self, of: Neighbour, answer: Answered) -> list[Row] | None:
        """The requests in it; None when nothing can be read."""
        try:
            return _of_xml(answer.body) if of.wire.value == "xml" else _of_json(answer.body)
        except (ValueError, RecursionError, ParseError, DefusedXmlException):
            log.error("neighbour_answer_not_understood", neighbour=of.code, status=answer.status)
            self._counted(of, "not_understood")
            return None


def _of_json(body: bytes) -> list[Row]:
    """A list, or one within an object, as some write it. Raises ValueError."""
    told = json.loads(body)
    if isinstance(told, dict):
        told = told.get("service_requests", [told])
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise ValueError("a list of requests was expected")
    return told


def _of_xml(body: bytes) -> list[Row]:
    """Raises ParseError, DefusedXmlException, ValueError."""
    root = fromstring(body, forbid_dtd=True)
    if root.tag.rpartition("}")[2] != "service_requests":
        raise ValueError("service_requests were expected")
    return [{child.tag.rpartition("}")[2]: child.text for child in one} for one in root]


def _remote(row: Row) -> Remote | None:
    number = _text(row.get("service_request_id"))
    if not number:
        return None
    return Remote(
        id=number,
        closed=_text(row.get("status")).lower() == "closed",
        notes=_text(row.get("status_notes")) or None,
        description=_text(row.get("description")),
        updated_at=_when(_text(row.get("updated_datetime"))),
    )


def _text(value: object) -> str:
    return str(value).strip()[:8_000] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _when(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _page(page: int) -> dict[str, str]:
    return {"page": str(page), "page_size": str(_SIZE)}


def _why(answer: Answered) -> str:
    """What it says is wrong, as far as that can be read; else the status."""
    try:
        told = json.loads(answer.body)
        first = told[0] if isinstance(told, list) and told else {}
        words = _text(first.get("description")) if isinstance(first, dict) else ""
    except (ValueError, RecursionError):
        words = _described(answer.body)
    return f"HTTP_{answer.status} {words}".strip()[:200]


def _described(body: bytes) -> str:
    try:
        return _text(fromstring(body, forbid_dtd=True).findtext("error/description"))
    except (ValueError, ParseError, DefusedXmlException):
        return ""
