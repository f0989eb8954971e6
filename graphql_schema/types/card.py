"""The card, its codes, and the disclosure ledger."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.said import Said
from app.core.viewer import Role
from app.domains.identity.organisations.model import Tree
from graphql_schema.types.common import Info, Node, global_id
from graphql_schema.types.licence_kinds import LicenceKind
from virtual_card.cards import model as cards
from virtual_card.cards.model import CardKind, CardState
from virtual_card.cards.service import CardService
from virtual_card.codes import model as codes
from virtual_card.codes import qr
from virtual_card.codes.model import Attribute, Purpose
from virtual_card.codes.service import Verification as VerificationResult
from virtual_card.disclosures import model as disclosures
from virtual_card.disclosures.model import Channel, DisputeState, Told

strawberry.enum(CardState)
strawberry.enum(CardKind, description="MINOR and ELDER are family cards, carried by a guardian.")
strawberry.enum(Purpose, description="What a code is shown for; it decides what a verifier learns.")
strawberry.enum(Attribute)
strawberry.enum(Channel, name="DisclosureChannel")
strawberry.enum(Told, name="DisclosedAttribute")
strawberry.enum(DisputeState)

_DESK = Said("市民服务中心", "Citizens' service centre")
_FAMILY = Said("本人或监护人", "You or your guardian")
_ATTRIBUTES = frozenset(one.value for one in Attribute)


@strawberry.type
class CardEvent:
    state: CardState
    at: datetime
    reason: str


@strawberry.type(description="Links to the card's picture (1000 × 630), good for five minutes.")
class CardFace:
    webp: str
    png: str


@strawberry.type
class Card(Node):
    number: str
    kind: CardKind
    state: CardState
    issued_at: datetime
    valid_until: date
    face: CardFace
    history: list[CardEvent]

    @classmethod
    def of(cls, card: cards.Card, service: CardService) -> Card:
        return cls(
            id=global_id("Card", card.id),
            number=card.number,
            kind=card.kind,
            state=service.state_now(card),
            issued_at=card.issued_at,
            valid_until=card.valid_until,
            face=CardFace(webp=service.face_link(card, "webp"), png=service.face_link(card, "png")),
            history=[CardEvent(state=e.state, at=e.at, reason=e.reason) for e in card.history],
        )


@strawberry.type(description="A code to show. Renew it before it ends; the one before stays good for ten seconds.")
class CardCode:
    text: str
    purpose: Purpose
    expires_at: datetime

    @strawberry.field(description="The QR code as SVG.")
    def svg(self) -> str:
        return qr.svg(self.text)

    @strawberry.field(description="The QR code's modules, a string of 0 and 1 for each row, without quiet zone.")
    def matrix(self) -> list[str]:
        return qr.matrix(self.text)

    @classmethod
    def of(cls, code: codes.ShownCode) -> CardCode:
        return cls(text=code.text, purpose=code.purpose, expires_at=code.expires_at)


@strawberry.type
class OrganisationName:
    code: str
    said: strawberry.Private[Said]

    @strawberry.field(description="In the caller's language.")
    def name(self, info: Info) -> str:
        return self.said.within(info.context.locale)

    @classmethod
    def of(cls, code: str, tree: Tree) -> OrganisationName:
        """The desk of the city is no node of the tree, nor is who looked at himself or at a ward."""
        no_node = {Role.OPS.value: _DESK, Role.CITIZEN.value: _FAMILY}
        return cls(code=code, said=tree.name_of(code) or no_node.get(code) or Said(code))


@strawberry.type
class Dispute:
    reason: str
    at: datetime
    state: DisputeState
    answer: str | None = strawberry.field(description="In the words of the city's staff, once it is answered.")
    answered_at: datetime | None


@strawberry.type(description="Who learned what of the citizen, and what for.")
class Disclosure(Node):
    organisation: OrganisationName
    purpose: str
    attributes: list[Told] = strawberry.field(
        description="What was told. A provider never learns the ID number; the city's own staff may, for a reason."
    )
    shared_data: list[str] = strawberry.field(
        description="What was told of the data that departments share, as `set.field`; then there are no attributes."
    )
    channel: Channel
    licence: LicenceKind | None = strawberry.field(description="The kind of the licence that was shown.")
    at: datetime
    dispute: Dispute | None

    @classmethod
    def of(cls, made: disclosures.Disclosure, tree: Tree) -> Disclosure:
        return cls(
            id=global_id("Disclosure", made.id),
            organisation=OrganisationName.of(made.organisation, tree),
            purpose=made.purpose,
            attributes=[] if made.shared else [Told(name) for name in made.attributes],
            shared_data=list(made.attributes) if made.shared else [],
            channel=made.channel,
            licence=LicenceKind.of(made.licence) if made.licence else None,
            at=made.at,
            dispute=_dispute(made.dispute) if made.dispute else None,
        )


def _dispute(of: disclosures.Dispute) -> Dispute:
    return Dispute(reason=of.reason or "", at=of.at, state=of.state, answer=of.answer, answered_at=of.answered_at)


@strawberry.type(description="One verification by this organisation. It does not say of whom.")
class VerificationRecord:
    id: strawberry.ID
    verifier: str = strawberry.field(description="The client or member of staff.")
    purpose: str
    attributes: list[Attribute]
    shared_data: list[str] = strawberry.field(description="Of shared data that was fetched: `set.field`.")
    licence: LicenceKind | None = strawberry.field(description="The kind of the licence that was verified.")
    at: datetime

    @classmethod
    def of(cls, made: disclosures.Disclosure) -> VerificationRecord:
        return cls(
            id=global_id("Disclosure", made.id),
            verifier=made.verifier,
            purpose=made.purpose,
            attributes=[Attribute(name) for name in made.attributes if name in _ATTRIBUTES],
            shared_data=list(made.attributes) if made.shared else [],
            licence=LicenceKind.of(made.licence) if made.licence else None,
            at=made.at,
        )


@strawberry.type(description="What the purpose allows; null is what it does not.")
class VerifiedAttributes:
    resident: bool | None = None
    over_60: bool | None = strawberry.field(name="over60", default=None)
    under_18: bool | None = strawberry.field(name="under18", default=None)
    masked_name: str | None = None
    name: str | None = None
    sex: str | None = None
    birth_month: str | None = None
    card_number: str | None = None


@strawberry.type(description="The code was accepted, this once.")
class CodeVerified:
    id: strawberry.ID = strawberry.field(description="The disclosure's id, which the citizen sees too.")
    purpose: Purpose
    attributes: VerifiedAttributes
    at: datetime

    @classmethod
    def of(cls, done: VerificationResult) -> CodeVerified:
        told = {attribute.value: value for attribute, value in done.attributes.items()}
        return cls(
            id=global_id("Disclosure", done.id),
            purpose=done.purpose,
            attributes=VerifiedAttributes(**told),  # type: ignore[arg-type]  # names and types are those of Attribute
            at=done.at,
        )


@strawberry.type
class CardIssued:
    card: Card


@strawberry.type
class CardSuspended:
    card: Card


@strawberry.type
class CardReinstated:
    card: Card


@strawberry.type
class CodeShown:
    card_code: CardCode


@strawberry.type
class DisclosureDisputed:
    disclosure: Disclosure
