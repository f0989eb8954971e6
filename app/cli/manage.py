"""What ops do from a shell: staff, keys, imports, secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import segno
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from app.core.errors import Outcome
from app.core.messages import message
from app.core.rotation import Rotated
from app.core.viewer import Role, Viewer
from app.doctor import language_of_terminal
from app.domains.identity.organisations.errors import ImportRefused
from app.domains.identity.organisations.service import Imported
from app.domains.identity.staff.model import StaffRole
from app.logs import configure_logs
from app.secrets_file import CITY_ENV, env_lines, fresh_secrets
from app.settings import Settings
from app.wiring import City, build

T = TypeVar("T")
console = Console()
app = typer.Typer(no_args_is_help=True)
_ops = typer.Typer(no_args_is_help=True, help="Staff of the ops desk.")
_keys = typer.Typer(no_args_is_help=True, help="Keys that seal and keys that sign.")
_import = typer.Typer(no_args_is_help=True, help="Files into the city.")
app.add_typer(_ops, name="ops")
app.add_typer(_keys, name="keys")
app.add_typer(_import, name="import")
_SHELL = Viewer(role=Role.OPS, actor="shell", roles=frozenset({StaffRole.ADMINISTRATOR.value}))


@_ops.command("add")
def ops_add(
    login: str,
    name: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    role: Annotated[list[StaffRole] | None, typer.Option(help="viewer, operator, auditor, administrator")] = None,
) -> None:
    """Add somebody to the ops desk, and show the one-time-code secret as a QR code, this once."""

    async def work(city: City) -> str:
        roles = role or [StaffRole.ADMINISTRATOR]
        return (await city.services.staff.enrol(_SHELL, None, login, name, password, roles)).totp_uri

    uri = _in_city(work)
    segno.make(uri).terminal(compact=True)
    console.print(f"Scan it with an authenticator app, or enter by hand:\n{uri}", soft_wrap=True)


@_keys.command("list")
def keys_list() -> None:
    """Every data key, and the signing keys that are published now."""

    async def work(city: City) -> Table:
        table = Table("key", "use", "seals or signs from", "retired", "destroyed", "wrapped by")
        for key in await city.rotation.keys():
            times = (_moment(at) for at in (key.since, key.retired_at, key.destroyed_at))
            table.add_row(key.id, key.use.value, *times, key.wrapped_by or "")
        return table

    console.print(_in_city(work))


@_keys.command("rotate")
def keys_rotate(
    what: Rotated, at_once: Annotated[bool, typer.Option(help="The old signing key leaked.")] = False
) -> None:
    """Make the next key; it seals or signs after its lead. Nobody is signed out."""
    if at_once and what is Rotated.DATA:
        raise typer.BadParameter("a data key needs its lead: each process must know it before it seals")

    async def work(city: City) -> str:
        key = await city.rotation.rotate(_SHELL, what, at_once=at_once)
        return f"{key.id} {'seals' if what is Rotated.DATA else 'signs'} from {_moment(key.since)}"

    console.print(_in_city(work))


@_keys.command("reseal")
def keys_reseal() -> None:
    """Seal anew, now and to the end, what older keys sealed; the workers do the same bit by bit."""

    async def work(city: City) -> str:
        done = await city.resealing.run()
        destroyed = f"; destroyed: {', '.join(done.destroyed)}" if done.destroyed else ""
        return f"{done.rows} values sealed anew, {done.stuck} do not open{destroyed}"

    console.print(_in_city(work))


@_import.command("units")
def import_units(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Read units (CSV: code,parent,name,level) into the tree. All rows, or none."""

    async def work(city: City) -> Imported:
        return await city.services.organisations.import_units(_SHELL, file.read_bytes())

    try:
        done = _in_city(work, explain=False)
        console.print(f"{len(done.units)} units imported")
        for echo in done.echoes:
            console.print(f"line {echo.line} skipped: it repeats {echo.value} as a unit of itself")
    except ImportRefused as refused:
        table = Table("line", "fault", "value", title=message(refused.code, _locale()))
        for row in refused.rows:
            table.add_row(str(row.line), row.fault.value, row.value)
        console.print(table)
        raise typer.Exit(1) from None


@app.command("secrets")
def new_secrets() -> None:
    """Print a fresh set of secrets for a city, as environment variables."""
    typer.echo(env_lines(fresh_secrets()), nl=False)


def laptop_settings() -> Settings:
    """From the environment, or of the city that `rong run` runs here; what is missing is said in words."""
    running = Path("var") / CITY_ENV
    try:
        return Settings(_env_file=running if running.exists() else None)
    except ValidationError as error:
        missing = ", ".join(f"RONG_{str(fault['loc'][0]).upper()}" for fault in error.errors())
        console.print(f"[red]Settings are missing or wrong:[/] {missing}\n`rong doctor` says more.")
        raise typer.Exit(2) from None


def _in_city(work: Callable[[City], Awaitable[T]], *, explain: bool = True) -> T:
    """Do it in a city of this process; an outcome is told in words."""

    async def life() -> T:
        settings = laptop_settings()
        configure_logs(settings)
        city = build(settings)
        await city.start(follow=False)
        try:
            return await work(city)
        finally:
            await city.stop()

    try:
        return asyncio.run(life())
    except Outcome as outcome:
        if not explain:
            raise
        console.print(f"[red]{message(outcome.code, _locale(), **outcome.data)}[/] ({outcome.code})")
        raise typer.Exit(1) from None


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _locale() -> str:
    return "zh-CN" if language_of_terminal() == "zh" else "en"
