"""The lines of a file of items: JSON Lines, CSV with the names of an item, or a published list of names."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

import orjson

from app.core.imports.errors import BadRow, LineFault
from app.core.imports.lines import Bad, csv_rows, json_lines
from app.core.imports.model import FileForm, ImportFile, Line
from app.domains.government.catalogue.imports.errors import ListNeedsUnit
from app.domains.government.catalogue.model import Audience, Category, Depth
from app.domains.government.catalogue.reading import KNOWN, NEEDED

_LIST = frozenset({"department", "name"})
_LISTS = frozenset({"audience", "levels", "life_events", "also", "basis", "channels", "languages", "units"})
_NUMBERS = frozenset({"visits", "statutory_days", "promised_days", "popularity"})
_JSON = frozenset({"form", "materials", "fees", "conditions"})
_PAIRS = {"name_en": "name", "guide_en": "guide"}

Rows = Iterator[tuple[int, list[str]]]


def lines_of(file: ImportFile, level: str | None, bad: Bad, echo: Callable[[], None]) -> Iterator[Line]:
    """Raises ListNeedsUnit. `level` is that of the file's unit; `echo` hears of each line that repeats another."""
    with file.opened() as opened:
        yield from json_lines(opened, bad) if file.form is FileForm.JSONL else _csv(opened, file, level, bad, echo)


def _csv(opened: BinaryIO, file: ImportFile, level: str | None, bad: Bad, echo: Callable[[], None]) -> Iterator[Line]:
    rows = csv_rows(opened, bad)
    _, head = next(rows, (0, []))
    columns = [name.strip() for name in head]
    if columns and set(columns) <= _LIST | {"main_item"} and set(columns) >= _LIST:
        yield from _listed(rows, columns, file, level, bad, echo)
    elif set(columns) <= KNOWN | _PAIRS.keys() and set(columns) >= NEEDED and len(set(columns)) == len(columns):
        for number, row in rows:
            if (line := _row(number, columns, row, bad)) is not None:
                yield line
    else:
        bad(BadRow(1, LineFault.COLUMNS))


def _row(number: int, columns: Sequence[str], row: Sequence[str], bad: Bad) -> Line | None:
    if len(row) != len(columns):
        bad(BadRow(number, LineFault.COLUMNS))
        return None
    said: dict[str, Any] = {}
    for name, text in zip(columns, row, strict=True):
        if text.strip():
            said[_PAIRS.get(name, name)] = _value(name, text.strip(), said)
    return Line(number, said)


def _value(name: str, text: str, said: dict[str, Any]) -> Any:
    """As JSON Lines would have it; what cannot be read so stays text, and is refused as such."""
    if name in _PAIRS:
        return [said.get(_PAIRS[name], ""), text]
    if name in _LISTS:
        return [one.strip() for one in text.split("|")]
    if name in _NUMBERS:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    if name in _JSON:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return text


def _listed(
    rows: Iterator[tuple[int, list[str]]],
    columns: Sequence[str],
    file: ImportFile,
    level: str | None,
    bad: Bad,
    echo: Callable[[], None],
) -> Iterator[Line]:
    """A published list of names: each is an item to read about, at the unit it was published for."""
    if file.unit is None or level is None:
        raise ListNeedsUnit
    seen = set[str]()
    for number, row in rows:
        if len(row) != len(columns):
            bad(BadRow(number, LineFault.COLUMNS))
            continue
        named = {name: " ".join(text.split()) for name, text in zip(columns, row, strict=True)}
        code = listed_code(file.unit, named["department"], named.get("main_item", ""), named["name"])
        if code in seen:
            echo()
            continue
        seen.add(code)
        yield Line(number, _as_item(code, named, level), named["department"] or None)


def listed_code(unit: str, department: str, main_item: str, name: str) -> str:
    """Of an item that is published by name only: the same for the same words, and for them alone."""
    parts = (unit, department, main_item, name) if main_item else (unit, department, name)
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return f"L-{base64.b32encode(digest[:10]).decode()}"


def _as_item(code: str, named: dict[str, str], level: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": named["name"],
        "also": [named["main_item"]] if named.get("main_item") else [],
        "category": next((c for words, c in _SUBJECTS if any(w in named["name"] for w in words)), Category.PERMITS),
        "audience": [Audience.PERSON, Audience.BUSINESS],
        "levels": [level],
        "visits": 1,
        "depth": Depth.INFORMATION,
    }


# By what stands in its name; the first that fits.
_SUBJECTS = (
    (("公积金",), Category.HOUSING_FUND),
    (("婚姻", "结婚", "离婚"), Category.MARRIAGE),
    (("生育", "收养", "出生", "托育"), Category.BIRTH_ADOPTION),
    (("退役", "军人", "优抚", "烈士"), Category.MILITARY),
    (("养老", "老年", "高龄", "殡葬", "遗体"), Category.LATER_LIFE),
    (("户口", "落户", "迁移"), Category.HOUSEHOLD),
    (("身份证", "居住证"), Category.IDENTITY_DOCUMENTS),
    (("出入境", "护照", "签证"), Category.EXIT_ENTRY),
    (("教师", "学校", "学生", "入学", "幼儿园", "教育", "学籍"), Category.EDUCATION),
    (("医疗机构", "医师", "护士", "卫生", "医疗保险", "医保"), Category.MEDICAL),
    (("社会保险", "社保", "失业保险", "工伤", "参保"), Category.SOCIAL_SECURITY),
    (("就业", "招聘", "劳动", "职业", "创业"), Category.EMPLOYMENT),
    (("公租房", "住房", "房屋", "不动产", "商品房"), Category.HOUSING),
    (("道路运输", "公路", "车辆", "驾驶", "客运", "货运", "机动车"), Category.TRANSPORT),
    (("税", "发票"), Category.TAX),
    (("企业", "个体工商户", "公司", "营业执照", "合作社"), Category.BUSINESS),
    (("建设", "建筑", "施工", "工程", "规划", "用地"), Category.CONSTRUCTION),
    (("环境", "污染", "林", "水土", "排污", "取水", "渔", "农药"), Category.ENVIRONMENT),
    (("公证", "律师", "法律援助", "调解", "仲裁"), Category.JUSTICE),
    (("文物", "文化", "旅行社", "演出", "体育", "宗教", "广播", "出版"), Category.CULTURE_TOURISM),
)
