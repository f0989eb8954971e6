"""What ops do from a shell: keys, erasures, imports, secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from app.cli.shell import SHELL, console, in_city, locale, moment
from app.core.messages import message
from app.core.rotation import Rotated
from app.domains.identity.organisations.errors import ImportRefused
from app.domains.identity.organisations.service import Imported
from app.secrets_file import env_lines, fresh_secrets
from app.wiring import City

app = typer.Typer(no_args_is_help=True)
_keys = typer.Typer(no_args_is_help=True, help="Keys that seal and keys that sign.")
_erasures = typer.Typer(no_args_is_help=True, help="Who was erased, and what a restored back-up brought back.")
_import = typer.Typer(no_args_is_help=True, help="Files into the city.")
app.add_typer(_keys, name="keys")
app.add_typer(_import, name="import")
app.add_typer(_erasures, name="erasures")


@_keys.command("list")
def keys_list() -> None:
    """Every data key, and the signing keys that are published now."""

    async def work(city: City) -> Table:
        table = Table("key", "use", "seals or signs from", "retired", "destroyed", "wrapped by")
        for key in await city.rotation.keys():
            times = (moment(at) for at in (key.since, key.retired_at, key.destroyed_at))
            table.add_row(key.id, key.use.value, *times, key.wrapped_by or "")
        return table

    console.print(in_city(work))


@_keys.command("rotate")
def keys_rotate(
    what: Rotated, at_once: Annotated[bool, typer.Option(help="The old signing key leaked.")] = False
) -> None:
    """Make the next key; it seals or signs after its lead. Nobody is signed out."""

    async def work(city: City) -> str:
        key = await city.rotation.rotate(SHELL, what, at_once=at_once)
        return f"{key.id} {'seals' if what is Rotated.DATA else 'signs'} from {moment(key.since)}"

    console.print(in_city(work))


@_keys.command("reseal")
def keys_reseal() -> None:
    """Seal anew, now and to the end, what older keys sealed; the workers do the same bit by bit."""

    async def work(city: City) -> str:
        done = await city.resealing.run()
        destroyed = f"; destroyed: {', '.join(done.destroyed)}" if done.destroyed else ""
        return f"{done.rows} values sealed anew, {done.stuck} do not open{destroyed}"

    console.print(in_city(work))


@_erasures.command("list")
def erasures_list() -> None:
    """Ids of everybody who was erased, one a line: to be kept beside the back-ups."""

    async def work(city: City) -> list[str]:
        return await city.services.erasures.erased()

    typer.echo("".join(f"{citizen}\n" for citizen in in_city(work)), nl=False)


@_erasures.command("repeat")
def erasures_repeat(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """After an older back-up was restored: erase once more whoever stands in the list."""

    async def work(city: City) -> int:
        listed = file.read_text(encoding="utf-8").split()
        return sum([await city.services.erasures.repeat(SHELL, citizen) for citizen in listed])

    console.print(f"{in_city(work)} erased once more")


@_import.command("units")
def import_units(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Read units (CSV: code,parent,name,level) into the tree. All rows, or none."""

    async def work(city: City) -> Imported:
        return await city.services.organisations.import_units(SHELL, file.read_bytes())

    try:
        done = in_city(work, explain=False)
        console.print(f"{len(done.units)} units imported")
        for echo in done.echoes:
            console.print(f"line {echo.line} skipped: it repeats {echo.value} as a unit of itself")
    except ImportRefused as refused:
        table = Table("line", "fault", "value", title=message(refused.code, locale()))
        for row in refused.rows:
            table.add_row(str(row.line), row.fault.value, row.value)
        console.print(table)
        raise typer.Exit(1) from None


@app.command("secrets")
def new_secrets() -> None:
    """Print a fresh set of secrets for a city, as environment variables."""
    typer.echo(env_lines(fresh_secrets()), nl=False)
