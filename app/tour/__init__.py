"""`rong tour`: the whole journey against a running city, over real HTTP and WebSocket, each step shown and timed.

It is the first thing a newcomer sees work, and the end-to-end test of the city. It invents a person anew each
time and makes the civil registry's stand-in know him, so it can run again and again.
"""

from __future__ import annotations

import time
from typing import Any

import httpx2
from rich.console import Console

from app.core.errors import Outcome
from app.tour.applying import Applying
from app.tour.booking import Booking
from app.tour.community import neighbouring
from app.tour.desk import Desk
from app.tour.journey import Journey, Step
from app.tour.life import living
from app.tour.open311 import Open311Tour
from app.tour.payment import paying
from app.tour.payment.payer import Payer
from app.tour.phone import Phone, TourFailed, ask, document_of
from app.tour.voice import Voicing

__all__ = ["Phone", "TourFailed", "ask", "document_of", "tour"]


async def tour(url: str, stand_ins_url: str, demo: dict[str, Any], console: Console) -> int:
    """Walk it with the providers and the staff of the demo file; the exit status."""
    async with (
        httpx2.AsyncClient(base_url=url, timeout=15, trust_env=False) as http,
        httpx2.AsyncClient(base_url=stand_ins_url, timeout=15, trust_env=False) as stand_ins,
    ):
        journey = Journey(http, stand_ins, url, stand_ins_url, demo)
        desk, applying = Desk(journey, http, demo), Applying(journey, http, demo)
        booking = Booking(journey, http, demo)
        try:
            to_a_code, to_a_loss = journey.to_a_code(), journey.to_a_loss()
            voicing, payer = Voicing(journey, http, demo), Payer(journey, http, demo)
            steps = [
                *to_a_code,
                *applying.steps(),
                *booking.steps(),
                *voicing.steps(),
                *Open311Tour(journey, http, demo).steps(),
                *paying(payer),
                *living(payer),
                *neighbouring(payer),
                *desk.steps(),
                *to_a_loss,
            ]
            return await _walk(steps, console)
        finally:
            await journey.close()


async def _walk(steps: list[tuple[str, Step]], console: Console) -> int:
    for number, (title, step) in enumerate(steps, 1):
        began = time.perf_counter()
        try:
            seen = await step()
        except (TourFailed, Outcome, httpx2.HTTPError, TimeoutError, KeyError, OSError) as error:
            console.print(f"[red]✗ {number:2} {title}[/]\n     {type(error).__name__}: {error}")
            return 1
        ms = (time.perf_counter() - began) * 1000
        console.print(f"[green]✓[/] {number:2} {title} [dim]{ms:6.0f} ms[/]\n     [dim]{seen}[/]", soft_wrap=True)
    console.print(f"[bold green]{len(steps)} steps, all green[/]")
    return 0
