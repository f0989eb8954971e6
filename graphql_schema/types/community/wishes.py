"""Micro-wishes, as everybody, their people and their committees see them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.community.wishes import model as wishes
from app.domains.community.wishes.model import Whom, WishKind, WishState
from app.domains.community.wishes.service import WishAsked
from app.domains.identity.organisations.model import Tree
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id

strawberry.enum(WishKind, name="MicroWishKind")
strawberry.enum(Whom, name="MicroWishFor")
strawberry.enum(WishState, name="MicroWishState")


@strawberry.type(description="A small wish of somebody. Who that is it does not say.")
class MicroWish:
    id: strawberry.ID
    kind: WishKind
    whom: Whom
    title: str
    text: str
    organisation: OrganisationName = strawberry.field(description="The committee that brings the two together.")
    state: WishState
    days: int
    made_at: datetime
    due_at: datetime | None
    answer: str = strawberry.field(description="The committee's, to whoever made it.")
    done: str = strawberry.field(description="How it was done, in the words of who did it.")
    thanks: str
    pictures: list[str] = strawberry.field(description="Links, good for five minutes.")

    @classmethod
    def of(cls, one: wishes.MicroWish, tree: Tree, pictures: list[str] | None = None) -> MicroWish:
        words = one.words
        return cls(
            id=global_id("MicroWish", one.id),
            kind=one.kind,
            whom=one.whom,
            title=words.title if words else "",
            text=words.text if words else "",
            organisation=OrganisationName.of(one.organisation, tree),
            state=one.state,
            days=one.days,
            made_at=one.made_at,
            due_at=one.due_at,
            answer=words.answer if words else "",
            done=words.done if words else "",
            thanks=words.thanks if words else "",
            pictures=pictures or [],
        )


@strawberry.input(description="`organisation`: the committee that screens it. `days`: within which it is to be done.")
class MicroWishInput:
    kind: WishKind
    whom: Whom
    title: str
    text: str
    days: int
    organisation: str = ""

    def parsed(self) -> WishAsked:
        return WishAsked(self.organisation, self.kind, self.whom, self.days, self.title, self.text)


@strawberry.type
class MicroWishChanged:
    wish: MicroWish

    @classmethod
    def of(cls, one: wishes.MicroWish, tree: Tree) -> MicroWishChanged:
        return cls(wish=MicroWish.of(one, tree))
