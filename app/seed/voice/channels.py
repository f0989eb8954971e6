"""Messages as channels bring them, and some public cases that callers wished to be so."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, Final

from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.history.model import CaseChannel, CaseKind
from app.domains.voice.centre.seats.intake.service import Taking
from app.domains.voice.channels.intake.callers.model import CallerFiling
from app.domains.voice.channels.intake.model import Heard
from app.domains.voice.public.publishing.model import Wanted
from app.seed.demo import Progress
from app.wiring import City

_SEAT: Final = Viewer(
    role=Role.PROVIDER_STAFF, actor="seed-seat", organisation="centre-12345", scopes=frozenset({"cases:centre"})
)


async def seed_channels(city: City, say: Progress) -> None:
    """Nothing is added where something is public already."""
    voice = city.services.voice
    if (await voice.publishing.listed(Wanted(), PageRequest(1))).items:
        return
    data = tomllib.loads(files("mocks").joinpath("data", "voice", "channels.toml").read_text(encoding="utf-8"))
    for n, message in enumerate(data["message"]):
        await voice.inbound.take(_heard(city, n, message))
    while await voice.inbound.round():
        pass
    for n, wished in enumerate(data["public"]):
        await _publish(city, n, wished)
    say(f"{len(data['message'])} messages by channels, {len(data['public'])} public cases")


def _heard(city: City, n: int, told: dict[str, Any]) -> Heard:
    return Heard(
        channel=CaseChannel(told["channel"]),
        message=f"seed-{n}",
        sender=told["sender"],
        text=told["text"],
        at=city.clock.now(),
        subject=told.get("subject", ""),
    )


async def _publish(city: City, n: int, wished: dict[str, Any]) -> None:
    voice, key = city.services.voice, f"seed-public-{n}"
    filing = CallerFiling(
        kind=CaseKind.HELP,
        channel=CaseChannel.PHONE,
        category=wished["category"],
        title="",
        text=wished["text"],
        phone=f"+86139000020{n:02d}",
        latitude=wished["latitude"],
        longitude=wished["longitude"],
        division=city.settings.city_division,  # where no boundaries are known
        public=True,
    )
    case = await voice.callers.file(_SEAT, filing, key)
    shown = await voice.publishing.preview(_SEAT, case.id)
    if shown is None or case.public:
        return
    await voice.centre.intake.accept(_SEAT, case.id, Taking(), key)
    await voice.publishing.publish(_SEAT, case.id, shown.digest, (), key)
