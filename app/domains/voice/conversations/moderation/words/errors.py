"""What can be wrong with words that others are to read.

Outcome
├── PostWordsMissing     `field` says nothing, or less than `least` characters
├── PostWordsTooLong     `most` characters fit into `field`
├── PersonalDataFound    numbers of people in `field`; `struck` is the same text without them
└── LinkNotAllowed       only pages of governments may be linked to
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class PostWordsMissing(Outcome):
    field: str
    least: int


@dataclass(eq=False)
class PostWordsTooLong(Outcome):
    field: str
    most: int


@dataclass(eq=False)
class PersonalDataFound(Outcome):
    """`kinds` are codes: phone, id_number, bank_card, document, plate, address, mail, account."""

    field: str
    kinds: tuple[str, ...]
    struck: str


@dataclass(eq=False)
class LinkNotAllowed(Outcome):
    field: str
