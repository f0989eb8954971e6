"""Files of items: read whole or not at all, every bad line named, a repeat changes nothing, a broken import goes on."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from app.core.ids import new_id
from app.core.imports.errors import ImportFileUnknown
from app.core.imports.lines import MOST_BYTES
from app.core.imports.model import FileForm, ImportDone, ImportFile
from app.domains.government.catalogue.imports.errors import (
    ItemImportRefused,
    ItemImportRunning,
    ListNeedsUnit,
)
from app.domains.government.catalogue.model import Item, ItemState, ItemStep
from app.wiring import City
from tests.support.api import OPS
from tests.support.catalogue import Town, code, town, written

PUBLISHED_LIST = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "service_items_guangan.csv"


@pytest.fixture
async def place(shared_city: Any) -> tuple[City, Town]:
    city, _ = shared_city
    return city, await town(city)


def jsonl(*rows: Any) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def file_of(data: bytes, unit: str | None = None, form: FileForm = FileForm.JSONL) -> ImportFile:
    return ImportFile(form, lambda: io.BytesIO(data), unit)


async def run(city: City, file: ImportFile, told: Callable[[int, int], None] = lambda done, of: None) -> ImportDone:
    return await city.services.government.item_imports.run(OPS, file, told)


async def refused(city: City, data: bytes, unit: str | None = None, form: FileForm = FileForm.JSONL) -> list[Any]:
    with pytest.raises(ItemImportRefused) as error:
        await run(city, file_of(data, unit, form))
    return [(row.line, row.fault.value, row.field) for row in error.value.rows]


async def item(city: City, name: str) -> Item:
    found = await city.services.government.catalogue.item(name)
    assert found is not None
    return found


async def test_what_is_new_is_published_and_offered_and_a_repeat_changes_nothing(place: tuple[City, Town]) -> None:
    city, at = place
    one, other = code(), code()
    rows = (written(one), written(other, units=[at.townships[0], at.townships[1]]))
    file, seen = file_of(jsonl(*rows), at.county), list[tuple[int, int]]()
    done = await run(city, file, lambda done, of: seen.append((done, of)))
    assert (done.tally.fresh, done.tally.offers, done.lines, seen[-1]) == (2, 3, 2, (2, 2))
    assert (await item(city, one)).history[-1].what is ItemStep.IMPORTED
    again = await run(city, file)
    assert (again.tally.fresh, again.tally.amended, again.tally.same, again.tally.offers) == (0, 0, 2, 0)
    assert [(await item(city, name)).version for name in (one, other)] == [1, 1]


async def test_a_line_that_differs_is_a_new_version_and_takes_the_place_of_a_draft(place: tuple[City, Town]) -> None:
    city, at = place
    name, owner = code(), at.department
    await run(city, file_of(jsonl(written(name, owner=owner))))
    was = await item(city, name)
    changed = Item(**{f: getattr(was.content, f) for f in was.content.__slots__} | {"promised_days": 1})
    await city.services.government.publishing.save(OPS, changed, new_id())
    done = await run(city, file_of(jsonl(written(name, owner=owner, promised_days=2))))
    assert done.tally.amended == 1
    now = await item(city, name)
    assert (now.version, now.promised_days, now.state) == (2, 2, ItemState.PUBLISHED)
    assert len(await city.services.government.catalogue.versions(name)) == 2


async def test_every_bad_line_is_named_and_nothing_is_written(place: tuple[City, Town]) -> None:
    city, at = place
    good, twice, taken, ended = code(), code(), code(), code()
    await run(city, file_of(jsonl(written(taken, owner=at.city), written(ended, owner=at.county))))
    await city.services.government.publishing.cancel(OPS, ended, "no longer", new_id())
    bad = (
        b"\xef\xbb\xbf" + jsonl(written(good))  # 1: good, behind a byte order mark
        + b"\n"  # 2: empty lines are no fault
        + b"{not json\n[1, 2]\n"  # 3, 4
        + b'{"name": "gb' + b"\xb9\xfa" + b'"}\n'  # 5
        + b'{"name": "' + b"x" * MOST_BYTES + b'"}\n'  # 6
        + jsonl(
            written(code(), visits=-1, colour="red"),  # 7
            written(twice),  # 8
            written(twice),  # 9
            written(taken),  # 10
            written(ended),  # 11
            written(code(), owner="nowhere"),  # 12
            written(code(), units=["nowhere"]),  # 13
            written(code(), units=[at.city]),  # 14: of a level at which it is not offered
            {"code": "T-1"},  # 15
        )
    )  # fmt: skip
    rows = await refused(city, bad, at.county)
    assert rows[:4] == [(3, "json", ""), (4, "json", ""), (5, "encoding", ""), (6, "line_too_long", "")]
    assert (7, "unknown", "colour") in rows
    assert [row for row in rows if 8 <= row[0] <= 14] == [
        (9, "twice", "code"),
        (10, "taken", "code"),
        (11, "ended", "code"),
        (12, "owner", "owner"),
        (13, "unit", "units.0"),
        (14, "unit", "units.0"),
    ]
    assert {field for line, _, field in rows if line == 15} == {
        "name", "category", "audience", "levels", "visits", "depth"
    }  # fmt: skip
    assert await city.services.government.catalogue.item(good) is None


class Endless(io.RawIOBase):
    """A line without end, made as it is read: whoever keeps it runs out of memory."""

    def __init__(self, size: int, tail: bytes) -> None:
        self._left, self._tail = size, tail

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = b"x" * min(len(buffer), self._left) if self._left else self._tail[: len(buffer)]
        if self._left:
            self._left -= len(part)
        else:
            self._tail = self._tail[len(part) :]
        buffer[: len(part)] = part
        return len(part)


async def test_a_line_of_a_hundred_megabytes_is_one_bad_line(place: tuple[City, Town]) -> None:
    city, at = place

    def opened() -> BinaryIO:
        return io.BufferedReader(Endless(100_000_000, b"\n" + jsonl(written(code()))))

    with pytest.raises(ItemImportRefused) as error:
        await run(city, ImportFile(FileForm.JSONL, opened, at.county))
    assert [(row.line, row.fault.value) for row in error.value.rows] == [(1, "line_too_long")]


COLUMNS = "code,name,name_en,category,audience,levels,visits,depth,statutory_days,promised_days,also,fees\n"


async def test_a_table_is_read_as_lines_are(place: tuple[City, Town]) -> None:
    city, at = place
    name = code()
    fees = '"[{""amount"": 100, ""what"": ""工本费""}]"'
    row = f'{name},"多行\n名称",,tax,person|business,county,0,information,10,5,别名|另一名,{fees}\n'
    assert await refused(city, (COLUMNS + row).encode(), at.county, FileForm.CSV) == [(3, "form", "name")]
    table = COLUMNS + row.replace("\n名称", "名称").replace('名称",,', '名称",Name,')
    done = await run(city, file_of(table.encode("utf-8-sig"), at.county, FileForm.CSV))
    assert (done.tally.fresh, done.tally.offers) == (1, 1)
    found = await item(city, name)
    assert (found.name.en, found.also, found.fees[0].amount) == ("Name", ("别名", "另一名"), 100)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("code;name\nX1;y\n", [(1, "columns", "")]),
        ("", [(1, "columns", "")]),
        ("code,code,name\n", [(1, "columns", "")]),
        (COLUMNS.replace("depth", "death"), [(1, "columns", "")]),
        (COLUMNS + "T-9,short\n", [(2, "columns", "")]),
        (COLUMNS + 'T-9,"no end', [(2, "columns", "")]),
        (COLUMNS + 'T-9,"' + "x" * 140_000 + '"\n', [(2, "columns", "")]),
        (COLUMNS + "T-9,名,,tax,person,county,one,information,10,5,,\n", [(2, "form", "visits")]),
        (COLUMNS + "T-9,名,,tax,person,county,0,information,10,5,,{\n", [(2, "form", "fees")]),
        ("department,name,extra\n", [(1, "columns", "")]),
        ("department,name\n局,a,b\n", [(2, "columns", "")]),
        ("department,name\n局,\n", [(2, "missing", "name")]),
    ],
)
async def test_a_broken_table_is_named_by_its_line(
    place: tuple[City, Town], text: str, rows: list[tuple[int, str, str]]
) -> None:
    city, at = place
    assert await refused(city, text.encode(), at.county, FileForm.CSV) == rows


async def test_a_published_list_becomes_items_of_the_unit_it_was_published_for(place: tuple[City, Town]) -> None:
    city, at = place
    text = "department,main_item,name\n区民政局,,结婚登记\n区民政局,殡葬,骨灰存放\n区民政局,,结婚登记\n".encode()
    with pytest.raises(ListNeedsUnit):
        await run(city, file_of(text, None, FileForm.CSV))
    done = await run(city, file_of(text, at.county, FileForm.CSV))
    assert (done.tally.fresh, done.tally.offers, done.echoes) == (2, 2, 1)
    again = await run(city, file_of(text + b"\n", at.county, FileForm.CSV))  # another file, the same words
    assert (again.tally.fresh, again.tally.same) == (0, 2)


@pytest.mark.skipif(not PUBLISHED_LIST.exists(), reason="the published list is not part of the repository")
async def test_the_real_list_of_a_district_imports(place: tuple[City, Town]) -> None:
    city, at = place
    done = await run(city, ImportFile(FileForm.of(PUBLISHED_LIST.name), lambda: PUBLISHED_LIST.open("rb"), at.county))
    assert done.lines + done.echoes == 1_135
    assert done.tally.fresh == done.tally.offers == done.lines > 1_000


async def test_an_import_that_was_broken_off_goes_on_where_it_was(
    place: tuple[City, Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    city, at = place
    names = [code() for _ in range(450)]
    file = file_of(jsonl(*(written(name) for name in names)), at.county)

    class Pulled(Exception):
        """The plug."""

    def pull(done: int, of: int) -> None:
        if done >= 400:
            raise Pulled

    with pytest.raises(Pulled):
        await run(city, file, pull)
    assert await city.services.government.catalogue.item(names[-1]) is None
    done = await run(city, file)
    assert (done.resumed_after, done.tally.fresh, done.tally.same) == (400, 450, 0)
    assert len(await city.services.government.catalogue.items(names)) == 450


async def test_of_two_processes_that_import_a_file_at_once_each_line_is_written_once(
    place: tuple[City, Town],
) -> None:
    city, at = place
    names = [code() for _ in range(600)]
    file = file_of(jsonl(*(written(name) for name in names)), at.county)
    ends = await asyncio.gather(*(run(city, file) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(end, ImportDone | ItemImportRunning) for end in ends), ends
    assert any(isinstance(end, ImportDone) for end in ends)
    found = await city.services.government.catalogue.items(names)
    assert {one.version for one in found.values()} == {1}
    assert len(found) == 600


def test_a_file_is_known_by_the_end_of_its_name() -> None:
    assert [FileForm.of(name) for name in ("a.csv", "B.JSONL", "c.ndjson")] == ["csv", "jsonl", "jsonl"]
    with pytest.raises(ImportFileUnknown):
        FileForm.of("a.xlsx")
