"""A place as it is written in files: a row of a table, or a Feature of GeoJSON (RFC 7946) with the same names as
properties. Features are counted from 1, as lines are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

import orjson

from app.core.imports.errors import BadRow, LineFault
from app.core.imports.lines import Bad, csv_rows
from app.core.imports.model import FileForm, Line
from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.directory.hours.errors import HoursInvalid
from app.domains.life.directory.hours.notation import parsed_hours
from app.domains.life.directory.imports.errors import PlaceFault
from app.domains.life.directory.kinds.errors import PlaceKindUnknown
from app.domains.life.directory.places.errors import PlaceFieldInvalid
from app.domains.life.directory.places.model import PlaceDraft, Source, source_of

_NEEDED = frozenset({"reference", "kind", "name", "latitude", "longitude"})
_TEXTS = frozenset({"source", "reference", "kind", "name", "name_en", "address", "phone", "about", "about_en", "hours"})
_COLUMNS = _TEXTS | _NEEDED
_FIELDS = {"nameEn": "name_en", "aboutEn": "about_en"}
MOST_BYTES: Final = 100_000_000  # of a GeoJSON file, which is read as a whole
_SHOWN = 60


def read_lines(opened: BinaryIO, form: FileForm, bad: Bad) -> Iterator[Line]:
    yield from (_features if form is FileForm.GEOJSON else _rows)(opened, bad)


def read_place(line: Line, source: str, bad: Bad) -> tuple[Source, PlaceDraft] | None:
    """What a line says; None when it cannot be read, which is told to `bad` with the value that stands there."""
    said = line.said
    strange = next((name for name, text in said.items() if name in _TEXTS and not isinstance(text, str)), None)
    if strange is not None:
        bad(BadRow(line.number, PlaceFault.PLACE_FIELD, strange, _shown(said, strange)))
        return None
    try:
        return _source(said, source), _draft(said)
    except _Wrong as wrong:
        bad(BadRow(line.number, wrong.fault, wrong.field, _shown(said, wrong.field)))
        return None


def _rows(opened: BinaryIO, bad: Bad) -> Iterator[Line]:
    rows = csv_rows(opened, bad)
    _, head = next(rows, (0, []))
    columns = [name.strip() for name in head]
    if not _NEEDED <= set(columns) <= _COLUMNS or len(set(columns)) != len(columns):
        odd = sorted((set(columns) - _COLUMNS) or (_NEEDED - set(columns)))
        bad(BadRow(1, LineFault.COLUMNS, "", ", ".join(odd)[:_SHOWN]))
        return
    for number, row in rows:
        if len(row) != len(columns):
            bad(BadRow(number, LineFault.COLUMNS, "", str(len(row))))
        else:
            yield Line(number, {name: text.strip() for name, text in zip(columns, row, strict=True) if text.strip()})


def _features(opened: BinaryIO, bad: Bad) -> Iterator[Line]:
    raw = opened.read(MOST_BYTES + 1)
    try:
        read = orjson.loads(raw) if len(raw) <= MOST_BYTES else None
    except orjson.JSONDecodeError:
        read = None
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list):
        bad(BadRow(1, LineFault.JSON))
        return
    for number, feature in enumerate(features, 1):
        said = _said(feature)
        if said is None:
            bad(BadRow(number, PlaceFault.PLACE_FEATURE, "geometry"))
        else:
            yield Line(number, said)


def _said(feature: object) -> Mapping[str, Any] | None:
    """Properties that are no columns are another program's; its own id is the reference when none is named."""
    if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
        return None
    properties, geometry = feature.get("properties") or {}, feature["geometry"]
    at = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not isinstance(at, list) or len(at) < 2 or not isinstance(properties, dict):
        return None
    named = {name: value for name, value in properties.items() if name in _TEXTS and value not in (None, "")}
    id_ = feature.get("id")
    own = {} if id_ is None or isinstance(id_, dict | list) else {"reference": str(id_)}
    return {**own, **named, "longitude": at[0], "latitude": at[1]}


class _Wrong(Exception):
    def __init__(self, fault: PlaceFault, field: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.field = field


def _source(said: Mapping[str, Any], source: str) -> Source:
    try:
        return source_of(said.get("source", source), said.get("reference", ""))
    except PlaceFieldInvalid as invalid:
        fault = PlaceFault.PLACE_SOURCE if invalid.field == "source" else PlaceFault.PLACE_FIELD
        raise _Wrong(fault, invalid.field) from None


def _draft(said: Mapping[str, Any]) -> PlaceDraft:
    def text(name: str) -> str:
        return str(said.get(name, ""))

    try:
        point = Point(float(said["latitude"]), float(said["longitude"]))
    except (KeyError, ValueError, TypeError, PlaceNotOnEarth):
        raise _Wrong(PlaceFault.PLACE_POSITION, "latitude") from None
    try:
        hours = parsed_hours(text("hours"))
        name, about = Said(text("name"), text("name_en")), Said(text("about"), text("about_en"))
        return PlaceDraft(text("kind"), name, point, text("address"), text("phone"), about, hours).checked()
    except HoursInvalid:
        raise _Wrong(PlaceFault.PLACE_HOURS, "hours") from None
    except PlaceKindUnknown:
        raise _Wrong(PlaceFault.PLACE_KIND, "kind") from None
    except PlaceFieldInvalid as invalid:
        raise _Wrong(PlaceFault.PLACE_FIELD, _FIELDS.get(invalid.field, invalid.field)) from None


def _shown(said: Mapping[str, Any], field: str) -> str:
    value = said.get(field, "")
    if field == "latitude":
        value = f"{said.get('latitude', '')}, {said.get('longitude', '')}"
    return str(value)[:_SHOWN]
