"""Which reports are alike: a table of pairs, and what holds of all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.places.model import Point
from app.domains.voice.public.alike.model import MOST_SIGNS, NEAR, Asked, Signs, jaccard, likeness, words_of

HERE = Point(26.0853, 119.3002)
AT = datetime(2026, 11, 20, 8, 50, tzinfo=UTC)
NUMBERS: dict[str, int] = {}


def hashed(text: str) -> frozenset[int]:
    return frozenset(NUMBERS.setdefault(word, len(NUMBERS)) for word in words_of(text))


def kin(one: str, other: str) -> bool:
    return one.split(".")[0] == other.split(".")[0]


def compared(
    asked: str, filed: str, *, asked_for: str | None = "a.1", category: str = "a.1", metres: float = 0
) -> bool:
    there = Point(HERE.latitude + metres / 111_195, HERE.longitude)
    signs = Signs("case", there, category, hashed(filed), AT)
    return likeness(Asked(HERE, asked_for, hashed(asked)), signs, kin) is not None


SAME = [
    ("五四路111号门口路灯不亮三天了，晚上很黑", "五四路路灯坏了，没有灯"),
    ("东街口路灯一直不亮", "五四路温泉公园门口有一盏路灯晚上不亮"),
    ("井盖破损，五四路111号门口", "路口井盖缺失，很危险"),
    ("路口井盖缺失，很危险", "下水道井盖没了，容易摔跤"),
    ("工地夜间施工噪音扰民", "晚上工地一直施工，噪声太大睡不着"),
    ("晚上工地一直施工，噪声太大睡不着", "半夜打桩，吵得睡不着觉"),
    ("小区门口垃圾成堆没人清运", "垃圾桶满了，垃圾没人清理"),
    ("水管爆裂，路面积水", "自来水管爆了，水流到马路上"),
    ("The street lamp on Wusi Road is dark", "street lamp not working"),
]
OTHER = [
    ("五四路111号门口路灯不亮", "五四路111号门口井盖破损"),
    ("五四路水管爆裂喷水", "五四路路灯坏了"),
    ("温泉公园门口乱停车", "温泉公园门口广场舞扰民"),
    ("请尽快处理，谢谢", "请尽快回复，谢谢"),
    ("Potholes on Wusi Road", "Rubbish bins on Wusi Road"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_trouble_in_other_words_is_alike(one: str, other: str) -> None:
    assert compared(one, other)
    assert compared(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_trouble_in_the_same_street_is_not(one: str, other: str) -> None:
    assert not compared(one, other, category="b.1")


def test_farther_than_250_metres_nothing_is_alike() -> None:
    assert compared("路灯不亮", "路灯不亮", metres=NEAR - 1)
    assert not compared("路灯不亮", "路灯不亮", metres=NEAR + 1)


def test_the_farther_the_category_the_more_words_have_to_be_shared() -> None:
    little, more = (
        ("路口井盖缺失，很危险", "下水道井盖没了，容易摔跤"),
        ("晚上工地一直施工，噪声太大睡不着", "工地夜间施工噪音扰民"),
    )
    assert compared(*little)
    assert not compared(*little, category="a.2")
    assert compared(*more, category="a.2")
    assert not compared(*more, category="b.1")
    assert compared("路灯不亮", "路灯不亮", category="b.1")
    assert compared("路灯不亮", "路灯不亮", asked_for=None)


@given(st.text(max_size=3_000))
def test_of_any_text_there_are_few_words(text: str) -> None:
    assert len(words_of(text)) <= MOST_SIGNS


@given(st.frozensets(st.integers(0, 40)), st.frozensets(st.integers(0, 40)))
def test_likeness_of_words_is_a_share_and_goes_both_ways(one: frozenset[int], other: frozenset[int]) -> None:
    assert 0 <= jaccard(one, other) == jaccard(other, one) <= 1
    assert (jaccard(one, other) == 1) is (one == other and bool(one))


def test_signs_outlast_the_time_in_which_they_are_asked_for() -> None:
    from app.domains.voice.public.alike.model import KEPT, SINCE

    assert timedelta(days=14) == SINCE < KEPT
