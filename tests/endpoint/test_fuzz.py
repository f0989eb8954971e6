"""Whatever JSON is posted: an answer or a coded error, never a 5xx."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT
)
_JSON = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4), max_leaves=20
)
_PIECES = st.sampled_from(
    ["query", "mutation", "subscription", "fragment F on Query", "...F", "...on Visitor", "hello", "visitor", "name",
     "total(of: $n)", "hello(name: $n)", "depthOf(node: {value: $n})", "broken", "refused(how: $n)", "@skip(if: $n)",
     "a:", "{", "}", "($n: Int)", "($n: [Int!]!)", "($n: Node!)", "(", ")", "$n", '"""', '"', "#", "\0", "🏃"]
)  # fmt: skip
_QUERY = _TEXT | st.lists(_PIECES, max_size=20).map(" ".join)
_BODY = st.fixed_dictionaries(
    {},
    optional={
        "query": _QUERY | _JSON,
        "variables": st.dictionaries(st.just("n") | _TEXT, _JSON, max_size=3) | _JSON,
        "operationName": _JSON,
        "extensions": st.fixed_dictionaries({"persistedQuery": _JSON}) | _JSON,
        "documentId": _JSON,
    },
)
_QUICK = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def _check(answer: Any) -> None:
    assert answer.status < 500
    assert "data" in answer.body or answer.codes
    assert all(answer.codes)


@pytest.mark.parametrize("town_kind", ["open_town", "closed_town"])
@_QUICK
@given(body=_BODY | _JSON)
async def test_any_json_gets_an_answer_or_a_coded_error(
    request: pytest.FixtureRequest, town_kind: str, body: Any
) -> None:
    _check(await request.getfixturevalue(town_kind).post(orjson.dumps(body)))


@_QUICK
@given(body=st.binary(max_size=200))
async def test_any_bytes_get_a_coded_error(open_town: Any, body: bytes) -> None:
    _check(await open_town.post(body))


@_QUICK
@given(variables=st.dictionaries(st.just("n"), _JSON, max_size=1))
async def test_any_values_get_an_answer_or_a_coded_error(open_town: Any, variables: Any) -> None:
    for kind, use in (("Int", "hello(count: $n)"), ("[Int!]!", "total(of: $n)"), ("Node!", "depthOf(node: $n)")):
        nullable = kind if kind.endswith("!") else kind + "!"
        _check(await open_town.query(f"query($n: {nullable}) {{ {use} }}", variables))
