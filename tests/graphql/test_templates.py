"""A provider's templates: written, submitted, approved or not, and seen by nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from notifications.templates.errors import TemplateNotApproved, TemplateUnknown
from notifications.templates.service import SAVED
from tests.support.api import OPS, Api

FACTS = [
    {"name": "day", "kind": "DATE", "personal": False},
    {"name": "title", "kind": "TEXT"},
    {"name": "page", "kind": "LINK", "host": "library.test.cn"},
]


def both_languages(title: str, /, **changed: str) -> list[dict[str, str]]:
    said = {"title": title, "body": "In the app.", "push": "On the lock screen.", **changed}
    return [{"locale": locale, **said} for locale in ("zh-CN", "en")]


def written(code: str = "book_due", **changed: str) -> dict[str, Any]:
    return {"code": code, "texts": both_languages("Book due", **changed), "facts": FACTS}


async def saved(api: Api, provider: str, **given: Any) -> dict[str, Any]:
    done = await api.data("SaveMessageTemplate", provider, "provider", template=written(**given), key=new_id())
    assert done["__typename"] == "MessageTemplateSaved", done
    return dict(done["template"])


async def submitted(api: Api, organisation: str, provider: str, **given: Any) -> str:
    """The id under which the desk finds the submitted template."""
    template = await saved(api, provider, **given)
    which = {"code": template["code"], "version": template["version"]}
    done = await api.data("SubmitMessageTemplate", provider, "provider", **which, key=new_id())
    assert done["__typename"] == "MessageTemplateSubmitted", done
    row = await api.city.db["templates"].find_one({"owner": organisation, **which})
    assert row is not None
    return str(row["_id"])


@pytest.fixture(scope="session")
async def library(shared_api: Api) -> tuple[str, str]:
    """An organisation of its own, and a token of its client."""
    organisation = await shared_api.organisation()
    return organisation, await shared_api.provider(organisation)


async def test_each_saving_is_a_new_version_and_a_repeat_is_none(shared_api: Api) -> None:
    provider = await shared_api.provider(await shared_api.organisation())
    said = {"template": written(body="Due on {day}: {title}, {page}"), "key": new_id()}
    first = await shared_api.data("SaveMessageTemplate", provider, "provider", **said)
    assert first == await shared_api.data("SaveMessageTemplate", provider, "provider", **said)
    second = await saved(shared_api, provider, body="Another text")
    assert [first["template"]["version"], second["version"]] == [1, 2]
    assert (second["state"], second["reason"]) == ("DRAFT", None)
    assert [fact["personal"] for fact in second["facts"]] == [False, True, True]
    edges = (await shared_api.data("MessageTemplates", provider, "provider"))["edges"]
    listed = [{name: made[name] for name in made if name != "facts"} for made in (second, first["template"])]
    assert [edge["node"] for edge in edges] == listed
    assert await shared_api.data("MessageTemplate", provider, "provider", code="book_due", version=2) == second
    other = {**said, "template": written(body="Yet another")}
    assert await shared_api.refused("IdempotencyConflict", "SaveMessageTemplate", provider, "provider", **other) == {}


@pytest.mark.parametrize(
    ("changed", "error", "data"),
    [
        ({"code": "Book due"}, "TemplateCodeInvalid", {}),
        ({"push": ""}, "TemplateTextLength", {"locale": "zh-CN", "part": "push", "limit": 120}),
        ({"body": "{day"}, "TemplateTextMalformed", {"locale": "zh-CN", "part": "body"}),
        (
            {"title": "Book\u202edue"},
            "TemplateCharacterRefused",
            {"locale": "zh-CN", "part": "title", "character": "U+202E"},
        ),
        (
            {"body": "{title.__class__}"},
            "PlaceholderNotSimple",
            {"locale": "zh-CN", "part": "body", "placeholder": "title.__class__"},
        ),
        ({"body": "{when}"}, "PlaceholderUnknown", {"locale": "zh-CN", "part": "body", "placeholder": "when"}),
        (
            {"push": "{title}"},
            "PlaceholderNotAllowedHere",
            {"locale": "zh-CN", "part": "push", "placeholder": "title"},
        ),
    ],
)
async def test_what_cannot_be_sent_is_refused_when_saved(
    spoken: Api, library: tuple[str, str], changed: dict[str, str], error: str, data: dict[str, Any]
) -> None:
    said = {"template": written(**changed), "key": new_id()}
    assert await spoken.refused(error, "SaveMessageTemplate", library[1], "provider", **said) == data


async def test_a_language_or_a_host_that_is_missing_is_named(spoken: Api, library: tuple[str, str]) -> None:
    texts = both_languages("Book due")
    for template, error, data in (
        ({**written(), "texts": texts[:1]}, "TemplateLanguageMissing", {"locale": "en"}),
        ({**written(), "facts": [{"name": "page", "kind": "LINK"}]}, "FactDeclarationInvalid", {"fact": "page"}),
    ):
        said = {"template": template, "key": new_id()}
        assert await spoken.refused(error, "SaveMessageTemplate", library[1], "provider", **said) == data


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"texts": [*both_languages("a"), *both_languages("b")]}, "texts"),
        ({"texts": [{**both_languages("a")[0], "locale": "fr"}]}, "texts.locale"),
        ({"facts": [FACTS[0], FACTS[0]]}, "facts"),
    ],
)
async def test_the_same_name_twice_is_bad_input(
    shared_api: Api, library: tuple[str, str], changed: dict[str, Any], field: str
) -> None:
    variables = {"template": {**written(), **changed}, "key": new_id()}
    answer = (await shared_api.raw("SaveMessageTemplate", variables, token=library[1], schema="provider")).json()
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_INPUT", field)


async def test_only_what_the_desk_approved_is_sent_and_the_newest_of_it(shared_api: Api) -> None:
    organisation = await shared_api.organisation()
    provider, templates = await shared_api.provider(organisation), shared_api.city.services.templates
    with pytest.raises(TemplateUnknown):
        await templates.current("book_due", organisation)
    first = await submitted(shared_api, organisation, provider, body="One")
    with pytest.raises(TemplateNotApproved):
        await templates.current("book_due", organisation)
    assert (await templates.current("book_due", organisation, test=True)).version == 1
    await templates.approve(OPS, first, new_id())
    assert (await templates.current("book_due", organisation)).render("en", {}).body == "One"
    second = await submitted(shared_api, organisation, provider, body="Two")
    assert (await templates.current("book_due", organisation)).version == 1
    assert (await templates.current("book_due", organisation, test=True)).version == 2
    await templates.approve(OPS, second, new_id())
    assert (await templates.current("book_due", organisation)).render("en", {}).body == "Two"
    given = {"code": "book_due", "version": 2, "key": new_id()}
    done = await shared_api.data("WithdrawMessageTemplate", provider, "provider", **given)
    assert done["template"]["state"] == "WITHDRAWN"
    assert done == await shared_api.data("WithdrawMessageTemplate", provider, "provider", **given)
    assert (await templates.current("book_due", organisation)).version == 1
    assert (await templates.version("book_due", 2, organisation)).render("en", {}).body == "Two"


async def test_a_rejected_template_says_why(shared_api: Api, library: tuple[str, str]) -> None:
    organisation, provider = library
    template = await submitted(shared_api, organisation, provider, code="rejected")
    await shared_api.city.services.templates.reject(OPS, template, " 文字不清楚 ", new_id())
    edges = (await shared_api.data("MessageTemplates", provider, "provider", first=100))["edges"]
    node = next(edge["node"] for edge in edges if edge["node"]["code"] == "rejected")
    assert (node["state"], node["reason"]) == ("REJECTED", "文字不清楚")


async def test_a_step_that_the_state_does_not_allow_is_refused(spoken: Api, library: tuple[str, str]) -> None:
    template = await saved(spoken, library[1], code="steps")
    which = {"code": "steps", "version": template["version"]}
    await spoken.data("SubmitMessageTemplate", library[1], "provider", **which, key=new_id())
    again = {**which, "key": new_id()}
    refused = await spoken.refused("TemplateInOtherState", "SubmitMessageTemplate", library[1], "provider", **again)
    assert refused == {"state": "submitted"}
    await spoken.data("WithdrawMessageTemplate", library[1], "provider", **which, key=new_id())
    again = {**which, "key": new_id()}
    refused = await spoken.refused("TemplateInOtherState", "WithdrawMessageTemplate", library[1], "provider", **again)
    assert refused == {"state": "withdrawn"}


@pytest.mark.parametrize("operation", ["SubmitMessageTemplate", "WithdrawMessageTemplate"])
async def test_anothers_template_looks_like_none(spoken: Api, library: tuple[str, str], operation: str) -> None:
    template = await saved(spoken, library[1], code="ours")
    stranger = await spoken.provider(await spoken.organisation())
    for which in ({"code": "ours", "version": template["version"]}, {"code": "ours", "version": 99}):
        said = {**which, "key": new_id()}
        assert await spoken.refused("TemplateUnknown", operation, stranger, "provider", **said) == {}
        assert await spoken.data("MessageTemplate", stranger, "provider", **which) is None
    assert (await spoken.data("MessageTemplates", stranger, "provider"))["edges"] == []
    same = {"code": "ours", "version": template["version"], "key": new_id()}
    other = {**same, "version": template["version"] + 1}
    await spoken.data(operation, library[1], "provider", **same)
    assert await spoken.refused("IdempotencyConflict", operation, library[1], "provider", **other) == {}


async def test_two_hundred_savings_a_day_are_enough(shared_api: Api) -> None:
    organisation = await shared_api.organisation()
    provider = await shared_api.provider(organisation)
    for _ in range(SAVED.most):
        await shared_api.city.limits.take(SAVED, organisation)
    said = {"template": written(), "key": new_id()}
    assert await shared_api.codes("SaveMessageTemplate", provider, "provider", **said) == ["RATE_LIMITED"]
