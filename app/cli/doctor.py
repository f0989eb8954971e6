"""`rong doctor`: what is wrong, why, and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from app.doctor import Finding, examine

console = Console()
app = typer.Typer(no_args_is_help=True)


@app.command()
def doctor(port: Annotated[list[int] | None, typer.Option(help="Ports that should be free.")] = None) -> None:
    """Say what is wrong, why, and what to do."""
    findings = asyncio.run(examine(ports=port or (8000, 8001)))
    raise typer.Exit(0 if show(findings) else 1)


def show(findings: Sequence[Finding], *, only_bad: bool = False) -> bool:
    """Print them; True when all are good."""
    for finding in findings:
        if not finding.ok:
            console.print(f"[red]✗[/] {finding.what}\n    {finding.why}\n    [bold]{finding.do}[/]")
        elif not only_bad:
            console.print(f"[green]✓[/] {finding.what}")
    return all(finding.ok for finding in findings)
