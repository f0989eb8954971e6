"""A provider's templates: texts in both languages, versions, and what the desk said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

import strawberry

from app.core.errors import BadInput
from app.core.messages import LOCALES
from graphql_schema.endpoint.outcomes import UserError, outcome
from notifications.templates import errors, model
from notifications.templates.facts import Fact, FactKind
from notifications.templates.model import TemplateState
from notifications.templates.service import Draft

strawberry.enum(FactKind, name="TemplateFactKind", description="date: YYYY-MM-DD; time: HH:MM; link: https, one host.")
strawberry.enum(TemplateState)

T = TypeVar("T")


@strawberry.type
class TemplateTexts:
    locale: str = strawberry.field(description="zh-CN or en.")
    title: str
    body: str
    push: str = strawberry.field(description="On a lock screen or in a text message: nothing personal.")


@strawberry.type(description="What may be filled in under a name.")
class TemplateFact:
    name: str
    kind: FactKind
    personal: bool = strawberry.field(description="Stays in the body, off the lock screen.")
    host: str | None = strawberry.field(description="Where a link leads.")


@strawberry.type(description="One version of a template; its texts never change.")
class MessageTemplate:
    code: str
    version: int
    state: TemplateState
    texts: list[TemplateTexts]
    facts: list[TemplateFact]
    made_at: datetime | None
    reason: str | None = strawberry.field(description="Why it was rejected or withdrawn.")

    @classmethod
    def of(cls, template: model.Template) -> MessageTemplate:
        return cls(
            code=template.code,
            version=template.version,
            state=template.state,
            texts=[
                TemplateTexts(locale=locale, title=said.title, body=said.body, push=said.push)
                for locale, said in template.texts.items()
            ],
            facts=[
                TemplateFact(name=name, kind=fact.kind, personal=fact.personal, host=fact.host)
                for name, fact in template.facts.items()
            ],
            made_at=template.made_at,
            reason=template.reason,
        )


@strawberry.input
class TemplateTextsInput:
    locale: str
    title: str
    body: str
    push: str


@strawberry.input
class TemplateFactInput:
    name: str
    kind: FactKind
    personal: bool = True
    host: str | None = None


@strawberry.input
class MessageTemplateInput:
    code: str
    texts: list[TemplateTextsInput]
    facts: list[TemplateFactInput]

    def parsed(self) -> Draft:
        """Raises BadInput."""
        if {one.locale for one in self.texts}.difference(LOCALES):
            raise BadInput(field="texts.locale")
        texts = _once(((one.locale, model.Texts(one.title, one.body, one.push)) for one in self.texts), "texts")
        facts = ((one.name, Fact(one.kind, one.personal, one.host)) for one in self.facts)
        return Draft(self.code, texts, _once(facts, "facts"))


@strawberry.type
class MessageTemplateSaved:
    template: MessageTemplate


@strawberry.type
class MessageTemplateSubmitted:
    template: MessageTemplate


@strawberry.type
class MessageTemplateWithdrawn:
    template: MessageTemplate


@outcome(errors.TemplateUnknown)
@strawberry.type
class TemplateUnknown(UserError):
    pass


@outcome(errors.TemplateCodeInvalid)
@strawberry.type
class TemplateCodeInvalid(UserError):
    pass


@outcome(errors.TemplateLanguageMissing)
@strawberry.type
class TemplateLanguageMissing(UserError):
    locale: str


@outcome(errors.TemplateTextLength)
@strawberry.type
class TemplateTextLength(UserError):
    locale: str
    part: str
    limit: int


@outcome(errors.TemplateTextMalformed)
@strawberry.type
class TemplateTextMalformed(UserError):
    locale: str
    part: str


@outcome(errors.TemplateCharacterRefused)
@strawberry.type
class TemplateCharacterRefused(UserError):
    locale: str
    part: str
    character: str


@outcome(errors.PlaceholderNotSimple)
@strawberry.type
class PlaceholderNotSimple(UserError):
    locale: str
    part: str
    placeholder: str


@outcome(errors.PlaceholderUnknown)
@strawberry.type
class PlaceholderUnknown(UserError):
    locale: str
    part: str
    placeholder: str


@outcome(errors.PlaceholderNotAllowedHere)
@strawberry.type
class PlaceholderNotAllowedHere(UserError):
    locale: str
    part: str
    placeholder: str


@outcome(errors.FactDeclarationInvalid)
@strawberry.type
class FactDeclarationInvalid(UserError):
    fact: str


@outcome(errors.TemplateInOtherState)
@strawberry.type
class TemplateInOtherState(UserError):
    state: str


def _once(pairs: Iterable[tuple[str, T]], field: str) -> Mapping[str, T]:
    """Raises BadInput when a name comes twice."""
    listed = list(pairs)
    if len(dict(listed)) < len(listed):
        raise BadInput(field=field)
    return dict(listed)
