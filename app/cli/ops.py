"""`rong ops`: staff of the ops desk from a shell; the way back in when nobody at the desk can help."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import segno
import typer
from rich.table import Table

from app.cli.shell import SHELL, console, in_city
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.identity.staff.model import Staff, StaffRole
from app.wiring import City

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True)
_ops = typer.Typer(no_args_is_help=True, help="Staff of the ops desk.")
app.add_typer(_ops, name="ops")
Reason = Annotated[str | None, typer.Option(help="For the audit; kept sealed.")]


@_ops.command("add")
def add(
    login: str,
    name: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    role: Annotated[list[StaffRole] | None, typer.Option(help="viewer, operator, auditor, administrator")] = None,
) -> None:
    """Add somebody to the ops desk, and show the one-time-code secret as a QR code, this once."""

    async def work(city: City) -> str:
        roles = role or [StaffRole.ADMINISTRATOR]
        return (await city.services.staff.enrol(SHELL, None, login, name, password, roles)).totp_uri

    _scan(in_city(work))


@_ops.command("list")
def everybody() -> None:
    """Everybody at the ops desk."""

    async def work(city: City) -> Table:
        table = Table("login", "name", "roles", "standing")
        for one in await _everybody(city):
            standing = "suspended" if one.suspended else "password to be changed" if one.must_change else ""
            table.add_row(one.login, one.name, ", ".join(sorted(one.roles)), standing)
        return table

    console.print(in_city(work))


@_ops.command("suspend")
def suspend(login: str, reason: Reason = None) -> None:
    """Nobody signs in as this one any more, and all sessions end."""
    _for(login, lambda city, staff: city.services.staffing.suspend(SHELL, staff, True, reason))


@_ops.command("reinstate")
def reinstate(login: str, reason: Reason = None) -> None:
    """Take a suspension back."""
    _for(login, lambda city, staff: city.services.staffing.suspend(SHELL, staff, False, reason))


@_ops.command("roles")
def roles(login: str, role: list[StaffRole], reason: Reason = None) -> None:
    """These roles and no others; all sessions end."""
    _for(login, lambda city, staff: city.services.staffing.set_roles(SHELL, staff, role, reason))


@_ops.command("unlock")
def unlock(login: str) -> None:
    """Forget the failed tries under this login."""
    _for(login, lambda city, staff: city.services.staffing.unlock(SHELL, staff))


@_ops.command("password")
def password(login: str, reason: Reason = None) -> None:
    """A temporary password, shown once; the first sign-in asks for another."""
    made = _for(login, lambda city, staff: city.services.staffing.reset_password(SHELL, staff, new_id(), reason))
    typer.echo(made.password)


@_ops.command("authenticator")
def authenticator(login: str, reason: Reason = None) -> None:
    """A new secret for the one-time codes, shown once; the old one is void."""
    made = _for(login, lambda city, staff: city.services.staffing.reset_totp(SHELL, staff, new_id(), reason))
    _scan(made.totp_uri)


def _for(login: str, act: Callable[[City, str], Awaitable[T]]) -> T:
    """Do it to who has this login at the desk."""

    async def work(city: City) -> T:
        return await act(city, city.services.staffing.id_of(None, login))

    return in_city(work)


async def _everybody(city: City) -> list[Staff]:
    found: list[Staff] = []
    page = await city.services.staffing.page(None, PageRequest(100))
    found += page.items
    while page.has_next:
        page = await city.services.staffing.page(None, PageRequest(100, found[-1].id))
        found += page.items
    return found


def _scan(uri: str) -> None:
    segno.make(uri).terminal(compact=True)
    console.print(f"Scan it with an authenticator app, or enter by hand:\n{uri}", soft_wrap=True)
