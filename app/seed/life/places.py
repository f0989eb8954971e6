"""The directory as it is seeded: known places with who runs them, many more, and what somebody said of one."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.directory.hours.notation import parsed_hours
from app.domains.life.directory.places.bringing.service import Bring
from app.domains.life.directory.places.model import PlaceDraft, Source, id_from
from app.seed.demo import SEEDER, Progress
from app.wiring import City
from mocks.places import SeededPlace, seeded_places, story_places

SOURCE = "fuzhou-open-data"
_FEW, _MANY = 300, 10_000


async def seed_places(city: City, say: Progress, *, small: bool = False) -> None:
    """Safe to repeat: a place that is there is left as it is."""
    directory, story = city.services.life.directory, story_places()
    done = await directory.imports.bring(SEEDER, _brought([*story, *seeded_places(_FEW if small else _MANY)]))
    for one in story:
        if one.operator and city.services.organisations.tree.get(one.operator) is not None:
            await directory.keeping.assign(SEEDER, id_of(one), one.operator, f"seed-{one.reference}")
    say(f"{done.fresh + done.amended + done.same} places")


def id_of(one: SeededPlace) -> str:
    return id_from(Source(SOURCE, one.reference))


def _brought(places: Iterable[SeededPlace]) -> Iterable[Bring]:
    for one in places:
        draft = PlaceDraft(
            one.kind,
            Said(one.zh, one.en),
            Point(one.latitude, one.longitude),
            one.address,
            one.phone,
            hours=parsed_hours(one.hours),
        )
        yield Bring(Source(SOURCE, one.reference), draft.checked())
