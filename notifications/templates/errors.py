"""What can be wrong with a template, or with what it is filled with."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class TemplateUnknown(Outcome):
    """No such template or version, or not yours."""


class TemplateCodeInvalid(Outcome):
    """A code of a provider's template: a small letter, then up to 39 small letters, digits and underscores."""


@dataclass(eq=False)
class TemplateLanguageMissing(Outcome):
    """A template speaks both languages of the city."""

    locale: str


@dataclass(eq=False)
class TemplateTextLength(Outcome):
    """A text is empty or longer than `limit` characters."""

    locale: str
    part: str
    limit: int


@dataclass(eq=False)
class TemplateTextMalformed(Outcome):
    """A brace that opens or closes nothing."""

    locale: str
    part: str


@dataclass(eq=False)
class TemplateCharacterRefused(Outcome):
    """A control character or one that turns the direction of writing; `character` as U+202E."""

    locale: str
    part: str
    character: str


@dataclass(eq=False)
class PlaceholderNotSimple(Outcome):
    """Only `{name}`: no attributes, indexes, conversions, formats, numbers or nothing between the braces."""

    locale: str
    part: str
    placeholder: str


@dataclass(eq=False)
class PlaceholderUnknown(Outcome):
    """Nothing is declared under this name."""

    locale: str
    part: str
    placeholder: str


@dataclass(eq=False)
class PlaceholderNotAllowedHere(Outcome):
    """Personal facts and links stand in the body only: title and push are read on a lock screen."""

    locale: str
    part: str
    placeholder: str


@dataclass(eq=False)
class FactDeclarationInvalid(Outcome):
    """A name that is none, one too many, or a link without its host."""

    fact: str


@dataclass(eq=False)
class FactMissing(Outcome):
    """The template needs a value for this name."""

    fact: str


@dataclass(eq=False)
class FactUnknown(Outcome):
    """A value for a name that the template does not declare."""

    fact: str


@dataclass(eq=False)
class FactUnfit(Outcome):
    """The value is not of the declared kind, too long, or holds line breaks or control characters."""

    fact: str
    kind: str


@dataclass(eq=False)
class TemplateInOtherState(Outcome):
    """What is asked for cannot be done in the state the template is in."""

    state: str


class TemplateNotApproved(Outcome):
    """No version of it is approved (or it was withdrawn): it cannot be sent to citizens."""


class TemplateReasonMissing(Outcome):
    """Who refuses or withdraws a provider's template says why, in 2 to 500 characters."""
