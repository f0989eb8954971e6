"""Licences in the wallet, the codes they are shown by, and what a verifier is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import strawberry

from app.context import Services
from app.core.said import Said
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.card import CardFace, OrganisationName
from graphql_schema.types.common import Node, global_id
from graphql_schema.types.licence_kinds import LicenceKind
from graphql_schema.types.uploads import SignedLink
from virtual_card.codes import qr
from virtual_card.licences import errors, model
from virtual_card.licences.kinds import kind_of
from virtual_card.licences.model import LicencePurpose, LicenceState
from virtual_card.licences.number import grouped
from virtual_card.licences.showing import model as showing

strawberry.enum(LicenceState)
strawberry.enum(LicencePurpose, description="What a licence is shown for; it decides what a verifier is told.")


@strawberry.type(description="One line of what stands on a licence.")
class LicenceFact:
    key: str
    label: str = strawberry.field(description="In the language asked for.")
    value: str


def _facts(facts: Iterable[tuple[str, Said, str]], locale: str) -> list[LicenceFact]:
    return [LicenceFact(key=key, label=label.within(locale), value=value) for key, label, value in facts if value]


@strawberry.type
class LicenceEvent:
    state: LicenceState
    at: datetime
    reason: str


@strawberry.type(description="An electronic licence or certificate.")
class Licence(Node):
    number: str
    kind: LicenceKind
    issuer: OrganisationName
    state: LicenceState
    issued_at: datetime
    valid_from: date
    valid_until: date | None = strawberry.field(description="Its last day; null: it holds without end.")
    facts: list[LicenceFact]
    purposes: list[LicencePurpose] = strawberry.field(description="What it can be shown for.")
    face: CardFace = strawberry.field(description="Links to its picture, good for five minutes.")
    document: SignedLink | None = strawberry.field(
        description="Itself as a signed file (CWT), which holds where there is no network; null when it does not hold."
    )
    history: list[LicenceEvent]

    @classmethod
    def of(cls, licence: model.Licence, services: Services, locale: str) -> Licence:
        kind, state = kind_of(licence.kind), services.licences.state_now(licence)
        link = services.licence_documents.link
        file = link(licence, "cwt") if state is LicenceState.ACTIVE else None
        return cls(
            id=global_id("Licence", licence.id),
            number=grouped(licence.number),
            kind=LicenceKind.of(licence.kind),
            issuer=OrganisationName.of(licence.issuer, services.organisations.tree),
            state=state,
            issued_at=licence.issued_at,
            valid_from=licence.valid_from,
            valid_until=licence.valid_until,
            facts=_facts(((f.key, f.label, licence.facts.get(f.key, "")) for f in kind.fields), locale),
            purposes=[purpose for purpose in LicencePurpose if purpose in kind.purposes],
            face=CardFace(webp=link(licence, "webp")[0], png=link(licence, "png")[0]),
            document=SignedLink(url=file[0], expires_at=file[1]) if file else None,
            history=[LicenceEvent(state=e.state, at=e.at, reason=e.reason) for e in licence.history],
        )


@strawberry.type(description="A code to show, good for a minute and once.")
class LicenceCode:
    text: str
    purpose: LicencePurpose
    expires_at: datetime

    @strawberry.field(description="The QR code as SVG.")
    def svg(self) -> str:
        return qr.svg(self.text)

    @strawberry.field(description="The QR code's modules, a string of 0 and 1 for each row, without quiet zone.")
    def matrix(self) -> list[str]:
        return qr.matrix(self.text)


@strawberry.type
class LicenceShown:
    licence_code: LicenceCode

    @classmethod
    def of(cls, code: showing.ShownLicenceCode) -> LicenceShown:
        return cls(licence_code=LicenceCode(text=code.text, purpose=code.purpose, expires_at=code.expires_at))


@strawberry.type(description="The code was accepted, this once: the licence is good, and this is what it says.")
class LicenceVerified:
    id: strawberry.ID = strawberry.field(description="The disclosure's id, which the citizen sees too.")
    kind: LicenceKind
    purpose: LicencePurpose
    number: str | None = strawberry.field(description="Null when the purpose does not need it.")
    issuer: OrganisationName
    facts: list[LicenceFact] = strawberry.field(description="What the purpose allows; never the ID number.")
    valid_until: date | None
    at: datetime

    @classmethod
    def of(cls, done: showing.LicenceVerification, services: Services, locale: str) -> LicenceVerified:
        return cls(
            id=global_id("Disclosure", done.id),
            kind=LicenceKind.of(done.kind),
            purpose=done.purpose,
            number=grouped(done.number) if done.number else None,
            issuer=OrganisationName.of(done.issuer, services.organisations.tree),
            facts=_facts(((fact.key, fact.label, fact.value) for fact in done.facts), locale),
            valid_until=done.valid_until,
            at=done.at,
        )


@outcome(errors.LicenceUnknown)
@strawberry.type
class LicenceUnknown(UserError):
    pass


@outcome(errors.LicenceNotActive, state=LicenceState)
@strawberry.type
class LicenceNotActive(UserError):
    state: LicenceState


@outcome(errors.PurposeNotForLicence)
@strawberry.type
class PurposeNotForLicence(UserError):
    pass
