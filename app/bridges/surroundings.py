"""What surroundings ask of other rooms: divisions, organisations, and a voice that all who live somewhere hear."""

from __future__ import annotations

from contextlib import suppress

from app.core.messages import CHINESE, LOCALES, message
from app.core.places.errors import OutsideCity
from app.core.places.model import Point
from app.domains.identity.citizens.model import significant
from app.domains.identity.organisations.model import Tree
from app.domains.life.surroundings.weather.model import WeatherNotice, WeatherState
from app.domains.life.surroundings.weather.service import SERVICE
from app.domains.voice.places.service import PlaceService
from notifications.broadcasts.errors import AudienceEmpty
from notifications.broadcasts.model import FASTEST, Audience
from notifications.broadcasts.service import BroadcastService, NewBroadcast
from notifications.preferences.model import Urgency
from notifications.templates.model import Texts


class WeatherDivisions:
    """Fulfils `life.surroundings.weather.service.Divisions`."""

    def __init__(self, places: PlaceService, tree: Tree) -> None:
        self._places = places
        self._tree = tree

    def of(self, point: Point) -> str | None:
        try:
            return self._places.division_of(point) if len(self._places.shapes) else None
        except OutsideCity:
            return None

    def holds(self, code: str) -> bool:
        return self._tree.get(code) is not None


class StationOperators:
    """Fulfils `life.surroundings.stations.service.Operators`."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def holds(self, code: str) -> bool:
        return self._tree.get(code) is not None


class WeatherCrier:
    """Fulfils `life.surroundings.weather.service.Crier`, by a broadcast to those who live where it holds.

    A version is one broadcast: its key is made of both, so who calls again finds it made and started.
    """

    def __init__(self, broadcasts: BroadcastService) -> None:
        self._broadcasts = broadcasts

    async def tell(self, notice: WeatherNotice) -> None:
        wish = NewBroadcast(
            title=_text(notice, "TITLE", CHINESE)[:100],
            audience=Audience(districts=tuple(significant(code) for code in notice.says.areas)),
            pace=FASTEST,
            urgency=Urgency.URGENT if notice.rings else Urgency.NORMAL,
            texts={locale: _texts(notice, locale) for locale in LOCALES},
        )
        made = await self._broadcasts.create(SERVICE, wish, f"weather-{notice.id[:36]}-{notice.version}")
        with suppress(AudienceEmpty):
            await self._broadcasts.start(SERVICE, made.id, f"start-{notice.id[:36]}-{notice.version}")


def _texts(notice: WeatherNotice, locale: str) -> Texts:
    """What the notice itself says is not filled in, and so cannot be taken for a placeholder."""
    words = notice.says.words.within(locale).replace("{", "(").replace("}", ")")
    title = _text(notice, "TITLE", locale)
    return Texts(title[:50], f"{title}。{words}" if locale == CHINESE else f"{title}. {words}", title[:120])


def _text(notice: WeatherNotice, part: str, locale: str) -> str:
    step = "LIFTED" if notice.state is WeatherState.CANCELLED else "IN_FORCE"
    kind = message(f"WEATHER_{notice.says.kind.value.upper()}", locale)
    level = message(f"WEATHER_LEVEL_{notice.says.level.name}", locale)
    return message(f"WEATHER_{step}_{part}", locale, kind=kind, level=level)
