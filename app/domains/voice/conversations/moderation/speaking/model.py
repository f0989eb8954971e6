"""Who speaks, as others see him: a nickname of his choice, or his surname with stars."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.domains.voice.conversations.moderation.speaking.errors import NicknameUnfit
from app.domains.voice.conversations.moderation.words.model import personal

_FORM = re.compile(r"[㐀-鿿A-Za-z0-9·_-]{2,12}")
# Nobody takes himself for an office, or for those who run the city's app.
_OFFICES = (
    "政府",
    "官方",
    "管理员",
    "客服",
    "公安",
    "警察",
    "法院",
    "检察",
    "委员会",
    "办公室",
    "市长",
    "书记",
    "局",
    "12345",
    "admin",
    "official",
    "gov",
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A citizen whose name is verified. `name` is what others see; `division` where he lives, as far as known."""

    citizen: str
    name: str
    division: str | None = None


def parsed_nickname(raw: str) -> str:
    """Raises NicknameUnfit."""
    name = unicodedata.normalize("NFKC", raw).strip()
    folded = name.casefold()
    if not _FORM.fullmatch(name) or name.isdigit() or personal(name) or any(one in folded for one in _OFFICES):
        raise NicknameUnfit
    return name


def folded(name: str) -> str:
    """By which two names are the same."""
    return re.sub(r"[·_-]", "", name.casefold())
