"""`/docs`: the repository's documents, and nothing else of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.pages.documents import Library, render
from tests.pages.conftest import Visit

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "docs" / "decisions").mkdir(parents=True)
    (tmp_path / "docs" / "pictures").mkdir()
    for place in ("README.md", "docs/README.md", "docs/api.md", "docs/decisions/0001-one.md"):
        (tmp_path / place).write_text(f"# {place}\n")
    (tmp_path / "docs" / "pictures" / "house.svg").write_text("<svg/>")
    (tmp_path / "docs" / "secrets.env").write_text("KEY=1")
    (tmp_path / "secret.md").write_text("# secret")
    (tmp_path / "docs" / "link.md").symlink_to(tmp_path / "secret.md")
    return Library(tmp_path)


async def test_production_serves_no_documents(visit: Visit) -> None:
    async with visit("production") as browser:
        for address in ("/docs", "/docs/README.md", "/docs/root/README.md"):
            assert (await browser.get(address)).status_code == 404


async def test_every_document_is_shown_and_leads_only_to_what_is_there(visit: Visit) -> None:
    async with visit() as browser:
        leads: dict[str, str] = {}  # each address is asked for once: every page leads to all documents
        for address, _ in Library().documents():
            page = await browser.get(f"/docs/{address}")
            assert page.status_code == 200, address
            leads |= dict.fromkeys(re.findall(r'(?:href|src)="(/docs[^"#]*)', page.text), address)
        for target, address in leads.items():
            assert (await browser.get(target)).status_code == 200, f"{address} leads to {target}"


@pytest.mark.parametrize(
    "place", [*(f"docs/{address}" for address, _ in Library().documents() if "root/" not in address), "README.md"]
)
def test_every_local_link_of_a_document_leads_to_a_file(place: str) -> None:
    text = re.sub(r"```.*?```", "", (HOUSE / place).read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (HOUSE / place).parent.joinpath(target).exists(), f"{place} leads to {target}"


@pytest.mark.parametrize(
    "address",
    [
        "../pyproject.toml",
        "%2e%2e/pyproject.toml",
        "..%2fapp%2fsettings.py",
        "....//pyproject.toml",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "pictures/../../README.md",
        "root/../app/settings.py",
        "root/pyproject.toml",
        "README.md%00",
        "README",
        "pictures",
        "pictures/",
        "decisions",
        "%2e%2e%2f",
        "a" * 5000,
    ],
)
async def test_nothing_is_served_but_documents(visit: Visit, address: str) -> None:
    async with visit() as browser:
        answer = await browser.get(f"/docs/{address}")
    assert answer.status_code == 404
    assert "[project]" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize("address", ["secrets.env", "link.md", "../secret.md", "secret.md", "decisions"])
def test_only_documents_and_pictures_are_found(library: Library, address: str) -> None:
    assert library.find(address) is None


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("", "docs/README.md"),
        ("api.md", "docs/api.md"),
        ("decisions/0001-one.md", "docs/decisions/0001-one.md"),
        ("pictures/house.svg", "docs/pictures/house.svg"),
        ("root/README.md", "README.md"),
    ],
)
def test_documents_are_found_by_their_address(library: Library, address: str, place: str) -> None:
    found = library.find(address)
    assert found is not None
    assert found.place == place


@pytest.mark.parametrize(
    ("place", "written", "shown"),
    [
        ("docs/README.md", "[a](api.md)", '<a href="/docs/api.md">'),
        ("docs/decisions/0001-one.md", "[a](../api.md#errors)", '<a href="/docs/api.md#errors">'),
        ("docs/api.md", "[a](../README.md)", '<a href="/docs/root/README.md">'),
        ("README.md", "[a](docs/api.md)", '<a href="/docs/api.md">'),
        ("README.md", "![a](docs/pictures/house.svg)", 'src="/docs/pictures/house.svg"'),
        ("docs/api.md", "[a](#errors)", '<a href="#errors">'),
        ("docs/api.md", "[a](https://example.org/x)", '<a href="https://example.org/x">'),
        ("docs/api.md", "[a](../app/settings.py)", "<a>a</a>"),
        ("docs/api.md", "[a](../../../etc/passwd)", "<a>a</a>"),
        ("docs/api.md", "[a](file:///etc/passwd)", "file:///etc/passwd"),
        ("docs/api.md", "[a](//example.org)", "<a>a</a>"),
        ("docs/api.md", "## Errors, by code", '<h2 id="errors-by-code">'),
        ("docs/api.md", "|a|b|\n|-|-|\n|1|2|", '<div class="wide"><table>'),
        ("docs/api.md", "```mermaid\n%% picture: pictures/house.svg\nflowchart\n```", 'src="/docs/pictures/house.svg"'),
        ("docs/api.md", "```mermaid\nflowchart\n```", "<pre><code"),
    ],
)
def test_links_lead_to_where_the_pages_show_the_same(library: Library, place: str, written: str, shown: str) -> None:
    assert shown in render(written, place, library)


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "![a](data:text/html,<script>)",
        '[a](<x" onclick="alert(1)>)',
        '```mermaid\n%% picture: "onerror=alert(1)\n```',
    ],
)
def test_html_within_a_document_stays_text(library: Library, written: str) -> None:
    shown = render(written, "docs/api.md", library)
    assert not re.search(r"<script|<img[^>]*(onerror|data:)|<a[^>]*(onclick|javascript:)", shown)
