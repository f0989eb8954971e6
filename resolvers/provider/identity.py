"""Who the provider is, and its staff's sign-in."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.errors import Forbidden
from app.domains.identity.sessions.model import Audience
from graphql_schema.types.common import (
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    everyone,
    global_id,
    provider_staff,
    providers,
)
from graphql_schema.types.identity import DeviceInput, SignedOut
from graphql_schema.types.identity_errors import (
    CredentialsWrong,
    DeviceUnknown,
    PasswordChangeNeeded,
    PasswordTooWeak,
    PasswordUnchanged,
    SessionEnded,
    StaffLocked,
)
from graphql_schema.types.provider import Provider, StaffPasswordChanged, StaffSignedIn

SignInStaffResult = Annotated[
    StaffSignedIn | CredentialsWrong | StaffLocked | PasswordChangeNeeded | IdempotencyConflict,
    strawberry.union("SignInStaffResult"),
]
RefreshStaffSessionResult = Annotated[
    StaffSignedIn | SessionEnded | CredentialsWrong, strawberry.union("RefreshStaffSessionResult")
]
ChangeStaffPasswordResult = Annotated[
    StaffPasswordChanged | CredentialsWrong | StaffLocked | PasswordTooWeak | PasswordUnchanged,
    strawberry.union("ChangeStaffPasswordResult"),
]
StaffSignOutResult = Annotated[SignedOut | DeviceUnknown, strawberry.union("StaffSignOutResult")]


@strawberry.type
class ProviderIdentityQuery:
    @strawberry.field(metadata=providers(), description="Whom this token speaks for.")
    async def me(self, info: Info) -> Provider:
        viewer = info.context.viewer
        organisation = info.context.services.organisations.tree.get(viewer.provider())
        if organisation is None:
            raise Forbidden
        return Provider.of(viewer, organisation)


@strawberry.type
class ProviderIdentityMutation:
    @strawberry.mutation(metadata=everyone(single=True), description="Password and one-time code, each code once.")
    async def sign_in_staff(
        self,
        info: Info,
        organisation: str,
        login: str,
        password: str,
        code: str,
        device: DeviceInput,
        idempotency_key: IdempotencyKey,
    ) -> SignInStaffResult:
        done = await info.context.services.staff.sign_in(
            organisation, login, password, code, device.parsed(), info.context.origin, idempotency_key
        )
        return StaffSignedIn.of(done)

    @strawberry.mutation(
        metadata=everyone(single=True),
        description="A password of one's own, after it was reset or at will; ends all sessions. The code is good once, "
        "so that nothing is changed twice.",
    )
    async def change_staff_password(
        self, info: Info, organisation: str, login: str, password: str, code: str, new_password: str
    ) -> ChangeStaffPasswordResult:
        origin = info.context.origin
        await info.context.services.staff.change_password(organisation, login, password, code, new_password, origin)
        return StaffPasswordChanged(changed=True)

    @strawberry.mutation(metadata=everyone(single=True), description="As refreshSession of the citizen schema.")
    async def refresh_staff_session(self, info: Info, refresh_token: str, device_id: str) -> RefreshStaffSessionResult:
        staff = info.context.services.staff
        return StaffSignedIn.of(await staff.refresh(refresh_token, device_id, Audience.PROVIDER))

    @strawberry.mutation(metadata=provider_staff(), description="This device. Repeating is safe.")
    async def sign_out(self, info: Info) -> StaffSignOutResult:
        ended = await info.context.services.sessions.end(info.context.viewer)
        return SignedOut(device_id=global_id("Device", ended))
