"""`rong indicators`: what is counted of cases, proved or counted anew from their events."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from app.cli.shell import console, in_city
from app.domains.voice.figures.indicators.cells.service import Difference

app = typer.Typer(no_args_is_help=True)
_indicators = typer.Typer(help="What is counted of cases.", no_args_is_help=True)
app.add_typer(_indicators, name="indicators")
_SHOWN = 50


@_indicators.command("fold")
def fold() -> None:
    """Count what changed since the last time; a worker does so each minute."""
    console.print(f"{in_city(lambda city: city.services.voice.indicators.counting.fold()):,} cases counted")


@_indicators.command("recompute")
def recompute(
    check: Annotated[bool, typer.Option("--check", help="Only compare: exit status 1 when anything differs.")] = False,
) -> None:
    """Count all cases anew from their events; what is read stays as it was until that is done."""
    if not check:
        console.print(
            f"{in_city(lambda city: city.services.voice.indicators.counting.recompute()):,} cases counted anew"
        )
        return
    differences = in_city(lambda city: city.services.voice.indicators.counting.differences())
    console.print(f"{len(differences):,} differences")
    if differences:
        console.print(_table(differences[:_SHOWN]))
        raise typer.Exit(1)


def _table(differences: list[Difference]) -> Table:
    table = Table("cell", "sum", "counted", "by the events")
    for one in differences:
        table.add_row(one.cell, one.path, f"{one.counted:,}", f"{one.found:,}")
    return table
