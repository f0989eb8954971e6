"""The addresses of the Open311 door, each with `.xml` or `.json`; without either, the header `Accept` decides.

Reading asks for no key. With `api_key` a client sees his own requests, too, before they are public.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core.messages import negotiate
from app.domains.voice.channels.open311.errors import FormatUnknown, NoSuchResource
from app.domains.voice.channels.open311.filing.service import Open311FilingService
from app.domains.voice.channels.open311.model import ServiceRequest
from app.domains.voice.channels.open311.service import Open311Service
from app.http.open311 import shown
from app.http.open311.faults import fault, guarded
from app.http.open311.forms import Fields, arguments, first, form
from app.http.open311.words import CONTACT, KEY_SERVICE, NOTICE
from app.http.open311.written import JSON, MEDIA, XML, answer

_ALL = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
Work = Callable[[Request, Fields, str], Awaitable[Response]]


class Open311Door:
    """`place` is where it is found from outside; `names` of organisations and divisions."""

    def __init__(self, door: Open311Service, filing: Open311FilingService, names: shown.Names, place: str) -> None:
        self._door = door
        self._filing = filing
        self._names = names
        self._place = place

    def routes(self) -> list[Route]:
        at = "/open311/v2"
        return [
            *self._either("/open311/discovery", self._discovery),
            *self._either(f"{at}/discovery", self._discovery),
            *self._either(f"{at}/services", self._services),
            *self._either(f"{at}/services/{{code}}", self._definition),
            *self._either(f"{at}/requests", self._requests),
            *self._either(f"{at}/requests", self._file, "POST"),
            *self._either(f"{at}/requests/{{number}}", self._request),
            *self._either(f"{at}/tokens/{{token}}", self._token),
            Route("/open311/{rest:path}", self._lost, methods=_ALL),
        ]

    def _either(self, path: str, work: Work, method: str = "GET") -> list[Route]:
        async def endpoint(request: Request) -> Response:
            format_ = _format(request)

            async def asked(request: Request) -> Response:
                if request.path_params.get("format", format_) != format_:
                    raise FormatUnknown
                given = arguments(request)
                await self._door.admit(_address(request), first(given, "jurisdiction_id"))
                return await work(request, given, format_)

            return _open(await guarded(asked, request, format_))

        # The one with an ending first: `{code}` alone would take the ending for a part of the code.
        return [Route(f"{path}.{{format}}", endpoint, methods=[method]), Route(path, endpoint, methods=[method])]

    async def _lost(self, request: Request) -> Response:
        return _open(fault(request, NoSuchResource(), _format(request)))

    async def _discovery(self, request: Request, given: Fields, format_: str) -> Response:
        locale, changeset = _locale(request), shown.moment(await self._door.services.changed_at())
        endpoint = {
            "specification": _SPECIFICATION,
            "url": f"{self._place}/open311/v2",
            "changeset": changeset,
            "type": "production",
            "formats": [MEDIA[XML].partition(";")[0], MEDIA[JSON].partition(";")[0]],
        }
        content = {
            "changeset": changeset,
            "contact": CONTACT.within(locale),
            "key_service": KEY_SERVICE.within(locale),
            "endpoints": [endpoint],
        }
        return answer("discovery", content, format_)

    async def _services(self, request: Request, given: Fields, format_: str) -> Response:
        delivery = await self._filing.delivery(first(given, "api_key"), _address(request))
        locale, found = _locale(request), self._door.services.all()
        return answer("services", [shown.service(one, locale, delivery.value) for one in found], format_)

    async def _definition(self, request: Request, given: Fields, format_: str) -> Response:
        found = self._door.services.get(request.path_params["code"])
        return answer("service_definition", shown.definition(found, _locale(request)), format_)

    async def _requests(self, request: Request, given: Fields, format_: str) -> Response:
        found, extended = await self._door.requests(given, first(given, "api_key"), _address(request))
        return self._shown(request, found, format_, extended)

    async def _request(self, request: Request, given: Fields, format_: str) -> Response:
        number = request.path_params["number"]
        found = await self._door.request(number, first(given, "api_key"), _address(request))
        return self._shown(request, [found], format_, first(given, "extensions").lower() in ("true", "1"))

    async def _file(self, request: Request, given: Fields, format_: str) -> Response:
        fields = await form(request)
        self._door.demand(first(fields, "jurisdiction_id"))
        api_key = first(fields, "api_key") or first(given, "api_key")
        key = request.headers.get("idempotency-key")
        number, token = await self._filing.file(fields, api_key, key, _address(request))
        notice = NOTICE.within(_locale(request))
        filed: dict[str, Any] = {"service_request_id": number} if number else {"token": token}
        return answer("service_requests", [{**filed, "service_notice": notice, "account_id": None}], format_)

    async def _token(self, request: Request, given: Fields, format_: str) -> Response:
        found = await self._filing.redeem(request.path_params["token"])
        return answer("service_requests", [{"service_request_id": found.number, "token": found.id}], format_)

    def _shown(self, request: Request, found: list[ServiceRequest], format_: str, extended: bool) -> Response:
        locale = _locale(request)
        rows = [
            shown.request(one, self._door.services.name(one.service, locale), locale, self._names, extended=extended)
            for one in found
        ]
        return answer("service_requests", rows, format_)


def _format(request: Request) -> str:
    """By the ending; by what is accepted when there is none; XML, which the specification demands, when in doubt."""
    ending = request.path_params.get("format") or request.url.path.rpartition("/")[2].rpartition(".")[2]
    if ending in MEDIA:
        return ending
    accepted = request.headers.get("accept", "")
    return JSON if "application/json" in accepted and "xml" not in accepted else XML


def _locale(request: Request) -> str:
    return negotiate(request.headers.get("accept-language"))


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _open(response: Response) -> Response:
    """For pages of others too: nothing here knows a browser's user."""
    response.headers["access-control-allow-origin"] = "*"
    response.headers["vary"] = "accept, accept-language"
    response.headers["cache-control"] = "no-store"
    return response
