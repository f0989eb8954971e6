"""`rong ledger`: is the ledger sound, and what lies on an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from app.cli.shell import SHELL, console, in_city, locale, moment
from app.core.clock import CITY_TIME
from app.core.messages import message
from app.core.money import Money
from app.domains.payment.ledger.model import Account, Balance
from app.domains.payment.ledger.proof.model import Fault, Verdict
from app.wiring import City

app = typer.Typer(no_args_is_help=True)
_ledger = typer.Typer(no_args_is_help=True, help="The ledger of money and points.")
app.add_typer(_ledger, name="ledger")
_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


@_ledger.command("verify")
def verify() -> None:
    """Prove the whole ledger: sums are zero, balances are their postings, nothing is missing. Exit status 1 if not."""

    async def work(city: City) -> Verdict:
        terminal = Console(stderr=True)
        with Progress(console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
            task = bar.add_task("rows", total=None)
            return await city.services.payment.proof.verify(_shown(bar, task))

    verdict = in_city(work)
    walked = f"{verdict.accounts} accounts, {verdict.transfers} transfers, {verdict.postings} postings"
    if verdict.sound:
        console.print(f"sound: {walked}")
        return
    console.print(f"[bold red]not sound:[/] {verdict.counted} faults in {walked}", soft_wrap=True)
    for fault in verdict.faults:
        console.print(_told(fault), soft_wrap=True, markup=False)
    raise typer.Exit(1)


@_ledger.command("balance")
def balance(
    account: Annotated[str, typer.Argument(help="Such as wallet:0198…:CNY or fees:city:CNY.")],
    at: Annotated[datetime | None, typer.Option(formats=_DAYS, help="In the city's time; now if left.")] = None,
) -> None:
    """What lies on an account, now or at any moment. The look is recorded."""
    try:
        asked = Account.parse(account)
    except ValueError:
        raise typer.BadParameter(f"{account} is no account: kind:owner:CURRENCY") from None
    when = at.replace(tzinfo=CITY_TIME) if at else None

    async def work(city: City) -> Balance | Money:
        await city.audit.record(SHELL, "ledger.looked_at", asked.id, None)
        ledger = city.services.payment.ledger
        if when is None:
            return await ledger.balance(asked)
        return Money(await ledger.balance_at(asked, when), asked.currency)

    found = in_city(work)
    if isinstance(found, Money):
        console.print(f"{found.amount} {found.currency} at {moment(when)}")
    else:
        held = f", held {found.held.amount}, available {found.available.amount}" if asked.guarded else ""
        console.print(f"{found.posted.amount} {asked.currency}{held} ({found.state.value})")


def _shown(bar: Progress, task: TaskID) -> Callable[[int], None]:
    return lambda reached: bar.update(task, completed=reached)


def _told(fault: Fault) -> str:
    numbers = f" (expected {fault.expected}, found {fault.found})" if fault.expected != fault.found else ""
    return f"{fault.wrong.value} {fault.where}: {message(f'LEDGER_{fault.wrong.name}', locale())}{numbers}"
