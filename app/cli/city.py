"""Running the city: its processes one by one, or all of them on a laptop."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel

from app.cli.doctor import show
from app.doctor import examine
from app.embedded import EmbeddedDatabase, EmbeddedDatabaseError, Engine
from app.logs import configure_logs
from app.secrets_file import CITY_ENV, keep_private, kept_secrets
from app.settings import Settings
from app.supervisor import Service, Supervisor
from mocks.service_account import write_service_account

console = Console()
app = typer.Typer(no_args_is_help=True)
# Seconds: a hundred thousand offers take a while on an old laptop.
_SEEDING = 300.0
Var = Annotated[Path, typer.Option(help="Where a laptop's city keeps its data.")]


@app.command()
def seed(
    file: Annotated[Path, typer.Option(help="Where credentials go.")] = Path("var/demo.json"),
    small: Annotated[bool, typer.Option(help="A part of Fuzhou, for a database that bears little.")] = False,
) -> None:
    """Fill an empty city with Fuzhou's units, providers and thirty invented people."""

    # The city itself takes a second to import, and `rong run` needs none of it: its children do.
    from app.seed import seed as seed_city  # noqa: PLC0415
    from app.wiring import build  # noqa: PLC0415

    async def work() -> None:
        settings = Settings()
        configure_logs(settings)
        city = build(settings)
        await city.start(follow=False)
        try:
            await seed_city(city, file, lambda text: console.print(f"seeding: {text}"), small=small)
        finally:
            await city.stop()

    asyncio.run(work())


@app.command()
def run(
    port: int = 8000,
    mocks_port: int = 8001,
    var: Var = Path("var"),
    engine: Annotated[Engine | None, typer.Option(help="Which embedded database.")] = None,
) -> None:
    """The whole city on this machine: database, stand-ins, API, worker, seeded people. Ctrl-C stops it."""
    var.mkdir(parents=True, exist_ok=True)
    if not show(asyncio.run(examine(var=var, ports=(port, mocks_port, mocks_port + 1))), only_bad=True):
        raise typer.Exit(1)
    try:
        with _database(var, engine) as database:
            raise typer.Exit(asyncio.run(_live(port, mocks_port, var.absolute(), database)))
    except EmbeddedDatabaseError as error:
        console.print(f"[bold red]{error}[/]\n`rong doctor` says more.")
        raise typer.Exit(1) from None


class _database:  # noqa: N801  (reads as a function: `with _database(…) as uri`)
    """MONGODB_URI when it is given, else a database of our own."""

    def __init__(self, var: Path, engine: Engine | None) -> None:
        self._own = None if "MONGODB_URI" in os.environ else EmbeddedDatabase(var / "database", engine=engine)

    def __enter__(self) -> tuple[str, bool]:
        """Its address, and whether it bears little data only."""
        if self._own is None:
            return os.environ["MONGODB_URI"], False
        with console.status("starting the database"):
            uri = self._own.start()
        if self._own.engine is Engine.SECANTUS:
            console.print("[yellow]SecantusDB is used: for a look and little data, never for a real city.[/]")
        return uri, self._own.engine is Engine.SECANTUS

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            self._own.stop()


async def _live(port: int, mocks_port: int, var: Path, database: tuple[str, bool]) -> int:
    uri, small = database
    base, stand_ins = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{mocks_port}"
    env = {
        **kept_secrets(var / "secrets.env"),
        "RONG_ENVIRONMENT": "development",
        "RONG_BASE_URL": base,
        "RONG_MONGODB_URI": uri,
        **_addresses(stand_ins, mocks_port),
        "RONG_FCM_CREDENTIALS": str(write_service_account(var, stand_ins)),
        "RONG_FCM_URL": stand_ins,
        "RONG_MOCKS_URL": stand_ins,
        "RONG_DEMO_FILE": str(var / "demo.json"),
        **{name: value for name, value in os.environ.items() if name.startswith("RONG_")},
    }
    keep_private(var / CITY_ENV, {name: value for name, value in env.items() if name.startswith("RONG_")})
    rong = [sys.executable, "-m", "app.cli"]
    services = [
        Service("stand-ins", [*rong, "mocks", "--port", str(mocks_port)], env, ready=f"{stand_ins}/healthz"),
        *_seed_once(rong, env, small=small),
        Service("api", [*rong, "api", "--port", str(port)], env, ready=f"{base}/readyz"),
        Service("worker", [*rong, "worker"], env),
    ]
    return await Supervisor(services, console=console, announce=lambda: _welcome(base, stand_ins, var)).run()


def _addresses(stand_ins: str, mocks_port: int) -> dict[str, str]:
    """Where the stand-ins are met, each for the system it stands in for."""
    return {
        "RONG_SMS_URL": f"{stand_ins}/sms",
        "RONG_REGISTRY_URL": f"{stand_ins}/registry",
        "RONG_DEPARTMENTS_URL": f"{stand_ins}/departments",
        "RONG_DEPARTMENTS_SYSTEMS": '["gjj", "ybj"]',
        "RONG_EXCHANGE_URL": f"{stand_ins}/exchange",
        "RONG_HEALTH_URL": f"{stand_ins}/fhir",
        "RONG_WECHAT_URL": f"{stand_ins}/wechat",
        "RONG_WECHAT_APP_ID": "wx-laptop",
        "RONG_QQ_URL": f"{stand_ins}/qq",
        "RONG_QQ_TOKEN_URL": f"{stand_ins}/qq",
        "RONG_QQ_APP_ID": "laptop",
        "RONG_MAIL_URL": f"{stand_ins}/mail",
        "RONG_CHARGES_URL": f"{stand_ins}/payments",
        "RONG_GATEWAY_URL": f"{stand_ins}/gateway",
        "RONG_BILLERS_URL": f"{stand_ins}/billers",
        "RONG_LIBRARY_SIP": f"127.0.0.1:{mocks_port + 1}",
        "RONG_LIBRARY_USER": "rong",
        "RONG_LIBRARY_INSTITUTION": "FZL",
        "RONG_LIBRARY_SEARCH_URL": f"{stand_ins}/library/sru",
        "RONG_MOCKS_LIBRARY": f"127.0.0.1:{mocks_port + 1}",
        "RONG_TRANSIT_URLS": f'["{stand_ins}/transit/realtime"]',
        "RONG_SURROUNDINGS_URL": f"{stand_ins}/surroundings",
        "RONG_NEIGHBOUR_URL": f"{stand_ins}/neighbour/open311/v2",
        "RONG_NEIGHBOUR_PACE": "20",  # a newcomer does not wait a minute for the next round
    }


def _seed_once(rong: list[str], env: dict[str, str], *, small: bool) -> list[Service]:
    """The seed writes its file last: where it is, the city is seeded, unless the database came from elsewhere."""
    if Path(env["RONG_DEMO_FILE"]).exists() and "MONGODB_URI" not in os.environ:
        return []
    command = [*rong, "seed", "--file", env["RONG_DEMO_FILE"], *(["--small"] if small else [])]
    return [Service("seed", command, env, ends=True, patience=_SEEDING)]


def _welcome(base: str, stand_ins: str, var: Path) -> None:
    tour = ".venv/bin/rong tour"
    if (base, stand_ins, var) != ("http://127.0.0.1:8000", "http://127.0.0.1:8001", Path("var").absolute()):
        tour += f" --url {base} --mocks-url {stand_ins} --demo-file {var / 'demo.json'}"
    lines = [
        f"[bold]{base}[/]          start here · 从这里开始",
        f"{base}/graphql          GraphiQL (citizens · 市民)",
        f"{base}/provider/graphql GraphiQL (providers · 服务单位)",
        f"{stand_ins}          stand-ins: every SMS and push · 短信与推送",
        f"[dim]in another shell:[/] {tour}",
    ]
    console.print(Panel("\n".join(lines), title="融 Rong is running · Ctrl-C stops it", expand=False))
