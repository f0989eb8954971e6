"""What is asked, of which server, and what must stand in the answer."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.core.ids import new_id
from benchmarks.bed import Bed, asked
from benchmarks.client import request
from benchmarks.collecting import pay_codes, till
from benchmarks.home import empty_and_full, fill


@dataclass(frozen=True, slots=True)
class Case:
    """`baseline` names the case it is compared with, in CPU per request."""

    name: str
    about: str
    app: str
    wanted: bytes
    requests: Callable[[], Iterator[bytes]]
    baseline: str | None = None


@dataclass(frozen=True, slots=True)
class _Query:
    """A trusted document, and whose token it is asked with."""

    name: str
    about: str
    schema: str
    operation: str
    wanted: bytes
    variables: dict[str, Any] | None = None


_QUERIES = (
    _Query("small", "small query, no database", "provider", "Me", b'"organisation"'),
    _Query("card", "the card", "citizen", "Card", b'"validUntil"'),
    _Query("rows", "20 disclosures, nested", "citizen", "Disclosures", b'"hasNextPage":', {"first": 20}),
)
QUERIES = tuple(query.name for query in _QUERIES)
_CODES_PER_S, _PAYMENTS_PER_S = 400, 250


async def cases(bed: Bed, names: set[str], seconds: float) -> list[Case]:
    """Those that are wanted; `seconds`: how long requests that work only once must last."""
    wanted = [_hello()]
    for query in _QUERIES:
        if query.name in names:
            wanted += _both(bed, query)
    if "verify" in names:
        wanted.append(await _verify(bed, seconds))
    if "show" in names:
        wanted.append(_show(bed))
    if "collect" in names:
        wanted.append(await _collect(bed, seconds))
    if "token" in names:
        wanted.append(_token(bed))
    if "home" in names:
        wanted += await _home(bed)
    return wanted


def _hello() -> Case:
    get = request("GET", "/")
    return Case("hello", "Starlette hello", "hello", b"world", lambda: itertools.repeat(get))


def _both(bed: Bed, query: _Query) -> list[Case]:
    """Out of the box first: it is the baseline. Both answers are those of the same resolvers."""
    document = bed.documents[query.schema][query.operation]
    bodies = {"plain": asked(document, query.variables, whole=True), "rong": asked(document, query.variables)}
    said = {"plain": "Strawberry out of the box", "rong": "trusted document"}
    names = {"plain": f"{query.name}/plain", "rong": query.name}
    return [
        Case(
            names[app],
            f"{query.about}: {said[app]}",
            app,
            query.wanted,
            _posts(_paths(app)[query.schema], [body], _tokens(bed, query.schema)),
            names["plain"] if app == "rong" else "hello",
        )
        for app, body in bodies.items()
    ]


def _paths(app: str) -> dict[str, str]:
    slash = "/" if app == "plain" else ""  # a mounted app is found behind a slash
    return {"citizen": f"/graphql{slash}", "provider": f"/provider/graphql{slash}"}


def _tokens(bed: Bed, schema: str) -> list[str]:
    return [bed.provider_token] if schema == "provider" else [resident.token for resident in bed.residents]


def _posts(path: str, bodies: list[bytes], tokens: list[str]) -> Callable[[], Iterator[bytes]]:
    """The same few requests again and again, each with the next person's token."""
    made = [request("POST", path, body, _bearer(token)) for token in tokens for body in bodies]
    return lambda: itertools.cycle(made)


async def _verify(bed: Bed, seconds: float) -> Case:
    document = bed.documents["provider"]["VerifyCode"]
    codes = await bed.codes(int(_CODES_PER_S * seconds))
    made = (
        request(
            "POST",
            "/provider/graphql",
            asked(document, {"code": code, "purpose": "SERVICE_HALL", "key": new_id()}),
            _bearer(bed.provider_token),
        )
        for code in codes
    )
    return Case("verify", "verifyCode, a fresh code each", "rong", b'"CodeVerified"', lambda: made, "hello")


async def _collect(bed: Bed, seconds: float) -> Case:
    document, token = bed.documents["provider"]["CollectPayment"], await till(bed)
    amount = {"amount": "0.01"}
    made = (
        request(
            "POST",
            "/provider/graphql",
            asked(document, {"code": code, "amount": amount, "order": new_id()[-20:], "key": new_id()}),
            _bearer(token),
        )
        for code in await pay_codes(bed, int(_PAYMENTS_PER_S * seconds))
    )
    return Case("collect", "collectPayment, a fresh code each", "rong", b'"PaymentCollected"', lambda: made, "hello")


def _show(bed: Bed) -> Case:
    document = bed.documents["citizen"]["ShowCode"]

    def requests() -> Iterator[bytes]:
        for resident in itertools.cycle(bed.residents):
            body = asked(document, {"purpose": "LIBRARY", "key": new_id()})
            yield request("POST", "/graphql", body, _bearer(resident.token))

    made = requests()
    return Case("show", "showCode, with its QR code", "rong", b'"CodeShown"', lambda: made, "hello")


async def _home(bed: Bed) -> list[Case]:
    await fill(bed)
    body, found = asked(bed.documents["citizen"]["Home"]), []
    for name, some in zip(("home", "home-full"), empty_and_full(bed), strict=True):
        posts = _posts("/graphql", [body], [resident.token for resident in some])
        about = "the home page, nothing waits" if name == "home" else "the home page, twenty things wait"
        found.append(Case(name, about, "rong", b'"partOfDay"', posts, "hello" if name == "home" else "home"))
    return found


def _token(bed: Bed) -> Case:
    basic = base64.b64encode(f"{bed.client_id}:{bed.client_secret}".encode()).decode()
    body = b"grant_type=client_credentials"
    post = request("POST", "/oauth/token", body, {"authorization": f"Basic {basic}"}, media="x-www-form-urlencoded")
    return Case("token", "/oauth/token", "rong", b'"access_token"', lambda: itertools.repeat(post), "hello")


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
