"""The one table of collections: what is used stands in it, and a unique index can be kept on a sharded cluster."""

from __future__ import annotations

import ast

from app.core.mongo import COLLECTIONS
from tests.architecture.test_rooms import _files, _tree


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
    assert used <= COLLECTIONS.keys()
    assert COLLECTIONS.keys() - used == set()
