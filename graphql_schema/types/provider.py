"""Who a provider's client or member of staff is."""

from __future__ import annotations

import strawberry

from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations import model as organisations
from app.domains.identity.staff.service import StaffSignedIn as StaffSignedInResult
from graphql_schema.types.common import Info
from graphql_schema.types.identity import Tokens

strawberry.enum(organisations.Kind, name="OrganisationKind")
strawberry.enum(Role, name="ViewerRole")


@strawberry.type
class Organisation:
    code: str
    kind: organisations.Kind
    said: strawberry.Private[Said]

    @strawberry.field(description="In the caller's language.")
    def name(self, info: Info) -> str:
        return self.said.within(info.context.locale)

    @classmethod
    def of(cls, organisation: organisations.Organisation) -> Organisation:
        return cls(code=organisation.code, kind=organisation.kind, said=organisation.said)


@strawberry.type(description="Whom this token speaks for.")
class Provider:
    role: Role
    organisation: Organisation
    scopes: list[str]
    roles: list[str]
    test_mode: bool

    @classmethod
    def of(cls, viewer: Viewer, organisation: organisations.Organisation) -> Provider:
        return cls(
            role=viewer.role,
            organisation=Organisation.of(organisation),
            scopes=sorted(viewer.scopes),
            roles=sorted(viewer.roles),
            test_mode=viewer.test_mode,
        )


@strawberry.type
class StaffPasswordChanged:
    changed: bool


@strawberry.type
class StaffSignedIn:
    name: str
    roles: list[str]
    tokens: Tokens

    @classmethod
    def of(cls, done: StaffSignedInResult) -> StaffSignedIn:
        return cls(name=done.staff.name, roles=sorted(done.staff.roles), tokens=Tokens.of(done.tokens))
