"""One slip of the finger: a letter too many, too few, wrong, or two in the wrong order."""

from __future__ import annotations


def one_slip(word: str, other: str) -> bool:
    """Whether they differ, and by no more than that."""
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    left, right = word[start:], other[start:]
    if len(left) != len(right):
        return left[1:] == right or left == right[1:]
    return left[1:] == right[1:] or (left[1::-1] == right[:2] and left[2:] == right[2:])
