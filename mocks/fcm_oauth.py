"""A stand-in for the OAuth 2 token endpoint of a service account (RFC 7523): an assertion against an access token."""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.standin import Journal, StandIn

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# google-auth names this audience whatever `token_uri` it talks to.
_GOOGLE = "https://oauth2.googleapis.com/token"
_LIFE = 3_599
_LONGEST_ASSERTION = 3_600
_SCOPES = frozenset(
    {
        "https://www.googleapis.com/auth/firebase.messaging",
        "https://www.googleapis.com/auth/cloud-platform",
    }
)


class TokenEndpoint(StandIn):
    """The assertion's form is checked, not its signature: whoever made the service account keeps the key."""

    name = "fcm-token"

    def __init__(self) -> None:
        super().__init__()
        self._granted: Journal[str] = Journal()

    def routes(self) -> list[Route]:
        return [
            self.under_fault("/token", self._grant),
            Route("/control/fcm-token/tokens", self._revoke_all, methods=["DELETE"]),
        ]

    def refusal(self, faults: Faults) -> Response:
        status = faults.status or 503
        error = "invalid_grant" if status < 500 else "temporarily_unavailable"
        return _refused(error, "refused on request", status)

    def project_of(self, request: Request) -> str | None:
        """The project the bearer's access token was granted for; None when it is unknown or revoked."""
        return self._granted.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def _grant(self, request: Request) -> Response:
        form = await request.form()
        if form.get("grant_type") != _GRANT:
            return _refused("unsupported_grant_type", f"Invalid grant_type: want {_GRANT}")
        claims = _claims(str(form.get("assertion", "")), audience=str(request.url))
        if claims is None:
            return _refused("invalid_grant", "Invalid JWT: check iss, aud, scope, iat and exp")
        token = f"ya29.{secrets.token_urlsafe(32)}"
        self._granted.put(token, _project(claims["iss"]))
        return JSONResponse({"access_token": token, "expires_in": _LIFE, "token_type": "Bearer"})

    async def _revoke_all(self, request: Request) -> Response:
        self._granted.clear()
        return Response(status_code=204)


def _claims(assertion: str, *, audience: str) -> dict[str, Any] | None:
    try:
        header = jwt.get_unverified_header(assertion)
        claims: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
        lasts = int(claims["exp"]) - int(claims["iat"])
        good = (
            header["alg"] == "RS256"
            and claims["aud"] in (_GOOGLE, audience)
            and "@" in claims["iss"]
            and not _SCOPES.isdisjoint(claims["scope"].split())
            and claims["exp"] > time.time()
            and lasts <= _LONGEST_ASSERTION
        )
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return claims if good else None


def _project(issuer: str) -> str:
    """`name@project.iam.gserviceaccount.com` → `project`"""
    return issuer.partition("@")[2].partition(".")[0]


def _refused(error: str, description: str, status: int = 400) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
