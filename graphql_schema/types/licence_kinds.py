"""Kinds of licences, as rooms beside the licences name them, too."""

from __future__ import annotations

import strawberry

from virtual_card.licences import kinds


@strawberry.type(description="A kind of licence, such as driving_licence.")
class LicenceKind:
    code: str
    title: str = strawberry.field(description="In Chinese, as it stands on the licence.")
    title_en: str

    @classmethod
    def of(cls, code: str) -> LicenceKind:
        found = kinds.kind_of(code)
        return cls(code=code, title=found.title.zh, title_en=found.title.en)
