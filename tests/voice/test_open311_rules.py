"""What is read from arguments and forms of the Open311 door, and how answers are written."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Outcome
from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import Box, Point
from app.core.said import Said
from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.channels.open311.errors import (
    ArgumentMissing,
    ArgumentWrong,
    AttributeWrong,
    LocationMissing,
    MediaRefused,
    SpanTooLong,
)
from app.domains.voice.channels.open311.filing.model import new_request, service_code
from app.domains.voice.channels.open311.model import ATTRIBUTES, Service, Status
from app.domains.voice.channels.open311.questions.model import MOST_ROWS, SPAN, question
from app.http.open311.written import as_json, as_xml

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SERVICE = Service("lamp", Said("路灯不亮", "Street light out"), Said(""), Said("市政"), attributes=ATTRIBUTES)
GOOD = {"service_code": "lamp", "lat": "26.08", "long": "119.3", "description": "灯不亮了。\n三天了。"}


def asked(**given: str | list[str]) -> Any:
    return question({name: [one] if isinstance(one, str) else one for name, one in given.items()}, NOW)


def filed(**changed: str | list[str] | None) -> Any:
    form = {name: value for name, value in (GOOD | changed).items() if value is not None}
    return new_request({name: [one] if isinstance(one, str) else one for name, one in form.items()}, SERVICE)


def test_without_arguments_it_is_about_ninety_days_and_a_thousand_rows() -> None:
    found = asked()
    assert (found.since, found.until, found.size, found.page) == (NOW - SPAN, None, MOST_ROWS, 1)


def test_an_empty_argument_is_none() -> None:
    empty = dict.fromkeys(
        ("service_request_id", "service_code", "start_date", "end_date", "status", "page", "bbox", "updated_after"), ""
    )
    assert asked(**empty) == asked()


def test_numbers_override_everything_else() -> None:
    found = asked(service_request_id=["A, B", "B,C"], start_date="nonsense", page="x")
    assert (found.numbers, found.since) == (("A", "B", "C"), None)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T08:00:00+08:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T08:00:00 08:00", datetime(2026, 1, 1, tzinfo=UTC)),  # the plus was not escaped
        ("2026-01-01T00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00.25Z", datetime(2026, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_moments_are_of_the_w3c(text: str, moment: datetime) -> None:
    assert asked(start_date=text).since == moment


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-01", "2026-01-01T00:00:00", "1.1.2026", "0000-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "now"),
        *(
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "2026-01-01T00:00:00Z'--",
            "２０２６-01-01T00:00:00Z",
        ),
    ],
)
def test_other_moments_are_refused_by_name(text: str) -> None:
    for name in ("start_date", "end_date", "updated_after", "updated_before"):
        with pytest.raises(ArgumentWrong) as refused:
            asked(**{name: text})
        assert refused.value.argument == name


def test_more_than_ninety_days_are_too_many() -> None:
    with pytest.raises(SpanTooLong):
        asked(start_date="2026-01-01T00:00:00Z", end_date="2026-04-01T00:00:01Z")
    found = asked(start_date="2026-01-01T00:00:00Z", end_date="2026-04-01T00:00:00Z")
    assert found.until - found.since == timedelta(days=90)


def test_one_date_alone_is_an_end_of_ninety_days() -> None:
    since = asked(start_date="2025-01-01T00:00:00Z")
    until = asked(end_date="2025-12-31T00:00:00Z")
    assert (since.until - since.since, until.until - until.since) == (SPAN, SPAN)


def test_what_changed_is_asked_whenever_it_was_filed() -> None:
    found = asked(updated_after="2026-03-01T00:00:00Z")
    assert (found.since, found.until) == (None, None)


@pytest.mark.parametrize(
    ("value", "found"),
    [("open", Status.OPEN), ("CLOSED", Status.CLOSED), ("open,closed", None), (["open", "closed"], None), ("", None)],
)
def test_both_statuses_are_as_none(value: str | list[str], found: Status | None) -> None:
    assert asked(status=value).status is found


def test_a_box_is_west_south_east_north() -> None:
    assert asked(bbox="119.2,26.0,119.4,26.2").box == Box(26.0, 119.2, 26.2, 119.4)


@pytest.mark.parametrize(
    "given",
    [
        *({"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "119.4,26,119.2,27"}, {"bbox": "nan,0,1,1"}),
        *({"bbox": "0,0,inf,1"}, {"bbox": "-181,0,0,1"}, {"status": "pending"}, {"page": "0"}, {"page": "-1"}),
        *({"page": "1e3"}, {"page_size": "1001"}, {"page": "11"}, {"page": "٣"}, {"extensions": "maybe"}),
        *({"service_code": ",".join(map(str, range(51)))}, {"service_request_id": "x" * 65}, {"page": ["1", "2"]}),
        *({"service_request_id": "a\0b"}, {"end_date": "2025-01-01T00:00:00Z", "start_date": "2026-01-01T00:00:00Z"}),
    ],
)
def test_what_cannot_be_read_is_named(given: dict[str, Any]) -> None:
    with pytest.raises(ArgumentWrong) as refused:
        asked(**given)
    assert refused.value.argument in given


@given(
    st.dictionaries(st.sampled_from(["start_date", "bbox", "page", "status", "service_code"]), st.text(), max_size=5)
)
@settings(max_examples=200)
def test_nothing_in_an_argument_is_more_than_refused(given: dict[str, str]) -> None:
    with suppress(Outcome):
        asked(**given)


def test_a_form_is_read_as_the_specification_has_it() -> None:
    found = filed(
        **{
            "attribute[KIND]": "help",
            "attribute[ASSET]": "LD-1",
            "address_string": "古田路 12 号",
            "first_name": "小明",
            "last_name": "陈",
            "phone": "059112345",
            "email": "a@b.cn",
            "device_id": "x",
            "account_id": "y",
            "unknown": "z",
        }
    )
    assert (found.kind, found.asset, found.name, found.contact) == (CaseKind.HELP, "LD-1", "陈小明", "059112345")
    assert (found.title, found.point, found.address) == ("灯不亮了。", Point(26.08, 119.3), "古田路 12 号")


def test_a_place_is_a_point_or_an_address_or_an_asset() -> None:
    nothing: dict[str, str | list[str] | None] = {"lat": None, "long": None}
    with pytest.raises(LocationMissing):
        filed(**nothing)
    assert filed(**nothing, address_string="五一广场").point is None
    assert filed(**nothing, address_id="LD-2").asset == "LD-2"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"description": ""}, ArgumentMissing),
        ({"description": "x"}, ArgumentMissing),
        ({"description": "长" * 4001}, ArgumentWrong),
        ({"description": "a\0b"}, ArgumentWrong),
        ({"description": ["一次", "两次"]}, ArgumentWrong),
        ({"long": ""}, ArgumentMissing),
        ({"lat": "north"}, ArgumentWrong),
        ({"lat": "1e5"}, ArgumentWrong),
        ({"lat": "nan"}, ArgumentWrong),
        ({"lat": "91"}, PlaceNotOnEarth),
        ({"media_url": "http://169.254.169.254/"}, MediaRefused),
        ({"attribute[KIND]": "murder"}, AttributeWrong),
        ({"attribute[KIND][]": ["help", "complaint"]}, AttributeWrong),
        ({"attribute[NOTICE]": "seen"}, AttributeWrong),
        ({"attribute[": "x"}, AttributeWrong),
        ({"attribute[OTHER]": "x"}, AttributeWrong),
        ({"phone": "1\n2"}, ArgumentWrong),
        ({"first_name": "x" * 61}, ArgumentWrong),
    ],
)
def test_a_form_that_is_wrong_is_refused_by_name(changed: dict[str, Any], refusal: type[Outcome]) -> None:
    with pytest.raises(refusal):
        filed(**changed)


def test_a_service_has_to_be_named() -> None:
    with pytest.raises(ArgumentMissing):
        service_code({"service_code": [" "]})


def as_spark(element: Any) -> Any:
    """XML as JSON by the Spark convention, where every list is known by the name of its items."""
    items = {"request", "service", "attribute", "value", "error", "endpoint", "format", "note"}
    if len(element) and all(child.tag in items for child in element):
        return [as_spark(child) for child in element]
    if len(element):
        return {child.tag: as_spark(child) for child in element}
    return element.text


texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "service_request_id": texts,
            "status": st.sampled_from(["open", "closed"]),
            "description": st.none() | texts,
            "notes": st.lists(st.fixed_dictionaries({"type": texts}), min_size=1, max_size=2),
        }
    ),
    min_size=1,
    max_size=3,
)


@given(ROWS)
@settings(max_examples=150)
def test_xml_and_json_say_the_same(rows: list[dict[str, Any]]) -> None:
    xml = as_spark(ElementTree.fromstring(as_xml("service_requests", rows), forbid_dtd=True))
    assert xml == json.loads(as_json(rows))


def test_numbers_and_truths_are_plain() -> None:
    content = {"lat": 26.08, "metadata": True, "order": 1, "none": None}
    assert as_xml("service", content).decode().splitlines()[1] == (
        "<service><lat>26.08</lat><metadata>true</metadata><order>1</order><none/></service>"
    )
    assert json.loads(as_json(content)) == content
