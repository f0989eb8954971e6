"""What ops do from a shell: keys, erasures, imports, secrets."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bars
from rich.progress import TaskID
from rich.table import Table

from app.cli.shell import SHELL, console, in_city, locale, moment
from app.core.imports.model import FileForm, ImportDone, ImportFile
from app.core.imports.service import FileImport
from app.core.messages import message
from app.core.rotation import Rotated
from app.domains.government.answers.imports.errors import AnswerImportRefused
from app.domains.government.catalogue.imports.errors import ItemImportRefused
from app.domains.identity.organisations.errors import ImportRefused
from app.domains.identity.organisations.service import Imported
from app.domains.life.directory.imports.errors import PlaceImportRefused
from app.domains.life.transit.feeds.errors import FeedRefused
from app.domains.life.transit.feeds.model import FeedReport, Finding
from app.domains.life.transit.feeds.service import FeedService
from app.domains.voice.street.assets.errors import AssetImportRefused
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
    """Read units (CSV: code,parent,name,level and, where there is one, name_en) into the tree. All rows, or none."""

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


@_import.command("boundaries")
def import_boundaries(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Read where divisions lie (GeoJSON; each feature names its division in the property `code`). All, or none."""

    async def work(city: City) -> int:
        return await city.services.voice.places.take(SHELL, file.read_bytes())

    console.print(f"{in_city(work)} boundaries imported")


@_import.command("items")
def import_items(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    unit: Annotated[str | None, typer.Option(help="Defines and offers what names no other; a list needs one.")] = None,
) -> None:
    """Read service items (JSON Lines, CSV, or a published list of names) into the catalogue. All lines, or none.

    The same file again changes nothing; an import that was broken off goes on where it was.
    """
    done = _imported(file, unit, lambda city: city.services.government.item_imports, ItemImportRefused)
    tally = done.tally
    console.print(f"{done.lines} lines: {tally.fresh} new items, {tally.amended} new versions, {tally.same} as before")
    console.print(f"{tally.offers} new offers; {done.echoes} lines repeat another and were skipped")


@_import.command("answers")
def import_answers(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    unit: Annotated[str | None, typer.Option(help="Owns what names no other.")] = None,
) -> None:
    """Read answers (JSON Lines or CSV) into the knowledge base, and publish them. All lines, or none.

    The same file again changes nothing; an import that was broken off goes on where it was.
    """
    done = _imported(file, unit, lambda city: city.services.government.answer_imports, AnswerImportRefused)
    fresh, amended, same = done.tally.fresh, done.tally.amended, done.tally.same
    console.print(f"{done.lines} lines: {fresh} new answers, {amended} new versions, {same} as before")


@_import.command("assets")
def import_assets(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    unit: Annotated[str | None, typer.Option(help="Keeps what names no other.")] = None,
) -> None:
    """Read municipal assets (CSV or JSON Lines); each is given its code. All lines, or none.

    The same file again changes nothing; an import that was broken off goes on where it was.
    """
    done = _imported(file, unit, lambda city: city.services.voice.asset_imports, AssetImportRefused)
    fresh, amended, same = done.tally.fresh, done.tally.amended, done.tally.same
    console.print(f"{done.lines} lines: {fresh} new assets, {amended} changed, {same} as before")


@_import.command("gtfs")
def import_gtfs(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    check: Annotated[bool, typer.Option("--check", help="Say what it would come to, and change nothing.")] = False,
) -> None:
    """Read a timetable (GTFS, a zip file) and put it in force: all of it, or nothing.

    The same file again changes nothing. What is in force until then answers until the new one is whole.
    """

    async def work(city: City) -> FeedReport | FeedRefused:
        feeds = city.services.life.transit.feeds
        try:
            return await feeds.check(lambda: file.open("rb")) if check else await _put_in_force(feeds, file)
        except FeedRefused as refused:
            return refused

    done = in_city(work)
    if done.findings:
        console.print(_findings(done.findings))
    if isinstance(done, FeedRefused):
        console.print(f"[red]{message(done.code, locale(), count=done.count)}[/] ({done.code})")
    elif done.summary is not None:
        found, verb = done.summary, "read" if check else "in force"
        counts = f"{found.routes} routes, {found.stops} stops, {found.trips} trips, {found.calls} departures"
        console.print(f"{found.publisher}, {found.first_day} to {found.last_day} ({found.zone}): {counts}")
        console.print(f"{verb}: {done.version}")
    if isinstance(done, FeedRefused) or done.summary is None:
        raise typer.Exit(1)


async def _put_in_force(feeds: FeedService, file: Path) -> FeedReport:
    return (await feeds.run(SHELL, lambda: file.open("rb"))).report


def _findings(findings: tuple[Finding, ...]) -> Table:
    table = Table("file", "line", "field", "value", "finding")
    for one in findings:
        words = message(f"FEED_FINDING_{one.kind.name}", locale())
        more = f" (+{one.more})" if one.more else ""
        said = f"[red]{words}[/]{more}" if one.breaks else f"{words}{more}"
        table.add_row(one.file, str(one.line or ""), one.field, escape(one.value), said)
    return table


@_import.command("places")
def import_places(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    source: Annotated[str | None, typer.Option(help="Brings what names no other.")] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="What it would do; nothing is kept.")] = False,
) -> None:
    """Read places of the directory (CSV or GeoJSON). All lines, or none.

    The same file again changes nothing; an import that was broken off goes on where it was. What may be a place that
    is there already is listed for the desk.
    """
    done = _imported(file, source, lambda city: city.services.life.directory.imports, PlaceImportRefused, dry=dry)
    fresh, amended, same = done.tally.fresh, done.tally.amended, done.tally.same
    console.print(f"{done.lines} lines: {fresh} new places, {amended} changed, {same} as before")


_Refused: TypeAlias = ItemImportRefused | AnswerImportRefused | AssetImportRefused | PlaceImportRefused


def _imported(
    file: Path,
    unit: str | None,
    imports: Callable[[City], FileImport[Any]],
    refused: type[_Refused],
    *,
    dry: bool = False,
) -> ImportDone:
    """With a bar where somebody looks; leaves with 1 when the file has bad lines, which are listed."""
    terminal = Console(stderr=True)
    with Bars(console=terminal, transient=True, disable=not terminal.is_terminal) as bars:
        bar = bars.add_task("lines", total=None)

        async def work(city: City) -> ImportDone | _Refused:
            wanted = ImportFile(FileForm.of(file.name), lambda: file.open("rb"), unit)
            told = partial(_told, bars, bar)
            rows = imports(city)
            try:
                return await (rows.rehearse(SHELL, wanted) if dry else rows.run(SHELL, wanted, told))
            except refused as why:
                return why

        done = in_city(work)
    if not isinstance(done, ImportDone):
        console.print(_bad_lines(done))
        raise typer.Exit(1)
    if done.resumed_after:
        console.print(f"resumed after line {done.resumed_after}")
    return done


def _told(bars: Bars, bar: TaskID, done: int, of: int) -> None:
    bars.update(bar, completed=done, total=of)


def _bad_lines(refused: _Refused) -> Table:
    table = Table("line", "field", "value", "fault", title=message(refused.code, locale()))
    for row in refused.rows:
        fault = f"{message(f'MISFIT_{row.fault.name}', locale())} ({row.fault.name})"
        table.add_row(str(row.line), row.field, row.value, fault)
    if refused.more:
        table.add_row("…", "", "", f"+{refused.more}")
    return table


@app.command("secrets")
def new_secrets() -> None:
    """Print a fresh set of secrets for a city, as environment variables."""
    typer.echo(env_lines(fresh_secrets()), nl=False)
