"""Signing in, the real name, devices, guardians."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from app.domains.identity.guardians.model import WardScope
from app.domains.identity.guardians.service import NewWard
from graphql_schema.types.common import (
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    everyone,
    global_id,
    key_of,
)
from graphql_schema.types.identity import (
    Citizen,
    Device,
    DeviceInput,
    GuardianAccepted,
    Guardianship,
    GuardianshipRevoked,
    IdentityVerified,
    OtpRequested,
    SignedIn,
    SignedOut,
    WardAdded,
)
from graphql_schema.types.identity_errors import (
    AlreadyVerified,
    DeviceUnknown,
    GuardianshipEndsTooLate,
    GuardianshipUnknown,
    IdentityNotMatched,
    IdentityTaken,
    IdNumberInvalid,
    NameInvalid,
    NotProposed,
    NotTheGuardian,
    OtpNoLongerValid,
    OtpWrong,
    PhoneInvalid,
    RealNameNeeded,
    RegistryUnavailable,
    SessionEnded,
    SmsRefused,
    SmsUnavailable,
    TooManyCodes,
    VerificationLocked,
    WardMustBeMinorOrElder,
)

RequestOtpResult = Annotated[
    OtpRequested | PhoneInvalid | TooManyCodes | SmsUnavailable | SmsRefused | IdempotencyConflict,
    strawberry.union("RequestOtpResult"),
]
SignInResult = Annotated[SignedIn | OtpWrong | OtpNoLongerValid | IdempotencyConflict, strawberry.union("SignInResult")]
RefreshSessionResult = Annotated[SignedIn | SessionEnded, strawberry.union("RefreshSessionResult")]
SignOutResult = Annotated[SignedOut | DeviceUnknown, strawberry.union("SignOutResult")]
VerifyIdentityResult = Annotated[
    IdentityVerified
    | NameInvalid
    | IdNumberInvalid
    | IdentityNotMatched
    | VerificationLocked
    | IdentityTaken
    | AlreadyVerified
    | RegistryUnavailable
    | IdempotencyConflict,
    strawberry.union("VerifyIdentityResult"),
]
AddWardResult = Annotated[
    WardAdded
    | NameInvalid
    | IdNumberInvalid
    | RealNameNeeded
    | WardMustBeMinorOrElder
    | GuardianshipEndsTooLate
    | NotTheGuardian
    | IdentityNotMatched
    | VerificationLocked
    | RegistryUnavailable
    | IdempotencyConflict,
    strawberry.union("AddWardResult"),
]
AcceptGuardianResult = Annotated[
    GuardianAccepted | GuardianshipUnknown | NotProposed | IdempotencyConflict,
    strawberry.union("AcceptGuardianResult"),
]
RevokeGuardianshipResult = Annotated[
    GuardianshipRevoked | GuardianshipUnknown | IdempotencyConflict, strawberry.union("RevokeGuardianshipResult")
]


@strawberry.type
class IdentityQuery:
    @strawberry.field(metadata=citizens(ward_scope="card:show"))
    async def me(self, info: Info) -> Citizen | None:
        found = await info.context.services.citizens.me(info.context.viewer)
        return Citizen.of(found) if found else None

    @strawberry.field(metadata=citizens(), description="Where the viewer is signed in, newest first.")
    async def devices(self, info: Info) -> list[Device]:
        viewer = info.context.viewer
        return [Device.of(session, viewer) for session in await info.context.services.sessions.devices(viewer)]

    @strawberry.field(metadata=citizens(), description="Guardianships in which the viewer is the guardian.")
    async def wards(self, info: Info) -> list[Guardianship]:
        guardians = info.context.services.guardians
        found = await guardians.wards(info.context.viewer)
        people = await guardians.people(found)
        return [Guardianship.of(one, people) for one in found]

    @strawberry.field(metadata=citizens(), description="Guardianships in which the viewer is the ward.")
    async def guardians(self, info: Info) -> list[Guardianship]:
        guardians = info.context.services.guardians
        found = await guardians.guardians(info.context.viewer)
        people = await guardians.people(found)
        return [Guardianship.of(one, people) for one in found]


@strawberry.type
class IdentityMutation:
    @strawberry.mutation(metadata=everyone(single=True), description="Send a sign-in code by SMS.")
    async def request_otp(
        self, info: Info, phone: str, device: DeviceInput, idempotency_key: IdempotencyKey
    ) -> RequestOtpResult:
        context = info.context
        sent = await context.services.sign_in.request_code(
            phone, device.parsed().id, context.address, context.locale, idempotency_key
        )
        return OtpRequested.of(sent)

    @strawberry.mutation(metadata=everyone(single=True))
    async def sign_in(
        self,
        info: Info,
        challenge: strawberry.ID,
        code: str,
        device: DeviceInput,
        idempotency_key: IdempotencyKey,
    ) -> SignInResult:
        done = await info.context.services.sign_in.sign_in(
            challenge, code, device.parsed(), info.context.origin, idempotency_key
        )
        return SignedIn.of(done)

    @strawberry.mutation(
        metadata=everyone(single=True),
        description="The next pair of tokens. Safe to repeat within ten seconds from the same device; "
        "a token used twice otherwise ends the session.",
    )
    async def refresh_session(self, info: Info, refresh_token: str, device_id: str) -> RefreshSessionResult:
        return SignedIn.of(await info.context.services.sign_in.refresh(refresh_token, device_id))

    @strawberry.mutation(metadata=citizens(), description="This device, or another one of yours. Repeating is safe.")
    async def sign_out(self, info: Info, device_id: strawberry.ID | None = None) -> SignOutResult:
        session = key_of(device_id, "Device") if device_id is not None else None
        ended = await info.context.services.sessions.end(info.context.viewer, session)
        return SignedOut(device_id=global_id("Device", ended))

    @strawberry.mutation(metadata=citizens(), description="Check name and ID number at the civil registry.")
    async def verify_identity(
        self, info: Info, name: str, id_number: str, idempotency_key: IdempotencyKey
    ) -> VerifyIdentityResult:
        done = await info.context.services.verification.verify(info.context.viewer, name, id_number, idempotency_key)
        return IdentityVerified(citizen=Citizen.of(done.citizen), access_token=done.access_token)

    @strawberry.mutation(metadata=citizens(), description="Become the guardian of a minor or an elder of the family.")
    async def add_ward(
        self,
        info: Info,
        name: str,
        id_number: str,
        scopes: list[WardScope],
        idempotency_key: IdempotencyKey,
        until: date | None = None,
    ) -> AddWardResult:
        guardians = info.context.services.guardians
        new = NewWard(name, id_number, frozenset(scopes), until)
        made = await guardians.add_ward(info.context.viewer, new, idempotency_key)
        return WardAdded(guardianship=Guardianship.of(made, await guardians.people([made])))

    @strawberry.mutation(metadata=citizens(), description="As the ward: agree to a proposed guardian.")
    async def accept_guardian(
        self, info: Info, guardianship_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> AcceptGuardianResult:
        guardians = info.context.services.guardians
        key = key_of(guardianship_id, "Guardianship")
        made = await guardians.accept(info.context.viewer, key, idempotency_key)
        return GuardianAccepted(guardianship=Guardianship.of(made, await guardians.people([made])))

    @strawberry.mutation(metadata=citizens(), description="End a guardianship, from either side, at once.")
    async def revoke_guardianship(
        self, info: Info, guardianship_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> RevokeGuardianshipResult:
        guardians = info.context.services.guardians
        key = key_of(guardianship_id, "Guardianship")
        made = await guardians.revoke(info.context.viewer, key, idempotency_key)
        return GuardianshipRevoked(guardianship=Guardianship.of(made, await guardians.people([made])))
