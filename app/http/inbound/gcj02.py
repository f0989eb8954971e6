"""GCJ-02, in which maps of China are drawn, to WGS 84: up to some 700 metres apart.

The transformation is not published; this approximation is the one that open map software has used since 2013, and it
is inverted by steps, to a centimetre.
"""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt

from app.core.places.model import Box, Point

_CHINA = Box(0.8293, 72.004, 55.8271, 137.8347)  # outside, nothing is moved
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.00669342162296594323  # Krasovsky 1940, squared
_ENOUGH, _STEPS = 1e-7, 10


def to_wgs84(point: Point) -> Point:
    if not _CHINA.holds(point):
        return point
    latitude, longitude = point.latitude, point.longitude
    for _ in range(_STEPS):
        up, along = _moved(latitude, longitude)
        missed_up, missed_along = latitude + up - point.latitude, longitude + along - point.longitude
        latitude, longitude = latitude - missed_up, longitude - missed_along
        if max(abs(missed_up), abs(missed_along)) < _ENOUGH:
            break
    return Point(latitude, longitude)


def _moved(latitude: float, longitude: float) -> tuple[float, float]:
    """By how many degrees GCJ-02 moves a point of WGS 84, up and along."""
    x, y = longitude - 105, latitude - 35
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    up = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    up += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3 + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    along = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    along += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3 + (
        150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)
    ) * 2 / 3
    magic = 1 - _ECCENTRICITY * sin(radians(latitude)) ** 2
    up = up * 180 / (_AXIS * (1 - _ECCENTRICITY) / (magic * sqrt(magic)) * pi)
    along = along * 180 / (_AXIS / sqrt(magic) * cos(radians(latitude)) * pi)
    return up, along
