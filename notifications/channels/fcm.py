"""Firebase Cloud Messaging through firebase-admin.

firebase-admin 7.7 does three things that do not fit an event loop: it fetches access tokens with blocking calls, it
repeats 503s for seven seconds while holding the unread answers' connections, and it closes with `asyncio.run`. So the
token is fetched in a thread beforehand, repeats are left to the outbox, and closing is done in parts. That reaches
into private names (`_get_messaging_service`, `_async_client`, `_fcm_url`): the version is pinned, and the contract
tests fail when one of them goes away.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import firebase_admin
import httpx
from firebase_admin import _http_client, credentials, exceptions, messaging
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import Request as TokenRequest

from app.core.ids import new_id
from notifications.channels.base import Delivery, DeliveryOutcome, MeasuredPush, Push, TargetKind

# FCM's codes, as firebase-admin names them, in our words. The first class that fits decides.
_OUTCOMES: tuple[tuple[type[Exception], DeliveryOutcome], ...] = (
    (messaging.UnregisteredError, DeliveryOutcome.UNREGISTERED),
    (messaging.SenderIdMismatchError, DeliveryOutcome.REJECTED),
    (messaging.ThirdPartyAuthError, DeliveryOutcome.BLOCKED),
    (messaging.QuotaExceededError, DeliveryOutcome.RETRY),
    (exceptions.InvalidArgumentError, DeliveryOutcome.REJECTED),
    (exceptions.PermissionDeniedError, DeliveryOutcome.BLOCKED),
    (exceptions.NotFoundError, DeliveryOutcome.BLOCKED),  # not of a token: the project itself is unknown
    (exceptions.FirebaseError, DeliveryOutcome.RETRY),  # 401 of a stale token, 429, 5xx, timeouts, broken connections
)
_LONGEST_COLLAPSE_ID = 64
# One HTTP/2 connection is enough for FCM. Over HTTP/1.1 each request looks at every idle connection, and those beyond
# the kept ones would be opened anew for every batch: so few, and all of them kept.
_LIMITS = httpx.Limits(max_connections=10, max_keepalive_connections=10)


class FcmChannel(MeasuredPush):
    """Belongs to one event loop. `credentials_file` is the service account's JSON; `fcm_url` is for a stand-in only:
    the address FCM answers at, without `/v1/…`. Raises ValueError or OSError when the file is no service account.
    """

    name = "fcm"
    # FCM takes 500 a call, but the library starts them all at once: beyond the 100 streams of an HTTP/2 connection they
    # only queue, hold up the loop for a quarter of a second, and run into the time limit.
    batch: ClassVar[int] = 100

    def __init__(self, credentials_file: Path, *, fcm_url: str | None = None, timeout: float = 10.0) -> None:
        self._app = firebase_admin.initialize_app(
            credentials.Certificate(str(credentials_file)), name=f"rong-{new_id()}"
        )
        self._credential = self._app.credential.get_credential()
        self._timeout = timeout
        self._refreshing = asyncio.Lock()
        self._service = messaging._get_messaging_service(self._app)
        self._service._async_client = _quiet_client(self._credential, timeout)
        if fcm_url is not None:
            self._service._fcm_url = f"{fcm_url.rstrip('/')}/v1/projects/{self._app.project_id}/messages:send"

    async def aclose(self) -> None:
        await self._service._async_client.aclose()
        await asyncio.to_thread(firebase_admin.delete_app, self._app)

    async def _try_send(self, pushes: Sequence[Push]) -> list[Delivery]:
        try:
            await self._fresh_token()
        except TransportError:
            return [Delivery(DeliveryOutcome.RETRY) for _ in pushes]
        except RefreshError as error:
            outcome = DeliveryOutcome.RETRY if error.retryable else DeliveryOutcome.BLOCKED
            return [Delivery(outcome) for _ in pushes]
        sent = await messaging.send_each_async([_encoded(push) for push in pushes], app=self._app)
        self._drop_refused_token(sent.responses)
        return [_delivery(response) for response in sent.responses]

    async def _fresh_token(self) -> None:
        """Once for all who wait, in a thread: google-auth blocks. Raises RefreshError, TransportError."""
        async with self._refreshing:
            if not self._credential.valid:
                await asyncio.to_thread(self._credential.refresh, self._token_request)

    def _token_request(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = self._timeout
        return TokenRequest()(*args, **kwargs)

    def _drop_refused_token(self, responses: Sequence[messaging.SendResponse]) -> None:
        """An access token that was withdrawn early is not used again: the next send asks for another."""
        if any(type(response.exception) is exceptions.UnauthenticatedError for response in responses):
            self._credential.token = None


class _Bearer(httpx.Auth):
    """Only shows the token that is there; firebase-admin's own flow would fetch one on the event loop."""

    def __init__(self, credential: Any) -> None:
        self._credential = credential

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._credential.token}"
        yield request


def _quiet_client(credential: Any, timeout: float) -> Any:
    client = _http_client.HttpxAsyncClient(timeout=timeout)
    client._async_client = httpx.AsyncClient(
        headers=_http_client.METRICS_HEADERS,
        auth=_Bearer(credential),
        timeout=timeout,
        transport=httpx.AsyncHTTPTransport(http2=True, limits=_LIMITS),
    )
    return client


def _encoded(push: Push) -> messaging.Message:
    message, key = push.message, push.message.collapse_key
    place = _short(key or message.message_id)
    encoded = messaging.Message(
        notification=messaging.Notification(title=message.title, body=message.body),
        data={**message.data, "message_id": message.message_id},
        android=messaging.AndroidConfig(
            collapse_key=key,
            priority="high" if message.urgent else "normal",
            ttl=timedelta(days=2),
            notification=messaging.AndroidNotification(tag=place),
        ),
        apns=messaging.APNSConfig(
            headers={"apns-priority": "10" if message.urgent else "5", "apns-collapse-id": place}
        ),
    )
    if push.target.kind is TargetKind.INSTALLATION:
        encoded.fid = push.target.value
    else:  # set afterwards: the constructor warns, once a message, that installation ids are to replace tokens
        encoded.token = push.target.value
    return encoded


def _short(name: str) -> str:
    """Apple takes 64 bytes: a longer name is hashed."""
    known = name.encode()
    return name if len(known) <= _LONGEST_COLLAPSE_ID else hashlib.sha256(known).hexdigest()


def _delivery(response: messaging.SendResponse) -> Delivery:
    error = response.exception
    if response.success:
        return Delivery(DeliveryOutcome.ACCEPTED, provider_id=response.message_id)
    outcome = next(outcome for kind, outcome in _OUTCOMES if isinstance(error, kind))
    return Delivery(outcome, retry_after=_retry_after(error), code=type(error).__name__.removesuffix("Error"))


def _retry_after(error: exceptions.FirebaseError) -> int | None:
    answer = error.http_response
    value = answer.headers.get("retry-after", "") if answer is not None else ""
    return int(value) if value.isascii() and value.isdigit() else None
