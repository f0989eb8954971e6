"""Personal data in what somebody wrote, found and struck out before others read it.

Numbers have forms, and are found by them; what only looks like one (a date, a sum of money, the number on a lamp) is
kept, for without it nobody knows what the matter is. So is the house number of a street, which says where the pothole
is; a flat, or the address where somebody says he lives, goes. Names are looked for by what stands around them
(`names.py`). Nothing here is certain: whoever publishes reads it first, and may strike more.

It is looked for in the text as it sounds, not as it is set: other forms of a character are made the usual one, what
cannot be seen is left out, numerals in words are read as digits; what is found is struck where it stood. Marks and
line ends between digits hide a number of somebody's no better than blanks do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from stdnum import luhn
from stdnum.cn import ric

from app.domains.voice.public.publishing.striking.names import names_in

STRUCK: Final = "***"


class Personal(StrEnum):
    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    DOCUMENT = "document"  # a passport, a permit
    PLATE = "plate"
    ADDRESS = "address"
    MAIL = "mail"
    ACCOUNT = "account"  # WeChat, QQ and their like
    NUMBER = "number"  # long, and of no form that is known
    WISHED = "wished"  # by whoever publishes


@dataclass(frozen=True, slots=True)
class Find:
    """From `start` to before `end`, in characters."""

    start: int
    end: int
    what: Personal


@dataclass(frozen=True, slots=True)
class Struck:
    """`text` with every find replaced by asterisks."""

    text: str
    finds: tuple[Find, ...]


_UNSEEN: Final = frozenset({"Cf", "Mn", "Me"})  # joiners, marks over and around a character
# One character for one, so that places stay: numerals that are read aloud.
_ALOUD = str.maketrans("零〇洞一二两三四五六七八九幺拐勾壹贰貳叁參肆伍陆陸柒捌玖", "0001223456789179122334566789")
_SAID = re.compile(r"[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}")

_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}\s?@\s?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
# `wangwu at qq.com`: by providers of mail, for what else stands `at` something is no address.
_MAIL_SAID = re.compile(
    r"(?<![A-Za-z0-9._%+-])(?!(?:me|us|look|is|it|find|found|see|page|read|more|check|online)\b)[A-Za-z0-9._%+-]{2,64}"
    r"\s?[\[(]?(?:\bat\b|艾特|#|@)[\])]?\s?"
    r"(?:qq|foxmail|163|126|139|189|yeah|sina|sohu|aliyun|gmail|hotmail|outlook|live|yahoo|icloud|proton(?:mail)?)"
    r"\s?[\[(]?(?:\.|\bdot\b|点)[\])]?\s?(?:com|net|cn|org|me)(?:\.cn)?\b",
    re.IGNORECASE,
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z]\s?[·•.-]?\s?"
    r"(?=[A-Za-z0-9]*[0-9])[A-Za-z0-9]{4,6}[警学挂港澳]?(?![A-Za-z0-9])"
)
_DOCUMENT = re.compile(r"(?<![0-9A-Za-z])(?:[EGDSPHMegdsphm][A-Za-z]?|[CHMTchmt])[0-9]{7,9}(?![0-9A-Za-z])")
_ACCOUNT = re.compile(
    r"(?:微信|[Vv]信|WeChat|[Ww]e[Cc]hat|wechat|[WwVv][Xx]|QQ|qq|抖音|快手|支付宝|小红书|飞信|Line|LINE|Telegram|telegram)"
    r"(?:群聊?)?(?:账号|帐号|号码|号|ID|id|账户)?\s?(?:[:是为]|叫做?)?\s?(?P<id>[A-Za-z0-9][A-Za-z0-9_-]{4,29})(?![A-Za-z0-9_-])"
)
_RUN = re.compile(r"(?<![0-9A-Za-z])\+?\(?[0-9](?:[ \-·_/().\u200b]{0,2}[0-9]){6,}[Xx]?(?![0-9A-Za-z])")
_GAP = r"[\W_]{0,4}"
_APART = {
    what: re.compile(form)
    for what, form in {
        "mobile": rf"(?<!\d)(?:(?:\+\s?|00\s?)?8{_GAP}6{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)",
        "landline": rf"(?<!\d)\(?0(?:10|2\d|[3-9]\d\d){_GAP}[2-9](?:{_GAP}\d){{6,7}}(?!\d)",
        "id": rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?![\dA-Za-z])",
        "card": rf"(?<!\d)[3-6](?:{_GAP}\d){{15,18}}(?!\d)",
    }.items()
}
# What stands between marks like these and is nobody's: hours, and sums with thousands set apart.
_HOURS = re.compile(r"(?<!\d)(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)")
_THOUSANDS = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?:\.\d+)?\s?(?:元|块|万|亿|平|米|吨|度|户|人|张|个|条|件|辆)")
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d\s?[-~—至到]\s?(?:19|20)\d\d(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d[-./年]\s?\d{1,2}(?:[-./月]\s?\d{1,2}日?)?(?:[ T]?\d{1,2}:\d\d(?::\d\d)?)?"
    r"|(?<!\d)\d{1,2}:\d\d\s?[-~—至到]\s?\d{1,2}:\d\d"
)
_DECIMAL = re.compile(r"(?<![\d.])\d{1,12}\.\d+(?![\d.])")
_SUM = re.compile(
    r"(?<!\d)\d[\d,.]{0,20}\s?"
    r"(?:元|块钱|万|亿|平方|平米|公里|千米|米|吨|度|千瓦|kwh|KWh|%|人次|户|张|个|条|件|辆)"
)
_THING = re.compile(
    r"(?:路灯|灯杆|电杆|杆|井盖|井|消火栓|消防栓|果皮箱|垃圾桶|站牌|设施|资产|二维码|案件|工单|诉求|编|受理|订单|房产证|许可证|"
    r"信用代码|文|批)[编单]?(?:号|码)?(?:牌|为|是)?\s?[:#]?\s?[A-Za-z]{0,6}-?$"
)
_COMPANY = re.compile(r"^(?:400|800)\d{7}$|^(?:95|96)\d{3,6}$|^(?:12345|12315|12328|12122)$")
_MOBILE = re.compile(r"^(?:\+?(?:00)?86)?1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(?:\+?86)?0\d{2,3}[2-9]\d{6,7}(?:\d{1,4})?$")
_CALL = re.compile(
    r"(?:电话|手机|手机号|座机|固话|联系方式|联系|号码|致电|拨打|打给|tel|Tel|TEL|phone|Phone|call)[^\d]{0,6}$"
)

_COUNT = r"[0-9一二三四五六七八九十百零〇A-Za-z]{1,5}"
_BLOCK = rf"{_COUNT}\s?(?:号楼|栋|幢|座|单元|梯|楼|层|号院|号)"
_ROOM = r"(?:[A-Za-z]?[0-9]{3,4}|[0-9]{1,2}[-#][0-9]{3,4})\s?(?:室(?!\d*厅)|房|户)(?!源|产|东|租|型|门)"
_FLAT = re.compile(
    rf"(?:{_BLOCK}\s?)+(?:-?\s?{_ROOM}|[-#]?\s?[0-9]{{3,4}}(?![0-9]|\s?(?:[路号栋座厅中医元块个米年月日天次人台])))"
    rf"|(?:{_BLOCK}\s?)?{_COUNT}\s?单元\s?(?:{_COUNT}\s?(?:楼|层|号))?|{_ROOM}"
    r"|(?<=[区园苑城里村庭居府湾院寓厦])\s?[0-9]{1,2}\s?(?:#|-)\s?[0-9]{1,2}?-?[0-9]{3,4}(?![0-9])"
)
_LIVES = re.compile(
    r"(?:(?:家庭|户籍|现|居)?住址|家庭地址|收货地址|通讯地址|户籍地|家住|我家在|我住在?|本人住在?|现住|居住[在于]|[他她]住在?|租住在?"
    r"|户主地址|(?<![居])住(?![宅户房院建所址宿客持])[在于]?)"
    r"\s?[:是为]?\s?(?P<where>[^\s,，。;；!！?？、的]{2,40}?(?:\d|[一二三四五六七八九十百零〇])+\s?(?:号(?!线|院|门)(?:院|之?\d+)?|弄)"
    r"(?:[^\s,，。;；!！?？、的]{0,12}?(?:室|房|楼|单元))?)"
)


def struck(text: str, wished: Collection[str] = ()) -> Struck:
    """`wished`: what is struck out besides, wherever it stands."""
    finds = _merged([*found_in(text), *_wished(text, wished)])
    return Struck(_without(text, finds), finds)


def found_in(text: str) -> Iterator[Find]:
    """They may overlap."""
    plain, places = _plain(text)
    for find in _found_in(plain):
        yield Find(places[find.start], places[find.end - 1] + 1, find.what)


def _plain(text: str) -> tuple[str, list[int]]:
    """As it sounds, and of each character where it stood."""
    made, places = [], []
    for at, character in enumerate(text):
        if unicodedata.category(character) in _UNSEEN:
            continue
        digit = unicodedata.decimal(character, None)
        usual = unicodedata.normalize("NFKC", character) if digit is None else str(digit)
        usual = " " if usual.isspace() and usual not in "\n\r\t" else usual
        made.append(usual)
        places += [at] * len(usual)
    return "".join(made), places


def _found_in(plain: str) -> Iterator[Find]:
    yield from (Find(*one.span(), Personal.MAIL) for form in (_MAIL, _MAIL_SAID) for one in form.finditer(plain))
    yield from (Find(*one.span(), Personal.PLATE) for one in _PLATE.finditer(plain))
    yield from (Find(*one.span(), Personal.DOCUMENT) for one in _DOCUMENT.finditer(plain))
    yield from (Find(*one.span("id"), Personal.ACCOUNT) for one in _ACCOUNT.finditer(plain))
    yield from _numbers(plain)
    yield from _apart(plain)
    yield from (Find(*one.span(), Personal.ADDRESS) for one in _FLAT.finditer(plain))
    yield from (Find(*one.span("where"), Personal.ADDRESS) for one in _LIVES.finditer(plain))
    yield from (Find(start, end, Personal.NAME) for start, end in names_in(plain))


def _apart(plain: str) -> Iterator[Find]:
    """Numbers that are somebody's for certain, whatever stands between their digits."""
    aloud = plain.translate(_ALOUD)
    kept = [one.span() for form in (_HOURS, _THOUSANDS) for one in form.finditer(plain)]
    for form, pattern in _APART.items():
        for one in pattern.finditer(aloud):
            what = _of_form(form, one.group())
            if what is not None and not any(start < one.end() and one.start() < end for start, end in kept):
                yield Find(*one.span(), what)


def _of_form(form: str, written: str) -> Personal | None:
    """None: a list of numbers (第13、14、15栋), or what has no such check digit."""
    groups = re.findall(r"\d+", written)
    if len(groups) > 4 and all(int(one) < int(two) for one, two in pairwise(groups[:-1])):
        return None
    bare = re.sub(r"[^0-9Xx]", "", written)
    if form == "id":
        return Personal.ID_NUMBER if _surely(bare) is Personal.ID_NUMBER else None
    if form == "card":
        tidy = min(map(len, groups)) > 2 and (luhn.is_valid(bare) or bare.startswith("62"))
        return Personal.BANK_CARD if tidy else None
    return Personal.PHONE


def _numbers(plain: str) -> Iterator[Find]:
    for said in _SAID.finditer(plain):
        if _MOBILE.match(said.group().translate(_ALOUD)) or _CALL.search(plain[: said.start()]):
            yield Find(*said.span(), Personal.PHONE)
    kept = [one.span() for form in (_DATE, _DECIMAL, _SUM) for one in form.finditer(plain)]
    for run in _RUN.finditer(plain):
        bare = re.sub(r"[^0-9Xx+]", "", run.group())
        harmless = any(start <= run.start() and run.end() <= end for start, end in kept)
        what = _surely(bare)
        if what is None and not harmless:
            what = _likely(bare.removeprefix("+"), plain[max(0, run.start() - 16) : run.start()])
        if what is not None:
            yield Find(*run.span(), what)


def _surely(bare: str) -> Personal | None:
    """What is somebody's number wherever it stands."""
    digits = bare.removeprefix("+")
    if ric.is_valid(digits.upper()) or (len(digits) == 18 and _born(digits[6:14])):
        return Personal.ID_NUMBER
    return Personal.PHONE if _MOBILE.match(bare) or _LANDLINE.match(bare) else None


def _likely(digits: str, before: str) -> Personal | None:
    """What a run of seven digits and more is, by what stands before it; None: nobody's."""
    if _COMPANY.match(digits) or _THING.search(before) or _day(digits):
        return None
    if 15 <= len(digits) <= 19 and (luhn.is_valid(digits) or digits.startswith("62")):
        return Personal.BANK_CARD
    if _CALL.search(before) or (len(digits) == 8 and digits[0] in "2368"):
        return Personal.PHONE
    return Personal.NUMBER


def _born(eight: str) -> bool:
    return eight[:2] in ("19", "20") and _day(eight)


def _day(digits: str) -> bool:
    """Whether it is a day (YYYYMMDD), perhaps with a time."""
    try:
        return len(digits) in (8, 12, 14) and 1900 <= date.fromisoformat(digits[:8]).year < 2100
    except ValueError:
        return False


def _wished(text: str, wished: Iterable[str]) -> Iterator[Find]:
    for words in {one.strip() for one in wished} - {""}:
        yield from (Find(*one.span(), Personal.WISHED) for one in re.finditer(re.escape(words), text))


def _merged(finds: list[Find]) -> tuple[Find, ...]:
    """In their order, none over another: what overlaps is one, named for the one that begins first and is longest."""
    whole: list[Find] = []
    for find in sorted(finds, key=lambda one: (one.start, -one.end)):
        if whole and find.start < whole[-1].end:
            last = whole[-1]
            whole[-1] = Find(last.start, max(last.end, find.end), last.what)
        else:
            whole.append(find)
    return tuple(whole)


def _without(text: str, finds: Iterable[Find]) -> str:
    parts, at = [], 0
    for find in finds:
        parts += [text[at : find.start], STRUCK]
        at = find.end
    return "".join([*parts, text[at:]])
