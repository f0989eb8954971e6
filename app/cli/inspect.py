"""Looking: what the schemas say, which operations the app uses, how data is spread, the tour."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.core.collections import COLLECTIONS
from app.server import trusted_documents
from app.tour import tour as walk
from graphql_schema.schema import citizen_schema, provider_schema

console = Console()
app = typer.Typer(no_args_is_help=True)
_SCHEMAS = {"citizen": citizen_schema, "provider": provider_schema}
_SDL = Path(__file__).resolve().parents[2] / "graphql_schema"


@app.command()
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


@app.command()
def operations(schema: str = "citizen", out: Annotated[Path | None, typer.Option()] = None) -> None:
    """Write the manifest of trusted documents that an app build uses (Apollo's persisted-query format)."""
    text = json.dumps(trusted_documents(schema).manifest(), indent=2) + "\n"
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)


@app.command()
def shard(database: str = "rong") -> None:
    """Print the commands that spread the city's collections over a sharded cluster, for mongosh."""
    typer.echo(f'sh.enableSharding("{database}")')
    for name, shape in COLLECTIONS.items():
        key = ", ".join(f'"{field}": 1' for field in shape.shard_key)
        typer.echo(f'sh.shardCollection("{database}.{name}", {{ {key} }})')


@app.command()
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
