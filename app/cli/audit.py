"""`rong audit`: is the chain sound, and who did what."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from app.cli.shell import SHELL, console, in_city, locale, moment
from app.core.audit.statements import Statement, head_of
from app.core.audit.trail import Entry, Wanted
from app.core.audit.verify import Fault, Verdict
from app.core.clock import CITY_TIME
from app.core.messages import message
from app.core.paging import MOST, PageRequest
from app.wiring import City

app = typer.Typer(no_args_is_help=True)
_audit = typer.Typer(no_args_is_help=True, help="The audit chain.")
app.add_typer(_audit, name="audit")
_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
Day = Annotated[datetime | None, typer.Option(formats=_DAYS, help="In the city's time.")]


@_audit.command("verify")
def verify(
    head: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Heads kept elsewhere: the chain must still hold them."),
    ] = None,
    since: Day = None,
) -> None:
    """Walk the chain from the cut to the head: was a record edited, removed, moved, added? Exit status 1 if so."""
    known = [one for path in head or () for one in _heads(path)]

    async def work(city: City) -> Verdict:
        terminal = Console(stderr=True)
        with Progress(console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
            task = bar.add_task("records", total=None)
            return await city.audit_verifier.verify(since=_aware(since), known=known, progress=_shown(bar, task))

    verdict = in_city(work)
    unmet = [one for one in known if one.seq < verdict.first]
    if unmet:
        console.print(f"[yellow]{len(unmet)} of the given heads are of records before {verdict.first}: not compared[/]")
    if verdict.fault is not None:
        console.print(_told(verdict.fault), soft_wrap=True)
        raise typer.Exit(1)
    walked = max(verdict.last - verdict.first + 1, 0)
    console.print(f"sound: {walked} records ({verdict.first} to {verdict.last}), {verdict.heads} signed heads agree")


@_audit.command("search")
def search(
    person: Annotated[str | None, typer.Option(help="Id of the citizen concerned.")] = None,
    actor: Annotated[str | None, typer.Option(help="Id of who acted; `shell`, `schedule` and `seed` are some.")] = None,
    action: Annotated[str | None, typer.Option(help="Such as card.revoked.")] = None,
    since: Day = None,
    until: Day = None,
    most: Annotated[int, typer.Option(min=1)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One record a line.")] = False,
) -> None:
    """Who did what, newest first. The search itself is recorded."""
    wanted = Wanted(person, actor, action, _aware(since), _aware(until))

    async def work(city: City) -> list[Entry]:
        found: list[Entry] = []
        async for entry in _entries(city, wanted):
            if len(found) == most:
                break
            found.append(entry)
        return found

    entries = in_city(work)
    if as_json:
        for entry in entries:
            typer.echo(json.dumps(entry.published(), ensure_ascii=False))
    else:
        console.print(_table(entries))


async def _entries(city: City, wanted: Wanted) -> AsyncIterator[Entry]:
    page = PageRequest(MOST)
    while True:
        found = await city.audit_trail.search(SHELL, wanted, page)
        for entry in found.items:
            yield entry
        if not found.has_next:
            return
        page = PageRequest(MOST, found.items[-1].cursor)


def _heads(file: Path) -> Sequence[Statement]:
    """As `/.well-known/audit-head` and `audit-heads` give them, or one a line."""
    text = file.read_text(encoding="utf-8").strip()
    try:
        one_a_line = not text.startswith("[") and "\n{" in text
        said = [json.loads(line) for line in text.splitlines()] if one_a_line else json.loads(text)
        return [head_of(row) for row in (said if isinstance(said, list) else [said])]
    except ValueError:
        raise typer.BadParameter(f"{file} holds no heads of an audit chain") from None


def _shown(bar: Progress, task: TaskID) -> Callable[[int, int], None]:
    return lambda reached, end: bar.update(task, completed=reached, total=end)


def _told(fault: Fault) -> str:
    where = f"record {fault.seq}" if fault.seq is not None else "record"
    text = message(f"AUDIT_{fault.wrong.name}", locale())
    return f"[bold red]not sound:[/] {where} {fault.record or ''} ({fault.wrong.value})\n{text}"


def _table(entries: Sequence[Entry]) -> Table:
    table = Table("seq", "at", "actor", "action", "target", "person", "reason", "facts")
    for entry in entries:
        seq = "forged" if not entry.genuine else str(entry.seq or "")
        facts = ", ".join(f"{name}={value}" for name, value in entry.facts.items())
        who = entry.actor or entry.role
        table.add_row(seq, moment(entry.at), who, entry.action, entry.target, entry.subject, entry.reason, facts)
    return table


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=CITY_TIME) if at else None
