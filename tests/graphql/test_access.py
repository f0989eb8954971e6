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
from tests.support.belongings import belongings
from tests.support.community_access import (
    CITIZEN_MAY_COMMUNITY,
    COMMUNITY_SCOPES,
    PROVIDER_MAY_COMMUNITY,
    TAKES_COMMUNITY_ID,
)
from tests.support.culture_access import OPEN_CULTURE
from tests.support.estate_access import OPEN_ESTATE_TYPES
from tests.support.life_access import CITIZEN_MAY_LIFE, LIFE_SCOPES, PROVIDER_MAY_LIFE, TAKES_LIFE_ID
from tests.support.operations import SCHEMAS, Operation, all_operations
from tests.support.payment_access import CITIZEN_MAY, PAYMENT_SCOPES, PROVIDER_MAY, TAKES_PAYMENT_ID

OPEN, IN_PERSON, PROVIDERS, STAFF = "open", "in person", "providers", "staff"
NOTIFY, WEBHOOKS, BROADCAST, CATALOGUE, ANSWERS, APPOINTMENTS, DATA, LICENCE, APPLICATIONS = _SCOPED = (
    "notify",
    "webhooks",
    "broadcast",
    "catalogue",
    "answers",
    "appointments",
    "data",
    "verify:licence",
    "applications",
)
CASES, CENTRE, GRID, CONVERSATIONS, ASSETS = _VOICE = ("cases", "cases:centre", "cases:grid", "conversations", "assets")
_LATER = (*PAYMENT_SCOPES, *LIFE_SCOPES, *COMMUNITY_SCOPES)
SCOPED = (*_SCOPED, *_VOICE, *_LATER)
CASES_OR_CENTRE = "cases or cases:centre"

MAY: Mapping[str, Mapping[str, str]] = {
    "citizen": {
        **CITIZEN_MAY,
        **CITIZEN_MAY_LIFE,
        **CITIZEN_MAY_COMMUNITY,
        "threads": OPEN,
        "thread": OPEN,
        "threadPosts": OPEN,
        "moderationFigures": OPEN,
        "surveys": OPEN,
        "survey": OPEN,
        "proposals": OPEN,
        "proposal": OPEN,
        "myThreads": IN_PERSON,
        "followedThreads": IN_PERSON,
        "myModerations": IN_PERSON,
        "myProposals": IN_PERSON,
        "openThread": IN_PERSON,
        "replyInThread": IN_PERSON,
        "followThread": IN_PERSON,
        "closeThread": IN_PERSON,
        "reportAbuse": IN_PERSON,
        "appealModeration": IN_PERSON,
        "chooseNickname": IN_PERSON,
        "answerSurvey": IN_PERSON,
        "saveProposal": IN_PERSON,
        "handInProposal": IN_PERSON,
        "withdrawProposal": IN_PERSON,
        "supportProposal": IN_PERSON,
        "takeBackSupport": IN_PERSON,
        "requestOtp": OPEN,
        "cityIndicators": OPEN,
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
        "licences": "CARD_SHOW",
        "licence": "CARD_SHOW",
        "showLicence": "CARD_SHOW",
        "showOfflineCode": "CARD_SHOW",
        "issueCard": "CARD_MANAGE",
        "reportCardLoss": "CARD_MANAGE",
        "disclosures": "DISCLOSURES_READ",
        "disclosed": "DISCLOSURES_READ",
        "upload": "APPLICATIONS_MANAGE or VOICE_MANAGE",
        "requestUpload": "APPLICATIONS_MANAGE or VOICE_MANAGE",
        "dropUpload": "APPLICATIONS_MANAGE or VOICE_MANAGE",
        "inbox": "INBOX_READ",
        "unreadCount": "INBOX_READ",
        "messageAdded": "INBOX_READ",
        "markMessageRead": "INBOX_READ",
        "markAllMessagesRead": "INBOX_READ",
        "confirmMessages": "INBOX_READ",
        "whyDidIGetThis": "INBOX_READ",
        "serviceItem": OPEN,
        "answer": OPEN,
        "ask": OPEN,
        "askSession": OPEN,
        "handOverAsk": IN_PERSON,
        "rateAnswer": IN_PERSON,
        "serviceItems": OPEN,
        "serviceCategories": OPEN,
        "serviceOffers": OPEN,
        "searchServices": OPEN,
        "suggestServices": OPEN,
        "unreadCountChanged": "INBOX_READ",
        "dataSets": IN_PERSON,
        "applicationForm": "APPLICATIONS_MANAGE",
        "materialCheck": "APPLICATIONS_MANAGE",
        "checkMaterials": "APPLICATIONS_MANAGE",
        "serviceApplications": "APPLICATIONS_MANAGE",
        "serviceApplication": "APPLICATIONS_MANAGE",
        "beginApplication": "APPLICATIONS_MANAGE",
        "saveDraft": "APPLICATIONS_MANAGE",
        "moveDraft": "APPLICATIONS_MANAGE",
        "discardDraft": "APPLICATIONS_MANAGE",
        "submitApplication": "APPLICATIONS_MANAGE",
        "answerCorrection": "APPLICATIONS_MANAGE",
        "withdrawServiceApplication": "APPLICATIONS_MANAGE",
        "consents": "APPLICATIONS_MANAGE",
        "giveConsent": "APPLICATIONS_MANAGE",
        "withdrawConsent": "APPLICATIONS_MANAGE",
        "caseCategories": OPEN,
        "caseByReceipt": OPEN,
        "rateCaseByReceipt": OPEN,
        **dict.fromkeys(("asset", "assetsNear"), OPEN),
        **dict.fromkeys(("publicCases", "publicCase", "publicCasesNear"), OPEN),
        **dict.fromkeys(("similarCases", "previewPublication", "tiedCases", "tiesToCases"), "VOICE_MANAGE"),
        **dict.fromkeys(("publishCase", "unpublishCase", "tieCase", "untieCase", "rateJoinedCase"), "VOICE_MANAGE"),
        **dict.fromkeys(("myCases", "case", "caseClock", "caseChanged"), "VOICE_MANAGE"),
        **dict.fromkeys(("fileCase", "commentOnCase", "withdrawCase", "rateCase"), "VOICE_MANAGE"),
        "venues": "APPOINTMENTS_MANAGE",
        "bookableServices": "APPOINTMENTS_MANAGE",
        "appointmentSlots": "APPOINTMENTS_MANAGE",
        "hospitalDepartments": "APPOINTMENTS_MANAGE",
        "departmentDoctors": "APPOINTMENTS_MANAGE",
        "myBookings": "APPOINTMENTS_MANAGE",
        "waitingPlaces": "APPOINTMENTS_MANAGE",
        "bookingStanding": "APPOINTMENTS_MANAGE",
        "calendarFeed": "APPOINTMENTS_MANAGE",
        "holdSlot": "APPOINTMENTS_MANAGE",
        "confirmBooking": "APPOINTMENTS_MANAGE",
        "moveBooking": "APPOINTMENTS_MANAGE",
        "cancelBooking": "APPOINTMENTS_MANAGE",
        "joinWaitingList": "APPOINTMENTS_MANAGE",
        "leaveWaitingList": "APPOINTMENTS_MANAGE",
        "acceptOffer": "APPOINTMENTS_MANAGE",
        "declineOffer": "APPOINTMENTS_MANAGE",
        "appealBlock": "APPOINTMENTS_MANAGE",
        "makeCalendarFeed": "APPOINTMENTS_MANAGE",
        "revokeCalendarFeed": "APPOINTMENTS_MANAGE",
        "bookingChanged": "APPOINTMENTS_MANAGE",
        "queueBoard": "APPOINTMENTS_MANAGE",
        "myTickets": "APPOINTMENTS_MANAGE",
        "takeNumber": "APPOINTMENTS_MANAGE",
        "leaveQueue": "APPOINTMENTS_MANAGE",
        "returnToQueue": "APPOINTMENTS_MANAGE",
        "ticketChanged": "APPOINTMENTS_MANAGE",
        "familyDoctorTeams": "APPOINTMENTS_MANAGE",
        "myFamilyDoctor": "APPOINTMENTS_MANAGE",
        "signFamilyDoctor": "APPOINTMENTS_MANAGE",
        "endFamilyDoctor": "APPOINTMENTS_MANAGE",
        "renewFamilyDoctor": "APPOINTMENTS_MANAGE",
        "moveFamilyDoctor": "APPOINTMENTS_MANAGE",
    },
    "provider": {
        **PROVIDER_MAY,
        **PROVIDER_MAY_LIFE,
        **PROVIDER_MAY_COMMUNITY,
        "addressedThreads": CONVERSATIONS,
        "unansweredThreads": CONVERSATIONS,
        "threadPosts": CONVERSATIONS,
        "heldSurveys": CONVERSATIONS,
        "surveySheet": CONVERSATIONS,
        "owedProposals": CONVERSATIONS,
        "openTopic": CONVERSATIONS,
        "replyOfficially": CONVERSATIONS,
        "pinThread": CONVERSATIONS,
        "closeTopic": CONVERSATIONS,
        "saveSurvey": CONVERSATIONS,
        "publishSurvey": CONVERSATIONS,
        "endSurvey": CONVERSATIONS,
        "replyToProposal": CONVERSATIONS,
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
        "verifyLicence": LICENCE,
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
        "dataSets": DATA,
        "dataAccesses": DATA,
        "offerDataSet": DATA,
        "withdrawDataSet": DATA,
        "requestDataAccess": DATA,
        "answerDataAccess": DATA,
        "fetchSharedData": DATA,
        "applicationsToHandle": APPLICATIONS,
        "applicationToHandle": APPLICATIONS,
        "openApplication": APPLICATIONS,
        "claimApplication": APPLICATIONS,
        "releaseApplication": APPLICATIONS,
        "acceptApplication": APPLICATIONS,
        "refuseApplication": APPLICATIONS,
        "askCorrection": APPLICATIONS,
        "beginReview": APPLICATIONS,
        "extendApplication": APPLICATIONS,
        "decideApplication": APPLICATIONS,
        "deliverApplication": APPLICATIONS,
        **dict.fromkeys(("similarToCase", "previewPublication", "fileCaseForCaller", "publishReportedCase"), CENTRE),
        **dict.fromkeys(("keptAssets", "saveAsset", "retireAsset"), ASSETS),
        **dict.fromkeys(("myPatrols", "patrols", "myRounds", "gridCases", "savePatrol", "startRound"), GRID),
        **dict.fromkeys(("visitPoint", "endRound", "reportFromField", "verifyCase"), GRID),
        **dict.fromkeys(("caseFindings", "settleFinding"), CENTRE),
        **dict.fromkeys(("upload", "requestUpload", "dropUpload"), PROVIDERS),
        "casesAtCentre": CENTRE,
        "caseMap": CENTRE,
        "caseIndicators": CASES,
        "centreIndicators": CENTRE,
        "caseHotSpots": CENTRE,
        "centreBoard": CENTRE,
        "caseAtCentre": CENTRE,
        "knownAnswersTo": CENTRE,
        "openCaseAtCentre": CENTRE,
        "acceptCase": CENTRE,
        "correctCase": CENTRE,
        "answerCase": CENTRE,
        "refuseCase": CENTRE,
        "unpublishCase": CENTRE,
        "approveCaseRequest": CENTRE,
        "declineCaseRequest": CENTRE,
        "resumeCase": CENTRE,
        "mergeCase": CENTRE,
        "splitCase": CENTRE,
        "callBack": CENTRE,
        "dispatchProposal": CENTRE,
        "dispatchCase": CENTRE,
        "moveCase": CENTRE,
        "handOverCase": CENTRE,
        "unitCases": CASES,
        "unitCase": CASES,
        "openUnitCase": CASES,
        "claimCase": CASES,
        "assignCase": CASES,
        "noteCase": CASES,
        "arriveAtCase": CASES,
        "askReporter": CASES,
        "endCaseTask": CASES,
        "requestOfCentre": CASES,
        "finishCase": CASES,
        "replyToCase": CASES,
        "transferCase": CASES,
        "caseEscalations": CASES_OR_CENTRE,
        "noteCaseEscalation": CASES_OR_CENTRE,
        "superviseCase": CASES_OR_CENTRE,
        "venues": APPOINTMENTS,
        "venueBookings": APPOINTMENTS,
        "venueSlots": APPOINTMENTS,
        "venueSchedule": APPOINTMENTS,
        "previewDayChange": APPOINTMENTS,
        "saveVenue": APPOINTMENTS,
        "saveVenueResource": APPOINTMENTS,
        "saveVenueService": APPOINTMENTS,
        "saveSchedule": APPOINTMENTS,
        "changeDay": APPOINTMENTS,
        "restoreDay": APPOINTMENTS,
        "setSlotsClosed": APPOINTMENTS,
        "cancelForCause": APPOINTMENTS,
        "queueBoard": APPOINTMENTS,
        "queueTickets": APPOINTMENTS,
        "saveQueue": APPOINTMENTS,
        "setQueueOpen": APPOINTMENTS,
        "checkIn": APPOINTMENTS,
        "drawNumber": APPOINTMENTS,
        "boardChanged": APPOINTMENTS,
        "serviceCounters": APPOINTMENTS,
        "openCounter": APPOINTMENTS,
        "closeCounter": APPOINTMENTS,
        "callNext": APPOINTMENTS,
        "recall": APPOINTMENTS,
        "markServed": APPOINTMENTS,
        "markAbsent": APPOINTMENTS,
        "putBack": APPOINTMENTS,
        "transferToCounter": APPOINTMENTS,
        "transferToQueue": APPOINTMENTS,
        "familyDoctorTeams": APPOINTMENTS,
        "familyDoctorContracts": APPOINTMENTS,
        "saveFamilyDoctorTeam": APPOINTMENTS,
        "endFamilyDoctorContract": APPOINTMENTS,
        "acceptFamilyDoctorContract": APPOINTMENTS,
        "refuseFamilyDoctorContract": APPOINTMENTS,
        "serviceItems": CATALOGUE,
        "serviceItemVersions": CATALOGUE,
        "answers": ANSWERS,
        "overdueAnswers": ANSWERS,
        "answerVersions": ANSWERS,
        "saveAnswer": ANSWERS,
        "publishAnswer": ANSWERS,
        "reviewAnswer": ANSWERS,
        "withdrawAnswer": ANSWERS,
        "unitOffers": CATALOGUE,
        "saveServiceItem": CATALOGUE,
        "publishServiceItem": CATALOGUE,
        "cancelServiceItem": CATALOGUE,
        "mergeServiceItem": CATALOGUE,
        "delegateServiceItem": CATALOGUE,
        "offerServiceItem": CATALOGUE,
        "withdrawOffer": CATALOGUE,
        "signOut": STAFF,
    },
}
SCOPES = (
    "CARD_SHOW",
    "CARD_MANAGE",
    "DISCLOSURES_READ",
    "INBOX_READ",
    "APPLICATIONS_MANAGE",
    "APPOINTMENTS_MANAGE",
    "VOICE_MANAGE",
    "PAYMENTS_MANAGE",
    "HEALTH_READ",
)
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


def _given(operation: Operation) -> dict[str, Any]:
    given = operation.sample()
    if operation.name == "GiveConsent":
        given["consent"]["purpose"] = "application:T-1"  # to nothing else a guardian can agree
    return given


async def _codes(api: Api, operation: Operation, token: str | None, ward: str | None = None) -> set[str]:
    """The refusals; a subscription asks for events, as clients without a WebSocket do."""
    api = replace(api, headers={"accept": "text/event-stream, application/json"}) if operation.is_subscription else api
    given = _given(operation)
    answer = await api.raw(operation.name, given, token=token, schema=operation.schema, subject=ward)
    return {error["extensions"]["code"] for error in answer.json().get("errors", [])} & REFUSALS


def _of(schema: str, *, refused: bool = False) -> list[Operation]:
    """Operations of a schema; subscriptions only where they are refused, for otherwise they would go on."""
    return [o for o in OPERATIONS if o.schema == schema and (refused or not o.is_subscription)]


async def test_nobody_may_what_is_not_open(shared_api: Api) -> None:
    for operation in OPERATIONS:
        if operation.is_subscription and _strictest(operation) == OPEN:
            continue  # it would go on
        expected = set() if _strictest(operation) == OPEN else {"UNAUTHENTICATED"}
        assert await _codes(shared_api, operation, None) == expected, operation


@pytest.mark.parametrize("verified", [False, True])
async def test_a_citizen_may_everything_of_his_own_door(shared_api: Api, verified: bool) -> None:
    one = shared_api.verified if verified else lambda: shared_api.sign_in(shared_api.person())
    reader = await one()
    for operation in _of("citizen"):
        # What changes something may end what the next is tried with.
        person = reader if operation.is_query else await one()
        assert await _codes(shared_api, operation, person.token) == set(), operation


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_guardian_may_what_his_scope_covers(shared_api: Api, scope: str) -> None:
    parent = await shared_api.verified()
    ward = (await shared_api.ward(parent, scope))["ward"]["id"]
    for operation in _of("citizen", refused=True):
        rule = _strictest(operation)
        granted = rule == OPEN or scope in rule.split(" or ")
        if operation.name == "RequestUpload" and scope == "VOICE_MANAGE":
            continue  # by what the file is for: the sample is for an application
        if not (granted and operation.is_subscription):
            expected = set() if granted else {"FORBIDDEN"}
            assert await _codes(shared_api, operation, parent.token, ward) == expected, operation


async def test_a_client_may_what_is_for_providers_within_its_scopes(shared_api: Api) -> None:
    for scopes in (
        (),
        ("verify:transit",),
        (LICENCE,),
        (NOTIFY,),
        (WEBHOOKS,),
        (BROADCAST,),
        (CATALOGUE,),
        (APPOINTMENTS,),
        (DATA,),
        (APPLICATIONS,),
        *((scope,) for scope in (*_VOICE, *_LATER)),
    ):
        client = await shared_api.provider("test-access", scopes)
        for operation in _of("provider"):
            expected = {"FORBIDDEN"} if _strictest(operation) in {STAFF, *SCOPED}.difference(scopes) else set()
            if operation.name == "VerifyCode":
                expected = set() if "verify:transit" in scopes else {"FORBIDDEN"}
            if _strictest(operation) == CASES_OR_CENTRE:
                expected = set() if {CASES, CENTRE}.intersection(scopes) else {"FORBIDDEN"}
            assert await _codes(shared_api, operation, client) == expected, operation


async def test_staff_may_by_their_role(shared_api: Api) -> None:
    organisation = await shared_api.organisation()
    for role, may in (
        ("cashier", {"payments"}),
        ("nurse", {"health"}),
        ("gate", {"verify", LICENCE, "culture:gate", "community:gate"}),
        ("supervisor", {"verify", *SCOPED}),
    ):
        token = await shared_api.staff_token(organisation, role)
        for operation in sorted(_of("provider"), key=lambda one: one.name == "SignOut"):  # which ends the token
            needed = "verify" if operation.name == "VerifyCode" else _strictest(operation)
            may_more = may | ({CASES_OR_CENTRE} if may & {CASES, CENTRE} else set())
            expected = {"FORBIDDEN"} if needed in {"verify", CASES_OR_CENTRE, *SCOPED} - may_more else set()
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
    **TAKES_PAYMENT_ID,
    **TAKES_LIFE_ID,
    **TAKES_COMMUNITY_ID,
    **{name: ("id", name) for name in ("Thread", "Survey", "Proposal")},
    **dict.fromkeys(("ThreadPosts", "ReplyInThread", "FollowThread", "CloseThread"), ("threadId", "Thread")),
    **dict.fromkeys(("ReplyOfficially", "PinThread", "CloseTopic"), ("threadId", "Thread")),
    "ReportAbuse": ("postId", "Thread"),
    "AppealModeration": ("matterId", "ModerationMatter"),
    **dict.fromkeys(
        ("AnswerSurvey", "SurveySheet", "SaveSurvey", "PublishSurvey", "EndSurvey"), ("surveyId", "Survey")
    ),
    **dict.fromkeys(("SaveProposal", "HandInProposal", "WithdrawProposal"), ("proposalId", "Proposal")),
    **dict.fromkeys(("SupportProposal", "TakeBackSupport", "ReplyToProposal"), ("proposalId", "Proposal")),
    **dict.fromkeys(("Case", "CaseClock", "OnCaseChanged"), ("caseId", "Case")),
    **dict.fromkeys(("CommentOnCase", "WithdrawCase", "RateCase"), ("caseId", "Case")),
    **dict.fromkeys(("PreviewPublication", "PublishCase", "UnpublishCase"), ("case", "Case")),
    **dict.fromkeys(("PublicCase", "TieCase", "UntieCase", "RateJoinedCase"), ("case", "PublicCase")),
    "TiesToCases": ("cases", "PublicCase"),
    **dict.fromkeys(("SimilarToCase", "PublishReportedCase"), ("case", "Case")),
    **dict.fromkeys(("OpenUnitCase", "ClaimCase", "AssignCase", "NoteCase", "ArriveAtCase"), ("case", "Case")),
    **dict.fromkeys(("AskReporter", "EndCaseTask", "RequestOfCentre", "FinishCase", "ReplyToCase"), ("case", "Case")),
    **dict.fromkeys(("TransferCase", "SuperviseCase"), ("case", "Case")),
    **dict.fromkeys(("OpenCaseAtCentre", "AcceptCase", "AnswerCase", "RefuseCase", "CorrectCase"), ("case", "Case")),
    **dict.fromkeys(("DispatchProposal", "DispatchCase", "MoveCase", "HandOverCase", "ResumeCase"), ("case", "Case")),
    **dict.fromkeys(("ApproveCaseRequest", "DeclineCaseRequest", "KnownAnswersTo"), ("case", "Case")),
    **dict.fromkeys(("CallBack", "MergeCase", "SplitCase"), ("case", "Case")),
    "NoteCaseEscalation": ("escalation", "CaseEscalation"),
    "StartRound": ("patrol", "Patrol"),
    **dict.fromkeys(("VisitPoint", "EndRound"), ("round", "PatrolRound")),
    "VerifyCase": ("case", "Case"),
    "SettleFinding": ("finding", "CaseFinding"),
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
    "WithdrawConsent": ("consentId", "Consent"),
    "AnswerDataAccess": ("accessId", "DataAccess"),
    **dict.fromkeys(("LeaveQueue", "ReturnToQueue", "PutBack", "OnTicketChanged"), ("ticketId", "Ticket")),
    **dict.fromkeys(
        ("QueueBoard", "FamilyDoctorTeams", "CheckIn", "ServiceCounters", "OnBoardChanged"), ("venueId", "Venue")
    ),
    **dict.fromkeys(("TakeNumber", "DrawNumber", "QueueTickets", "SetQueueOpen"), ("queueId", "ServiceQueue")),
    **dict.fromkeys(
        ("OpenCounter", "CloseCounter", "CallNext", "Recall", "MarkServed", "MarkAbsent"),
        ("resourceId", "VenueResource"),
    ),
    **dict.fromkeys(("TransferToCounter", "TransferToQueue"), ("resourceId", "VenueResource")),
    **dict.fromkeys(("SignFamilyDoctor", "MoveFamilyDoctor", "FamilyDoctorContracts"), ("teamId", "FamilyDoctorTeam")),
    "EndFamilyDoctorContract": ("contractId", "FamilyDoctorContract"),
    "AcceptFamilyDoctorContract": ("contractId", "FamilyDoctorContract"),
    "RefuseFamilyDoctorContract": ("contractId", "FamilyDoctorContract"),
    **dict.fromkeys(
        ("ConfirmBooking", "MoveBooking", "CancelBooking", "AcceptOffer", "DeclineOffer", "CancelForCause"),
        ("bookingId", "Booking"),
    ),
    **dict.fromkeys(("BookableServices", "VenueBookings"), ("venueId", "Venue")),
    **dict.fromkeys(("HospitalDepartments", "DepartmentDoctors"), ("venueId", "Venue")),
    **dict.fromkeys(("HoldSlot", "AppointmentSlots"), ("serviceId", "BookableService")),
    **dict.fromkeys(("VenueSlots", "VenueSchedule"), ("resourceId", "VenueResource")),
    "LeaveWaitingList": ("placeId", "WaitingPlace"),
    **dict.fromkeys(
        ("ServiceApplication", "SaveDraft", "MoveDraft", "DiscardDraft", "SubmitApplication", "CheckMaterials"),
        ("application", "ServiceApplication"),
    ),
    **dict.fromkeys(("AnswerCorrection", "WithdrawServiceApplication"), ("application", "ServiceApplication")),
    **dict.fromkeys(
        ("OpenApplication", "ClaimApplication", "ReleaseApplication", "AcceptApplication", "RefuseApplication"),
        ("application", "ServiceApplication"),
    ),
    **dict.fromkeys(
        ("AskCorrection", "BeginReview", "ExtendApplication", "DecideApplication", "DeliverApplication"),
        ("application", "ServiceApplication"),
    ),
    "SetSlotsClosed": ("slotIds", "AppointmentSlot"),
    "RestoreDay": ("scopeId", "Venue"),
    **dict.fromkeys(("Licence", "ShowLicence"), ("id", "Licence")),
    "AskSession": ("id", "AskSession"),
    **dict.fromkeys(("Ask", "HandOverAsk", "RateAnswer"), ("session", "AskSession")),
    **dict.fromkeys(("Upload", "DropUpload"), ("id", "Upload")),
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


# What everybody may know of has no owner.
OPEN_TO_ALL = {
    "Station",
    "Place",
    "Survey",
    "BookableService",
    "Venue",
    "ServiceQueue",
    "FamilyDoctorTeam",
    "PublicCase",
    "GoodCause",
    "TransitStop",
    "TransitRoute",
    "TransitTrip",
}
OPEN_TO_ALL |= OPEN_CULTURE | OPEN_ESTATE_TYPES


def _worded(operation: Operation) -> dict[str, Any]:
    """Digits of an id can look like somebody's telephone, which would be said first: words have none."""
    said = {name: "路灯又亮了" for name in ("title", "text") if name in operation.variables}
    return {**operation.sample(), **said}


def _beside(operation: str) -> dict[str, Any]:
    """What else must be of the right type, or nobody would look at whose it is."""
    if operation in ("AnswerCorrection", "SaveDraft"):
        return {"given": []}
    if operation in ("ReplyToDispute", "DisputePayment"):
        return {"files": []}
    if operation == "LabelBillerAccount":
        return {"label": "我家的水表"}
    if operation == "CommentOnCase":
        return {"uploadIds": []}
    if operation in ("FinishMicroWish", "ThankForMicroWish"):
        return {"uploadIds": [], "words": "灯换好了"}
    if operation in ("CastVote", "EmpowerVoter"):
        return {name: global_id("Residency", new_id()) for name in ("residencyId", "toResidencyId")}
    if operation in ("ReturnEventTickets", "ShowTicketCode"):
        ticket = global_id("EventTicket", new_id())
        return {"ticketIds": [ticket], "ticketId": ticket}
    if operation == "PassVolunteerPoint":
        return {"pointId": global_id("VolunteerRoutePoint", new_id())}
    if operation == "RegisterPlate":
        return {"plate": "闽A12345"}
    if operation == "RateAnswer":
        return {"code": "NO-SUCH"}
    return {"slotId": global_id("AppointmentSlot", new_id())} if operation == "MoveBooking" else {}


def test_every_operation_that_takes_an_id_is_entered_above() -> None:
    types = [(o.name, str(type_).strip("[")) for o in OPERATIONS for type_ in o.variables.values()]
    taking = {name for name, type_ in types if type_.startswith("ID")}
    assert taking - {"SignIn"} == TAKES_ID.keys()  # a challenge belongs to nobody yet


async def test_anothers_id_looks_exactly_like_one_that_is_not_there(
    shared_api: Api, holder: Person, provider: str
) -> None:
    theirs = await belongings(shared_api, await shared_api.with_card(), provider)
    for operation in (o for o in _of("citizen") if o.name in TAKES_ID):
        variable, type_name = TAKES_ID[operation.name]
        if type_name in OPEN_TO_ALL:
            continue
        answers = []
        for id_ in (theirs[type_name], str(global_id(type_name, new_id()))):
            cursor = {"after": None} if "after" in operation.variables else {}
            variables = {**operation.sample(), **cursor, **_beside(operation.name), variable: id_}
            answer = await shared_api.raw(operation.name, variables, token=holder.token)
            answers.append((answer.status_code, answer.json()))
        assert answers[0] == answers[1], operation
