"""Methods, media types, status codes, languages and headers of the HTTP side."""

from __future__ import annotations

from typing import Any

import pytest

HELLO = {"query": "{ hello }"}


@pytest.mark.parametrize(
    ("accept", "status", "media"),
    [
        ("application/graphql-response+json", 200, "application/graphql-response+json"),
        ("application/json", 200, "application/json"),
        ("application/graphql-response+json, application/json;q=0.9", 200, "application/graphql-response+json"),
        ("application/json;q=0.1, application/graphql-response+json", 200, "application/graphql-response+json"),
        ("application/json;q=0, application/graphql-response+json", 200, "application/graphql-response+json"),
        ("*/*", 200, "application/json"),
        ("text/html, application/*;q=0.5", 200, "application/json"),
        ("text/html", 406, "application/json"),
        ("image/png;q=abc", 406, "application/json"),
    ],
)
async def test_the_answer_takes_the_form_asked_for(open_town: Any, accept: str, status: int, media: str) -> None:
    answer = await open_town.post(HELLO, accept=accept)
    assert (answer.status, answer.headers["content-type"]) == (status, f"{media}; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "",
        "application/json; charset=gbk",
    ],
)
async def test_only_json_in_utf8_is_taken(town: Any, open_town: Any, content_type: str) -> None:
    answer = await open_town.post(HELLO, content_type=content_type)
    assert (answer.status, answer.codes) == (415, ["UNSUPPORTED_MEDIA_TYPE"])
    assert town.ran == []


@pytest.mark.parametrize(
    ("query", "status", "legacy"),
    [
        ("{ hello", 400, 200),
        ("{ nothing }", 400, 200),
        ("query($n:Int!){hello(count:$n)}", 400, 200),
        ("{ me }", 401, 401),
        ("mutation { verify }", 401, 401),
    ],
)
async def test_request_errors_have_a_status_that_the_media_type_allows(
    open_town: Any, query: str, status: int, legacy: int
) -> None:
    assert (await open_town.query(query)).status == status
    assert (await open_town.query(query, accept="application/json")).status == legacy


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_other_methods_are_not_allowed(open_town: Any, method: str) -> None:
    response = await open_town.http.request(method, "/graphql")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_in_development_queries_may_be_asked_by_get_and_mutations_may_not(town: Any, open_town: Any) -> None:
    query = {"query": "query($n: String!) { hello(name: $n) }", "variables": '{"n": "Wu"}'}
    assert (await open_town.http.get("/graphql", params=query)).json() == {"data": {"hello": "hello Wu"}}
    bad = await open_town.http.get("/graphql", params={**query, "variables": "{"})
    assert (bad.status_code, bad.json()["errors"][0]["extensions"]["field"]) == (400, "variables")
    town.ran.clear()
    refused = await open_town.http.get("/graphql", params={"query": 'mutation{signIn(code:"right"){__typename}}'})
    assert (refused.status_code, town.ran) == (405, [])


async def test_in_production_nothing_is_asked_by_get_and_there_is_no_page(closed_town: Any) -> None:
    for headers in ({"accept": "text/html"}, {"accept": "application/json"}):
        assert (await closed_town.http.get("/graphql", headers=headers)).status_code == 405


async def test_texts_come_in_the_language_asked_for(open_town: Any) -> None:
    chinese = await open_town.query("{ me }", accept_language="zh-Hans-CN,en;q=0.5")
    english = await open_town.query("{ me }", accept_language="en-GB")
    neither = await open_town.query("{ me }", accept_language="fr")
    assert chinese.body["errors"][0]["message"] == "请先登录。"
    assert english.body["errors"][0]["message"] == "Please sign in first."
    assert neither.body["errors"][0]["message"] == "请先登录。"


async def test_a_refused_token_is_told_with_a_challenge(open_town: Any) -> None:
    answer = await open_town.post(HELLO, viewer="stolen")
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_right_operation_of_several_is_run(open_town: Any) -> None:
    text = 'query A { hello(name: "a") } query B { hello(name: "b") }'
    assert (await open_town.post({"query": text, "operationName": "B"})).body == {"data": {"hello": "hello b"}}
    for name in (None, "C"):
        answer = await open_town.post({"query": text, "operationName": name})
        assert answer.body["errors"][0]["extensions"]["field"] == "operationName"


async def test_graphiql_is_a_page_that_needs_no_other_host(open_town: Any) -> None:
    page = await open_town.http.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "//" not in page.text.replace("<!doctype html>", "")
    assert "default-src 'self'" in page.headers["content-security-policy"]


async def test_operations_and_errors_are_counted_without_what_callers_make_up(town: Any, open_town: Any) -> None:
    await open_town.query("query Mine { hello }")
    await open_town.query("query Mine { me }")
    await open_town.post(b"{")
    assert town.count("rong_graphql_requests_total", operation="free", outcome="ok") == 1
    assert town.count("rong_graphql_requests_total", operation="free", outcome="error") == 1
    assert town.count("rong_graphql_requests_total", operation="none", outcome="error") == 1
    assert town.count("rong_graphql_errors_total", code="UNAUTHENTICATED") == 1
    assert town.count("rong_graphql_seconds_count", operation="free") == 2
