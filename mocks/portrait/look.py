"""What a person looks like: drawn by lot from the ID number, within what sex and age allow."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import TypeVar

from mocks.people import Sex, born_of, sex_of
from mocks.portrait.pen import Colour, mix

# Photos keep the age people had when they were taken, so that a picture never changes.
TAKEN_ON = date(2026, 6, 1)

T = TypeVar("T")


class Stage(Enum):
    """Ages up to which it lasts."""

    TODDLER = 5
    CHILD = 13
    YOUTH = 24
    ADULT = 49
    MATURE = 64
    ELDER = 200


class Hair(StrEnum):
    SHORT_SIDE = "short_side"
    SHORT_FRINGE = "short_fringe"
    CROP = "crop"
    RECEDING = "receding"
    BOB = "bob"
    LONG = "long"
    LONG_FRINGE = "long_fringe"
    PONYTAIL = "ponytail"
    BUN = "bun"
    WAVES = "waves"
    TWIN_TAILS = "twin_tails"
    WISP = "wisp"


class Clothes(StrEnum):
    SUIT = "suit"
    SHIRT = "shirt"
    BLOUSE = "blouse"
    SWEATER = "sweater"
    CARDIGAN = "cardigan"
    HOODIE = "hoodie"
    TRACKSUIT = "tracksuit"


@dataclass(frozen=True, slots=True)
class Look:
    sex: Sex
    stage: Stage
    skin: Colour
    hair: Hair
    hair_colour: Colour
    clothes: Clothes
    cloth: Colour
    cloth_under: Colour
    backdrop: Colour
    glasses: bool
    width: float
    brow: float
    mouth: float

    @property
    def young(self) -> bool:
        return self.stage in (Stage.TODDLER, Stage.CHILD)

    @property
    def lined(self) -> bool:
        return self.stage in (Stage.MATURE, Stage.ELDER)


_SKIN: list[Colour] = [(246, 214, 186), (241, 203, 172), (234, 193, 160), (226, 183, 148)]
_DARK_HAIR: list[Colour] = [(33, 29, 31), (43, 35, 34), (54, 42, 38), (27, 27, 33)]
_BACKDROPS: list[Colour] = [(206, 226, 240), (214, 232, 232), (224, 230, 240), (230, 236, 238)]
_DARK_CLOTH: list[Colour] = [(42, 58, 84), (58, 62, 72), (34, 74, 86), (74, 52, 66), (62, 72, 56)]
_SOFT_CLOTH: list[Colour] = [(176, 84, 92), (88, 128, 160), (214, 160, 96), (104, 146, 126), (142, 118, 164)]
_BRIGHT_CLOTH: list[Colour] = [(240, 176, 66), (90, 160, 212), (232, 116, 108), (108, 182, 140), (244, 206, 110)]
_PALE_CLOTH: list[Colour] = [(248, 248, 246), (226, 236, 246), (250, 236, 226), (236, 242, 232)]

_MEN = {
    Stage.TODDLER: [Hair.WISP, Hair.SHORT_FRINGE],
    Stage.CHILD: [Hair.SHORT_FRINGE, Hair.CROP],
    Stage.YOUTH: [Hair.SHORT_FRINGE, Hair.SHORT_SIDE],
    Stage.ADULT: [Hair.SHORT_SIDE, Hair.SHORT_FRINGE, Hair.CROP],
    Stage.MATURE: [Hair.SHORT_SIDE, Hair.CROP],
    Stage.ELDER: [Hair.RECEDING, Hair.SHORT_SIDE],
}
_WOMEN = {
    Stage.TODDLER: [Hair.TWIN_TAILS],
    Stage.CHILD: [Hair.TWIN_TAILS, Hair.LONG_FRINGE, Hair.PONYTAIL],
    Stage.YOUTH: [Hair.LONG_FRINGE, Hair.LONG, Hair.PONYTAIL],
    Stage.ADULT: [Hair.LONG, Hair.BOB, Hair.PONYTAIL, Hair.BUN],
    Stage.MATURE: [Hair.BOB, Hair.WAVES, Hair.BUN],
    Stage.ELDER: [Hair.WAVES, Hair.BUN],
}
_CLOTHES = {
    Stage.TODDLER: [Clothes.SWEATER],
    Stage.CHILD: [Clothes.TRACKSUIT, Clothes.HOODIE, Clothes.SWEATER],
    Stage.YOUTH: [Clothes.HOODIE, Clothes.SHIRT, Clothes.SWEATER],
    Stage.ADULT: [Clothes.SUIT, Clothes.SHIRT, Clothes.SWEATER],
    Stage.MATURE: [Clothes.SUIT, Clothes.CARDIGAN, Clothes.SHIRT],
    Stage.ELDER: [Clothes.CARDIGAN, Clothes.SWEATER],
}


def look_of(id_number: str) -> Look:
    lot = random.Random(id_number)
    sex, stage = sex_of(id_number), _stage(born_of(id_number))
    clothes = _clothes(lot, sex, stage)
    return Look(
        sex=sex,
        stage=stage,
        skin=lot.choice(_SKIN),
        hair=lot.choice((_WOMEN if sex is Sex.FEMALE else _MEN)[stage]),
        hair_colour=_hair_colour(lot, stage),
        clothes=clothes,
        cloth=lot.choice(_cloths(clothes, stage)),
        cloth_under=lot.choice(_PALE_CLOTH),
        backdrop=lot.choice(_BACKDROPS),
        glasses=stage is not Stage.TODDLER and lot.random() < (0.5 if stage is Stage.ELDER else 0.28),
        width=lot.uniform(0.95, 1.04),
        brow=lot.uniform(-1.5, 1.5),
        mouth=lot.uniform(-2.0, 3.0),
    )


def _stage(born: date) -> Stage:
    age = (TAKEN_ON - born).days // 365
    return next(stage for stage in Stage if age <= stage.value)


def _clothes(lot: random.Random, sex: Sex, stage: Stage) -> Clothes:
    chosen = lot.choice(_CLOTHES[stage])
    return Clothes.BLOUSE if chosen is Clothes.SHIRT and sex is Sex.FEMALE else chosen


def _cloths(clothes: Clothes, stage: Stage) -> list[Colour]:
    if stage in (Stage.TODDLER, Stage.CHILD):
        return _BRIGHT_CLOTH
    return {Clothes.SUIT: _DARK_CLOTH, Clothes.SHIRT: _PALE_CLOTH}.get(clothes, _SOFT_CLOTH)


def _hair_colour(lot: random.Random, stage: Stage) -> Colour:
    dark = lot.choice(_DARK_HAIR)
    grey = {Stage.MATURE: lot.uniform(0.0, 0.35), Stage.ELDER: lot.uniform(0.7, 0.95)}.get(stage, 0.0)
    return mix(dark, (214, 214, 216), grey)
