"""The head and what is in it: ears, eyes, brows, nose, mouth, glasses, and the lines that years leave."""

from __future__ import annotations

from dataclasses import dataclass

from mocks.people import Sex
from mocks.portrait.look import Look, Stage
from mocks.portrait.pen import Colour, Pen, Point, mirrored, mix
from mocks.portrait.torso import AXIS

_INK: Colour = (46, 34, 32)
_WHITE: Colour = (254, 254, 253)


@dataclass(frozen=True, slots=True)
class Head:
    """Where things are, for a child's rounder head and an adult's longer one. `half` is half its width."""

    top: float
    chin: float
    half: float
    eyes: float
    apart: float
    jaw: float


def head_of(look: Look) -> Head:
    if look.stage is Stage.TODDLER:
        return Head(112, 276, 77 * look.width, 214, 33, 0.93)
    if look.stage is Stage.CHILD:
        return Head(106, 277, 74 * look.width, 206, 32, 0.86)
    if look.sex is Sex.FEMALE:
        return Head(100, 280, 68 * look.width, 196, 29, 0.74)
    return Head(96, 284, 70 * look.width, 194, 30, 0.84)


def draw_head(pen: Pen, look: Look) -> None:
    head = head_of(look)
    _ears(pen, look, head)
    _skull(pen, look, head)
    _cheeks(pen, look, head)
    _brows(pen, look, head)
    _eyes(pen, look, head)
    _nose(pen, look, head)
    _mouth(pen, look, head)
    if look.lined:
        _lines(pen, look, head)
    if look.glasses:
        _glasses(pen, head)


def _skull(pen: Pen, look: Look, head: Head) -> None:
    tall = head.chin - head.top
    right: list[Point] = [
        (AXIS, head.top),
        (AXIS + head.half * 0.66, head.top + tall * 0.08),
        (AXIS + head.half * 0.98, head.top + tall * 0.32),
        (AXIS + head.half, head.top + tall * 0.55),
        (AXIS + head.half * (0.55 + 0.42 * head.jaw), head.top + tall * 0.74),
        (AXIS + head.half * 0.72 * head.jaw, head.top + tall * 0.91),
        (AXIS + head.half * 0.3, head.chin - tall * 0.012),
        (AXIS, head.chin),
    ]
    pen.blob(mirrored(right, AXIS), look.skin)


def _ears(pen: Pen, look: Look, head: Head) -> None:
    inner = mix(look.skin, (196, 112, 88), 0.35)
    for side in (-1, 1):
        pen.ellipse(AXIS + side * (head.half + 3), head.eyes + 12, 11, 19, mix(look.skin, (196, 120, 92), 0.14))
        pen.ellipse(AXIS + side * (head.half + 5), head.eyes + 12, 5, 11, inner)


def _cheeks(pen: Pen, look: Look, head: Head) -> None:
    strength = 0.26 if look.young else 0.14
    for side in (-1, 1):
        for ring in range(6):
            share = strength * (ring + 1) / 6
            size = 17 - ring * 2.4
            pen.ellipse(
                AXIS + side * (head.apart + 12),
                head.eyes + 34,
                size * 1.2,
                size,
                mix(look.skin, (236, 120, 112), share),
            )


def _brows(pen: Pen, look: Look, head: Head) -> None:
    colour = mix(look.hair_colour, look.skin, 0.18)
    width = 5.4 if look.sex is Sex.MALE and not look.young else 3.6
    y = head.eyes - (21 if look.young else 22)
    for side in (-1, 1):
        inner, outer = AXIS + side * (head.apart - 14), AXIS + side * (head.apart + 17)
        pen.line([(inner, y + 1), ((inner + outer) / 2, y - 4.5 + look.brow), (outer, y + 2)], colour, width)


def _eyes(pen: Pen, look: Look, head: Head) -> None:
    wide, high = (14.5, 11.0) if look.young else (13.5, 8.2)
    iris = 8.8 if look.young else 7.2
    for side in (-1, 1):
        x, y = AXIS + side * head.apart, head.eyes
        almond: list[Point] = [
            (x - side * wide, y + 2), (x - side * wide * 0.3, y - high), (x + side * wide * 0.55, y - high * 0.8),
            (x + side * wide * 1.04, y - 1), (x + side * wide * 0.4, y + high * 0.72),
            (x - side * wide * 0.5, y + high * 0.7)
        ]  # fmt: skip
        pen.blob(almond, _WHITE)
        pen.ellipse(x, y - 0.5, iris, iris, (64, 42, 34))
        pen.ellipse(x, y - 0.5, iris * 0.55, iris * 0.55, (20, 14, 14))
        pen.ellipse(x + 2.6, y - 3.4, 2.1, 2.1, _WHITE)
        _lid(pen, look, almond)


def _lid(pen: Pen, look: Look, almond: list[Point]) -> None:
    lashes = 3.8 if look.sex is Sex.FEMALE else 3.0
    pen.line(almond[:4], _INK, lashes)
    if look.sex is Sex.FEMALE:
        (x, y), out = almond[3], 1 if almond[3][0] > AXIS else -1
        pen.line([(x, y), (x + out * 4.5, y - 3.5)], _INK, 2.4)
    pen.line(almond[3:] + almond[:1], mix(look.skin, (150, 92, 72), 0.4), 1.2)


def _nose(pen: Pen, look: Look, head: Head) -> None:
    shade = mix(look.skin, (164, 92, 66), 0.42)
    y = head.eyes + (head.chin - head.eyes) * 0.43
    wide = 8 if look.young else 10.5
    pen.line([(AXIS - wide, y - 1), (AXIS - wide * 0.55, y + 3.5), (AXIS, y + 2.5), (AXIS + wide * 0.55, y + 3.5),
              (AXIS + wide, y - 1)], shade, 2.4)  # fmt: skip
    if not look.young:
        pen.line([(AXIS + 5, head.eyes + 8), (AXIS + 7, y - 12)], mix(look.skin, shade, 0.4), 2)


def _mouth(pen: Pen, look: Look, head: Head) -> None:
    y = head.eyes + (head.chin - head.eyes) * 0.675
    half = (17 if look.young else 21) + look.mouth
    rose = (196, 84, 84) if look.sex is Sex.FEMALE else (182, 98, 88)
    colour = mix(look.skin, rose, 0.85 if look.sex is Sex.FEMALE else 0.62)
    pen.blob([(AXIS - half, y - 2), (AXIS - half * 0.35, y - 4), (AXIS, y - 2.5), (AXIS + half * 0.35, y - 4),
              (AXIS + half, y - 2),
              (AXIS + half * 0.5, y + 7), (AXIS, y + 9.5), (AXIS - half * 0.5, y + 7)], colour)  # fmt: skip
    smile: list[Point] = [
        (AXIS - half - 1, y - 3),
        (AXIS - half * 0.4, y + 2),
        (AXIS + half * 0.4, y + 2),
        (AXIS + half + 1, y - 3),
    ]
    pen.line(smile, mix(colour, (84, 28, 30), 0.62), 2.2)


def _lines(pen: Pen, look: Look, head: Head) -> None:
    shade = mix(look.skin, (150, 92, 68), 0.38 if look.stage is Stage.ELDER else 0.24)
    y = head.eyes + (head.chin - head.eyes) * 0.46
    for side in (-1, 1):
        pen.line([(AXIS + side * 19, y), (AXIS + side * 28, y + 14), (AXIS + side * 30, y + 25)], shade, 1.8)
        pen.line(
            [(AXIS + side * (head.apart - 9), head.eyes + 15), (AXIS + side * (head.apart + 9), head.eyes + 15)],
            shade,
            1.6,
        )
    if look.stage is Stage.ELDER:
        for lift in (46, 57):
            pen.line(
                [(AXIS - 26, head.eyes - lift + 3), (AXIS, head.eyes - lift), (AXIS + 26, head.eyes - lift + 3)],
                shade,
                1.5,
            )


def _glasses(pen: Pen, head: Head) -> None:
    frame: Colour = (58, 54, 58)
    for side in (-1, 1):
        pen.ring(AXIS + side * head.apart, head.eyes + 2, 23, 18, frame, 2.8)
        pen.line(
            [(AXIS + side * (head.apart + 22), head.eyes - 3), (AXIS + side * head.half, head.eyes - 1)], frame, 2.6
        )
    pen.line(
        [(AXIS - head.apart + 22, head.eyes - 1), (AXIS, head.eyes - 4), (AXIS + head.apart - 22, head.eyes - 1)],
        frame,
        2.6,
    )
