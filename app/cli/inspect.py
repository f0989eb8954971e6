"""Looking: what is wrong, what the schemas say, which operations the app uses, how data is spread, the tour."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.core.mongo import COLLECTIONS
from app.doctor import examine
from app.server import OPERATIONS
from app.tour import tour as walk
from graphql_schema.endpoint.trusted import TrustedDocuments
from graphql_schema.schema import citizen_schema, provider_schema

console = Console()
_SCHEMAS = {"citizen": citizen_schema, "provider": provider_schema}
_SDL = Path(__file__).resolve().parents[2] / "graphql_schema"


def add_to(app: typer.Typer) -> None:
    for command in (doctor, sdl, operations, shard, tour):
        app.command()(command)


def doctor(port: Annotated[list[int] | None, typer.Option(help="Ports that should be free.")] = None) -> None:
    """Say what is wrong, why, and what to do."""
    findings = asyncio.run(examine(ports=port or (8000, 8001)))
    for finding in findings:
        console.print(f"{'[green]✓' if finding.ok else '[red]✗'}[/] {finding.what}")
        if not finding.ok:
            console.print(f"    {finding.why}\n    [bold]{finding.do}[/]")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


def sdl(check: Annotated[bool, typer.Option(help="Fail when the exported files differ.")] = False) -> None:
    """Export both schemas to graphql_schema/*.graphql."""
    stale = []
    for name, schema in _SCHEMAS.items():
        file, text = _SDL / f"{name}.graphql", schema.as_str() + "\n"
        if check and (not file.exists() or file.read_text(encoding="utf-8") != text):
            stale.append(file.name)
        if not check:
            file.write_text(text, encoding="utf-8")
    if stale:
        console.print(f"[red]{', '.join(stale)} differ from the schema:[/] run `rong sdl`, and read what changed")
        raise typer.Exit(1)


def operations(schema: str = "citizen", out: Annotated[Path | None, typer.Option()] = None) -> None:
    """Write the manifest of trusted documents that an app build uses (Apollo's persisted-query format)."""
    text = json.dumps(TrustedDocuments(_SCHEMAS[schema], OPERATIONS / schema).manifest(), indent=2) + "\n"
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)


def shard(database: str = "rong") -> None:
    """Print the commands that spread the city's collections over a sharded cluster, for mongosh."""
    typer.echo(f'sh.enableSharding("{database}")')
    for name, shape in COLLECTIONS.items():
        key = ", ".join(f'"{field}": 1' for field in shape.shard_key)
        typer.echo(f'sh.shardCollection("{database}.{name}", {{ {key} }})')


def tour(
    url: str = "http://127.0.0.1:8000",
    mocks_url: str = "http://127.0.0.1:8001",
    demo_file: Path = Path("var/demo.json"),
) -> None:
    """Walk the whole journey against a running city, showing each step and its time."""
    try:
        demo = json.loads(demo_file.read_text(encoding="utf-8"))
    except OSError:
        console.print(f"[red]{demo_file} is not there:[/] start the city by `make run` first")
        raise typer.Exit(2) from None
    raise typer.Exit(asyncio.run(walk(url, mocks_url, demo, console)))
