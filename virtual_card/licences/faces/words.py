"""Labels and values in a column: as large as they fit, broken into lines where they must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PIL import ImageDraw
from PIL.ImageFont import FreeTypeFont

from app.core.said import Said
from virtual_card.face.engraving import Colour, font

INK = (30, 34, 40)
_APART = 1.34  # from one line of a value to the next, in its size
# Size of a value, of its label, and from one line to the next: the first that lets all of it stand.
Sizes: TypeAlias = tuple[tuple[int, int, int], ...]
_SMALL: Sizes = ((19, 14, 27), (16, 12, 23), (13, 11, 19))
CARD_SIZES: Sizes = ((32, 19, 50), (28, 19, 45), (25, 18, 41), (22, 16, 35), *_SMALL)
CERTIFICATE_SIZES: Sizes = ((31, 22, 74), (30, 22, 64), (28, 21, 56), (26, 20, 48), (23, 17, 38), *_SMALL)


def fitting(text: str, width: float, sizes: tuple[int, ...]) -> FreeTypeFont:
    """The first of `sizes` at which the text is no wider, or as small as it takes."""
    for size in sizes:
        if font(size).getlength(text) <= width:
            return font(size)
    return font(max(6, int(sizes[-1] * width / font(sizes[-1]).getlength(text))))


def broken(text: str, of: FreeTypeFont, width: float) -> list[str]:
    """Lines no wider than that; broken at blanks between words, anywhere among Chinese characters."""
    lines, line = [], ""
    for part in _parts(text):
        if line and of.getlength((line + part).rstrip()) > width:
            lines.append(line.rstrip())
            line = part.lstrip()
        else:
            line += part
    return [*lines, line.rstrip()]


def _parts(text: str) -> list[str]:
    """What is not broken: a Chinese character, or a word with the blank behind it."""
    parts: list[str] = []
    for letter in text:
        joins = parts and letter.isascii() and parts[-1][-1].isascii() and not parts[-1].endswith(" ")
        if joins:
            parts[-1] += letter
        else:
            parts.append(letter)
    return parts


@dataclass(frozen=True, slots=True)
class Column:
    """From (`left`, `top`) down to `bottom`. With `wide`, lines that begin below `narrow_until` may be so wide."""

    draw: ImageDraw.ImageDraw
    left: float
    top: float
    width: float
    bottom: float
    ink: Colour
    sizes: Sizes
    most_lines: int = 2
    wide: float = 0
    narrow_until: float = 0

    def write(self, facts: Sequence[tuple[Said, str]]) -> None:
        shown = [(label, value) for label, value in facts if value]
        for value_size, label_size, step in self.sizes:
            placed = self._placed(shown, value_size, label_size, step)
            if placed is not None:
                break
        else:
            placed = self._placed(shown, value_size, label_size, step, whatever=True) or []
        for y, label, english, lines in placed:
            self._row(y, label, english, lines, value_size, label_size, step)

    def _placed(
        self, shown: list[tuple[Said, str]], value: int, label: int, step: int, whatever: bool = False
    ) -> list[tuple[float, str, str, list[str]]] | None:
        """Where each begins, and its lines; None when it does not fit at these sizes."""
        y, rows = self.top, []
        for said, text in shown:
            room = self._room(y) - self._indent(label)
            lines = broken(text, font(value), room)
            high = step + (len(lines) - 1) * value * _APART
            if not whatever and (len(lines) > self.most_lines or y + high > self.bottom):
                return None
            rows.append((y, said.zh, said.en, lines[: self.most_lines]))
            y += high
        return rows

    def _room(self, y: float) -> float:
        return self.wide if self.wide and y > self.narrow_until else self.width

    def _indent(self, label: int) -> float:
        return label * 6.2 + 12

    def _row(self, y: float, label: str, english: str, lines: list[str], value: int, small: int, step: int) -> None:
        half = step / 2
        up = small * 0.42 if step > small * 1.7 else 0
        said = fitting(label, small * 6.2, (small, small - 2))
        self.draw.text((self.left, y + half - up), label, font=said, fill=self.ink, anchor="lm")
        if up:
            tiny = fitting(english, small * 6.2, (max(10, small - 7),))
            self.draw.text((self.left, y + half + small * 0.62), english, font=tiny, fill=self.ink, anchor="lm")
        for number, line in enumerate(lines):
            at = (self.left + self._indent(small), y + half + number * value * _APART)
            self.draw.text(at, line, font=font(value), fill=INK, anchor="lm")
