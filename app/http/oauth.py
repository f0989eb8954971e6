"""`/oauth/token` for provider clients: client_credentials by RFC 6749 §4.4, errors by §5.2."""

from __future__ import annotations

import base64
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.core.errors import BadInput, PayloadTooLarge
from app.domains.identity.clients.errors import InvalidClient, ScopeNotGranted
from app.domains.identity.clients.service import ClientService

_LIMIT = 8_192
_NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


class TokenEndpoint:
    def __init__(self, clients: ClientService) -> None:
        self._clients = clients

    async def __call__(self, request: Request) -> Response:
        form = await _form(request)
        if form is None:
            return _refused("invalid_request")
        if form.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type" if "grant_type" in form else "invalid_request")
        client, secret = _credentials(request, form)
        address = request.client.host if request.client else "unknown"
        try:
            token = await self._clients.token(client, secret, form.get("scope", "").split() or None, address)
        except InvalidClient:
            return _refused("invalid_client", 401, {"www-authenticate": 'Basic realm="rong"'})
        except ScopeNotGranted:
            return _refused("invalid_scope")
        body = {
            "access_token": token.access_token,
            "token_type": "Bearer",
            "expires_in": token.expires_in,
            "scope": " ".join(token.scopes),
        }
        return JSONResponse(body, headers=_NO_STORE)


async def _form(request: Request) -> dict[str, str] | None:
    """The form's fields; None when it is none or names one twice. Raises PayloadTooLarge."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LIMIT:
            raise PayloadTooLarge(_LIMIT)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return None
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """From HTTP Basic (preferred) or the body. Raises BadInput."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # not ASCII, not base64, not UTF-8
        raise BadInput(field="authorization") from None
    return unquote_plus(client), unquote_plus(secret)


def _refused(error: str, status: int = 400, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": error}, status, headers={**_NO_STORE, **(headers or {})})
