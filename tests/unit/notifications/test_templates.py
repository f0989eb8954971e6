"""Templates: each fault has its name, what was checked can always be filled, and nothing in it is ever evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Outcome
from app.core.messages import LOCALES, read_catalog
from notifications.templates import errors
from notifications.templates.facts import Fact, FactKind, spoken
from notifications.templates.model import (
    LONGEST,
    PLACEHOLDERS,
    Part,
    Template,
    TemplateState,
    Texts,
    built_in,
    check,
    parse_code,
)

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
GOOD = Texts("Book due", "Your book {title} is due on {day}. {shelf}", "A book is due")
FACTS = {
    "title": Fact(personal=True),
    "day": Fact(FactKind.DATE),
    "shelf": Fact(),
    "link": Fact(FactKind.LINK, host="library.test.cn"),
}


def both(texts: Texts) -> dict[str, Texts]:
    return dict.fromkeys(LOCALES, texts)


def template(texts: Texts = GOOD, facts: Mapping[str, Fact] = FACTS) -> Template:
    return Template("book_due", 1, "library", both(texts), facts, TemplateState.DRAFT, "clerk", AT, "t1")


def said_with(**changed: str) -> dict[str, Texts]:
    return both(replace(GOOD, **changed))


def test_a_good_template_passes() -> None:
    check(both(GOOD), FACTS)
    check(said_with(body="{{not a placeholder}} {title}\n第二行 👨‍👩‍👧"), FACTS)


@pytest.mark.parametrize("locale", LOCALES)
def test_both_languages_must_be_there(locale: str) -> None:
    texts: dict[str, Texts] = {other: GOOD for other in LOCALES if other != locale}
    with pytest.raises(errors.TemplateLanguageMissing) as refused:
        check(texts, FACTS)
    assert refused.value.locale == locale


@pytest.mark.parametrize(
    ("part", "text", "fault", "data"),
    [
        ("title", "", errors.TemplateTextLength, {"limit": 50}),
        ("title", " \n", errors.TemplateTextLength, {"limit": 50}),
        ("title", "题" * 51, errors.TemplateTextLength, {"limit": 50}),
        ("body", "a" * 2001, errors.TemplateTextLength, {"limit": 2000}),
        ("push", "a" * 121, errors.TemplateTextLength, {"limit": 120}),
        ("body", "Due on {day", errors.TemplateTextMalformed, {}),
        ("body", "Due on day}", errors.TemplateTextMalformed, {}),
        ("body", "Due on {day!}", errors.TemplateTextMalformed, {}),
        ("title", "Book\ndue", errors.TemplateCharacterRefused, {"character": "U+000A"}),
        ("body", "Book\rdue", errors.TemplateCharacterRefused, {"character": "U+000D"}),
        ("body", "Book\x00due", errors.TemplateCharacterRefused, {"character": "U+0000"}),
        ("push", "Book \u202edue", errors.TemplateCharacterRefused, {"character": "U+202E"}),
        ("body", "Book \u2028due", errors.TemplateCharacterRefused, {"character": "U+2028"}),
        ("body", "{title.__class__}", errors.PlaceholderNotSimple, {"placeholder": "title.__class__"}),
        ("body", "{title[0]}", errors.PlaceholderNotSimple, {"placeholder": "title[0]"}),
        ("body", "{title!r}", errors.PlaceholderNotSimple, {"placeholder": "title"}),
        ("body", "{title:>99999999}", errors.PlaceholderNotSimple, {"placeholder": "title"}),
        ("body", "{title:{day}}", errors.PlaceholderNotSimple, {"placeholder": "title"}),
        ("body", "{}", errors.PlaceholderNotSimple, {"placeholder": ""}),
        ("body", "{0}", errors.PlaceholderNotSimple, {"placeholder": "0"}),
        ("body", "{ title }", errors.PlaceholderNotSimple, {"placeholder": " title "}),
        ("body", "{titel}", errors.PlaceholderUnknown, {"placeholder": "titel"}),
        ("push", "Your book {title} is due", errors.PlaceholderNotAllowedHere, {"placeholder": "title"}),
        ("title", "{title} is due", errors.PlaceholderNotAllowedHere, {"placeholder": "title"}),
        ("push", "See {link}", errors.PlaceholderNotAllowedHere, {"placeholder": "link"}),
    ],
)
def test_each_fault_of_a_text_has_its_name_and_its_place(
    part: str, text: str, fault: type[Outcome], data: dict[str, Any]
) -> None:
    with pytest.raises(fault) as refused:
        check({**both(GOOD), "en": replace(GOOD, **{part: text})}, FACTS)
    assert refused.value.data == {"locale": "en", "part": part, **data}


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("Title", Fact()),
        ("", Fact()),
        ("1st", Fact()),
        ("a" * 41, Fact()),
        ("__class__", Fact()),
        ("link", Fact(FactKind.LINK)),
        ("link", Fact(FactKind.LINK, host="localhost")),
        ("link", Fact(FactKind.LINK, host="10.0.0.1")),
        ("link", Fact(FactKind.LINK, host="Library.test.cn")),
        ("link", Fact(FactKind.LINK, host="library.test.cn/path")),
        ("link", Fact(FactKind.LINK, host=".test.cn")),
        ("link", Fact(FactKind.LINK, host="a" * 100_000)),
        ("link", Fact(FactKind.LINK, host="")),
        ("day", Fact(FactKind.DATE, host="")),
        ("day", Fact(FactKind.DATE, host="library.test.cn")),
    ],
)
def test_a_fact_is_declared_by_a_plain_name_and_a_link_with_its_host(name: str, fact: Fact) -> None:
    with pytest.raises(errors.FactDeclarationInvalid) as refused:
        check(both(GOOD), {**FACTS, name: fact})
    assert refused.value.fact == name[:40]


def test_twenty_facts_are_enough() -> None:
    with pytest.raises(errors.FactDeclarationInvalid):
        check(both(GOOD), {**FACTS, **{f"more_{n}": Fact() for n in range(17)}})


@pytest.mark.parametrize("code", ["", "a", "Book_due", "1st", "book-due", "a" * 41, "书", "book_due\n"])
def test_a_code_is_of_small_letters(code: str) -> None:
    with pytest.raises(errors.TemplateCodeInvalid):
        parse_code(code)


@pytest.mark.parametrize(
    ("fact", "value", "english", "chinese"),
    [
        (Fact(), "融 & {title}", "融 & {title}", "融 & {title}"),
        (Fact(FactKind.DATE), "2026-03-02", "2 March 2026", "2026年3月2日"),
        (Fact(FactKind.DATE), date(2026, 3, 2), "2 March 2026", "2026年3月2日"),
        (Fact(FactKind.TIME), "08:05", "08:05", "08:05"),
        (Fact(FactKind.NUMBER), 12, "12", "12"),
        (Fact(FactKind.NUMBER), "-3.50", "-3.50", "-3.50"),
        (FACTS["link"], "https://library.test.cn/b?id=7#x", *["https://library.test.cn/b?id=7#x"] * 2),
    ],
)
def test_a_value_is_said_as_people_read_it(fact: Fact, value: object, english: str, chinese: str) -> None:
    assert (spoken("x", fact, value, "en"), spoken("x", fact, value, "zh-CN")) == (english, chinese)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", ""),
        ("text", "   "),
        ("text", "a" * 101),
        ("text", "two\nlines"),
        ("text", "two\u2029lines"),
        ("text", "\u202ednuora"),
        ("text", "\ud800"),
        ("text", True),
        ("date", "2026-02-30"),
        ("date", "20260302"),
        ("date", "2026-W10-1"),
        ("date", "0000-01-01"),
        ("date", "tomorrow"),
        ("time", "24:00"),
        ("time", "8:05"),
        ("time", "08:05\n"),
        ("number", "1e9"),
        ("number", "٣"),
        ("number", "NaN"),
        ("number", False),
        ("number", "9" * 16),
        ("link", "http://library.test.cn/"),
        ("link", "https://library.test.cn.evil.test/"),
        ("link", "https://library.test.cn@evil.test/"),
        ("link", "https://library.test.cn:8443/"),
        ("link", "https://library.test.cn\\@evil.test/"),
        ("link", "https://library.test.cn/ x"),
        ("link", "https://evil.test/https://library.test.cn/"),
        ("link", "javascript:alert(1)"),
        ("link", "https://library.test.cn/" + "a" * 300),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: str, value: object) -> None:
    fact = FACTS["link"] if kind == "link" else Fact(FactKind(kind))
    with pytest.raises(errors.FactUnfit) as refused:
        spoken("x", fact, value, "en")
    assert refused.value.data == {"fact": "x", "kind": kind}


def test_what_is_missing_or_too_much_is_named() -> None:
    full = {"title": "Water Margin", "day": "2026-03-02", "shelf": "A 7"}
    template().check_facts(full)
    template().check_facts({**full, "link": "https://library.test.cn/"})
    for facts, fault in (
        ({**full, "colour": "red"}, errors.FactUnknown("colour")),
        ({name: value for name, value in full.items() if name != "day"}, errors.FactMissing("day")),
        ({**full, "shelf": None}, errors.FactMissing("shelf")),
        ({**full, "link": "https://evil.test/"}, errors.FactUnfit("link", "link")),
    ):
        with pytest.raises(type(fault)) as refused:
            template().check_facts(facts)
        assert refused.value.data == fault.data


def test_a_text_is_filled_in_the_language_asked_for() -> None:
    facts = {"title": "水浒传", "day": "2026-03-02", "shelf": "{title}", "more": "ignored"}
    assert template().render("en", facts).body == "Your book 水浒传 is due on 2 March 2026. {title}"
    assert template().render("zh-CN", facts).body == "Your book 水浒传 is due on 2026年3月2日. {title}"
    assert template().render("fr", facts) == template().render("zh-CN", facts)


def test_braces_are_written_double() -> None:
    filled = template(replace(GOOD, body="{{title}} {title} {{}}")).render("en", {"title": "Tea"})
    assert filled.body == "{title} Tea {}"


def test_a_title_that_grew_too_long_ends_with_an_ellipsis() -> None:
    grown = template(replace(GOOD, title="{shelf} {shelf}", body="-")).render("en", {"shelf": "a" * 100})
    assert grown.title == "a" * 99 + "…"


STEPS: dict[str, Callable[[Template], Template]] = {
    "submitted": lambda t: t.submitted("clerk", AT),
    "approved": lambda t: t.approved("ops", AT),
    "rejected": lambda t: t.rejected("ops", AT, "not clear"),
    "withdrawn": lambda t: t.withdrawn("clerk", AT),
}
ALLOWED = {
    "draft": {"submitted", "withdrawn"},
    "submitted": {"approved", "rejected", "withdrawn"},
    "approved": {"withdrawn"},
    "rejected": set[str](),
    "withdrawn": set[str](),
}


@pytest.mark.parametrize("state", ALLOWED)
@pytest.mark.parametrize("step", STEPS)
def test_a_template_goes_only_where_its_state_allows(state: str, step: str) -> None:
    was = replace(template(), state=TemplateState(state))
    if step not in ALLOWED[state]:
        with pytest.raises(errors.TemplateInOtherState) as refused:
            STEPS[step](was)
        assert refused.value.state == state
        return
    changed = STEPS[step](was)
    assert (changed.state.value, changed.texts, changed.history[-1].at) == (step, was.texts, AT)
    assert changed.reason == ("not clear" if step == "rejected" else None)


CITY_CODES = sorted(
    {key.removesuffix("_TITLE") for key in read_catalog("en") if key.startswith("TELL_") and key.endswith("_TITLE")}
)


@pytest.mark.parametrize("code", CITY_CODES)
def test_what_is_built_in_passes_the_same_checks(code: str) -> None:
    template = built_in(code)
    assert (template.version, template.owner, template.state) == (0, None, TemplateState.APPROVED)
    check(template.texts, template.facts)


def test_the_table_of_facts_names_city_texts_that_exist() -> None:
    assert PLACEHOLDERS.keys() <= set(CITY_CODES)
    with pytest.raises(errors.TemplateUnknown):
        built_in("TELL_NOTHING")
    with pytest.raises(errors.TemplateUnknown):
        built_in("UNAUTHENTICATED")


# Names, stray braces and things that a formatter would look up.
SOUND = st.sampled_from(["{a}", "{b}", "{c}", "{{", "}}", "{{a}}", " ", "文字"])
STRAY = st.sampled_from(["{", "}", "{a.__class__}", "{a[0]}", "{a!r}", "{a:10}", "{0}", "{}", "{d}"])
WRITTEN = st.lists(SOUND, min_size=1, max_size=12) | st.lists(SOUND | STRAY | st.text(max_size=5), max_size=12)
DECLARED = {"a": Fact(), "b": Fact(FactKind.NUMBER), "c": Fact(FactKind.DATE)}
VALUES: Mapping[str, st.SearchStrategy[object]] = {
    "a": SOUND | STRAY | st.text(max_size=120),
    "b": st.integers(-999, 999) | st.integers() | st.text("0123456789.-", max_size=20),
    "c": st.dates() | st.dates().map(str) | st.text("0123456789-", max_size=10),
}


def _passes(work: Callable[[], object]) -> bool:
    try:
        work()
    except Outcome:
        return False
    return True


@given(WRITTEN.map("".join), st.fixed_dictionaries(dict(VALUES)), st.sampled_from(LOCALES))
def test_what_was_checked_is_always_filled_and_never_looked_up(body: str, facts: dict[str, Any], locale: str) -> None:
    texts = both(replace(GOOD, body=body))
    if not _passes(lambda: check(texts, DECLARED)):
        return
    written = template(texts["en"], DECLARED)
    if not _passes(lambda: written.check_facts(facts)):
        return
    filled = written.render(locale, facts).body
    values = {name: spoken(name, fact, facts[name], locale) for name, fact in DECLARED.items()}
    # Python's own formatter, over plain strings, says the same: no attribute, index or format had any part in it.
    assert filled == Formatter().vformat(body, (), values)


@given(st.text(max_size=60), st.sampled_from([part for part in Part if part is not Part.BODY]))
def test_a_checked_line_is_one_visible_line(text: str, part: Part) -> None:
    if _passes(lambda: check(said_with(**{part.value: text}), FACTS)):
        assert 1 <= len(text) <= LONGEST[part]
        assert len(text.splitlines()) == 1
        assert text.strip()
