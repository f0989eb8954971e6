"""What is proposed for a case: a table of rules, places, assets and histories, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Level, Organisation, Tree
from app.domains.voice.cases.errors import FallbackKeeps
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Identity
from app.domains.voice.cases.model import Case, Words
from app.domains.voice.cases.requests.model import Answer, Ask, UnitRequest
from app.domains.voice.centre.dispatch.proposals.model import Choice, Why, falls_back, matter_of, proposed
from app.domains.voice.centre.dispatch.rules.model import About, Goal, Rule, RuleBook, RuleTable
from app.domains.voice.places.model import Place

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PROVINCE, CITY, GULOU, TAIJIANG, EAST, SOUTH, QUIET = (
    "350000000000",
    "350100000000",
    "350102000000",
    "350103000000",
    "350102001000",
    "350102005000",
    "350103010000",
)
# What the city is made of: (code, parent, kind, level, handles cases)
_NODES = (
    (PROVINCE, None, Kind.GOVERNMENT, Level.PROVINCE, False),
    (CITY, PROVINCE, Kind.GOVERNMENT, Level.CITY, True),
    (GULOU, CITY, Kind.GOVERNMENT, Level.COUNTY, True),
    (TAIJIANG, CITY, Kind.GOVERNMENT, Level.COUNTY, True),
    (EAST, GULOU, Kind.GOVERNMENT, Level.TOWNSHIP, True),
    (SOUTH, GULOU, Kind.GOVERNMENT, Level.TOWNSHIP, True),
    (QUIET, TAIJIANG, Kind.GOVERNMENT, Level.TOWNSHIP, False),
    ("urban", CITY, Kind.DEPARTMENT, Level.CITY, True),
    ("gulou-urban", GULOU, Kind.DEPARTMENT, Level.COUNTY, True),
    ("water", CITY, Kind.UTILITY, None, True),
    ("water-east", "water", Kind.UTILITY, None, False),
    ("power", CITY, Kind.UTILITY, None, False),
    ("market", CITY, Kind.DEPARTMENT, Level.CITY, True),
    ("centre", CITY, Kind.DEPARTMENT, Level.CITY, False),
)
LAMP, HYDRANT, NOISE, STRAY, FOOD = (
    ("facilities", "facilities.lamp"),
    ("facilities", "facilities.hydrant"),
    ("environment", "environment.noise"),
    ("other", "other.stray"),
    ("market", "market.food"),
)
_SEAT = Viewer(role=Role.PROVIDER_STAFF, actor="seat", organisation="centre")


def tree() -> Tree:
    made = Tree()
    for code, parent, kind, level, handles in _NODES:
        above = made.get(parent) if parent else None
        path = (*above.path, above.code) if above else ()
        scopes = frozenset({"cases"}) if handles else frozenset[str]()
        made.put([Organisation(code, code, kind, level, parent, path, scopes)])
    return made


def rule(category: str, goal: Goal, division: str = "", owner: str = "") -> Rule:
    return Rule(RuleTable.RESPONSIBILITIES, About(category, division, owner), goal, version=1)


def fallback(division: str, unit: str) -> Rule:
    return Rule(RuleTable.FALLBACKS, About(division=division), Goal(unit), version=1)


def book() -> RuleBook:
    made = RuleBook()
    made.put(
        [
            rule("facilities", Goal("urban")),
            rule("facilities", Goal("gulou-urban"), GULOU),
            rule("facilities.hydrant", Goal("water")),
            rule("facilities", Goal(owner=True), owner="water"),
            rule("environment", Goal(owner=True), owner="any"),
            rule("facilities.lamp", Goal("urban"), owner="power"),
            rule("environment", Goal(level=Level.TOWNSHIP)),
            rule("market", Goal("market")),
            rule("market.food", Goal("power")),  # which handles no cases: the next one is taken
            fallback("", CITY),
            fallback(GULOU, GULOU),
        ]
    )
    return made


def case(division: str = EAST, **changed: object) -> Case:
    plain = Case(
        id="c",
        number="n",
        owner="o",
        citizen="o",
        kind=CaseKind.COMPLAINT,
        channel=CaseChannel.APP,
        category="x",
        identity=Identity.NAMED,
        state=CaseState.ACCEPTED,
        place=Place(division),
        words=Words(),
        filed_at=NOW,
        changed_at=NOW,
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def returned(unit: str, suggested: str | None = None) -> UnitRequest:
    return UnitRequest("r", Ask.RETURN, unit, "h", NOW, "not ours", suggested=suggested, answer=Answer.APPROVED)


ONCE: dict[str, Any] = {"returns": 1, "units_before": ("gulou-urban",), "requests": (returned("gulou-urban"),)}
TWICE: dict[str, Any] = {"returns": 2, "units_before": ("gulou-urban", "urban")}
REOPENED: dict[str, Any] = {"round": 2}
# (what, category, division, the asset's owner, what it has been through, unit, why, rule)
TABLE: tuple[tuple[Any, ...], ...] = (
    ("the deeper division wins", LAMP, EAST, None, {}, "gulou-urban", Why.RULE, "facilities:350102000000:all@1"),
    ("elsewhere the city's rule holds", LAMP, TAIJIANG, None, {}, "urban", Why.RULE, "facilities:all:all@1"),
    ("the deeper category goes before the division", HYDRANT, EAST, None, {}, "water", Why.RULE, None),
    ("an asset's owner goes before both", LAMP, EAST, "water", {}, "water", Why.ASSET_OWNER, None),
    ("an owner that handles nothing: who is above it", LAMP, EAST, "water-east", {}, "water", Why.ASSET_OWNER, None),
    ("a rule may say otherwise of an owner", LAMP, EAST, "power", {}, "urban", Why.RULE, "facilities.lamp:all:power@1"),
    ("an owner of whom no rule speaks changes nothing", LAMP, EAST, "market", {}, "gulou-urban", Why.RULE, None),
    ("whoever owns it", NOISE, SOUTH, "market", {}, "market", Why.ASSET_OWNER, "environment:all:any@1"),
    ("whoever owns it handles nothing: who is above", NOISE, SOUTH, "power", {}, CITY, Why.ASSET_OWNER, None),
    ("a level: the government where it is", NOISE, SOUTH, None, {}, SOUTH, Why.LEVEL, "environment:all:all@1"),
    ("a level that handles nothing there: above it", NOISE, QUIET, None, {}, TAIJIANG, Why.LEVEL, None),
    ("a level below the place: the place's own", NOISE, GULOU, None, {}, GULOU, Why.LEVEL, None),
    ("a place of which only the city is known", NOISE, CITY, None, {}, CITY, Why.LEVEL, None),
    ("a unit that handles no cases is passed over", FOOD, EAST, None, {}, "market", Why.RULE, "market:all:all@1"),
    ("nobody owns it: the division's fallback", STRAY, SOUTH, None, {}, GULOU, Why.FALLBACK_UNOWNED, "350102000000@1"),
    ("nobody owns it: the city's fallback", STRAY, QUIET, None, {}, CITY, Why.FALLBACK_UNOWNED, "all@1"),
    ("an unknown category: the fallback", (), EAST, None, {}, GULOU, Why.FALLBACK_UNOWNED, None),
    ("an unknown division: the city's rule", LAMP, "999", None, {}, "urban", Why.RULE, None),
    ("returned once: the next rule", LAMP, EAST, None, ONCE, "urban", Why.RULE, "facilities:all:all@1"),
    (
        "returned once, with whose it is: that unit",
        LAMP,
        EAST,
        None,
        {**ONCE, "requests": (returned("gulou-urban", "market"),)},
        "market",
        Why.SUGGESTED,
        None,
    ),
    (
        "a suggestion that handles nothing is none",
        LAMP,
        EAST,
        None,
        {**ONCE, "requests": (returned("gulou-urban", "power"),)},
        "urban",
        Why.RULE,
        None,
    ),
    (
        "returned once and no other rule: the nearest government",
        FOOD,
        SOUTH,
        None,
        {"returns": 1, "units_before": ("market",)},
        SOUTH,
        Why.NEAREST,
        None,
    ),
    ("returned twice: the fallback", LAMP, EAST, None, TWICE, GULOU, Why.FALLBACK_RETURNED, "350102000000@1"),
    (
        "returned twice: the fallback, though it had it itself",
        NOISE,
        SOUTH,
        None,
        {"returns": 2, "units_before": (SOUTH, GULOU)},
        GULOU,
        Why.FALLBACK_RETURNED,
        None,
    ),
    (
        "reopened: who is above those that handled it",
        LAMP,
        EAST,
        None,
        {**REOPENED, "units_before": ("gulou-urban",)},
        GULOU,
        Why.ABOVE,
        None,
    ),
    (
        "reopened at the top: by rule, to somebody else",
        LAMP,
        EAST,
        None,
        {**REOPENED, "units_before": ("gulou-urban", GULOU, CITY)},
        "urban",
        Why.RULE,
        None,
    ),
    (
        "what the centre itself had answered goes by rule",
        LAMP,
        EAST,
        None,
        {**REOPENED, "units_before": ("centre",)},
        "gulou-urban",
        Why.RULE,
        None,
    ),
    (
        "reopened, and everybody had it: the fallback that had it not",
        STRAY,
        TAIJIANG,
        None,
        {**REOPENED, "units_before": (TAIJIANG, CITY)},
        None,
        Why.NOBODY,
        None,
    ),
    (
        "reopened after the fallback had it: above the fallback",
        STRAY,
        EAST,
        None,
        {**REOPENED, "units_before": ("market", GULOU)},
        CITY,
        Why.ABOVE,
        None,
    ),
)


@pytest.mark.parametrize(
    ("category", "division", "owner", "been", "unit", "why", "named"),
    [row[1:] for row in TABLE],
    ids=[r[0] for r in TABLE],
)
def test_the_proposal(
    category: tuple[str, ...],
    division: str,
    owner: str | None,
    been: dict[str, object],
    unit: str | None,
    why: Why,
    named: str | None,
) -> None:
    one, units = case(division, **been), tree()
    made = proposed(one, matter_of(one, category, owner, units), book(), units)
    assert (made.unit, made.why) == (unit, why)
    assert named is None or (made.first is not None and made.first.rule == named)
    assert len({unit, *(other.unit for other in made.alternatives)}) == 1 + len(made.alternatives)


def test_a_rule_that_ended_or_changed_is_followed_at_once() -> None:
    units, rules, one = tree(), book(), case(EAST)
    matter = matter_of(one, LAMP, None, units)
    was = rules.rules["facilities:350102000000:all"]
    rules.put([was.written(Goal("market"), was.words, "ops", NOW, "moved")])
    made = proposed(one, matter, rules, units)
    assert made.first == Choice("market", Why.RULE, "facilities:350102000000:all@2")
    rules.put([was])  # what was read before comes in late
    assert proposed(one, matter, rules, units).unit == "market"
    rules.put([rules.rules[was.id].stopped("ops", NOW, "no more")])
    assert proposed(one, matter, rules, units).unit == "urban"


def test_a_suspended_unit_is_nobodys_choice() -> None:
    units, one = tree(), case(EAST)
    gulou = units.nodes["gulou-urban"]
    units.put([replace(gulou, scopes=frozenset())])
    assert proposed(one, matter_of(one, LAMP, None, units), book(), units).unit == "urban"


def test_a_choice_keeps_the_reason_it_was_offered_with() -> None:
    units, one = tree(), case(EAST)
    made = proposed(one, matter_of(one, LAMP, None, units), book(), units)
    assert made.choice("gulou-urban").reason == "rule facilities:350102000000:all@1"
    assert made.choice(GULOU).why is Why.NEAREST
    assert made.choice("water").reason == "seat"


def test_what_fell_to_the_fallback_cannot_be_returned() -> None:
    fell = case(EAST, **TWICE).dispatched(GULOU, (GULOU, CITY), (), "fallback_returned all@1", _SEAT, NOW)
    assert not falls_back(fell)
    with pytest.raises(FallbackKeeps):
        fell.asked(replace(returned(GULOU), answer=Answer.PENDING), 0, _SEAT, NOW)


_CODES = st.sampled_from([None, *(code for code, *_ in _NODES)])


@given(
    category=st.sampled_from([LAMP, HYDRANT, NOISE, STRAY, FOOD, ()]),
    division=_CODES,
    owner=_CODES,
    before=st.lists(st.sampled_from([code for code, *_ in _NODES]), unique=True, max_size=4),
    returns=st.integers(0, 3),
    round_=st.integers(1, 2),
)
def test_whoever_is_proposed_handles_cases_and_had_it_not_unless_he_is_the_fallback(
    category: tuple[str, ...], division: str | None, owner: str | None, before: list[str], returns: int, round_: int
) -> None:
    one, units = case(division or "", units_before=tuple(before), returns=returns, round=round_), tree()
    made = proposed(one, matter_of(one, category, owner, units), book(), units)
    named = [made.unit] if made.unit else []
    for unit in (*named, *(other.unit for other in made.alternatives)):
        assert units.grants(unit, "cases")
        assert unit not in before or (unit == made.fallback and returns >= 2)
    if falls_back(one):
        assert made.unit == made.fallback


class _Counting(dict[str, Rule]):
    asked = 0

    def get(self, key: str, default: object = None) -> Rule | None:  # type: ignore[override]
        self.asked += 1
        return super().get(key)


def test_a_proposal_looks_at_the_few_nodes_above_however_many_rules_there_are() -> None:
    units, rules = tree(), RuleBook(_Counting())
    rules.put(book().rules.values())
    for n in range(1_300):
        units.put([Organisation(f"u{n}", "u", Kind.GOVERNMENT, Level.TOWNSHIP, GULOU, (PROVINCE, CITY, GULOU))])
        rules.put([rule("facilities", Goal("urban"), f"u{n}"), rule("environment", Goal("water"), f"u{n}")])
    counted, one = rules.rules, case(EAST)
    assert isinstance(counted, _Counting)
    counted.asked = 0
    assert proposed(one, matter_of(one, LAMP, "water-east", units), rules, units).unit == "water"
    # 5 owners, anybody, none; 3 categories; 5 divisions; and once more to see whether anybody owns it.
    assert counted.asked <= 2 * 7 * 3 * 5
