"""How alike two reports are: how near, how much of their words they share, and whether they are about the same thing.

Words are compared by keyed hashes: the sets of two texts are compared as well by them (Jaccard), and who reads the
database reads no words. What is very frequent in reports (please, for a long time, nobody) says nothing and is left
out, so that it makes nothing alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, zip_longest
from typing import Final

from app.core.places.model import Point
from app.core.texts.dictionaries import words
from app.core.texts.folding import PARTS, fold, is_han
from app.core.texts.reading import stem

NEAR: Final = 250  # metres
SINCE: Final = timedelta(days=14)
KEPT: Final = timedelta(days=21)  # a little longer than it is asked for
MOST_SIGNS: Final = 60
_AS_FILED, _LIKE, _SURE = 0.06, 0.12, 0.22  # of the words, in the same category, in a like one, in any
_LONGEST = 2_000
_CHINESE = """
请问 请求 希望 谢谢 您好 你好 反映 投诉 建议 咨询 求助 市民 来电 来电人 表示 诉求 问题 情况 现在 目前 已经 一直
经常 多次 没有 没人 无人 有人 这个 那个 这里 那里 我们 你们 他们 我家 自己 可以 能否 是否 尽快 及时 处理 解决
安排 相关 部门 有关 工作人员 核实 回复 联系 要求 时候 今天 昨天 明天 早上 晚上 上午 下午 中午 小时 分钟 附近
旁边 门口 对面 位于 地址 福州 福州市 严重 非常 十分 比较 影响 出行 生活 居民 群众 大家 很多 不少 好几 几天 好久
很久 一个 一下 麻烦 帮忙 什么 怎么 为什么 因为 所以 但是
"""
_ENGLISH = """
the and for has have been was are there this that with please near since day night week very not nobody at on
in of to is it my our since from
"""
_SAYS_NOTHING = frozenset(_CHINESE.split())
_SAYS_NOTHING_IN_ENGLISH = frozenset(_ENGLISH.split())
_STREETS = frozenset({"road", "street", "avenue", "lane"})
# Whatever is near stands in the same street: its name makes nothing alike.
_OF_PLACES = re.compile(
    r"(?:公园|小区|社区|广场|街道|路口)$|.+(?:路|街|巷|弄|大道|公园|小区|社区|新村|广场|花园|街道|[区县市村镇桥站口])$"
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What is kept of a report, to find what is like it: for three weeks."""

    case: str
    point: Point
    category: str
    words: frozenset[int]
    at: datetime
    test_of: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is about to report."""

    point: Point
    category: str | None
    words: frozenset[int]


@dataclass(frozen=True, slots=True)
class Likeness:
    """`words` from 0 to 1; `score` orders."""

    case: str
    metres: float
    words: float
    score: float


def words_of(text: str) -> frozenset[str]:
    """What a report is compared by: pairs of characters (a dictionary cuts 门口路灯 wrongly, and 噪音 and 噪声 share
    none of their words), of English whole words.
    """
    found: dict[str, None] = {}
    parts = PARTS.findall(fold.__wrapped__(text[:_LONGEST]))
    for part, following in zip_longest(parts, parts[1:]):
        if following not in _STREETS:  # Wusi Road: its name is where it is
            found.update(dict.fromkeys(_of_han(part) if is_han(part) else _of_latin(part)))
    return frozenset(list(found)[:MOST_SIGNS])


def _of_han(part: str) -> Iterator[str]:
    kept = ""
    for word in [*words(part), ""]:
        if word and word not in _SAYS_NOTHING and not _OF_PLACES.match(word):
            kept += word
            continue
        yield from (a + b for a, b in pairwise(kept))
        kept = ""


def _of_latin(part: str) -> Iterator[str]:
    if len(part) > 2 and not part.isdecimal() and part not in _SAYS_NOTHING_IN_ENGLISH | _STREETS:
        yield stem(part)


def likeness(asked: Asked, signs: Signs, kin: Callable[[str, str], bool]) -> Likeness | None:
    """None when they are not alike. `kin` tells whether two categories are close."""
    metres = asked.point.metres_to(signs.point)
    if metres > NEAR:
        return None
    same = asked.category == signs.category
    shared = jaccard(asked.words, signs.words)
    if shared < (_AS_FILED if same else _LIKE if asked.category and kin(asked.category, signs.category) else _SURE):
        return None
    return Likeness(signs.case, metres, shared, shared + 0.3 * same + 0.2 * (1 - metres / NEAR))


def jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
