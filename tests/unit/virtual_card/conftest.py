"""People, keys and times that the card's tests share. The portrait is drawn, not anybody's."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image, ImageDraw

from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.offline import OfflineClaims
from virtual_card.face import Face

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return SigningKey.new("2026-a")


@pytest.fixture(scope="session")
def keys(key: SigningKey) -> KeySet:
    return KeySet([key.public])


@pytest.fixture(scope="session")
def claims_with() -> Callable[..., OfflineClaims]:
    def make(**changes: Any) -> OfflineClaims:
        usual: dict[str, Any] = {
            "issuer": "福州市",
            "purpose": "library",
            "status_index": 4711,
            "attributes": {"resident": True, "over60": True},
            "issued_at": NOW,
            "expires_at": NOW + timedelta(minutes=5),
        }
        return OfflineClaims(**(usual | changes))

    return make


@pytest.fixture(scope="session")
def portrait() -> bytes:
    picture = Image.new("RGB", (358, 441), (226, 236, 244))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 330, 338, 620), fill=(34, 48, 70))
    draw.ellipse((98, 70, 260, 310), fill=(232, 188, 158))
    raw = io.BytesIO()
    picture.save(raw, "JPEG", quality=90)
    return raw.getvalue()


@pytest.fixture(scope="session")
def face_with(portrait: bytes) -> Callable[..., Face]:
    def make(**changes: Any) -> Face:
        usual: dict[str, Any] = {
            "city": "福州市",
            "name": "林晓梅",
            "number": "3501482095736184",
            "valid_until": date(2036, 11, 30),
            "state": "active",
            "kind": "personal",
            "photo": portrait,
            "qr_text": "HTTPS://CARD.EXAMPLE/C/7GQ2M9KD4T",
        }
        return Face(**(usual | changes))

    return make
