"""The whole journey in one process, the shortest way through all layers."""

from __future__ import annotations

from app.core.ids import new_id
from tests.support.api import Api


async def test_a_citizen_shows_a_code_and_a_provider_verifies_it_once(api: Api) -> None:
    person = await api.with_card()
    provider = await api.provider()
    code = await api.code(person, "SERVICE_HALL")

    first = await api.data("VerifyCode", provider, "provider", code=code, purpose="SERVICE_HALL", key=new_id())
    again = await api.data("VerifyCode", provider, "provider", code=code, purpose="SERVICE_HALL", key=new_id())
    seen = await api.data("Disclosures", person.token)

    assert first["__typename"] == "CodeVerified"
    assert first["attributes"]["name"] == person.name
    assert first["attributes"]["birthMonth"] is None
    assert again["__typename"] == "CodeUsed"
    assert [edge["node"]["id"] for edge in seen["edges"]] == [first["id"]]
