"""Words before others read them: how long, without numbers of people, without links to anywhere.

What is found is not changed behind the author's back: he is shown the text without it, and may send that.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.domains.voice.conversations.moderation.words.errors import (
    LinkNotAllowed,
    PersonalDataFound,
    PostWordsMissing,
    PostWordsTooLong,
)
from app.domains.voice.public.publishing.striking.model import Personal, struck

# What nobody puts up for all to read. A name, or a number of no known form, is looked at by somebody first.
_NEVER = frozenset(Personal) - {Personal.NAME, Personal.NUMBER, Personal.WISHED}
_LINK = re.compile(r"(?:https?://|www\.)([A-Za-z0-9.-]{1,190})", re.IGNORECASE)
_GOVERNMENT = re.compile(r"(?:^|\.)gov\.cn$", re.IGNORECASE)
# Words of those who sell or lure: such a post waits until somebody has looked. None of them is forbidden as such.
_SUSPECT = (
    "加微信",
    "加v信",
    "兼职日结",
    "代开发票",
    "刷单",
    "博彩",
    "贷款秒批",
    "免费领取",
    "私聊我",
    "包过",
    "人肉",
    "弄死",
)


@dataclass(frozen=True, slots=True)
class Length:
    """How many characters a text has."""

    least: int
    most: int


TITLE, TEXT, REPLY, REASON = Length(4, 40), Length(10, 2_000), Length(2, 1_000), Length(2, 500)


def parsed(raw: str, field: str, fits: Length) -> str:
    """In one spelling, without control characters. Raises PostWordsMissing, PostWordsTooLong."""
    if len(raw) > 4 * fits.most:  # no need to look closer
        raise PostWordsTooLong(field, fits.most)
    plain = unicodedata.normalize("NFC", raw)
    lines = ("".join(c for c in line if c.isprintable()).rstrip() for line in plain.splitlines())
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(text) < fits.least or not any(c.isalnum() for c in text):
        raise PostWordsMissing(field, fits.least)
    if len(text) > fits.most:
        raise PostWordsTooLong(field, fits.most)
    return text


def personal(text: str) -> tuple[str, ...]:
    """Which kinds of personal data stand in it that have no place in public."""
    return tuple(dict.fromkeys(find.what.value for find in struck(text).finds if find.what in _NEVER))


def demand_public(text: str, field: str) -> str:
    """The text, when everybody may read it. Raises PersonalDataFound, LinkNotAllowed."""
    if kinds := personal(text):
        raise PersonalDataFound(field, kinds, struck(text).text)
    if any(not _GOVERNMENT.search(host) for host in _LINK.findall(text)):
        raise LinkNotAllowed(field)
    return text


def is_suspect(*texts: str) -> bool:
    """Whether somebody looks at it before others read it."""
    tight = re.sub(r"[\s\W_]+", "", "".join(unicodedata.normalize("NFKC", text) for text in texts).lower())
    return any(word in tight for word in _SUSPECT) or any(struck(text).finds for text in texts)
