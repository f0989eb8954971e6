"""`rong jobs`: what runs by the clock, how it went, and a run of one now."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Column, Table

from app.cli.shell import SHELL, console, in_city, locale, moment
from app.jobs.board import JobBoard, JobLine
from app.jobs.slots import Run, RunState
from app.wiring import City

app = typer.Typer(no_args_is_help=True)
_jobs = typer.Typer(help="What runs by the clock.")
app.add_typer(_jobs, name="jobs")


@_jobs.callback(invoke_without_command=True)
def jobs(context: typer.Context) -> None:
    """List jobs: what each does, its last run (when, by whom, how it ended) and its next."""
    if context.invoked_subcommand is None:
        lines = in_city(lambda city: _board(city).lines())
        console.print(_listed(lines))


@_jobs.command("runs")
def runs(name: str) -> None:
    """The newest runs of a job."""
    table = Table("slot", "begun", "by", "outcome", "seconds", "attempt", "asked by")
    for run in in_city(lambda city: _board(city).runs(name)):
        table.add_row(moment(run.slot), moment(run.begun_at), run.owner, *_ended(run), str(run.attempt), run.asked_by)
    console.print(table)


@_jobs.command("run")
def run_now(name: Annotated[str, typer.Argument(help="As `rong jobs` lists it.")]) -> None:
    """Run a job in this process, now, beside its schedule. Exit status 1 when it fails: then workers try it again."""
    run = in_city(lambda city: _board(city).run_here(city, SHELL, name))
    outcome, seconds = _ended(run)
    console.print(f"{run.job}: {outcome}, {seconds} s")
    raise typer.Exit(0 if run.state is RunState.DONE else 1)


def _board(city: City) -> JobBoard:
    return JobBoard(city.db, city.audit, city.clock)


def _listed(lines: list[JobLine]) -> Table:
    # A name is typed again by who reads it, so never cut; what the job does stands under it.
    names = Column("job", min_width=max(len(line.job.name) for line in lines))
    table = Table(names, "last run", "by", "outcome", "next run")
    for line in lines:
        last = line.last
        how = (moment(last.begun_at), last.owner, _ended(last)[0]) if last else ("", "", "")
        table.add_row(f"{line.job.name}\n[dim]{line.job.says(locale())}[/]", *how, moment(line.next_at))
    return table


def _ended(run: Run) -> tuple[str, str]:
    outcome = f"{run.state.value} ({run.error})" if run.error else run.state.value
    return outcome, "" if run.seconds is None else f"{run.seconds:.1f}"
