"""What commands have in common: a city of this process, the language of the terminal, moments as text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console

from app.core.errors import Outcome
from app.core.messages import message
from app.core.viewer import Role, Viewer
from app.doctor import language_of_terminal
from app.domains.identity.staff.model import StaffRole
from app.logs import configure_logs
from app.secrets_file import CITY_ENV
from app.settings import Settings
from app.wiring import City, build

T = TypeVar("T")
console = Console()
SHELL = Viewer(role=Role.OPS, actor="shell", roles=frozenset({StaffRole.ADMINISTRATOR.value}))


def laptop_settings() -> Settings:
    """From the environment, or of the city that `rong run` runs here; what is missing is said in words."""
    running = Path("var") / CITY_ENV
    try:
        return Settings(_env_file=running if running.exists() else None)
    except ValidationError as error:
        missing = ", ".join(f"RONG_{str(fault['loc'][0]).upper()}" for fault in error.errors())
        console.print(f"[red]Settings are missing or wrong:[/] {missing}\n`rong doctor` says more.")
        raise typer.Exit(2) from None


def in_city(work: Callable[[City], Awaitable[T]], *, explain: bool = True) -> T:
    """Do it in a city of this process; an outcome is told in words."""

    async def life() -> T:
        settings = laptop_settings()
        configure_logs(settings)
        city = build(settings)
        # To look at each index of three hundred collections takes a second: the processes of the city do it.
        await city.start(follow=False, prepared=await city.db.has_all())
        try:
            return await work(city)
        finally:
            await city.stop()

    try:
        return asyncio.run(life())
    except Outcome as outcome:
        if not explain:
            raise
        console.print(f"[red]{message(outcome.code, locale(), **outcome.data)}[/] ({outcome.code})")
        raise typer.Exit(1) from None


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else ""


def locale() -> str:
    return "zh-CN" if language_of_terminal() == "zh" else "en"
