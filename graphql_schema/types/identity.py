"""People, sessions and guardianships as the citizen's app sees them."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.viewer import Assurance, Viewer
from app.domains.identity.citizens import model as citizens
from app.domains.identity.citizens.model import Sex
from app.domains.identity.guardians import model as guardians
from app.domains.identity.guardians.model import GuardianshipState, WardScope
from app.domains.identity.sessions import model as sessions
from app.domains.identity.sign_in.model import Challenge
from app.domains.identity.sign_in.service import SignedIn as SignedInResult
from graphql_schema.types.common import Node, global_id

strawberry.enum(Assurance, description="How sure the city is of who somebody is.")
strawberry.enum(Sex)
strawberry.enum(WardScope, description="A matter in which a guardian may act for a ward.")
strawberry.enum(GuardianshipState)


@strawberry.type(description="The viewer, or the ward the viewer acts for.")
class Citizen(Node):
    assurance: Assurance
    name: str | None
    phone: str | None = strawberry.field(description="Masked: +86 199****0001.")
    sex: Sex | None
    birth_month: str | None = strawberry.field(description="YYYY-MM.")
    verified_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, citizen: citizens.Citizen) -> Citizen:
        return cls(
            id=global_id("Citizen", citizen.id),
            assurance=citizen.assurance,
            name=citizen.name,
            phone=citizens.mask_phone(citizen.phone) if citizen.phone else None,
            sex=citizen.sex,
            birth_month=citizen.birth_month,
            verified_at=citizen.verified_at,
            created_at=citizen.created_at,
        )


@strawberry.type(description="The other side of a guardianship: enough to recognise, no more.")
class RelatedPerson:
    id: strawberry.ID = strawberry.field(description="A ward's id is what the header Rong-Subject takes.")
    masked_name: str

    @classmethod
    def of(cls, citizen: citizens.Citizen) -> RelatedPerson:
        return cls(id=global_id("Citizen", citizen.id), masked_name=citizens.mask_name(citizen.name or "—"))


@strawberry.type
class Guardianship(Node):
    guardian: RelatedPerson
    ward: RelatedPerson
    relation: str = strawberry.field(description="The guardian's towards the ward, by the civil registry.")
    scopes: list[WardScope]
    state: GuardianshipState
    until: date = strawberry.field(description="The last day on which it holds.")

    @classmethod
    def of(cls, made: guardians.Guardianship, people: dict[str, citizens.Citizen]) -> Guardianship:
        return cls(
            id=global_id("Guardianship", made.id),
            guardian=RelatedPerson.of(people[made.guardian]),
            ward=RelatedPerson.of(people[made.ward]),
            relation=made.relation,
            scopes=sorted(made.scopes),
            state=made.state,
            until=made.until,
        )


@strawberry.type(description="A phone or browser that is signed in.")
class Device(Node):
    name: str
    platform: str
    current: bool
    signed_in_at: datetime
    last_refreshed_at: datetime

    @classmethod
    def of(cls, session: sessions.Session, viewer: Viewer) -> Device:
        return cls(
            id=global_id("Device", session.id),
            name=session.device.name,
            platform=session.device.platform,
            current=session.id == viewer.session,
            signed_in_at=session.created_at,
            last_refreshed_at=session.rotated_at,
        )


@strawberry.input(description="`id` is made once by the app at its installation: 8 to 64 characters.")
class DeviceInput:
    id: str
    name: str
    platform: str

    def parsed(self) -> sessions.Device:
        """Raises BadInput."""
        return sessions.Device.parse(self.id, self.name, self.platform)


@strawberry.type
class Tokens:
    access_token: str = strawberry.field(description="Bearer, 15 minutes.")
    refresh_token: str = strawberry.field(description="Used once, for the next pair.")
    expires_at: datetime

    @classmethod
    def of(cls, tokens: sessions.Tokens) -> Tokens:
        return cls(access_token=tokens.access, refresh_token=tokens.refresh, expires_at=tokens.expires_at)


@strawberry.type(description="A code is on its way by SMS, whoever the number belongs to.")
class OtpRequested:
    challenge: strawberry.ID
    expires_at: datetime

    @classmethod
    def of(cls, challenge: Challenge) -> OtpRequested:
        return cls(challenge=strawberry.ID(challenge.id), expires_at=challenge.expires_at)


@strawberry.type
class SignedIn:
    citizen_id: strawberry.ID
    tokens: Tokens

    @classmethod
    def of(cls, done: SignedInResult) -> SignedIn:
        return cls(citizen_id=global_id("Citizen", done.citizen), tokens=Tokens.of(done.tokens))


@strawberry.type
class SignedOut:
    device_id: strawberry.ID


@strawberry.type(description="The access token says the new assurance level at once.")
class IdentityVerified:
    citizen: Citizen
    access_token: str


@strawberry.type
class WardAdded:
    guardianship: Guardianship


@strawberry.type
class GuardianAccepted:
    guardianship: Guardianship


@strawberry.type
class GuardianshipRevoked:
    guardianship: Guardianship
