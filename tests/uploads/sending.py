"""Files as the app sends them."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from tests.support.api import Api, Person


async def asked(
    api: Api,
    person: Person,
    raw: bytes,
    name: str = "身份证.jpg",
    size: int | None = None,
    purpose: str = "APPLICATION",
) -> Any:
    wish = {"purpose": purpose, "name": name, "bytes": size or len(raw), "key": new_id()}
    return await api.data("RequestUpload", person.token, **wish)


async def put(api: Api, url: str, raw: bytes) -> Any:
    return await api.http.put(url, content=raw, headers={"accept-language": "en"})


async def sent(api: Api, person: Person, raw: bytes, name: str = "身份证.jpg") -> Any:
    """The upload as the app sees it once its file was taken."""
    wish = await asked(api, person, raw, name)
    answer = await put(api, wish["target"]["url"], raw)
    assert answer.status_code == 201, answer.text
    return await api.data("Upload", person.token, id=wish["upload"]["id"])
