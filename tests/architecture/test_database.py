"""The one table of collections: what is used stands in it, and a unique index can be kept on a sharded cluster."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from app.core.collections import COLLECTIONS
from app.core.collections.appointments import APPOINTMENTS
from app.core.collections.card import CARD
from app.core.collections.community import COMMUNITY
from app.core.collections.core import CORE
from app.core.collections.government import GOVERNMENT
from app.core.collections.identity import IDENTITY
from app.core.collections.life import LIFE
from app.core.collections.notifications import NOTIFICATIONS
from app.core.collections.payment import PAYMENT
from app.core.collections.voice import VOICE
from app.core.holdings.others import NOT_HELD
from app.core.holdings.people import HELD
from tests.architecture.test_rooms import _files, _name, _tree

_SEALS = ("seal", "seal_text")


def test_a_unique_index_starts_with_the_shard_key() -> None:
    for name, shape in COLLECTIONS.items():
        for index in shape.indexes:
            keys = tuple(field for field, _ in index.keys)
            if index.unique:
                assert keys[: len(shape.shard_key)] == shape.shard_key, f"{name}: {keys}"


def test_an_index_that_expires_is_of_one_date() -> None:
    for name, shape in COLLECTIONS.items():
        for index in shape.indexes:
            assert index.expire_after is None or len(index.keys) == 1, name


def test_every_collection_is_used_and_every_used_one_is_in_the_table() -> None:
    used = {
        node.slice.value
        for path in _files()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
        and ast.unparse(node.value).split(".")[-1] in ("db", "_db")
    }
    used |= {f"{bucket}.{part}" for bucket in _buckets() for part in ("files", "chunks")}
    assert used <= COLLECTIONS.keys()
    assert COLLECTIONS.keys() - used == set()


def _buckets() -> Iterator[str]:
    """Of GridFS, which has two collections each."""
    for node in (node for path in _files() for node in ast.walk(_tree(path))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "files"):
            continue  # to write every call out again takes longer
        if ast.unparse(node.func) in ("db.files", "self._db.files"):
            yield ast.literal_eval(node.args[0])


def test_what_is_sealed_stands_in_the_table_so_that_keys_can_rotate() -> None:
    """A sealed value that the table does not name would be lost with the key that sealed it."""
    named = {one.field for shape in COLLECTIONS.values() for one in shape.sealed}
    sealed = {(_name(path), field) for path in _files() for field in _sealed_fields(_tree(path))}
    assert len(sealed) > 10
    assert {(name, field) for name, field in sealed if field not in named} == set()


def _sealed_fields(tree: ast.Module) -> Iterator[str]:
    """What is written as `field=` in calls of `seal` and `seal_text`; names are read where they are constants."""
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _SEALS:
            for given in call.keywords:
                if given.arg == "field" and isinstance(given.value, ast.Constant):
                    yield str(given.value.value)
                elif given.arg == "field" and isinstance(given.value, ast.Name) and given.value.id in constants:
                    yield str(constants[given.value.id])


def test_no_two_rooms_have_a_collection_of_one_name() -> None:
    rooms = (APPOINTMENTS, CARD, COMMUNITY, CORE, GOVERNMENT, IDENTITY, LIFE, NOTIFICATIONS, PAYMENT, VOICE)
    assert sum(map(len, rooms)) == len(COLLECTIONS)


def test_of_every_collection_it_is_said_whether_it_holds_people_and_what_becomes_of_it() -> None:
    """Else an export would lack it, and an erasure leave it."""
    held = {one.collection for one in HELD}
    assert held & NOT_HELD.keys() == set()
    assert COLLECTIONS.keys() - held - NOT_HELD.keys() == set(), "enter these in app/core/holdings"
    assert held | NOT_HELD.keys() <= COLLECTIONS.keys()


def test_what_is_looked_up_by_its_citizen_has_an_index_for_it() -> None:
    for one in HELD:
        shape = COLLECTIONS[one.collection]
        indexed = {"_id", shape.shard_key[0]} | {index.keys[0][0] for index in shape.indexes if index.partial is None}
        assert one.owner in indexed, one


def test_a_person_s_sealed_value_stands_in_a_collection_that_is_held() -> None:
    personal = {name for name, shape in COLLECTIONS.items() if any(one.owner for one in shape.sealed)}
    assert personal <= {one.collection for one in HELD}
