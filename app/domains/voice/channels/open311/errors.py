"""What is wrong with an Open311 request, as GeoReport v2 names it: 404 for what does not exist, 400 for all else.

Outcome
├── JurisdictionUnknown     404: this door is of another city
├── ServiceCodeUnknown      404: no such service code, or one that takes no requests
├── ServiceRequestUnknown   404: no such service request, or one that is not public
├── TokenUnknown            404: never given, or too long ago
├── TokenRefused            the request behind the token could not be filed: `reason` is the code of why
├── ArgumentMissing         `argument` has to be given
├── ArgumentWrong           `argument` cannot be read, or is out of bounds
├── SpanTooLong             at most `days` days at a time
├── LocationMissing         lat and long, an address or an address id
├── AttributeWrong          `attribute` is not in the service definition, or has another value than it allows
├── MediaRefused            media_url is not fetched here
├── FormWanted              a body that is no URL-encoded form in UTF-8
├── FormatUnknown           404: neither .xml nor .json
└── NoSuchResource          404: nothing is at this address
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class JurisdictionUnknown(Outcome):
    pass


class ServiceCodeUnknown(Outcome):
    pass


class ServiceRequestUnknown(Outcome):
    pass


class TokenUnknown(Outcome):
    pass


@dataclass(eq=False)
class TokenRefused(Outcome):
    reason: str


@dataclass(eq=False)
class ArgumentMissing(Outcome):
    argument: str


@dataclass(eq=False)
class ArgumentWrong(Outcome):
    argument: str


@dataclass(eq=False)
class SpanTooLong(Outcome):
    days: int


class LocationMissing(Outcome):
    pass


@dataclass(eq=False)
class AttributeWrong(Outcome):
    attribute: str


class MediaRefused(Outcome):
    pass


class FormWanted(Outcome):
    pass


class FormatUnknown(Outcome):
    pass


class NoSuchResource(Outcome):
    pass
