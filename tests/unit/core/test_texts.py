"""Texts as people type them, and the index over them."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.texts import Reader, Synonyms, Text, TextIndex
from app.core.texts import sounds as pinyin
from app.core.texts.folding import fold
from app.core.texts.marking import marked
from app.core.texts.slips import one_slip

SYNONYMS = Synonyms.parsed("丢了, 遗失, lost  # a remark\n\n身份证, ID card\n")
TEXTS = (
    Text("card", ("居民身份证遗失补领", "Replacement of an identity card"), "带户口簿", ("kind:a",), weight=0.9),
    Text("passport", ("普通护照换发", "Renewal of a passport"), tags=("kind:a", "far:1")),
    Text("fund", ("住房公积金提取", "Housing fund"), tags=("kind:b",), places=frozenset({"at:1"})),
    Text("bank", ("银行开户证明",), tags=("kind:b",)),
)


@pytest.fixture(scope="module")
def index() -> TextIndex:
    index = TextIndex(Reader(SYNONYMS))
    index.put(TEXTS)
    return index


def found(index: TextIndex, typed: str, *tags: str) -> list[str]:
    return [match.text.key for match in index.search(typed, tags).matches]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("身份证", "card"),
        ("身分证丢了", "card"),
        ("ＩＤ Card lost", "card"),
        ("id cards", "card"),
        ("shenfenzheng", "card"),
        ("shen fen zheng", "card"),
        ("senfenzen", "card"),
        ("shenfenzh", "card"),
        ("sfz", "card"),
        ("身份正", "card"),
        ("護照", "passport"),
        ("pasport", "passport"),
        ("passprot", "passport"),
        ("renewl of passport", "passport"),
        ("公积金", "fund"),
        ("公基金", "fund"),
        ("gjj", "fund"),
        ("hous", "fund"),
        ("yinhang", "bank"),
        ("户口簿", "card"),
    ],
)
def test_it_is_found_however_it_is_typed(index: TextIndex, typed: str, key: str) -> None:
    assert found(index, typed)[:1] == [key]


@pytest.mark.parametrize("typed", ["", "!!!", "的", "龘龘", "zzzzqqqq", "\x00", "title:*", "AND OR NOT"])
def test_what_means_nothing_finds_nothing(index: TextIndex, typed: str) -> None:
    assert found(index, typed) == []


def test_a_match_bears_every_tag_that_is_asked_for(index: TextIndex) -> None:
    assert found(index, "护照", "kind:a", "far:1") == ["passport"]
    assert found(index, "护照", "kind:b") == []
    assert found(index, "公积金", "at:1") == ["fund"]


def test_likeness_tells_an_exact_question_from_a_distant_one(index: TextIndex) -> None:
    exact, distant = index.search("住房公积金提取").matches[0], index.search("公积金贷款利率").matches[0]
    assert exact.likeness > 0.95
    assert exact.likeness > 2 * distant.likeness


def test_results_are_counted_by_tag(index: TextIndex) -> None:
    assert index.search("证明 银行").counts() == {"kind:b": 1}


@pytest.mark.parametrize(("typed", "key"), [("身", "card"), ("shen", "card"), ("hz", "passport"), ("zhuf", "fund")])
def test_suggestions_come_while_one_types(index: TextIndex, typed: str, key: str) -> None:
    assert [match.text.key for match in index.suggest(typed)][:1] == [key]


def test_a_text_is_replaced_and_dropped() -> None:
    index = TextIndex(Reader(Synonyms.none()))
    index.put([Text("one", ("结婚登记",)), Text("two", ("房屋买卖",))])
    index.put([Text("one", ("收养登记",))])
    assert (found(index, "结婚"), found(index, "收养")) == ([], ["one"])
    index.drop(["one", "never there"])
    assert found(index, "收养") == ["one"]
    index.commit()
    assert (found(index, "收养"), len(index)) == ([], 1)
    index.add([Text("four", ("户口迁移",))])
    assert (found(index, "户口"), len(index)) == ([], 1), "counted once it can be found"
    index.close_writing()
    index.put([Text("three", ("生育登记",))])
    assert found(index, "生育") == ["three"]


def test_a_search_beside_replacing_finds_what_is_there_all_the_time() -> None:
    texts = [Text(f"k{n}", (f"第{n}药店",)) for n in range(40)]
    index, done = TextIndex(Reader(Synonyms.none())), Event()
    index.put(texts)

    def replace() -> None:
        while not done.is_set():
            index.put(texts[:20])

    switched = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    with ThreadPoolExecutor(1) as pool:
        replacing = pool.submit(replace)
        try:
            for _ in range(1_000):
                assert len(index.search("药店").matches) == len(index) == len(texts)
        finally:
            done.set()
            sys.setswitchinterval(switched)
        replacing.result()


@pytest.mark.parametrize(
    ("typed", "title", "parts"),
    [
        ("身份证", "居民身份证遗失补领", ["居民", "[身份证]", "遗失补领"]),
        ("丢了", "居民身份证遗失补领", ["居民身份证", "[遗失]", "补领"]),
        ("sfz", "居民身份证遗失补领", ["居民", "[身份证]", "遗失补领"]),
        ("shenfen", "居民身份证", ["居民", "[身份]", "证"]),
        ("passports", "Renewal of a passport", ["Renewal of a ", "[passport]"]),
        ("护照", "普通護照（首次）", ["普通", "[護照]", "（首次）"]),
        ("别的", "普通护照", ["普通护照"]),
    ],
)
def test_what_was_meant_is_marked(index: TextIndex, typed: str, title: str, parts: list[str]) -> None:
    shown = [f"[{one.text}]" if one.marked else one.text for one in marked(index.reader, typed, title)]
    assert shown == parts


@given(typed=st.text(max_size=100), title=st.text(max_size=60))
def test_nothing_that_is_typed_breaks_anything(typed: str, title: str) -> None:
    index = _kept
    for match in index.search(typed).matches:
        assert 0 <= match.likeness <= 1.0001
    index.suggest(typed)
    assert "".join(part.text for part in marked(index.reader, typed, title)) == title


@given(st.text(max_size=60))
def test_any_title_can_be_kept(title: str) -> None:
    index = TextIndex(Reader(SYNONYMS))
    index.put([Text("one", (title,), title)])
    assert len(index) == 1


@given(st.sampled_from(sorted(pinyin.SYLLABLES)), st.sampled_from(sorted(pinyin.SYLLABLES)))
def test_two_syllables_are_always_read_as_pinyin(one: str, other: str) -> None:
    read = pinyin.typed(one + other)
    assert read is not None
    assert sum(map(len, read[0])) + len(read[1]) >= 1


@pytest.mark.parametrize(
    ("word", "other", "slip"),
    [
        ("abc", "abc", False),
        ("abc", "abcd", True),
        ("abc", "ab", True),
        ("abc", "axc", True),
        ("abcd", "acbd", True),
        ("abcd", "badc", False),
        ("abc", "abcde", False),
        ("", "a", True),
    ],
)
def test_one_slip_is_forgiven_and_two_are_not(word: str, other: str, slip: bool) -> None:
    assert (one_slip(word, other), one_slip(other, word)) == (slip, slip)


def test_a_text_has_one_spelling() -> None:
    assert fold("ＩＤ 護照　Ａ") == "id 护照 a"


def test_synonyms_count_as_whole_words_in_english_and_anywhere_in_chinese() -> None:
    assert SYNONYMS.groups == 2
    assert SYNONYMS.within("my id card") == SYNONYMS.within("二代身份证")
    assert SYNONYMS.within("arid cards") == set()


_kept = TextIndex(Reader(SYNONYMS))
_kept.put(TEXTS)
