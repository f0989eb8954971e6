from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtual_card.codes.errors import KeySetMalformed
from virtual_card.codes.keys import KeySet, SigningKey

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["keys", "kty", "crv", "kid", "x"]), inner),
)


def test_the_published_set_comes_back_the_same_and_holds_no_private_part(key: SigningKey) -> None:
    published = KeySet([key.public, SigningKey.new("next").public]).to_jwks()
    assert json.loads(json.dumps(published)) == KeySet.from_jwks(published).to_jwks()
    assert all(set(jwk) == {"kty", "crv", "use", "alg", "kid", "x"} for jwk in published["keys"])
    assert published["keys"][0]["alg"] == "EdDSA"


def test_keys_of_other_kinds_are_passed_over(key: SigningKey) -> None:
    published = KeySet([key.public]).to_jwks()
    others = [{"kty": "RSA", "n": "x", "e": "AQAB"}, {"kty": "OKP", "crv": "X25519", "x": "x"}]
    assert len(KeySet.from_jwks({"keys": [*others, *published["keys"]]})) == 1


@pytest.mark.parametrize("change", [{"x": "AAAA"}, {"x": None}, {"x": "ключ"}, {"kid": ""}, {"kid": "a b"}, {"kid": 7}])
def test_a_broken_key_is_an_error_by_name(key: SigningKey, change: dict[str, object]) -> None:
    with pytest.raises(KeySetMalformed):
        KeySet.from_jwks({"keys": [key.public.to_jwk() | change]})


@given(JSON)
def test_no_document_leads_to_another_error(document: object) -> None:
    with contextlib.suppress(KeySetMalformed):
        assert len(KeySet.from_jwks(document)) == 0


@pytest.mark.parametrize("kid", ["", "seventeen-letters", "a b", "钥"])
def test_a_key_id_that_would_not_travel_is_refused(kid: str) -> None:
    with pytest.raises(ValueError, match="key id"):
        SigningKey.new(kid)
