"""Hair, in two layers: what hangs behind head and shoulders, and what frames the face."""

from __future__ import annotations

from mocks.portrait.face import Head, head_of
from mocks.portrait.look import Hair, Look
from mocks.portrait.pen import Colour, Pen, Point, mirrored, mix
from mocks.portrait.torso import AXIS

_LONG = {Hair.LONG, Hair.LONG_FRINGE}
_FRINGED = {Hair.SHORT_FRINGE, Hair.LONG_FRINGE, Hair.TWIN_TAILS}
_SHORT = {Hair.SHORT_SIDE, Hair.SHORT_FRINGE, Hair.CROP}


def draw_back_hair(pen: Pen, look: Look) -> None:
    head, dark = head_of(look), mix(look.hair_colour, (0, 0, 0), 0.22)
    if look.hair in _LONG:
        _curtain(pen, head, dark, down=392, out=24)
    elif look.hair is Hair.BOB:
        _curtain(pen, head, dark, down=298, out=22)
    elif look.hair is Hair.WAVES:
        _cloud(pen, head, look.hair_colour)
    elif look.hair is Hair.BUN:
        pen.ellipse(AXIS, head.top - 26, 33, 29, dark)
    elif look.hair is Hair.PONYTAIL:
        _ponytail(pen, head, dark)
    elif look.hair is Hair.TWIN_TAILS:
        _twin_tails(pen, head, dark)


def draw_front_hair(pen: Pen, look: Look) -> None:
    head = head_of(look)
    if look.hair is Hair.WISP:
        _wisp(pen, look, head)
    elif look.hair is Hair.RECEDING:
        _receding(pen, look, head)
    else:
        pen.blob(_crown(look, head) + _hairline(look, head), look.hair_colour)
        _shine(pen, look, head)
    if look.hair in {Hair.LONG, Hair.LONG_FRINGE, Hair.BOB, Hair.WAVES}:
        _locks(pen, look, head)


def _crown(look: Look, head: Head) -> list[Point]:
    """The outer edge, from the left temple over the top to the right one."""
    lift = {Hair.CROP: 9.0}.get(look.hair, 19.0)
    side = 3 if look.hair in _SHORT else 8
    low = head.eyes + (6 if look.hair in _SHORT else 22)
    right: list[Point] = [
        (AXIS, head.top - lift),
        (AXIS + head.half * 0.62, head.top - lift * 0.55),
        (AXIS + head.half + side, head.top + 38),
        (AXIS + head.half + side, low - 24),
        (AXIS + head.half + 1, low),
    ]
    return [(2 * AXIS - x, y) for x, y in reversed(right)] + right[1:]


def _hairline(look: Look, head: Head) -> list[Point]:
    """The inner edge, from the right temple back to the left one."""
    brow = head.eyes - 24
    if look.hair in _FRINGED:
        edge = [(0.86, brow + 2), (0.62, brow - 5), (0.36, brow + 1), (0.1, brow - 4), (-0.16, brow + 1),
                (-0.42, brow - 5),
                (-0.66, brow), (-0.86, brow + 2)]  # fmt: skip
    elif look.hair is Hair.SHORT_SIDE:
        edge = [
            (0.9, brow - 4),
            (0.7, brow - 30),
            (0.3, brow - 34),
            (-0.2, brow - 24),
            (-0.55, brow - 34),
            (-0.9, brow - 4),
        ]
    elif look.hair is Hair.CROP:
        edge = [
            (0.92, brow - 2),
            (0.74, brow - 30),
            (0.3, brow - 36),
            (-0.3, brow - 36),
            (-0.74, brow - 30),
            (-0.92, brow - 2),
        ]
    else:  # parted: the two sides sweep away from the parting
        edge = [(0.92, brow + 18), (0.76, brow - 8), (0.4, brow - 32), (0.14, head.top + 16),
                (-0.2, brow - 36), (-0.66, brow - 14),
                (-0.92, brow + 18)]  # fmt: skip
    return [(AXIS + share * head.half, y) for share, y in edge]


def _shine(pen: Pen, look: Look, head: Head) -> None:
    light = mix(look.hair_colour, (255, 250, 244), 0.17)
    y = head.top + 6
    pen.line(
        [(AXIS - head.half * 0.62, y + 16), (AXIS - head.half * 0.34, y), (AXIS - head.half * 0.05, y - 6)], light, 4.5
    )


def _locks(pen: Pen, look: Look, head: Head) -> None:
    """Strands before the ears."""
    down = {Hair.BOB: 290.0, Hair.WAVES: 252.0}.get(look.hair, 372.0)
    for side in (-1, 1):
        pen.blob(
            [(AXIS + side * head.half * 0.84, head.eyes - 36), (AXIS + side * (head.half + 9), head.eyes - 20),
             (AXIS + side * (head.half + 17), (head.eyes + down) / 2), (AXIS + side * (head.half + 10), down),
             (AXIS + side * (head.half - 9), down - 8), (AXIS + side * (head.half - 2), (head.eyes + down) / 2 - 6)],
            look.hair_colour,
        )  # fmt: skip


def _curtain(pen: Pen, head: Head, colour: Colour, *, down: float, out: float) -> None:
    right: list[Point] = [
        (AXIS, head.top - 18),
        (AXIS + head.half * 0.8, head.top),
        (AXIS + head.half + out * 0.7, head.eyes),
        (AXIS + head.half + out, (head.eyes + down) / 2),
        (AXIS + head.half + out * 0.75, down),
        (AXIS + head.half * 0.4, down + 6),
        (AXIS, down - 4),
    ]
    pen.blob(mirrored(right, AXIS), colour)


def _cloud(pen: Pen, head: Head, colour: Colour) -> None:
    top, eyes = head.top, head.eyes
    curls = (
        (0.42, top + 8, 27),
        (0.8, top + 32, 29),
        (0.96, eyes - 30, 27),
        (1.0, eyes + 4, 26),
        (0.98, eyes + 38, 24),
    )
    for side in (-1, 1):
        for x, y, size in curls:
            pen.ellipse(AXIS + side * head.half * x, y, size, size, colour)


def _ponytail(pen: Pen, head: Head, colour: Colour) -> None:
    pen.blob([(AXIS + 34, head.top - 10), (AXIS + 84, head.top + 2), (AXIS + 112, head.top + 84),
              (AXIS + 102, head.top + 172),
              (AXIS + 84, head.top + 196), (AXIS + 82, head.top + 90), (AXIS + 50, head.top + 30)], colour)  # fmt: skip


def _twin_tails(pen: Pen, head: Head, colour: Colour) -> None:
    for side in (-1, 1):
        x = AXIS + side * (head.half + 8)
        pen.blob([(x - side * 8, head.eyes - 26), (x + side * 26, head.eyes - 18), (x + side * 36, head.eyes + 34),
                  (x + side * 20, head.eyes + 84), (x + side * 6, head.eyes + 30)], colour)  # fmt: skip
        pen.ellipse(x + side * 4, head.eyes - 18, 9, 9, (232, 116, 108))


def _wisp(pen: Pen, look: Look, head: Head) -> None:
    thin = mix(look.hair_colour, look.skin, 0.2)
    pen.blob(
        [(AXIS - head.half * 0.9, head.top + 48), (AXIS - head.half * 0.68, head.top + 6), (AXIS, head.top - 10),
         (AXIS + head.half * 0.68, head.top + 6), (AXIS + head.half * 0.9, head.top + 48),
         (AXIS + head.half * 0.5, head.top + 26),
         (AXIS + 6, head.top + 34), (AXIS - 8, head.top + 22), (AXIS - head.half * 0.5, head.top + 30)],
        thin,
    )  # fmt: skip
    pen.line([(AXIS, head.top - 6), (AXIS + 6, head.top - 20), (AXIS + 17, head.top - 22)], thin, 4)


def _receding(pen: Pen, look: Look, head: Head) -> None:
    for side in (-1, 1):
        pen.blob(
            [(AXIS + side * head.half * 0.98, head.eyes + 8), (AXIS + side * (head.half + 8), head.eyes - 22),
             (AXIS + side * (head.half + 3), head.top + 44), (AXIS + side * head.half * 0.62, head.top + 4),
             (AXIS + side * head.half * 0.66, head.top + 22), (AXIS + side * head.half * 0.86, head.eyes - 38)],
            look.hair_colour,
        )  # fmt: skip
