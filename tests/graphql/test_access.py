"""Every root field × everybody who may knock: what is not granted is refused, and a new field must be entered here."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from graphql import OperationType

from app.core.ids import new_id
from app.core.keys import KeyUse
from graphql_schema.types.common import global_id
from tests.support.api import Api, Person, soon
from tests.support.operations import SCHEMAS, Operation, all_operations

OPEN, IN_PERSON, PROVIDERS, STAFF = "open", "in person", "providers", "staff"
NOTIFY, WEBHOOKS, BROADCAST = SCOPED = ("notify", "webhooks", "broadcast")

MAY: Mapping[str, Mapping[str, str]] = {
    "citizen": {
        "requestOtp": OPEN,
        "signIn": OPEN,
        "refreshSession": OPEN,
        "signOut": IN_PERSON,
        "verifyIdentity": IN_PERSON,
        "devices": IN_PERSON,
        "wards": IN_PERSON,
        "guardians": IN_PERSON,
        "addWard": IN_PERSON,
        "acceptGuardian": IN_PERSON,
        "revokeGuardianship": IN_PERSON,
        "reinstateCard": IN_PERSON,
        "disputeDisclosure": IN_PERSON,
        "registerPushToken": IN_PERSON,
        "notificationPreferences": IN_PERSON,
        "dataExports": IN_PERSON,
        "corrections": IN_PERSON,
        "erasure": IN_PERSON,
        "requestDataExport": IN_PERSON,
        "requestCorrection": IN_PERSON,
        "withdrawCorrection": IN_PERSON,
        "requestErasure": IN_PERSON,
        "withdrawErasure": IN_PERSON,
        "changeNotificationPreferences": IN_PERSON,
        "node": IN_PERSON,
        "me": "CARD_SHOW",
        "card": "CARD_SHOW",
        "showCode": "CARD_SHOW",
        "showOfflineCode": "CARD_SHOW",
        "issueCard": "CARD_MANAGE",
        "reportCardLoss": "CARD_MANAGE",
        "disclosures": "DISCLOSURES_READ",
        "disclosed": "DISCLOSURES_READ",
        "inbox": "INBOX_READ",
        "unreadCount": "INBOX_READ",
        "messageAdded": "INBOX_READ",
        "markMessageRead": "INBOX_READ",
        "markAllMessagesRead": "INBOX_READ",
        "confirmMessages": "INBOX_READ",
        "whyDidIGetThis": "INBOX_READ",
        "unreadCountChanged": "INBOX_READ",
    },
    "provider": {
        "signInStaff": OPEN,
        "changeStaffPassword": OPEN,
        "applyAsProvider": OPEN,
        "application": OPEN,
        "withdrawApplication": OPEN,
        "testCitizens": PROVIDERS,
        "makeTestCitizens": PROVIDERS,
        "showTestCode": PROVIDERS,
        "refreshStaffSession": OPEN,
        "me": PROVIDERS,
        "verifications": PROVIDERS,
        "verifyCode": PROVIDERS,
        "messageTemplate": NOTIFY,
        "messageTemplates": NOTIFY,
        "saveMessageTemplate": NOTIFY,
        "submitMessageTemplate": NOTIFY,
        "withdrawMessageTemplate": NOTIFY,
        "notices": NOTIFY,
        "notice": NOTIFY,
        "sendNotice": NOTIFY,
        "withdrawNotice": NOTIFY,
        "broadcasts": BROADCAST,
        "broadcast": BROADCAST,
        "estimateBroadcast": BROADCAST,
        "createBroadcast": BROADCAST,
        "startBroadcast": BROADCAST,
        "pauseBroadcast": BROADCAST,
        "resumeBroadcast": BROADCAST,
        "cancelBroadcast": BROADCAST,
        "webhookEndpoints": WEBHOOKS,
        "webhookDeliveries": WEBHOOKS,
        "registerWebhook": WEBHOOKS,
        "changeWebhook": WEBHOOKS,
        "rotateWebhookSecret": WEBHOOKS,
        "pauseWebhook": WEBHOOKS,
        "resumeWebhook": WEBHOOKS,
        "removeWebhook": WEBHOOKS,
        "pingWebhook": WEBHOOKS,
        "replayWebhookDelivery": WEBHOOKS,
        "replayWebhook": WEBHOOKS,
        "signOut": STAFF,
    },
}
SCOPES = ("CARD_SHOW", "CARD_MANAGE", "DISCLOSURES_READ", "INBOX_READ")
OPERATIONS = all_operations()
REFUSALS = {"UNAUTHENTICATED", "FORBIDDEN"}


def test_every_root_field_is_entered_above() -> None:
    for name, schema in SCHEMAS.items():
        roots = [schema._schema.get_root_type(kind) for kind in OperationType]
        fields = {field for root in roots if root for field in root.fields}
        assert fields == MAY[name].keys()


def _strictest(operation: Operation) -> str:
    (rule,) = {MAY[operation.schema][field] for field in operation.fields}
    return rule


async def _codes(api: Api, operation: Operation, token: str | None, ward: str | None = None) -> set[str]:
    """The refusals; a subscription asks for events, as clients without a WebSocket do."""
    api = replace(api, headers={"accept": "text/event-stream, application/json"}) if operation.is_subscription else api
    answer = await api.raw(operation.name, operation.sample(), token=token, schema=operation.schema, subject=ward)
    return {error["extensions"]["code"] for error in answer.json().get("errors", [])} & REFUSALS


def _of(schema: str, *, refused: bool = False) -> list[Operation]:
    """Operations of a schema; subscriptions only where they are refused, for otherwise they would go on."""
    return [o for o in OPERATIONS if o.schema == schema and (refused or not o.is_subscription)]


async def test_nobody_may_what_is_not_open(shared_api: Api) -> None:
    for operation in OPERATIONS:
        expected = set() if _strictest(operation) == OPEN else {"UNAUTHENTICATED"}
        assert await _codes(shared_api, operation, None) == expected, operation


@pytest.mark.parametrize("verified", [False, True])
async def test_a_citizen_may_everything_of_his_own_door(shared_api: Api, verified: bool) -> None:
    for operation in _of("citizen"):
        person = await (shared_api.verified() if verified else shared_api.sign_in(shared_api.person()))
        assert await _codes(shared_api, operation, person.token) == set(), operation


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_guardian_may_what_his_scope_covers(shared_api: Api, scope: str) -> None:
    parent = await shared_api.verified()
    ward = (await shared_api.ward(parent, scope))["ward"]["id"]
    for operation in _of("citizen", refused=True):
        granted = _strictest(operation) in (OPEN, scope)
        if not (granted and operation.is_subscription):
            expected = set() if granted else {"FORBIDDEN"}
            assert await _codes(shared_api, operation, parent.token, ward) == expected, operation


async def test_a_client_may_what_is_for_providers_within_its_scopes(shared_api: Api) -> None:
    for scopes in ((), ("verify:transit",), (NOTIFY,), (WEBHOOKS,), (BROADCAST,)):
        client = await shared_api.provider("test-access", scopes)
        for operation in _of("provider"):
            expected = {"FORBIDDEN"} if _strictest(operation) in {STAFF, *SCOPED}.difference(scopes) else set()
            if operation.name == "VerifyCode":
                expected = set() if "verify:transit" in scopes else {"FORBIDDEN"}
            assert await _codes(shared_api, operation, client) == expected, operation


async def test_staff_may_by_their_role(shared_api: Api) -> None:
    organisation = await shared_api.organisation()
    for role, may in (("cashier", set[str]()), ("gate", {"verify"}), ("supervisor", {"verify", *SCOPED})):
        token = await shared_api.staff_token(organisation, role)
        for operation in sorted(_of("provider"), key=lambda one: one.name == "SignOut"):  # which ends the token
            needed = "verify" if operation.name == "VerifyCode" else _strictest(operation)
            expected = {"FORBIDDEN"} if needed in {"verify", *SCOPED} - may else set()
            assert await _codes(shared_api, operation, token) == expected, operation


async def test_a_token_of_another_door_is_none(shared_api: Api, holder: Person, provider: str) -> None:
    ops = await shared_api.ops_token("administrator")
    staff = await shared_api.staff_token(await shared_api.organisation(), "supervisor")
    for token in (provider, staff, ops):
        for operation in _of("citizen", refused=True):
            assert await _codes(shared_api, operation, token) == {"UNAUTHENTICATED"}, operation
    for token in (str(holder.token), ops):
        for operation in _of("provider"):
            assert await _codes(shared_api, operation, token) == {"UNAUTHENTICATED"}, operation


def _forgeries(api: Api, person: Person) -> dict[str, str]:
    key, now = api.city.keys.signing(KeyUse.SESSION), api.city.clock.now()
    good: dict[str, Any] = jwt.decode(str(person.token), options={"verify_signature": False})

    def signed(by: Any = key.private, algorithm: str = "EdDSA", kid: str = key.id, **changed: Any) -> str:
        claims = {name: value for name, value in {**good, **changed}.items() if value is not None}
        return jwt.encode(claims, by, algorithm=algorithm, headers={"kid": kid})

    public = key.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    head, body, _ = str(person.token).split(".")
    no_algorithm = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": key.id}).encode()).decode().rstrip("=")
    raised = base64.urlsafe_b64encode(json.dumps({**good, "aal": "real_name"}).encode()).decode().rstrip("=")
    forged = {
        "expired": signed(exp=int((now - timedelta(seconds=10)).timestamp())),
        "of the future": signed(iat=int((now + timedelta(hours=1)).timestamp())),
        "for another door": signed(aud="elsewhere"),
        "for two doors of others": signed(aud=["elsewhere", "nowhere"]),
        "of another issuer": signed(iss="http://elsewhere.test"),
        "of another type": signed(type="refresh"),
        "signed by a foreign key": signed(Ed25519PrivateKey.generate()),
        "by an unknown key id": signed(kid="session-9999"),
        "by a card key": signed(api.city.keys.signing(KeyUse.CARD).private, kid=api.city.keys.signing(KeyUse.CARD).id),
        "signed with the public key": signed(public, "HS256"),
        "not signed": f"{no_algorithm}.{body}.",
        "altered": f"{head}.{raised}.{str(person.token).rsplit('.', 1)[1]}",
        "no token": "nonsense",
        "long": "a" * 5000,
    }
    return forged | {
        f"without {claim}": signed(**{claim: None}) for claim in ("exp", "iat", "sub", "aud", "type", "jti", "iss")
    }


async def test_what_is_not_a_token_of_ours_is_refused_everywhere(shared_api: Api, holder: Person) -> None:
    forged = _forgeries(shared_api, holder)
    for what, token in forged.items():
        for operation in (o for o in OPERATIONS if o.name in ("Me", "Card", "SignIn", "SignInStaff", "OnDisclosed")):
            assert await _codes(shared_api, operation, token) == {"UNAUTHENTICATED"}, (what, operation)
        desk = await shared_api.http.get("/admin/api/me", headers={"authorization": f"Bearer {token}"})
        assert desk.status_code == 401, what


async def test_a_scheme_that_is_not_bearer_is_refused(shared_api: Api, holder: Person) -> None:
    for header in (f"Basic {holder.token}", "Bearer", "Bearer ", str(holder.token), "Bearer\t"):
        answer = await shared_api.http.post("/graphql", json={"query": "{me{id}}"}, headers={"authorization": header})
        assert [e["extensions"]["code"] for e in answer.json()["errors"]] == ["UNAUTHENTICATED"], header


async def test_a_revoked_session_is_refused_everywhere(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    await shared_api.data("SignOut", person.token)

    async def refused() -> bool:
        answer = (await shared_api.raw("Me", token=person.token)).json()
        return "errors" in answer

    await soon(refused)
    for operation in _of("citizen", refused=True):
        assert await _codes(shared_api, operation, person.token) == {"UNAUTHENTICATED"}, operation


TAKES_ID = {
    "SignOut": ("deviceId", "Device"),
    "AcceptGuardian": ("guardianshipId", "Guardianship"),
    "RevokeGuardianship": ("guardianshipId", "Guardianship"),
    "DisputeDisclosure": ("disclosureId", "Disclosure"),
    "MarkMessageRead": ("messageId", "Message"),
    "ConfirmMessages": ("messageIds", "Message"),
    "WhyDidIGetThis": ("messageId", "Message"),
    "Notice": ("noticeId", "Notice"),
    "WithdrawNotice": ("noticeId", "Notice"),
    "Broadcast": ("broadcastId", "Broadcast"),
    "StartBroadcast": ("broadcastId", "Broadcast"),
    "PauseBroadcast": ("broadcastId", "Broadcast"),
    "ResumeBroadcast": ("broadcastId", "Broadcast"),
    "CancelBroadcast": ("broadcastId", "Broadcast"),
    "WithdrawCorrection": ("correctionId", "Correction"),
    "Node": ("id", "Card"),
    "ShowTestCode": ("testCitizenId", "TestCitizen"),
    "WebhookDeliveries": ("endpointId", "WebhookEndpoint"),
    "ChangeWebhook": ("endpointId", "WebhookEndpoint"),
    "RotateWebhookSecret": ("endpointId", "WebhookEndpoint"),
    "PauseWebhook": ("endpointId", "WebhookEndpoint"),
    "ResumeWebhook": ("endpointId", "WebhookEndpoint"),
    "RemoveWebhook": ("endpointId", "WebhookEndpoint"),
    "PingWebhook": ("endpointId", "WebhookEndpoint"),
    "ReplayWebhook": ("endpointId", "WebhookEndpoint"),
    "ReplayWebhookDelivery": ("deliveryId", "WebhookDelivery"),
}


def test_every_operation_that_takes_an_id_is_entered_above() -> None:
    types = [(o.name, str(type_).strip("[")) for o in OPERATIONS for type_ in o.variables.values()]
    taking = {name for name, type_ in types if type_.startswith("ID")}
    assert taking - {"SignIn"} == TAKES_ID.keys()  # a challenge belongs to nobody yet


async def test_anothers_id_looks_exactly_like_one_that_is_not_there(
    shared_api: Api, holder: Person, provider: str
) -> None:
    owner = await shared_api.with_card()
    code = await shared_api.code(owner)
    made = await shared_api.data("VerifyCode", provider, "provider", code=code, purpose="SERVICE_HALL", key=new_id())
    said = {"field": "OTHER", "wanted": "otherwise", "reason": "because", "key": new_id()}
    wish = await shared_api.data("RequestCorrection", owner.token, **said)
    theirs = {
        "Device": (await shared_api.data("Devices", owner.token))[0]["id"],
        "Guardianship": (await shared_api.ward(owner))["id"],
        "Disclosure": made["id"],
        "Message": (await shared_api.told(owner))[0]["id"],
        "Card": (await shared_api.data("Card", owner.token))["id"],
        "Correction": wish["correction"]["id"],
    }
    for operation in (o for o in OPERATIONS if o.schema == "citizen" and o.name in TAKES_ID):
        variable, type_name = TAKES_ID[operation.name]
        answers = []
        for id_ in (theirs[type_name], str(global_id(type_name, new_id()))):
            variables = {**operation.sample(), variable: id_}
            answer = await shared_api.raw(operation.name, variables, token=holder.token)
            answers.append((answer.status_code, answer.json()))
        assert answers[0] == answers[1], operation
