"""Keys that seal and keys that sign, for the administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from app.admin.api.desk import ADMINISTRATORS, AUDITORS, Body, Desk, Key, Reply, allowed, desk_router
from app.core.rotation import Rotated

router = desk_router("keys")


class KeyShown(Reply):
    """Never the key itself. `since`: from when it seals or signs; `wrapped_by`: the root key over a data key."""

    id: str
    use: Rotated
    since: datetime
    retired_at: datetime | None
    destroyed_at: datetime | None
    wrapped_by: str | None


class Keys(Reply):
    items: list[KeyShown]


class Rotation(Body):
    """`at_once` is for a signing key that leaked: what it signed is void, and nobody is signed out."""

    use: Rotated
    at_once: bool = False


@router.get("/keys")
async def keys(desk: Annotated[Desk, allowed("list", *AUDITORS)]) -> Keys:
    """Every data key there ever was, and the signing keys that are published now."""
    return Keys(items=[KeyShown.model_validate(key) for key in await desk.city.rotation.keys()])


@router.post("/keys/rotations", status_code=201)
async def rotate(body: Rotation, key: Key, desk: Annotated[Desk, allowed("rotate", *ADMINISTRATORS)]) -> KeyShown:
    """Make the next key of this use; it seals or signs after its lead."""
    made = await desk.city.rotation.asked(desk.viewer, body.use, key, at_once=body.at_once)
    return KeyShown.model_validate(made)
