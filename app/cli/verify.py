"""`rong verify`: the gate's verifier. It asks the network once for keys and list, and then needs none."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from rich.console import Console

from app.core.errors import Outcome
from app.core.messages import message
from app.doctor import language_of_terminal
from virtual_card.codes import status_list
from virtual_card.codes.errors import KeySetMalformed
from virtual_card.codes.keys import KeySet
from virtual_card.codes.model import Purpose
from virtual_card.codes.verifier import GateVerifier

console = Console()
app = typer.Typer(no_args_is_help=True)


@app.command()
def verify(
    purpose: Purpose,
    codes: Annotated[list[str] | None, typer.Argument(help="Offline codes; by default standard input.")] = None,
    url: Annotated[str | None, typer.Option(help="Fetch keys and list from this city first.")] = None,
    store: Annotated[Path, typer.Option(help="Where keys and list are kept between runs.")] = Path("var/gate"),
    max_list_age: Annotated[float, typer.Option(help="Hours after which the list is too old.")] = 24.0,
) -> None:
    """Verify offline codes without network, as a gate does."""
    locale = "zh-CN" if language_of_terminal() == "zh" else "en"
    try:
        if url:
            fetch(url, store)
        gate = opened(store, purpose, timedelta(hours=max_list_age))
    except (Outcome, httpx2.HTTPError, OSError) as error:
        console.print(f"[red]{_text(error, locale)}[/]")
        raise typer.Exit(2) from None
    window = gate.stale_window(datetime.now(UTC))
    console.print(window.zh if locale == "zh-CN" else window.en, style="dim")
    lines = codes or (line.strip() for line in typer.get_text_stream("stdin") if line.strip())
    refused = sum(not _check(gate, code, locale) for code in lines)
    raise typer.Exit(1 if refused else 0)


def fetch(url: str, store: Path) -> None:
    """Keep the published keys and the list of barred cards, as a gate does whenever it has network."""
    store.mkdir(parents=True, exist_ok=True)
    with httpx2.Client(base_url=url, timeout=10, trust_env=False) as client:
        for name in ("card-keys", "card-status"):
            answer = client.get(f"/.well-known/{name}")
            answer.raise_for_status()
            (store / name).write_bytes(answer.content)


def opened(store: Path, purpose: Purpose, max_list_age: timedelta) -> GateVerifier:
    """A verifier from what is kept. Raises KeySetMalformed, StatusListStale and their kin, OSError."""
    try:
        keys = KeySet.from_jwks(json.loads((store / "card-keys").read_bytes()))
    except ValueError:
        raise KeySetMalformed from None
    listed = status_list.decode((store / "card-status").read_bytes(), keys, datetime.now(UTC), max_list_age)
    return GateVerifier(keys, listed, purpose.value, max_list_age=max_list_age)


def _check(gate: GateVerifier, code: str, locale: str) -> bool:
    try:
        admitted = gate.check(code, datetime.now(UTC))
    except Outcome as refused:
        console.print(f"[red]✗[/] {_text(refused, locale)} ({refused.code})")
        return False
    told = ", ".join(f"{name}={value}" for name, value in admitted.attributes.items())
    console.print(f"[green]✓[/] {told}")
    return True


def _text(error: Exception, locale: str) -> str:
    return message(error.code, locale, **error.data) if isinstance(error, Outcome) else type(error).__name__
