"""What stands behind the face: backdrop, shoulders and clothes."""

from __future__ import annotations

from mocks.people import Sex
from mocks.portrait.look import Clothes, Look, Stage
from mocks.portrait.pen import Colour, Pen, Point, mirrored, mix

AXIS = 179.0
_WHITE: Colour = (252, 252, 252)
_BLACK: Colour = (0, 0, 0)


def shoulder_half(look: Look) -> float:
    if look.stage is Stage.TODDLER:
        return 92
    if look.stage is Stage.CHILD:
        return 116
    return 152 if look.sex is Sex.MALE else 132


def draw_backdrop(pen: Pen, look: Look) -> None:
    pen.gradient(mix(look.backdrop, _WHITE, 0.45), mix(look.backdrop, (120, 150, 175), 0.16))


def draw_torso(pen: Pen, look: Look) -> None:
    _shoulders(pen, look, look.cloth)
    _neck(pen, look)
    _DRESS[look.clothes](pen, look)


def _shoulders(pen: Pen, look: Look, colour: Colour) -> None:
    half = shoulder_half(look)
    right: list[Point] = [
        (AXIS, 318),
        (AXIS + 34, 314),
        (AXIS + half * 0.62, 338),
        (AXIS + half * 0.92, 366),
        (AXIS + half * 1.06, 420),
        (AXIS + half * 1.1, 520),
    ]
    pen.blob(mirrored(right, AXIS), colour)
    fold = mix(colour, _BLACK, 0.16)
    for side in (-1, 1):
        pen.line([(AXIS + side * half * 0.72, 452), (AXIS + side * half * 0.69, 405)], fold, 2.2)


def _neck(pen: Pen, look: Look) -> None:
    wide = {Stage.TODDLER: 24.0, Stage.CHILD: 27.0}.get(look.stage, 37.0 if look.sex is Sex.MALE else 30.0)
    right: list[Point] = [
        (AXIS + wide, 235), (AXIS + wide, 292), (AXIS + wide + 11, 318), (AXIS + 26, 336), (AXIS, 343)
    ]  # fmt: skip
    pen.blob(mirrored(right, AXIS), look.skin)
    shade = mix(look.skin, (168, 104, 76), 0.34)
    pen.blob(mirrored([(AXIS + wide, 250), (AXIS + wide - 1, 282), (AXIS + 18, 299), (AXIS, 304)], AXIS), shade)


def _collar_band(pen: Pen, look: Look, colour: Colour, depth: float = 352) -> None:
    pen.line(
        [(AXIS - 50, 317), (AXIS - 32, depth - 14), (AXIS, depth), (AXIS + 32, depth - 14), (AXIS + 50, 317)],
        colour,
        11,
    )


def _points_of_collar(pen: Pen, colour: Colour) -> None:
    edge = mix(colour, (110, 125, 145), 0.32)
    for side in (-1, 1):
        flap: list[Point] = [
            (AXIS + side * 46, 302), (AXIS + side * 3, 344), (AXIS + side * 26, 374), (AXIS + side * 58, 326)
        ]  # fmt: skip
        pen.polygon(flap, colour)
        pen.line([flap[1], flap[2]], edge, 1.6)
        pen.line([flap[2], flap[3]], edge, 1.6)


def _suit(pen: Pen, look: Look) -> None:
    under = look.cloth_under
    pen.polygon([(AXIS - 46, 312), (AXIS + 46, 312), (AXIS + 8, 450), (AXIS - 8, 450)], under)
    _neck(pen, look)
    if look.sex is Sex.MALE:
        tie = mix(look.cloth, (150, 40, 52), 0.62)
        pen.polygon([(AXIS - 10, 346), (AXIS + 10, 346), (AXIS + 7, 362), (AXIS - 7, 362)], mix(tie, _BLACK, 0.18))
        pen.polygon([(AXIS - 7, 361), (AXIS + 7, 361), (AXIS + 12, 441), (AXIS - 12, 441)], tie)
    _points_of_collar(pen, under)
    lapel = mix(look.cloth, _WHITE, 0.09)
    for side in (-1, 1):
        pen.polygon(
            [(AXIS + side * 50, 309), (AXIS + side * 82, 352), (AXIS + side * 60, 366), (AXIS + side * 72, 382),
             (AXIS + side * 10, 450), (AXIS + side * 6, 450)],
            lapel,
        )  # fmt: skip
        pen.line([(AXIS + side * 72, 382), (AXIS + side * 12, 447)], mix(look.cloth, _BLACK, 0.3), 1.8)


def _shirt(pen: Pen, look: Look) -> None:
    _points_of_collar(pen, mix(look.cloth, _WHITE, 0.4))
    seam = mix(look.cloth, (90, 105, 125), 0.35)
    pen.line([(AXIS, 348), (AXIS, 441)], seam, 1.6)
    for y in (378, 412):
        pen.ellipse(AXIS + 6, y, 2.6, 2.6, seam)


def _blouse(pen: Pen, look: Look) -> None:
    pen.polygon([(AXIS - 40, 316), (AXIS + 40, 316), (AXIS, 384)], look.skin)
    _neck(pen, look)
    _points_of_collar(pen, mix(look.cloth, _WHITE, 0.22))
    pen.line([(AXIS, 384), (AXIS, 441)], mix(look.cloth, _BLACK, 0.18), 1.6)


def _sweater(pen: Pen, look: Look) -> None:
    _collar_band(pen, look, mix(look.cloth, _BLACK, 0.14))
    if look.young:
        pen.ellipse(AXIS, 392, 17, 17, mix(look.cloth, _WHITE, 0.72))
        pen.blob([(AXIS, 380), (AXIS + 4, 388), (AXIS + 12, 392), (AXIS + 4, 396), (AXIS, 404),
                  (AXIS - 4, 396), (AXIS - 12, 392), (AXIS - 4, 388)], look.cloth)  # fmt: skip


def _cardigan(pen: Pen, look: Look) -> None:
    pen.polygon([(AXIS - 48, 310), (AXIS + 48, 310), (AXIS + 5, 441), (AXIS - 5, 441)], look.cloth_under)
    _neck(pen, look)
    _points_of_collar(pen, look.cloth_under)
    trim = mix(look.cloth, _BLACK, 0.2)
    for side in (-1, 1):
        pen.line([(AXIS + side * 54, 314), (AXIS + side * 34, 372), (AXIS + side * 5, 446)], trim, 7)


def _hoodie(pen: Pen, look: Look) -> None:
    hood = mix(look.cloth, _BLACK, 0.13)
    for side in (-1, 1):
        pen.blob([(AXIS + side * 38, 296), (AXIS + side * 78, 322), (AXIS + side * 58, 352),
                  (AXIS + side * 6, 372), (AXIS + side * 22, 344)], hood)  # fmt: skip
        pen.line([(AXIS + side * 20, 362), (AXIS + side * 22, 412)], mix(look.cloth, _WHITE, 0.75), 3)


def _tracksuit(pen: Pen, look: Look) -> None:
    for side in (-1, 1):
        half = shoulder_half(look)
        pen.line([(AXIS + side * half * 0.56, 334), (AXIS + side * half * 0.86, 370), (AXIS + side * half * 0.98, 450)],
                 _WHITE, 8)  # fmt: skip
    _points_of_collar(pen, _WHITE)
    pen.line([(AXIS, 346), (AXIS, 441)], mix(look.cloth, _BLACK, 0.25), 2.4)


_DRESS = {
    Clothes.SUIT: _suit,
    Clothes.SHIRT: _shirt,
    Clothes.BLOUSE: _blouse,
    Clothes.SWEATER: _sweater,
    Clothes.CARDIGAN: _cardigan,
    Clothes.HOODIE: _hoodie,
    Clothes.TRACKSUIT: _tracksuit,
}
