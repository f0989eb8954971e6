"""The shape of both schemas: unions with named errors, keys for repeats, audiences, documents that cover them."""

from __future__ import annotations

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLUnionType, OperationType
from strawberry import Schema

from app.core.errors import Outcome
from app.server import OPERATIONS
from graphql_schema.endpoint.audience import check_audiences
from graphql_schema.endpoint.outcomes import outcome_types
from graphql_schema.endpoint.trusted import TrustedDocuments
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
    },
    "provider": {"changeStaffPassword", "refreshStaffSession", "signOut"},
}
# Told elsewhere than in GraphQL: by /oauth/token, the ops desk, the command line and the gates without network.
NOT_IN_GRAPHQL = {
    "CitizenUnknown", "ClientUnknown", "DataKeyNeedsLead", "DeadLetterUnknown", "ImportRefused", "InvalidClient",
    "JobUnknown", "KeySetMalformed", "LastAdministrator", "LoginTaken", "NotDisputed", "NotOneself", "NothingHeld",
    "NothingToReveal", "OfflineCodeExpired", "OfflineCodeForOtherPurpose", "OfflineCodeMalformed",
    "OfflineCodeNotYetValid", "OfflineCodeReplayed", "OfflineCodeRevoked", "OfflineCodeUntrusted",
    "OrganisationExists", "OwnLookUp", "RegistryDisagrees", "RejectionWithoutReason", "RevealLimitReached",
    "RevealWithoutReason", "RoleUnfit", "ScopeNotAskedFor", "ScopeNotGranted", "SecretUnknown", "StaffUnknown",
    "StatusListMalformed", "StatusListStale", "StatusListUntrusted", "TagInvalid", "TemplateReasonMissing",
    "TwoSecretsAlready",
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
    documents = TrustedDocuments(SCHEMAS[name], OPERATIONS / name)
    files = {path.stem for path in (OPERATIONS / name).glob("*.graphql")}
    assert {prepared.name for prepared in documents.all.values()} == files


@both
def test_the_apps_operations_ask_for_every_field_of_every_named_error(name: str) -> None:
    for operation in all_operations():
        if operation.schema != name or operation.prepared.kind is not OperationType.MUTATION:
            continue
        (field,) = operation.fields
        for member in _mutations(SCHEMAS[name])[field].type.of_type.types:  # type: ignore[attr-defined]
            if "UserError" in {i.name for i in member.interfaces}:
                for extra in member.fields.keys() - {"code", "message"}:
                    part = operation.prepared.text.partition(f"... on {member.name} {{")[2].partition("}")[0]
                    assert extra in part.split(), f"{operation}: {member.name}.{extra}"


def test_every_outcome_has_a_type_or_is_told_elsewhere() -> None:
    ours = {error for error in _ours() if issubclass(error, Outcome)}
    typed = {error for error in outcome_types() if error.__module__.split(".")[0] != "tests"}
    without = {error.__name__ for error in ours - typed}
    assert without == NOT_IN_GRAPHQL


def test_every_type_of_an_outcome_is_in_a_union() -> None:
    names = {name for schema in SCHEMAS.values() for name in schema._schema.type_map}
    shown = {t.__name__ for e, t in outcome_types().items() if e.__module__.split(".")[0] != "tests"}
    assert shown <= names
