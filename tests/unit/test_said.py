"""A text in two languages, put into a row and read from it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from app.core.said import Said, said_of, said_pair, said_row

texts = st.builds(Said, st.text(max_size=20), st.text(max_size=20))


@given(texts)
def test_whichever_way_it_was_kept_it_is_read_as_it_was_said(said: Said) -> None:
    for kept in (said_row(said), said_pair(said)):
        assert said_of(kept) == said
        assert said_of(json.loads(json.dumps(kept))) == said
