"""What a seat writes down of a caller, and the cases that are like one at the centre."""

from __future__ import annotations

import strawberry

from app.domains.voice.channels.intake import errors
from app.domains.voice.channels.intake.callers.model import CallerFiling
from app.domains.voice.public.alike.service import SimilarCase
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.voice.case_codes import CaseChannel, CaseKind
from graphql_schema.types.voice.cases import CasePlaceInput
from graphql_schema.types.voice.office_cases import OfficeWords
from graphql_schema.types.voice.seats import CentreCase


@outcome(errors.CallerNumberInvalid)
@strawberry.type(description="No telephone number that could be texted.")
class CallerNumberInvalid(UserError):
    pass


@outcome(errors.ChannelNotSeated)
@strawberry.type(description="A seat files by phone, at the counter, and for what reached it otherwise.")
class ChannelNotSeated(UserError):
    pass


@strawberry.input(description="What somebody asks the city for by telephone or at the counter.")
class CallerCaseInput:
    kind: CaseKind
    category: str
    text: str = strawberry.field(description="2 to 2,000 characters.")
    phone: str = strawberry.field(description="Where the number of the case and the link to it are texted.")
    place: CasePlaceInput
    name: str | None = None
    title: str | None = None
    channel: CaseChannel = CaseChannel.PHONE
    confidential: bool = strawberry.field(default=False, description="The centre alone knows who called.")
    public: bool = strawberry.field(default=False, description="The caller wishes it to be public.")
    english: bool = strawberry.field(default=False, description="The caller is texted in English.")

    def parsed(self) -> CallerFiling:
        place = self.place
        return CallerFiling(
            kind=self.kind,
            channel=self.channel,
            category=self.category[:60],
            title=self.title or "",
            text=self.text,
            phone=self.phone[:40],
            name=(self.name or "")[:40] or None,
            latitude=place.latitude,
            longitude=place.longitude,
            division=place.division,
            address=place.address or "",
            asset=place.asset,
            confidential=self.confidential,
            public=self.public,
            english=self.english,
        )


@strawberry.type
class CallerCaseFiled:
    case: CentreCase


@strawberry.type
class CentreCasePublished:
    case: CentreCase


@strawberry.type(description="A case that is like another, public or not.")
class SimilarCentreCase:
    metres: int
    likeness: float = strawberry.field(description="Of the words, 0 to 1.")
    case: CentreCase

    @classmethod
    def of(cls, one: SimilarCase, words: OfficeWords) -> SimilarCentreCase:
        return cls(
            metres=round(one.like.metres), likeness=round(one.like.words, 2), case=CentreCase.of(one.case, words)
        )
