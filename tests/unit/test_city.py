"""The seeded city is closed, free of doubles, and made of values that independent checkers accept."""

from __future__ import annotations

from collections import Counter
from datetime import date

import phonenumbers
import pytest
from stdnum.cn import ric

from mocks.city import DEMO_PEOPLE, HOUSEHOLDS, KIN, PEOPLE, PROVIDERS, UNITS, ProviderKind, UnitLevel, household_of
from mocks.divisions import governments
from mocks.estates import all_estates
from mocks.giving import seed_points
from mocks.people import Person, Sex, is_well_formed, kinship
from mocks.volunteers import seed_volunteering


def _doubles(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _age(person: Person) -> int:
    today = date(2026, 11, 1)
    return today.year - person.born.year - ((today.month, today.day) < (person.born.month, person.born.day))


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
def test_an_identity_number_passes_an_independent_check(person: Person) -> None:
    assert ric.validate(person.id_number) == person.id_number
    assert ric.get_birth_date(person.id_number) == person.born
    assert person.id_number.startswith("3501")
    assert is_well_formed(person.id_number)


@pytest.mark.parametrize(
    "number",
    ["", "35010219880412991", "350102198804129910", "350102198813129915", "35010219880412991１", "a50102198804129913"],
)
def test_a_malformed_identity_number_is_seen(number: str) -> None:
    assert not is_well_formed(number)


def test_phones_are_valid_mobiles_of_the_reserved_looking_range() -> None:
    for phone in (person.phone for person in PEOPLE if person.phone):
        parsed = phonenumbers.parse(phone)
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
        assert phone.startswith("+861990000")


def test_adults_have_a_phone_and_minors_have_none() -> None:
    assert {person.key for person in PEOPLE if (_age(person) < 18) == bool(person.phone)} == set()


def test_whatever_has_a_name_has_one_in_english() -> None:
    named = [(unit.name, unit.name_en) for unit in (*UNITS, *governments())]
    named += [(provider.name, provider.name_en) for provider in PROVIDERS]
    named += [(one.committee.name, one.committee.name_en) for one in all_estates()]
    named += [keeper.name for keeper in seed_volunteering().keepers]
    named += [giver.name for giver in seed_points().givers]
    assert [zh for zh, en in named if not en or not en.isascii()] == []


def test_nothing_appears_twice() -> None:
    assert _doubles([unit.code for unit in UNITS]) == []
    assert _doubles([provider.key for provider in PROVIDERS]) == []
    assert _doubles([person.key for person in PEOPLE]) == []
    assert _doubles([person.id_number for person in PEOPLE]) == []
    assert _doubles([person.phone for person in PEOPLE if person.phone]) == []
    assert _doubles([household.key for household in HOUSEHOLDS]) == []


def test_every_unit_hangs_on_one_that_was_named_before_it() -> None:
    seen: set[str] = set()
    for unit in UNITS:
        assert unit.parent in seen or unit.level is UnitLevel.PROVINCE
        seen.add(unit.code)
    assert sum(unit.level is UnitLevel.COUNTY for unit in UNITS) == 13


def test_a_township_lies_within_its_county() -> None:
    for unit in UNITS:
        if unit.level is UnitLevel.TOWNSHIP:
            assert unit.parent == unit.code[:6] + "000000"
            assert len(unit.code) == 12


def test_every_kind_of_provider_belongs_to_a_known_unit() -> None:
    codes = {unit.code for unit in UNITS}
    assert {provider.unit for provider in PROVIDERS} <= codes
    assert {provider.kind for provider in PROVIDERS} == set(ProviderKind)


def test_every_purpose_of_a_code_has_somebody_who_verifies_it() -> None:
    scopes = {scope for provider in PROVIDERS for scope in provider.scopes}
    purposes = ("transit", "hospital", "library", "gate", "service_hall", "patrol")
    assert scopes >= {f"verify:{purpose}" for purpose in purposes}


def test_households_lie_in_known_townships_and_are_led_by_a_member() -> None:
    townships = {unit.code for unit in UNITS if unit.level is UnitLevel.TOWNSHIP}
    for household in HOUSEHOLDS:
        assert household.division in townships
        heads = [p for p in PEOPLE if p.household == household.key and p.relation == "head"]
        assert [head.id_number for head in heads] == [household.head]


def test_every_member_is_kin_of_the_head() -> None:
    assert [person.key for person in PEOPLE if person.relation == "other"] == []


def test_kin_are_known_marriages_are_mutual_and_parents_are_older() -> None:
    by_key = {person.key: person for person in PEOPLE}
    for person in PEOPLE:
        if person.spouse:
            assert by_key[person.spouse].spouse == person.key
        for parent in person.parents:
            assert by_key[parent].born.year + 18 <= person.born.year


@pytest.mark.parametrize(
    ("of", "to", "relation"),
    [
        ("chen-meiling", "chen-yuhang", "parent"),
        ("chen-yuhang", "chen-meiling", "child"),
        ("lin-xiaofeng", "chen-jingyi", "spouse"),
        ("zheng-guodong", "wu-siqi", "grandparent"),
        ("wu-siqi", "zheng-guodong", "grandchild"),
        ("lin-yutong", "lin-zimo", "sibling"),
        ("lin-xiaofeng", "lin-xiaofeng", None),
        ("liu-yang", "lin-zimo", None),
    ],
)
def test_kinship_follows_from_parents_and_spouses(of: str, to: str, relation: str | None) -> None:
    assert kinship(of, to, KIN) == relation


def test_the_people_to_meet_first_are_of_both_sexes_and_several_ages() -> None:
    people = [demo.person for demo in DEMO_PEOPLE]
    assert {person.sex for person in people} == set(Sex)
    assert any(_age(person) >= 60 for person in people)
    assert any(not demo.verified for demo in DEMO_PEOPLE)
    assert all(person.phone and household_of(person).head for person in people)
