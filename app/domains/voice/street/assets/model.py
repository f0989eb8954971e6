"""An asset (部件): what it is, where it stands, who owns it. It is never deleted: what is gone is retired, and its code
stays its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.places.model import Point
from app.core.said import Said
from app.domains.voice.places.model import Place
from app.domains.voice.street.assets.errors import AssetInvalid, AssetRetired

LONGEST_NAME, LONGEST_REFERENCE, LONGEST_ADDRESS = 60, 40, 120


class AssetKind(StrEnum):
    LAMP = "lamp"
    HYDRANT = "hydrant"
    BIN = "bin"
    STOP = "stop"
    MANHOLE = "manhole"
    PLAYGROUND = "playground"
    FITNESS = "fitness"
    BENCH = "bench"
    TOILET = "toilet"
    SIGNAL = "signal"
    SIGN = "sign"
    BIKE_RACK = "bike_rack"
    CHARGER = "charger"
    TREE = "tree"


KIND_NAMES: Mapping[AssetKind, Said] = {
    AssetKind.LAMP: Said("路灯", "street lamp"),
    AssetKind.HYDRANT: Said("消火栓", "fire hydrant"),
    AssetKind.BIN: Said("垃圾箱", "litter bin"),
    AssetKind.STOP: Said("公交站", "bus stop"),
    AssetKind.MANHOLE: Said("井盖", "manhole cover"),
    AssetKind.PLAYGROUND: Said("儿童游乐设施", "playground"),
    AssetKind.FITNESS: Said("健身器材", "fitness equipment"),
    AssetKind.BENCH: Said("休闲座椅", "bench"),
    AssetKind.TOILET: Said("公共厕所", "public toilet"),
    AssetKind.SIGNAL: Said("交通信号灯", "traffic light"),
    AssetKind.SIGN: Said("路牌", "street sign"),
    AssetKind.BIKE_RACK: Said("非机动车停放点", "bicycle stand"),
    AssetKind.CHARGER: Said("充电桩", "charging point"),
    AssetKind.TREE: Said("行道树", "street tree"),
}


class AssetState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class AssetDraft:
    """What an owner says of an asset. `reference` is his own number of it; `code` names one that is there already."""

    kind: AssetKind
    name: Said
    point: Point
    unit: str
    reference: str
    address: str = ""
    code: str | None = None

    def checked(self) -> AssetDraft:
        """With its words tidy. Raises AssetInvalid."""
        return replace(
            self,
            name=Said(_line(self.name.zh, "name", LONGEST_NAME), _line(self.name.en, "nameEn", LONGEST_NAME, 0)),
            reference=_line(self.reference, "reference", LONGEST_REFERENCE),
            address=_line(self.address, "address", LONGEST_ADDRESS, 0),
        )


@dataclass(frozen=True, slots=True)
class Asset:
    """`place.asset` is its own code. `reference` is what its owner `unit` calls it. `rev` counts changes. `test`: of an
    organisation that tries things out, seen by nobody else.
    """

    code: str
    kind: AssetKind
    name: Said
    place: Place
    unit: str
    reference: str
    made_at: datetime
    changed_at: datetime
    state: AssetState = AssetState.ACTIVE
    retired_for: str | None = None
    test: bool = False
    rev: int = 1

    @property
    def point(self) -> Point:
        assert self.place.point is not None
        return self.place.point

    @property
    def active(self) -> bool:
        return self.state is AssetState.ACTIVE

    def demand_active(self) -> Asset:
        """Raises AssetRetired."""
        if not self.active:
            raise AssetRetired
        return self

    def amended(self, draft: AssetDraft, division: str, at: datetime) -> Asset:
        """As its owner says now; itself when that is nothing new. One that was retired is there again."""
        place = Place(division, draft.point, draft.address, self.code)
        changed = replace(
            self,
            kind=draft.kind,
            name=draft.name,
            place=place,
            unit=draft.unit,
            reference=draft.reference,
            state=AssetState.ACTIVE,
            retired_for=None,
        )
        return self if changed == self else replace(changed, rev=self.rev + 1, changed_at=at)

    def retired(self, reason: str, at: datetime) -> Asset:
        """Raises AssetRetired, AssetInvalid."""
        self.demand_active()
        words = _line(reason, "reason", LONGEST_ADDRESS)
        return replace(self, state=AssetState.RETIRED, retired_for=words, rev=self.rev + 1, changed_at=at)


def asset_of(draft: AssetDraft, code: str, division: str, at: datetime, test: bool) -> Asset:
    """A new one."""
    place = Place(division, draft.point, draft.address, code)
    return Asset(code, draft.kind, draft.name, place, draft.unit, draft.reference, at, at, test=test)


def _line(raw: str, field: str, most: int, least: int = 1) -> str:
    """One line without what cannot be seen. Raises AssetInvalid."""
    text = " ".join("".join(c for c in raw if unicodedata.category(c)[0] != "C" or c.isspace()).split())
    if not least <= len(text) <= most:
        raise AssetInvalid(field)
    return text
