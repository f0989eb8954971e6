"""Every error has a text in both languages, filled from nothing but the error's own fields."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from string import Formatter

import pytest

from app.core.audit.verify import Wrong
from app.core.errors import Outcome, Refusal, RongError
from app.core.messages import LOCALES, message, negotiate, read_catalog
from app.domains.identity.rights.erasures.model import RetainedKind, Statute
from app.jobs.table import JOBS
from notifications.messages.model import RULES
from notifications.preferences.model import Reason
from virtual_card.codes.model import Purpose

_HOUSES = ("app", "graphql_schema", "resolvers", "notifications", "virtual_card", "mocks")
# Said by the plain endpoints, and in the text message with a code.
_OTHERS = {"NOT_FOUND", "BAD_REQUEST", "SMS_SIGN_IN_CODE", "SMS_NOTICE", "THE_CITY", "EXPORT_README"}
_ABSTRACT = {RongError, Outcome, Refusal}


def _load_every_errors_module() -> None:
    for house in _HOUSES:
        package = importlib.import_module(house)
        for module in pkgutil.walk_packages(package.__path__, house + "."):
            if module.name.endswith(".errors"):
                importlib.import_module(module.name)


def _descendants(of: type[RongError]) -> Iterator[type[RongError]]:
    for child in of.__subclasses__():
        yield child
        yield from _descendants(child)


def _ours() -> list[type[RongError]]:
    _load_every_errors_module()
    found = {c for c in _descendants(RongError) if c not in _ABSTRACT and c.__module__.split(".")[0] in _HOUSES}
    return sorted(found, key=lambda c: c.code)


def _placeholders(text: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_has_a_text_whose_placeholders_are_its_fields(locale: str) -> None:
    catalog = read_catalog(locale)  # type: ignore[arg-type]
    ours = _ours()
    assert len(ours) > 10
    for error in ours:
        assert catalog.get(error.code), f"{error.__module__}.{error.__name__} has no text in {locale}"
        carried = {f.name for f in fields(error)} if is_dataclass(error) else set()
        strange = _placeholders(catalog[error.code]) - carried
        assert not strange, f"{error.code} in {locale}: {error.__name__} carries no {strange}"


def test_no_two_errors_share_a_code() -> None:
    codes = [error.code for error in _ours()]
    assert len(codes) == len(set(codes))


def test_no_text_is_left_over_and_both_languages_have_the_same() -> None:
    chinese, english = (read_catalog(locale) for locale in LOCALES)
    assert chinese.keys() == english.keys()
    codes = {rule.code for rule in RULES.values()} | {"TELL_DIGEST"}
    told = {f"{code}_{part}" for code in codes for part in ("TITLE", "BODY", "PUSH")}
    why = {f"REASON_{reason.name}" for reason in Reason}
    purposes = {f"PURPOSE_{purpose.name}" for purpose in Purpose}
    jobs = {f"JOB_{name.upper().replace('-', '_')}" for name in JOBS}
    audit = {f"AUDIT_{wrong.name}" for wrong in Wrong}
    retained = {f"RETAINED_{kind.name}" for kind in RetainedKind} | {f"STATUTE_{statute.name}" for statute in Statute}
    assert (
        chinese.keys() == {error.code for error in _ours()} | told | why | purposes | jobs | audit | retained | _OTHERS
    )


def test_a_text_is_filled_and_one_that_is_missing_speaks_as_internal() -> None:
    assert message("RATE_LIMITED", "en", retry_after=7) == "Too many attempts. Please try again in 7 s."
    assert message("UNAUTHENTICATED", "fr") == "请先登录。"
    assert message("NEVER_HEARD_OF", "en", field="x") == message("INTERNAL", "en")


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "zh-CN"),
        ("en-GB,en;q=0.8", "en"),
        ("zh-Hant-TW;q=0.9,en;q=0.5", "zh-CN"),
        ("en;q=0.2, zh;q=0.9", "zh-CN"),
        ("en;q=0, fr", "zh-CN"),
        ("fr,*;q=0.1", "zh-CN"),
        ("en;q=x, zh", "zh-CN"),
        ("en," * 1_000, "zh-CN"),
    ],
)
def test_the_language_is_the_most_wanted_of_those_we_write(header: str | None, locale: str) -> None:
    assert negotiate(header) == locale
