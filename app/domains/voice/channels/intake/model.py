"""What a channel heard, and what is made of it: a case, something about a case, or an answer at once.

WeChat, QQ, SMS and mail bring texts from senders whom nobody has identified: a number can be forged, so a message is
never anybody's account. Its case belongs to nobody until somebody shows the receipt that is answered to the sender.
WeChat and QQ vouch for their openids. A number or an address of mail is what somebody wrote: unless its gateway says
that it is proved, it may ask how a case stands (the answer goes to that address); it adds and rates by the receipt.
The other channels (app, web, kiosk; seats by phone and at the counter; Open311; the grid) say what they want in fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from app.core.limit import Limit
from app.core.messages import CHINESE, ENGLISH, Locale
from app.core.places.model import Point
from app.domains.voice.cases.categories.model import Category, CategoryTree
from app.domains.voice.cases.history.model import CaseChannel, CaseKind

HEARD: Final = (CaseChannel.WECHAT, CaseChannel.QQ, CaseChannel.SMS, CaseChannel.MAIL)
KEPT: Final = timedelta(days=90)
PLACE_KEPT: Final = timedelta(minutes=30)  # between a place that somebody shares and what he says of it
MOST_ATTEMPTS: Final = 8
PER_SENDER: Final = Limit("inbound-sender", 20, timedelta(days=1))
LONGEST: Final = 2_000
_VOUCHED: Final = frozenset({CaseChannel.WECHAT, CaseChannel.QQ})  # the platform signs who it is
_HALVES = re.compile("[\ud800-\udfff]")
_SHORTEST = 4
_NUMBER = r"[A-Za-z]{2}\s?[0-9]{4}[\s-]?[0-9]{4}[\s-]?[0-9]{5}[\s-]?[0-9]"
_ASKS = re.compile(rf"^\s*(?:查询|查|进度|status|track)\s*[:：]?\s*(?P<number>{_NUMBER})\s*$", re.IGNORECASE)
_RATES = re.compile(
    rf"^\s*(?:评价|rate)\s*[:：]?\s*(?P<number>(?:{_NUMBER})?)[\s,，]+(?P<grade>[1-5])(?:\s*[分星])?[\s,，]*(?P<reason>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ADDS = re.compile(
    rf"^\s*(?:补充|add)\s*[:：]?\s*(?P<number>(?:{_NUMBER})?)[\s,，:：]+(?P<text>\S.*)$", re.IGNORECASE | re.DOTALL
)
_HELP = frozenset({"", "?", "？", "帮助", "help", "你好", "您好", "hi", "hello", "菜单", "1", "在吗"})
_KINDS: Final[Mapping[CaseKind, re.Pattern[str]]] = {
    CaseKind.SUGGESTION: re.compile(r"建议|希望能?增设|能否增加|suggest", re.IGNORECASE),
    CaseKind.COMPLAINT: re.compile(r"投诉|举报|扰民|态度(?:恶劣|差)|乱收费|拖欠|complain", re.IGNORECASE),
    CaseKind.ENQUIRY: re.compile(
        r"咨询|请问|想问|怎么办理|如何办理|什么时候|[吗呢么][?？。!！]?$|\?$|？$|how (?:do|can)|when ", re.IGNORECASE
    ),
}


class InboundState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    FILED = "filed"  # it became a case, or something in one
    ANSWERED = "answered"  # there was nothing to file: the sender was told
    DROPPED = "dropped"  # too many from one sender: he was told once
    FAILED = "failed"  # it could not be taken in: the desk looks


@dataclass(frozen=True, slots=True)
class Heard:
    """As a channel gives it. `message` is the channel's id of it, `sender` the address that an answer goes to, `at`
    when it was sent. A point is a place that the sender shared. `wordless`: a picture or a voice. `verified`: the
    channel's gateway has proved that the sender is who he says. Halves of characters are replaced: nothing keeps them.
    """

    channel: CaseChannel
    message: str
    sender: str
    text: str
    at: datetime
    subject: str = ""
    point: Point | None = None
    wordless: bool = False
    verified: bool = False

    def __post_init__(self) -> None:
        for name in ("message", "sender", "text", "subject"):
            object.__setattr__(self, name, _HALVES.sub("\ufffd", getattr(self, name)))

    @property
    def is_proved(self) -> bool:
        """Whether the sender is known to be who he says."""
        return self.verified or self.channel in _VOUCHED

    @property
    def key(self) -> str:
        return f"{self.channel}:{self.message}"

    @property
    def locale(self) -> Locale:
        """In what it is written."""
        return (
            CHINESE if re.search(r"[\u3400-\u9fff]", self.text) or not re.search(r"[A-Za-z]{2}", self.text) else ENGLISH
        )


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as it is kept. `sender` is a keyed hash; `heard` is None in lists. `why` is the code of what stood in
    the way.
    """

    id: str
    channel: CaseChannel
    sender: str
    state: InboundState
    at: datetime
    attempt: int = 0
    case: str | None = None
    number: str | None = None
    why: str | None = None
    heard: Heard | None = None

    def settled(
        self, state: InboundState, *, case: str | None = None, number: str | None = None, why: str | None = None
    ) -> Inbound:
        return replace(self, state=state, case=case, number=number, why=why)


@dataclass(frozen=True, slots=True)
class ToFile:
    kind: CaseKind
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ToAdd:
    """To a case of the same sender; without a number, to his latest. A sender who is not proved writes the receipt
    before his words.
    """

    number: str | None
    text: str

    @property
    def receipt(self) -> tuple[str, ToAdd]:
        first, rest = _first_word(self.text)
        return first, replace(self, text=rest)


@dataclass(frozen=True, slots=True)
class ToRate:
    number: str | None
    grade: int
    reason: str | None

    @property
    def receipt(self) -> tuple[str, ToRate]:
        first, rest = _first_word(self.reason or "")
        return first, replace(self, reason=rest or None)


@dataclass(frozen=True, slots=True)
class ToTell:
    """How a case of the same sender stands."""

    number: str


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """There is nothing to do but to say this: a code of the locales."""

    code: str


Wanted: TypeAlias = ToFile | ToAdd | ToRate | ToTell | ToAnswer


def wanted(heard: Heard) -> Wanted:
    """What the sender wants: a few words are commands, everything else is a case."""
    text = heard.text.strip()
    if heard.point is not None and not text:
        return ToAnswer("INBOUND_PLACE")
    if heard.wordless:
        return ToAnswer("INBOUND_NOT_TEXT")
    if text.lower() in _HELP:
        return ToAnswer("INBOUND_HELP")
    if asked := _ASKS.match(text):
        return ToTell(asked["number"])
    if rated := _RATES.match(text):
        return ToRate(rated["number"] or None, int(rated["grade"]), rated["reason"].strip() or None)
    if added := _ADDS.match(text):
        return ToAdd(added["number"] or None, added["text"].strip())
    if len("".join(text.split())) < _SHORTEST:
        return ToAnswer("INBOUND_TOO_SHORT")
    if len(text) > LONGEST:
        return ToAnswer("INBOUND_TOO_LONG")
    return ToFile(kind_of(f"{heard.subject} {text}".strip()), heard.subject.strip(), text)


def _first_word(text: str) -> tuple[str, str]:
    first, *rest = re.split(r"[\s,，:：]+", text.strip(), maxsplit=1)
    return first, rest[0] if rest else ""


def kind_of(text: str) -> CaseKind:
    """As far as words tell; the seat that takes it in sees for itself."""
    return next((kind for kind, words in _KINDS.items() if words.search(text)), CaseKind.HELP)


def category_of(tree: CategoryTree, text: str) -> str | None:
    """The one whose words it says most of, the longer ones first; else the one for what fits nowhere; None when there
    are none. The seat that takes it in sees for itself.
    """
    leaves = list(tree.leaves())
    scored = ((sum(len(word) for word in one.words if word in text), one) for one in leaves)
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best is not None and best[0]:
        return best[1].code
    return next((one.code for one in leaves if _is_rest(one)), leaves[-1].code if leaves else None)


def _is_rest(category: Category) -> bool:
    return category.code == "other" or category.code.endswith("-other")
