"""What an attacker sends is refused by name before any resolver runs. Times are printed (`-s`), not asserted."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

import orjson
import pytest

from app.core.errors import PayloadTooLarge
from graphql_schema.endpoint.ask import read_body


def _chain(count: int, body: str) -> str:
    """`{i}` is a fragment's number and `{n}` the next one's."""
    return "".join(body.replace("{i}", str(i)).replace("{n}", str((i + 1) % count)) for i in range(count))


def _doubling(levels: int) -> str:
    """Each fragment opens both of the next level: 2^levels fields in a few lines."""
    inner = "on Visitor{friend{...A%d ...B%d}}"
    return "".join(f"fragment {letter}{n} " + inner % (n + 1, n + 1) for n in range(levels) for letter in ("A", "B"))


QUERIES: dict[str, tuple[str, str, str | None]] = {
    "depth within the parser's reach": (
        "{visitor" + "{friend" * 13 + "{name}" + "}" * 14,
        "QUERY_TOO_COMPLEX",
        "depth",
    ),
    "depth beyond the parser": ("{visitor" + "{friend" * 950 + "{name}", "QUERY_TOO_COMPLEX", "depth"),
    "depth through fragments": (
        "{visitor{...A0}}" + _chain(14, "fragment A{i} on Visitor{friend{...A{n}}}"),
        "QUERY_TOO_COMPLEX",
        "depth",
    ),
    "lists 900 deep": ("{total(of:" + "[" * 900 + "]" * 900 + ")}", "QUERY_TOO_COMPLEX", "depth"),
    "lists 40 deep": ("{total(of:" + "[" * 40 + "]" * 40 + ")}", "QUERY_TOO_COMPLEX", "depth"),
    "a type 900 deep": ("query($a:" + "[" * 900 + "Int" + "]" * 900 + "){hello}", "QUERY_TOO_COMPLEX", "depth"),
    "16 aliases": ("{visitor{" + "".join(f"a{i}:name " for i in range(16)) + "}}", "QUERY_TOO_COMPLEX", "aliases"),
    "10,000 aliases": (
        "{" + "".join(f"a{i}:hello " for i in range(10_000)) + "}",
        "PAYLOAD_TOO_LARGE",
        None,
    ),
    "2,000 short aliases": ("{" + "a:hello " * 2_000 + "}", "QUERY_TOO_COMPLEX", "tokens"),
    "11 root fields": ("{" + "hello " * 11 + "}", "QUERY_TOO_COMPLEX", "fields"),
    "21 directives": ("{hello " + "@skip(if:true)" * 21 + "}", "QUERY_TOO_COMPLEX", "directives"),
    "5,000 directives": ("{hello " + "@skip(if:true)" * 5_000 + "}", "QUERY_TOO_COMPLEX", "tokens"),
    "31 fragments": (
        "{visitor{...A0}}" + _chain(31, "fragment A{i} on Visitor{name}"),
        "QUERY_TOO_COMPLEX",
        "fragments",
    ),
    "fragments in a circle": (
        "{visitor{...A0}}" + _chain(3, "fragment A{i} on Visitor{...A{n}}"),
        "GRAPHQL_VALIDATION_FAILED",
        None,
    ),
    "a fragment within itself": (
        "{visitor{...A}} fragment A on Visitor{friend{...A}}",
        "GRAPHQL_VALIDATION_FAILED",
        None,
    ),
    "fragments that double ten times": (
        "{visitor{...A0 ...B0}} fragment A10 on Visitor{name} fragment B10 on Visitor{name}" + _doubling(10),
        "QUERY_TOO_COMPLEX",
        "cost",
    ),
    "fields that may overlap, 600": ("{visitor{" + "name " * 600 + "}}", "QUERY_TOO_COMPLEX", "clashes"),
    "pages within pages": (
        "{visitor{friends(first:100){friends(first:100){name}}}}",
        "QUERY_TOO_COMPLEX",
        "cost",
    ),
    "a page of a size to be told": (
        "query($n:Int!){visitor{friends(first:$n){friends(first:$n){name}}}}",
        "QUERY_TOO_COMPLEX",
        "cost",
    ),
    "a page of 5,000 digits": (
        "{visitor{friends(first:" + "9" * 5_000 + "){friends(first:99){name}}}}",
        "QUERY_TOO_COMPLEX",
        "cost",
    ),
    "an integer of 5,000 digits": ("{hello(count:" + "9" * 5_000 + ")}", "GRAPHQL_VALIDATION_FAILED", None),
    "1,900 unknown fields": ("{visitor{" + "x " * 100 + "}}", "GRAPHQL_VALIDATION_FAILED", None),
    "introspection of introspection": (
        "{__schema{types{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}",
        "GRAPHQL_VALIDATION_FAILED",
        None,
    ),
    "two sign-ins by alias": (
        'mutation{a:signIn(code:"1"){__typename} b:signIn(code:"2"){__typename}}',
        "QUERY_TOO_COMPLEX",
        "logins",
    ),
    "two sign-ins by fragment": (
        'mutation{...A ...B} fragment A on Mutation{a:signIn(code:"1"){__typename}}'
        'fragment B on Mutation{b:signIn(code:"2"){__typename}}',
        "QUERY_TOO_COMPLEX",
        "logins",
    ),
    "NUL in the text": ("{hello\0}", "GRAPHQL_PARSE_FAILED", None),
    "nothing": (" ", "GRAPHQL_PARSE_FAILED", None),
    "99,000 braces": ("{" * 99_000, "GRAPHQL_PARSE_FAILED", None),
    "30,000 comments": ("#\n" * 30_000 + "{hello}", "QUERY_TOO_COMPLEX", "tokens"),
    "a type system": ("type Query { a: Int }", "GRAPHQL_VALIDATION_FAILED", None),
    "a deferred fragment": ("{visitor{...@defer{name}}}", "GRAPHQL_VALIDATION_FAILED", None),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_a_hostile_document_is_refused_by_name(town: Any, open_town: Any, name: str) -> None:
    text, code, limit = QUERIES[name]
    started = perf_counter()
    answer = await open_town.query(text)
    print(f"{(perf_counter() - started) * 1000:.1f} ms  {name}")
    assert set(answer.codes) == {code}
    assert answer.body["errors"][0]["extensions"].get("limit") == (
        limit or answer.body["errors"][0]["extensions"].get("limit")
    )
    assert 400 <= answer.status < 500
    assert "data" not in answer.body
    assert town.ran == []


BODIES: dict[str, tuple[bytes, str]] = {
    "5 MB": (b'{"query":"' + b"a " * 2_500_000 + b'"}', "PAYLOAD_TOO_LARGE"),
    "JSON 3,000 deep": (b'{"query":"{hello}","variables":' + b"[" * 3_000 + b"]" * 3_000 + b"}", "BAD_INPUT"),
    "objects 3,000 deep": (b'{"variables":' + b'{"a":' * 3_000 + b"1" + b"}" * 3_001, "BAD_INPUT"),
    "variables 900 deep": (
        b'{"query":"{hello}","variables":{"a":' + b"[" * 900 + b"]" * 900 + b"}}",
        "QUERY_TOO_COMPLEX",
    ),
    "bad UTF-8": (b'{"query":"{hello(name:\\"\xff\xfe\\")}"}', "BAD_INPUT"),
    "half a surrogate": (b'{"query":"{hello}","variables":{"a":"\\ud800"}}', "BAD_INPUT"),
    "a number of 5,000 digits": (b'{"query":"{hello}","variables":{"a":' + b"9" * 5_000 + b"}}", "BAD_INPUT"),
    "NUL in a value": (b'{"query":"{hello}","variables":{"a":["\\u0000"]}}', "BAD_INPUT"),
    "NUL in the body": (b'{"query":"{hello}\0"}', "BAD_INPUT"),
    "NaN": (b'{"query":"{hello}","variables":{"a":NaN}}', "BAD_INPUT"),
    "40,000 values": (b'{"query":"{hello}","variables":{"a":[' + b"1," * 40_000 + b"1]}}", "QUERY_TOO_COMPLEX"),
    "a batch": (b'[{"query":"{hello}"},{"query":"{hello}"}]', "BAD_INPUT"),
    "a byte order mark": (b'\xef\xbb\xbf{"query":"{hello}"}', "BAD_INPUT"),
    "nothing": (b"", "BAD_INPUT"),
    "null": (b"null", "BAD_INPUT"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_hostile_body_is_refused_by_name(town: Any, open_town: Any, name: str) -> None:
    body, code = BODIES[name]
    started = perf_counter()
    answer = await open_town.post(body)
    print(f"{(perf_counter() - started) * 1000:.1f} ms  {name}")
    assert answer.codes == [code]
    assert 400 <= answer.status < 500
    assert town.ran == []


async def test_of_duplicate_keys_the_last_one_counts(town: Any, open_town: Any) -> None:
    answer = await open_town.post(b'{"query":"{ me }","query":"{ hello }"}')
    assert answer.body == {"data": {"hello": "hello you"}}


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query($n:Int!){hello(count:$n)}", {"n": 2**31}),
        ("query($n:Int!){hello(count:$n)}", {"n": 10**30}),
        ("query($n:Int!){hello(count:$n)}", {}),
        ("query($n:Int!){hello(count:$n)}", {"n": None}),
        ("query($n:[Int!]!){total(of:$n)}", {"n": ["x"] * 1_999}),
        ("query($n:Node!){depthOf(node:$n)}", {"n": {"other": 1}}),
        ("query($n:Int = 1){hello(count:$n)}", {"n": None}),
    ],
)
async def test_values_that_do_not_fit_are_bad_user_input(town: Any, open_town: Any, text: str, variables: Any) -> None:
    body = b'{"query":' + orjson.dumps(text) + b',"variables":' + _json(variables) + b"}"
    answer = await open_town.post(body)
    assert set(answer.codes) == {"BAD_USER_INPUT"}
    assert "hello" not in town.ran


def _json(variables: Any) -> bytes:
    return b'{"n":1' + b"0" * 30 + b"}" if variables == {"n": 10**30} else orjson.dumps(variables)


async def test_input_objects_may_nest_up_to_the_limit(town: Any, open_town: Any) -> None:
    def nested(levels: int) -> dict[str, Any]:
        node: dict[str, Any] = {"value": 1}
        for _ in range(levels - 1):
            node = {"child": node}
        return node

    text = "query($n:Node!){depthOf(node:$n)}"
    assert (await open_town.query(text, {"n": nested(11)})).body == {"data": {"depthOf": 11}}
    assert (await open_town.query(text, {"n": nested(12)})).codes == ["QUERY_TOO_COMPLEX"]


async def test_no_more_of_a_body_is_read_than_the_limit() -> None:
    read = 0

    def chunks() -> Iterator[dict[str, Any]]:
        while True:
            yield {"type": "http.request", "body": b"x" * 10_000, "more_body": True}

    source = chunks()

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 10_000
        return next(source)

    with pytest.raises(PayloadTooLarge):
        await read_body(receive, None, 100_000)
    assert read <= 110_000
    read = 0
    for announced in (b"5000000", b"9" * 5_000):
        with pytest.raises(PayloadTooLarge):
            await read_body(receive, announced, 100_000)
    assert read == 0


async def test_free_documents_are_kept_up_to_a_bound(town: Any, caller_of: Any) -> None:
    endpoint = town.endpoint(development=True)
    caller = caller_of(endpoint)
    for n in range(250):
        assert (await caller.query(f'{{ hello(name: "{n}") }}')).status == 200
    assert len(endpoint._engine.documents.free._kept) == 200
