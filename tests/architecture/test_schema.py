"""The shape of both schemas: unions with named errors, keys for repeats, audiences, documents that cover them."""

from __future__ import annotations

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLUnionType, OperationType
from strawberry import Schema

from app.core.errors import Outcome
from app.server import OPERATIONS, trusted_documents
from graphql_schema.endpoint.audience import check_audiences
from graphql_schema.endpoint.outcomes import outcome_types
from tests.architecture.test_messages import _ours
from tests.support.operations import SCHEMAS, all_operations

# Repeating these does nothing more: they set, end or renew what is there, or carry a proof that is good once.
NATURALLY_REPEATABLE = {
    "citizen": {
        "refreshSession",
        "signOut",
        "registerPushToken",
        "markMessageRead",
        "markAllMessagesRead",
        "confirmMessages",
        "payOwedRides",
        "keepResponderPlace",
        "payEventTickets",
        "payShopOrder",
    },
    "provider": {"changeStaffPassword", "refreshStaffSession", "signOut", "reportOfflineRides", "countSightCrowd"}
    | {"importHomes", "reportGateEntries"},
}
# Told elsewhere than in GraphQL: by /oauth/token, the ops desk, the command line and the gates without network.
NOT_IN_GRAPHQL = {
    # at the desk and in a shell alone
    "SceneUnfit", "FeedOvertaken", "FeedRefused", "FeedRunning", "FeedUnknown",
    "GatewayRefundNotStranded", "PacketNotStranded",
    "StationInvalid", "WeatherInvalid", "WeatherLifted", "WeatherUnknown",
    # of the directory, at the desk alone
    "PlaceImportRefused", "PlaceImportRunning", "PlaceKindUnknown", "OperatorUnknown", "DoubleUnknown",
    "DayRouteInvalid",
    # houses, which the desk puts right
    "EstateReasonMissing", "HomeInUse", "HomeThere",
    # a gate of an estate that is without network
    "GateListMalformed", "GateListStale", "GateListUnfit", "GateListUntrusted",
    "CreditAppealSettled", "CreditAppealUnknown", "CreditRulesInvalid", "CreditRulesNeedAnother", "CreditRulesPending",
    "CreditRulesSettled", "CreditRulesUnknown",
    "GatewayOrderSettled", "GatewayOrderUnknown", "GatewayRefundUnknown", "PayoutUnknown", "WalletOwnerStopped",
    "WalletStateSame",
    "AnotherApproves", "PayerBlockedAlready", "PayerNotBlocked", "PayerUnknown", "RefundNotStranded", "RefundUnknown",
    "RiskRuleInvalid", "RiskRuleProposed", "RiskRuleSettled", "RiskRuleUnknown",
    "AnswerImportRefused", "AnswerImportRunning", "AppealSettled", "AppealUnknown", "CalendarDayInvalid",
    "CalendarDayUnknown", "CitizenUnknown", "ClientUnknown", "DataKeyNeedsLead", "DeadLetterUnknown",
    "DifferenceUnknown", "GapUnknown", "HandoverSettled", "HandoverUnknown", "ImportFileUnknown", "ImportRefused",
    "InvalidClient", "ItemImportRefused", "ItemImportRunning", "JobUnknown", "KeySetMalformed", "LastAdministrator",
    "LicenceFileExpired", "LicenceFileMalformed", "LicenceFileRevoked", "LicenceFileUntrusted", "LicenceNotSuspended",
    "ListNeedsUnit", "LoginTaken", "NotDisputed", "NotOneself", "NothingHeld", "NothingToReveal",
    "OfflineCodeExpired", "OfflineCodeForOtherPurpose", "OfflineCodeMalformed", "OfflineCodeNotYetValid",
    "OfflineCodeReplayed", "OfflineCodeRevoked", "OfflineCodeUntrusted", "OrganisationExists", "OwnLookUp",
    "RegistryDisagrees", "RejectionWithoutReason", "RevealLimitReached", "RevealWithoutReason", "RoleUnfit",
    "ScopeNotAskedFor", "ScopeNotGranted", "SecretUnknown", "StaffUnknown", "StatusListMalformed", "StatusListStale",
    "StatusListUntrusted", "TagInvalid", "TemplateReasonMissing", "TwoSecretsAlready",
    # categories and boundaries, which the desk writes; the worker, which closes what nobody rates
    "BoundariesInvalid", "CategoryInvalid", "NotRatedYet",
    # indicators and the index at the desk and in the shell
    "CountingBusy", "IndicatorUnitUnknown", "WeightsChanged", "WeightsInvalid",
    # rules of clocks and of dispatch, and their file, at the desk; what came by code or call, which the desk settles
    "ClockRuleChanged", "ClockRuleInvalid", "DispatchImportRefused", "DispatchImportRunning", "DispatchRuleChanged",
    "DispatchRuleInvalid", "DispatchRuleUnknown", "InboundSettled", "InboundUnknown",
    # files and sheets of assets, and what their page tells; parts of a file, over HTTP
    "AssetImportRefused", "AssetImportRunning", "FormOver", "SheetEmpty", "UploadOffsetWrong",
    # Open311, over HTTP; its clients and neighbouring cities, at the desk
    "ApiKeyRefused", "ArgumentMissing", "ArgumentWrong", "AttributeWrong", "FormWanted", "FormatUnknown",
    "JurisdictionUnknown", "LocationMissing", "MediaRefused", "NeighbourCaseSettled", "NeighbourCaseUnknown",
    "NeighbourInvalid", "NeighbourUnknown", "NoSuchResource", "Open311ClientUnknown", "Open311KeyUnknown",
    "ServiceCodeUnknown", "ServiceRequestUnknown", "SpanTooLong", "TokenRefused", "TokenUnknown", "TwoKeysAlready",
    # the ledger's own, which rooms that move money tell in their own words
    "AccountNotEmpty", "TransferConflict", "TransferSettled", "TransferTooLate", "TransferUnknown",
    # billers at the desk, and what is told row by row of a batch of bills
    "BelowPaid", "BillTermsUnfit", "BillerChanged", "BillerUnfit", "VersionConflict",
    # budgets and partners of points, fares, at the desk
    "FareInForce", "FareUnknown", "PointRateInForce", "PointBudgetTooSmall", "PointPartnerUnknown",
    # days of the gateway and their differences, payees and their settlements, at the desk
    "DayChanged", "DayClosed", "DayHasOpenDifferences", "DayNotOver", "DayNotReconciled", "DayUnknown",
    "DifferenceChanged", "DifferenceMovesMoney", "DifferenceMovesNothing", "DifferenceNeedsAnother",
    "DifferenceNotYours", "DifferencePayerUnknown", "GatewayDifferenceUnknown", "GatewayFileForged",
    "GatewayFileMalformed", "GatewayFileMissing", "PayeeAccountChanged", "PayeeAccountMissing",
    "PayeeAccountRefused", "PayeeNeedsAnother", "PayeeUnknown", "SettlementDayNotOver",
    "SettlementStateWrong", "SettlementUnknown",
    # moderation at the desk
    "AnotherDecides", "MatterUnknown", "ReplyUnitUnknown",
    # what is wrong with a file, which its sender is told over HTTP
    "ClipTooLong", "DocumentTooLong", "FileBroken", "FileEncrypted", "FileTooComplex", "PictureTooLarge",
    "UploadKindUnknown",
}  # fmt: skip

both = pytest.mark.parametrize("name", SCHEMAS)


def _mutations(schema: Schema) -> dict[str, GraphQLObjectType]:
    root = schema._schema.mutation_type
    assert root is not None
    return dict(root.fields)  # type: ignore[arg-type]


@both
def test_a_mutation_gives_a_union_of_one_success_and_named_errors(name: str) -> None:
    for mutation, field in _mutations(SCHEMAS[name]).items():
        result = field.type.of_type  # type: ignore[attr-defined]
        assert isinstance(result, GraphQLUnionType), mutation
        assert result.name.endswith("Result"), mutation
        errors = [m for m in result.types if "UserError" in {i.name for i in m.interfaces}]
        assert len(result.types) == len(errors) + 1, f"{mutation}: every member but one is a UserError"


@both
def test_a_mutation_takes_a_key_or_is_naturally_repeatable(name: str) -> None:
    for mutation, field in _mutations(SCHEMAS[name]).items():
        key = field.args.get("idempotencyKey")  # type: ignore[attr-defined]
        if mutation in NATURALLY_REPEATABLE[name]:
            assert key is None, mutation
        else:
            assert key is not None, mutation
            assert isinstance(key.type, GraphQLNonNull), mutation
            members = {m.name for m in field.type.of_type.types}  # type: ignore[attr-defined]
            assert "IdempotencyConflict" in members, mutation


@both
def test_every_root_field_says_for_whom_it_is(name: str) -> None:
    check_audiences(SCHEMAS[name])


@both
def test_the_exported_schema_is_the_present_one(name: str) -> None:
    exported = (OPERATIONS.parent / f"{name}.graphql").read_text(encoding="utf-8")
    assert exported == SCHEMAS[name].as_str() + "\n", "run `rong sdl`, and read what changed"


@both
def test_every_root_field_is_used_by_one_of_the_apps_operations(name: str) -> None:
    roots = [SCHEMAS[name]._schema.get_root_type(kind) for kind in OperationType]
    fields = {field for root in roots if root for field in root.fields}
    used = {field for operation in all_operations() if operation.schema == name for field in operation.fields}
    assert used == fields


@both
def test_every_trusted_document_fits_the_schema_and_is_named_as_its_file(name: str) -> None:
    documents = trusted_documents(name)
    files = {path.stem for path in (OPERATIONS / name).rglob("*.graphql") if path.parent.name != "fragments"}
    assert {prepared.name for prepared in documents.every()} == files


@both
def test_the_apps_operations_ask_for_every_field_of_every_named_error(name: str) -> None:
    for operation in all_operations():
        if operation.schema != name or operation.prepared.kind is not OperationType.MUTATION:
            continue
        (field,) = operation.fields
        for member in _mutations(SCHEMAS[name])[field].type.of_type.types:  # type: ignore[attr-defined]
            if "UserError" in {i.name for i in member.interfaces}:
                for extra in member.fields.keys() - {"code", "message"}:
                    part = _within(operation.prepared.text.partition(f"... on {member.name} {{")[2])
                    assert extra in part.split(), f"{operation}: {member.name}.{extra}"


def _within(text: str) -> str:
    """Up to the brace that closes what was opened before it."""
    depth = 1
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return text[:place]
    return text


def test_every_outcome_has_a_type_or_is_told_elsewhere() -> None:
    ours = {error for error in _ours() if issubclass(error, Outcome)}
    typed = {error for error in outcome_types() if error.__module__.split(".")[0] != "tests"}
    without = {error.__name__ for error in ours - typed}
    assert without == NOT_IN_GRAPHQL


def test_every_type_of_an_outcome_is_in_a_union() -> None:
    names = {name for schema in SCHEMAS.values() for name in schema._schema.type_map}
    shown = {t.__name__ for e, t in outcome_types().items() if e.__module__.split(".")[0] != "tests"}
    assert shown <= names
