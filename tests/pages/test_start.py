"""`/`: what a newcomer finds on a laptop, and what little a city shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pages.conftest import DEMO, NEWCOMER, PERSON, PROVIDER, STAFF, Visit

CHINESE = {"accept-language": "zh-CN,zh;q=0.9"}
ENGLISH = {"accept-language": "en-GB,en;q=0.8"}


@pytest.mark.parametrize(
    ("address", "headers", "language", "words"),
    [
        ("/", CHINESE, "zh-CN", "从哪里开始"),
        ("/", ENGLISH, "en", "Where to go"),
        ("/", {"accept-language": "de"}, "zh-CN", "从哪里开始"),
        ("/?lang=en", CHINESE, "en", "Where to go"),
        ("/?lang=zh", ENGLISH, "zh-CN", "从哪里开始"),
        ("/?lang=<b>", ENGLISH, "en", "Where to go"),
    ],
)
async def test_the_page_speaks_the_language_that_is_asked_for(
    visit: Visit, address: str, headers: dict[str, str], language: str, words: str
) -> None:
    async with visit() as browser:
        answer = await browser.get(address, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}">' in answer.text
    assert words in answer.text


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("/?lang=zh", ["在线申请", "电子证照", "问一问", "预约", "排队取号"]),
        ("/?lang=en", ["applying", "licences", "queueing"]),
    ],
)
async def test_the_page_says_what_is_there_now(visit: Visit, address: str, there: list[str]) -> None:
    async with visit() as browser:
        text = (await browser.get(address)).text
    introduction = text[text.index("<h1>") : text.index("</header>")]
    assert [word for word in there if word not in introduction] == []


async def test_the_other_language_is_one_click_away(visit: Visit) -> None:
    async with visit() as browser:
        chinese, english = await browser.get("/?lang=zh"), await browser.get("/?lang=en")
    assert 'href="?lang=en" lang="en">English' in chinese.text
    assert 'href="?lang=zh" lang="zh-CN">中文' in english.text


@pytest.mark.parametrize(
    "shown",
    [
        'href="/graphql"',
        'href="/provider/graphql"',
        'href="http://stand-ins.test/"',
        'href="/docs"',
        'href="/readyz"',
        'href="/metrics"',
        'href="/admin/"',
        'href="/admin/api/openapi.json"',
        PERSON["phone"],
        PERSON["name_en"],
        PERSON["line_en"],
        NEWCOMER["id_number"],
        "not verified",
        "curl -u c-demo:demo-secret-of-a-laptop -d grant_type=client_credentials http://city.test/oauth/token",
        STAFF["login"],
        "rong tour --url http://city.test --mocks-url http://stand-ins.test",
        'phone: "+8619900000001"\n',
    ],
)
async def test_a_laptop_shows_where_to_go_and_whom_to_be(visit: Visit, shown: str) -> None:
    async with visit() as browser:
        answer = await browser.get("/", headers=ENGLISH)
    assert shown in answer.text


async def test_the_tour_is_told_where_this_city_keeps_its_demo(visit: Visit, demo_file: Path) -> None:
    usual = Path("var/demo.json")
    for kept, said in ((demo_file, f"--demo-file {demo_file}</code>"), (usual, "http://stand-ins.test</code>")):
        async with visit(demo_file=kept) as browser:
            assert said in (await browser.get("/")).text


async def test_an_id_number_is_shown_only_where_it_is_needed_to_go_on(visit: Visit) -> None:
    async with visit() as browser:
        answer = await browser.get("/")
    assert PERSON["id_number"] not in answer.text


async def test_each_look_at_the_page_offers_fresh_idempotency_keys(visit: Visit) -> None:
    async with visit() as browser:
        first, second = await browser.get("/"), await browser.get("/")
    assert first.text != second.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("hidden", ["graphql", "demo", "19900000001", "stand-ins", "/docs", "/metrics", "tour"])
async def test_production_shows_no_demo_and_no_tools(visit: Visit, hidden: str, language: str) -> None:
    async with visit("production") as browser:
        answer = await browser.get(f"/?lang={language}")
    assert answer.status_code == 200
    assert {"zh": "福州市", "en": "Fuzhou"}[language] in answer.text
    assert hidden not in answer.text.lower()


async def test_production_names_what_the_city_publishes(visit: Visit) -> None:
    async with visit("production", city="厦门市") as browser:
        answer = await browser.get("/")
    assert "厦门市" in answer.text
    for published in ("card-keys", "card-status", "jwks.json"):
        assert f'href="/.well-known/{published}"' in answer.text


@pytest.mark.parametrize(
    "content",
    [None, b"", b"{", b"[]", b"null", b'{"people": [{"name": 1}]}', b'{"people": 3}', b"\xff\xfe\x00"],
)
async def test_without_a_good_demo_file_the_page_says_so_and_stands(
    visit: Visit, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "other.json"
    if content is not None:
        file.write_bytes(content)
    async with visit(demo_file=file) as browser:
        answer = await browser.get("/", headers=ENGLISH)
    assert answer.status_code == 200
    assert "No demo people yet" in answer.text
    assert "Where to go" in answer.text


async def test_an_empty_city_shows_an_empty_list(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text("{}")
    async with visit(demo_file=file, mocks_url=None) as browser:
        answer = await browser.get("/", headers=ENGLISH)
    assert answer.status_code == 200
    assert "Who lives here" in answer.text
    assert "stand-ins.test" not in answer.text


async def test_what_the_demo_file_says_stays_text(visit: Visit, tmp_path: Path) -> None:
    hostile = '"><script>alert(1)</script>{{ 7*7 }}'
    person = {**PERSON, **dict.fromkeys(("name", "name_en", "phone", "line_zh", "line_en"), hostile)}
    provider = {**PROVIDER, "name": hostile, "name_en": hostile, "client_secret": "'; rm -rf /; '", "scopes": [hostile]}
    file = tmp_path / "hostile.json"
    file.write_text(json.dumps({**DEMO, "people": [person], "providers": [provider]}))
    async with visit(demo_file=file) as browser:
        answer = await browser.get("/", headers=ENGLISH)
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "{{ 7*7 }}" in answer.text
    quoted = "'c-demo:'\"'\"'; rm -rf /; '\"'\"''"
    assert quoted.replace("'", "&#39;").replace('"', "&#34;") in answer.text
