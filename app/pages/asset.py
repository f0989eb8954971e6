"""`/q/{code}`: what a phone's camera opens when it scans the code on a lamp, a hydrant, a bin.

A page of the server's alone: it needs neither the app nor a script nor an account. It says what the thing is and what
is open there already, and takes a report. A code that nothing has is told from one whose thing is gone.
"""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.core.bodies import bounded
from app.core.errors import Forbidden, Outcome, Refusal
from app.core.messages import message
from app.core.said import Said
from app.core.uploads.model import MOST_BYTES
from app.domains.voice.cases.filing.model import LONGEST_TEXT, Filed
from app.domains.voice.cases.history.model import CaseChannel, CaseState
from app.domains.voice.street.assets.model import KIND_NAMES, Asset
from app.domains.voice.street.assets.number import grouped, parsed_code
from app.domains.voice.street.assets.reporting.model import Form, PageReport, Photo
from app.domains.voice.street.assets.reporting.service import AssetReporting
from app.pages.rendering import POLICY, Pages, language_of

# The one page of ours that sends a form, to itself.
_POLICY = POLICY.replace("form-action 'none'", "form-action 'self'")
_HEADERS = {"content-security-policy": _POLICY, "referrer-policy": "same-origin", "cache-control": "no-store"}
_MOST = MOST_BYTES + 64 * 1024
_FIELDS = 12
_STATES = {
    CaseState.FILED: ("已收到", "received"),
    CaseState.ACCEPTED: ("已受理", "accepted"),
    CaseState.DISPATCHED: ("已派单", "passed on"),
    CaseState.HANDLING: ("办理中", "being worked on"),
    CaseState.HANDLED: ("已处理", "done on site"),
    CaseState.REPLIED: ("已答复", "answered"),
}


class AssetPage:
    def __init__(self, pages: Pages, reporting: AssetReporting) -> None:
        self._pages = pages
        self._reporting = reporting

    async def show(self, request: Request) -> Response:
        code = request.path_params["code"]
        asset = await self._reporting.find(code)
        if asset is None:
            return self._answer(request, "asset_gone.html", 404, asset=None, malformed=parsed_code(code) is None)
        if not asset.active:
            return self._gone(request, asset)
        return await self._form(request, asset, {}, None)

    async def report(self, request: Request) -> Response:
        """Raises Forbidden (another site's page sent it), PayloadTooLarge."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden
        asset = await self._reporting.find(request.path_params["code"])
        if asset is None:
            return await self.show(request)
        if not asset.active:
            return self._gone(request, asset)
        async with Request(request.scope, bounded(request.receive, _MOST)).form(
            max_files=1, max_fields=_FIELDS, max_part_size=16 * LONGEST_TEXT
        ) as sent:
            return await self._take(request, asset, sent)

    async def _take(self, request: Request, asset: Asset, sent: FormData) -> Response:
        said = {name: value for name, value in sent.items() if isinstance(value, str)}
        form = Form.read(said.get("key", ""), said.get("given", ""), said.get("proof", ""))
        address, locale = request.client.host if request.client else "unknown", language_of(request)
        try:
            report = _report(said, await _photo(sent))
            filed = await self._reporting.report(asset.code, report, form, address, locale)
        except (Outcome, Refusal) as refused:
            status = refused.status if isinstance(refused, Refusal) else 422
            return await self._form(request, asset, said, message(refused.code, locale, **refused.data), status)
        return self._done(request, asset, filed)

    async def _form(
        self, request: Request, asset: Asset, said: dict[str, str], problem: str | None, status: int = 200
    ) -> Response:
        locale, open_ = language_of(request), await self._reporting.open_at(asset)
        categories = [(one.code, one.name.within(locale)) for one in self._reporting.categories(asset)]
        return self._answer(
            request,
            "asset.html",
            status,
            asset=asset,
            code=grouped(asset.code),
            kind=KIND_NAMES[asset.kind].within(locale),
            name=asset.name.within(locale),
            owner=self._reporting.owner_name(asset).within(locale),
            open=open_,
            states=_STATES,
            categories=categories,
            form=self._reporting.form(asset),
            said={"category": "", "text": "", "phone": "", "hidden": ""} | said,
            problem=problem,
            longest=LONGEST_TEXT,
        )

    def _done(self, request: Request, asset: Asset, filed: Filed) -> Response:
        case, name = filed.case, asset.name.within(language_of(request))
        assert case.channel is CaseChannel.WEB
        return self._answer(
            request,
            "asset_reported.html",
            201,
            asset=asset,
            name=name,
            number=case.number,
            receipt=filed.receipt,
            phone=bool(case.words.contact),
        )

    def _gone(self, request: Request, asset: Asset) -> Response:
        return self._answer(request, "asset_gone.html", 410, asset=asset, malformed=False)

    def _answer(self, request: Request, template: str, status: int, **facts: object) -> Response:
        answer = self._pages.page(request, template, status=status, **facts)
        answer.headers.update(_HEADERS)
        return answer


def asset_routes(city: Said, reporting: AssetReporting) -> list[BaseRoute]:
    page = AssetPage(Pages(city), reporting)
    return [
        Route("/q/{code}", page.show, methods=["GET"]),
        Route("/q/{code}", page.report, methods=["POST"]),
    ]


def _report(said: dict[str, str], photo: Photo | None) -> PageReport:
    return PageReport(
        category=said.get("category", ""),
        text=said.get("text", ""),
        phone=said.get("phone", "")[:40],
        hidden=said.get("hidden") == "yes",
        photo=photo,
    )


async def _photo(sent: FormData) -> Photo | None:
    """None when no file was chosen: browsers send an empty one then."""
    file = sent.get("photo")
    if not isinstance(file, UploadFile) or not file.size:
        return None
    return Photo((file.filename or "photo")[-100:], await file.read())
