"""Who measures air and water, and warns of the weather: one service of the city, as JSON behind a key.

What cannot be read of a list is left out, line by line; what no instrument can have measured is for the room to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx2

from app.core.said import Said
from app.domains.life.surroundings.readings.model import Heard
from app.domains.life.surroundings.weather.model import HeardWeather, Weather, WeatherKind, WeatherLevel
from app.gateways.http import HttpGateway, fields_of

T = TypeVar("T")
_MOST_LINES = 20_000
_WRONG = (ValueError, KeyError, TypeError, AttributeError)


class HttpSurroundings(HttpGateway):
    name = "surroundings"

    async def readings(self, since: datetime) -> Sequence[Heard]:
        """Raises Unavailable."""
        answer = await self._call("GET", "readings", params={"since": since.isoformat()})
        return self._lines(answer, "readings", _heard)

    async def weather(self) -> Sequence[HeardWeather]:
        """Raises Unavailable."""
        return self._lines(await self._call("GET", "weather"), "notices", _weather)

    def _lines(self, answer: httpx2.Response, name: str, read: Callable[[dict[str, Any]], T]) -> list[T]:
        try:
            if not answer.is_success or not isinstance(lines := fields_of(answer)[name], list):
                raise ValueError("no list")
        except _WRONG as error:
            raise self._not_understood(answer) from error
        return [one for line in lines[:_MOST_LINES] if (one := _read(read, line)) is not None]


def _read(read: Callable[[dict[str, Any]], T], line: dict[str, Any]) -> T | None:
    try:
        return read(line)
    except _WRONG:
        return None


def _heard(line: dict[str, Any]) -> Heard:
    values = {str(name)[:40]: float(value) for name, value in line["values"].items() if value is not None}
    return Heard(str(line["station"])[:40], _moment(line["at"]), values)


def _weather(line: dict[str, Any]) -> HeardWeather:
    says = Weather(
        kind=WeatherKind(line["kind"]),
        level=WeatherLevel[str(line["level"]).upper()],
        words=Said(str(line["text"]["zh"]), str(line["text"].get("en", ""))),
        until=_moment(line["until"]),
        areas=tuple(map(str, line.get("areas", ()))),
    )
    return HeardWeather(str(line["id"])[:80], says, _moment(line["issued_at"]), line.get("cancelled") is True)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
