"""Every error has a text in both languages, filled from nothing but the error's own fields."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from string import Formatter

import pytest

from app.core.audit.verify import Wrong
from app.core.calendar.model import Festival
from app.core.errors import Outcome, Refusal, RongError
from app.core.imports.errors import LineFault
from app.core.messages import LOCALES, message, negotiate, read_catalog
from app.domains.community.estates.errors import HomeFault
from app.domains.community.shops.orders.model import Unasked
from app.domains.government.answers.entries.errors import AnswerMisfit
from app.domains.government.applications.forms.model import FaultReason
from app.domains.government.applications.materials.model import Lack
from app.domains.government.catalogue.errors import Misfit
from app.domains.identity.rights.erasures.model import RetainedKind, Statute
from app.domains.life.directory.imports.errors import PlaceFault
from app.domains.life.home.model import Turn
from app.domains.life.home.model import Why as WhySuggested
from app.domains.life.transit.feeds.model import FindingKind
from app.domains.payment.ledger.proof.model import Wrong as LedgerWrong
from app.domains.payment.wallet.statements.model import SpendingCategory
from app.domains.voice.cases.clocks.model import Mark
from app.domains.voice.cases.clocks.rules.model import RuleCode
from app.domains.voice.cases.clocks.service import SENTENCES
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.cases.history.model import Happened as CaseHappened
from app.domains.voice.centre.dispatch.proposals.model import Why as DispatchReason
from app.domains.voice.centre.dispatch.rules.errors import RuleFault
from app.domains.voice.channels.intake.answers.model import SAID_BY_CHANNELS
from app.domains.voice.conversations.moderation.model import Reason as PostReason
from app.domains.voice.street.assets.errors import AssetFault
from app.domains.voice.units.escalation.model import SUPERVISION, UNHELD
from app.jobs.table import JOBS
from graphql_schema.types.life.opening_words import OPENING_CODES
from graphql_schema.types.life.surroundings import SURROUNDINGS_CODES
from notifications.messages.model import RULES
from notifications.preferences.model import Reason
from virtual_card.codes.model import Purpose
from virtual_card.licences.model import LicencePurpose

_HOUSES = ("app", "graphql_schema", "resolvers", "notifications", "virtual_card", "mocks")
# Said by the plain endpoints, and in the text message with a code.
_OTHERS = {"NOT_FOUND", "BAD_REQUEST", "SMS_SIGN_IN_CODE", "SMS_NOTICE", "THE_CITY", "EXPORT_README"} | {
    "CALENDAR_FEED_NAME",
    "CALENDAR_APPOINTMENT",
    "CREDIT_REPAYMENT",
    "CARE_CASE_TITLE",
    "CARE_CASE_WORDS",
    "CARE_CONTACT_SMS",
    "VISITOR_LINK_SMS",
}
_OF_STATEMENTS = (
    *("HEADLINE", "EMPTY", "WHEN", "WHAT", "WITH", "IN", "OUT", "BALANCE", "NUMBER"),
    *("HOLDER", "PERIOD", "OPENING", "CLOSING", "MADE_AT"),
)
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
    purposes = {f"PURPOSE_{purpose.name}" for purpose in (*Purpose, *LicencePurpose)}
    jobs = {f"JOB_{name.upper().replace('-', '_')}" for name in JOBS}
    audit = {f"AUDIT_{wrong.name}" for wrong in Wrong} | {f"LEDGER_{wrong.name}" for wrong in LedgerWrong}
    misfits = {
        f"MISFIT_{fault.name}"
        for fault in (*Misfit, *LineFault, *AnswerMisfit, *AssetFault, *HomeFault, *PlaceFault, *RuleFault)
    }
    fields_ = {f"FIELD_{reason.name}" for reason in FaultReason} | {f"LACK_{lack.name}" for lack in Lack}
    retained = {f"RETAINED_{kind.name}" for kind in RetainedKind} | {f"STATUTE_{statute.name}" for statute in Statute}
    clocks = {f"CLOCK_{code.name}" for code in RuleCode} | {f"CLOCK_SAYS_{one}" for one in SENTENCES}
    dispatch = {f"DISPATCH_WHY_{why.name}" for why in DispatchReason}
    raised = {f"ESCALATION_{what.upper()}" for what in (*Mark, SUPERVISION, UNHELD)}
    statements = {f"SPENDING_{one.name}" for one in SpendingCategory} | {f"STATEMENT_{name}" for name in _OF_STATEMENTS}
    assert (
        chinese.keys()
        == {error.code for error in _ours()}
        | told
        | why
        | statements
        | purposes
        | jobs
        | audit
        | retained
        | misfits
        | fields_
        | clocks
        | raised
        | dispatch
        | {f"FEED_FINDING_{kind.name}" for kind in FindingKind}
        | {f"CASE_STEP_{what.name}" for what in CaseHappened}
        | {f"MODERATION_{reason.name}" for reason in PostReason}
        | {f"FESTIVAL_{festival.name}" for festival in Festival}
        | {f"SUGGESTED_{why.name}" for why in WhySuggested}
        | {f"TURN_{turn.name}" for turn in Turn}
        | {f"ORDER_{why.value}" for why in Unasked}
        | OPENING_CODES
        | SURROUNDINGS_CODES
        | {f"INBOUND_STATE_{state.name}" for state in CaseState}
        | SAID_BY_CHANNELS
        | _OTHERS
    )


def test_a_text_is_filled_and_one_that_is_missing_speaks_as_internal() -> None:
    assert message("RATE_LIMITED", "en", retry_after=7) == "Too many attempts. Please try again in 7 s."
    assert message("UNAUTHENTICATED", "fr") == "请先登录。"
    assert message("NEVER_HEARD_OF", "en", field="x") == message("INTERNAL", "en")


def test_a_text_says_codes_in_words_and_what_has_none_as_it_is() -> None:
    assert (
        message("BOOKING_NOT_OPEN", "en", state="no_show")
        == "The booking is missed: this cannot be done with it any more."
    )
    assert message("ESTATE_NOTICE_INVALID", "zh-CN", field="title") == "通知的“标题”填写有误。"
    assert message("BAD_INPUT", "en", field="message.depth").startswith("The value of “message.depth”")
    assert message("SEATS_TAKEN", "en", seats=("A-1", "A-2")).endswith(": A-1, A-2.")
    assert message("SEATS_TAKEN", "zh-CN", seats=("A-1", "A-2")).endswith("A-1、A-2。")


def test_every_state_and_every_field_that_is_complained_of_has_a_word_in_both_languages() -> None:
    chinese, english = (read_catalog(locale, "words") for locale in LOCALES)
    assert chinese.keys() == english.keys()
    assert all(chinese.values())
    assert all(english.values())
    trees = [ast.parse(path.read_text("utf-8")) for house in _HOUSES for path in Path(house).rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    states = {f"state:{value}" for node in nodes for value in _values_of_states(node)}
    assert len(states) > 100
    assert states - chinese.keys() == set()
    speaking = {error.__name__ for error in _ours() if "field" in _placeholders(message(error.code, "en"))} - {
        "BadInput"
    }
    fields_ = {f"field:{name}" for node in nodes for name in _complained_of(node, speaking)}
    assert len(fields_) > 80
    assert fields_ - chinese.keys() == set()


def _values_of_states(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ClassDef) and node.name.endswith("State") and "StrEnum" in map(ast.unparse, node.bases):
        yield from (ast.literal_eval(line.value) for line in node.body if isinstance(line, ast.Assign))


def _complained_of(node: ast.AST, speaking: set[str]) -> Iterator[str]:
    """What a refusal is made with that says its field."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in speaking and node.args:
        first = node.args[0]
        both = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
        yield from (str(one.value) for one in both if isinstance(one, ast.Constant))


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
