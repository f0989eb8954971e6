"""`rong`: everything the city does from a shell. Each file holds the commands of one concern."""

from __future__ import annotations

import typer

from app.cli import city, inspect, manage, verify

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Rong (融): a city serves its citizens.")
city.add_to(app)
inspect.add_to(app)
manage.add_to(app)
verify.add_to(app)


def main() -> None:
    app()
