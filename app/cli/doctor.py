"""`rong doctor`: what is wrong, why, and what to do."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from app.doctor import examine

console = Console()
app = typer.Typer(no_args_is_help=True)


@app.command()
def doctor(port: Annotated[list[int] | None, typer.Option(help="Ports that should be free.")] = None) -> None:
    """Say what is wrong, why, and what to do."""
    findings = asyncio.run(examine(ports=port or (8000, 8001)))
    for finding in findings:
        console.print(f"{'[green]✓' if finding.ok else '[red]✗'}[/] {finding.what}")
        if not finding.ok:
            console.print(f"    {finding.why}\n    [bold]{finding.do}[/]")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)
