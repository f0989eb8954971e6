"""The doctor's look at the database: reachable, a replica set with a primary, young enough, clocks agreed.

It talks to the driver itself, not through `core/mongo.py`: it must be able to speak to a database that the city
would refuse, and say what is wrong with it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError, PyMongoError
from pymongo.uri_parser import parse_uri

OLDEST_IN_DEVELOPMENT = (6, 0)
OLDEST_IN_PRODUCTION = (7, 0)
SKEW_ALLOWED = 2.0  # seconds
PATIENCE_MS = 3000

Document = dict[str, Any]


class Reporting(Protocol):
    def good(self, code: str, **values: object) -> None: ...

    def bad(self, code: str, **values: object) -> None: ...


async def examine_database(report: Reporting, uri: str, *, production: bool) -> None:
    try:
        parsed = parse_uri(uri)
    except (PyMongoError, ValueError) as error:
        report.bad("database_unreachable", hosts="?", reason=_said(error, uri))
        return
    hosts = ", ".join(f"{host}:{port}" for host, port in parsed["nodelist"])
    client: AsyncMongoClient[Document] = AsyncMongoClient(
        uri, serverSelectionTimeoutMS=PATIENCE_MS, appname="rong doctor"
    )
    async with client:
        try:
            await _examine(report, client, production=production)
        except PyMongoError as error:
            await _why_not(report, parsed, hosts, _said(error, uri))


async def _examine(report: Reporting, client: AsyncMongoClient[Document], *, production: bool) -> None:
    asked = datetime.now(UTC)
    hello = await client.admin.command("hello")
    answered = datetime.now(UTC)
    build = await client.admin.command("buildInfo")
    if not _replicates(hello):
        report.bad("database_standalone")
        return
    examine_version(report, build["version"], hello.get("setName", "mongos"), production=production)
    examine_clock(report, hello["localTime"].replace(tzinfo=UTC), asked + (answered - asked) / 2)


def _replicates(hello: Document) -> bool:
    """A member of a replica set, or the router of a cluster of them."""
    return "setName" in hello or hello.get("msg") == "isdbgrid"


def examine_version(report: Reporting, version: str, replica_set: str, *, production: bool) -> None:
    oldest = OLDEST_IN_PRODUCTION if production else OLDEST_IN_DEVELOPMENT
    if tuple(int(part) for part in version.split(".")[:2]) < oldest:
        report.bad("database_old", version=version, oldest=".".join(map(str, oldest)))
    else:
        report.good("database_fits", version=version, set=replica_set)


def examine_clock(report: Reporting, theirs: datetime, ours: datetime) -> None:
    apart = abs((theirs - ours).total_seconds())
    if apart > SKEW_ALLOWED:
        report.bad("clock_skewed", seconds=f"{apart:.0f}")
    else:
        report.good("clock_agrees")


async def _why_not(report: Reporting, parsed: Document, hosts: str, reason: str) -> None:
    """The set as a whole did not answer; a single node may tell why."""
    wanted = parsed["options"].get("replicaSet")
    for host, port in parsed["nodelist"]:
        hello = await _asked_alone(host, port, tls=bool(parsed["options"].get("tls")))
        if hello is None:
            continue
        if not _replicates(hello):
            report.bad("database_standalone")
        elif wanted and hello.get("setName") != wanted:
            report.bad("database_other_set", set=hello["setName"], wanted=wanted)
        elif not hello.get("primary"):
            report.bad("database_without_primary", hosts=f"{host}:{port}")
        else:
            report.bad("database_unreachable", hosts=hosts, reason=reason)
        return
    report.bad("database_unreachable", hosts=hosts, reason=reason)


async def _asked_alone(host: str, port: int, *, tls: bool) -> Document | None:
    """`hello` needs no password, so none is sent."""
    try:
        client: AsyncMongoClient[Document] = AsyncMongoClient(
            host, port, directConnection=True, serverSelectionTimeoutMS=PATIENCE_MS, tls=tls
        )
        async with client:
            return await client.admin.command("hello")
    except PyMongoError:
        return None


def _said(error: Exception, uri: str) -> str:
    """The first sentence of the driver; nothing at all of what might repeat a password."""
    if isinstance(error, ConfigurationError | ValueError):
        return type(error).__name__
    first = str(error).split(",", 1)[0]
    return type(error).__name__ if uri in first else first
