"""What goes wrong, in words: in the dialog that asked, or as a page. Nothing internal is shown."""

from __future__ import annotations

from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.admin.console.texts import spoken, told, word
from app.core.errors import Outcome, RateLimited, Refusal, RongError, Unavailable
from app.core.messages import message
from app.core.mongo import DatabaseFault, is_unreachable
from app.core.traces import frames_of

log = structlog.get_logger("rong.console")


def text_of(error: RongError) -> str:
    data = {name: _said(value) for name, value in error.data.items()}
    return message(error.code, spoken(), **data)


def _said(value: Any) -> Any:
    """Codes among an error's data (a state, a role) are spoken as the console calls them."""
    return str(word(value)) if isinstance(value, str) else value


class Faults:
    """Turns what the rooms raise into answers; stands outside all of them."""

    def __init__(self, app: ASGIApp, templates: Jinja2Templates) -> None:
        self._app = app
        self._templates = templates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            if begun:
                raise
            await self._answered(Request(scope, receive), error)(scope, receive, send)

    def _answered(self, request: Request, error: Exception) -> Response:
        match error:
            case Outcome():
                return self._told(request, error.code, text_of(error), 422)
            case Refusal():
                return self._told(request, error.code, text_of(error), error.status, _retry(error))
            case HTTPException():
                code = {403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(
                    error.status_code, "BAD_REQUEST"
                )
                return self._told(request, code, message(code, spoken()), error.status_code)
            case DatabaseFault() if is_unreachable(error):
                log.warning("database out of reach", error=type(error).__name__)
                return self._told(request, Unavailable.code, text_of(Unavailable()), Unavailable.status)
        # Not handed on: the server would log what the error says, and that can quote a person's data.
        log.error("fault", traceback=frames_of(error))
        return self._told(request, "INTERNAL", message("INTERNAL", spoken()), 500)

    def _told(
        self, request: Request, code: str, text: str, status: int, headers: dict[str, str] | None = None
    ) -> Response:
        headers = {"cache-control": "no-store", **(headers or {})}
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse({"code": code, "message": text}, status, headers=headers)
        facts = {
            "title": "",
            "heading": _HEADINGS.get(status, lambda: told("出了点问题", "Something went wrong"))(),
            "text": text,
            "request_id": getattr(request.state, "request_id", None) if status == 500 else None,
        }
        return self._templates.TemplateResponse(request, "message.html", facts, status, headers=headers)


_HEADINGS = {
    403: lambda: told("没有权限", "Not for your role"),
    404: lambda: told("没有这个页面", "There is no such page"),
    503: lambda: told("暂时不可用", "Not available just now"),
}


def _retry(error: Refusal) -> dict[str, str]:
    return {"retry-after": str(error.retry_after)} if isinstance(error, RateLimited) else {}
