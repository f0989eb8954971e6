"""`rong`: everything the city does from a shell. Each file holds the commands of one concern.

A file is imported when one of its commands is asked for: `rong mocks` does not wait for GraphQL to load.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

_FILES = {
    "run": "city",
    "seed": "city",
    "api": "serve",
    "worker": "serve",
    "mocks": "serve",
    "tour": "inspect",
    "doctor": "doctor",
    "sdl": "inspect",
    "operations": "inspect",
    "shard": "inspect",
    "verify": "verify",
    "ops": "ops",
    "keys": "manage",
    "audit": "audit",
    "ledger": "ledger",
    "jobs": "jobs",
    "calendar": "calendar",
    "indicators": "indicators",
    "assets": "assets",
    "erasures": "manage",
    "import": "manage",
    "secrets": "manage",
}


class Commands(TyperGroup):
    """Finds a command in its file."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_FILES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _FILES:
            return None
        file: typer.Typer = import_module(f"app.cli.{_FILES[cmd_name]}").app
        return typer.main.get_group(file).get_command(ctx, cmd_name)


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.callback()
def rong() -> None:
    """Rong (融): a city serves its citizens."""


def main() -> None:
    app()
