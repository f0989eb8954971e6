"""Making micro-wishes, screening them, judging what was done and thanking for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.community.volunteers.groups.service import SCOPE
from app.domains.community.wishes.errors import MicroWishInvalid
from app.domains.community.wishes.model import MicroWish, Whom, WishKind, WishState, WishWords
from app.domains.community.wishes.steps.service import ID, WishSteps, committee, wishers
from app.domains.community.wishes.store import WishStore
from app.domains.identity.organisations.model import Tree


class PublicWords(Protocol):
    """What others are to read."""

    def demand(self, text: str, field: str, least: int, most: int) -> str:
        """In one spelling. Raises PostWordsMissing, PostWordsTooLong, PersonalDataFound, LinkNotAllowed."""
        ...


class Files(Protocol):
    """Uploads, as wishes need them. `by` names the wish: `wish:ID`."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        """Raises UploadUnknown, UploadNotReady, UploadClaimed."""
        ...

    async def links(self, by: Collection[str], owners: Collection[str]) -> Mapping[str, str]:
        """Of all files of these wishes that these people gave, by the file's id; those that can be shown."""
        ...


@dataclass(frozen=True, slots=True)
class WishAsked:
    """What is written of a new wish. `organisation`: the committee that screens it."""

    organisation: str
    kind: WishKind
    whom: Whom
    days: int
    title: str
    text: str


class WishService:
    def __init__(
        self,
        wishes: WishStore,
        steps: WishSteps,
        words: PublicWords,
        files: Files,
        tree: Tree,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._wishes = wishes
        self._steps = steps
        self._words = words
        self._files = files
        self._tree = tree
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # Reading

    async def open(self, request: PageRequest) -> Page[MicroWish]:
        """As everybody sees them."""
        return _for_others(await self._wishes.open(request))

    async def made(self, viewer: Viewer, request: PageRequest) -> Page[MicroWish]:
        return await self._wishes.made_by(viewer.self_only(), request)

    async def held(self, viewer: Viewer, request: PageRequest) -> Page[MicroWish]:
        return _for_others(await self._wishes.held_by(viewer.self_only(), request))

    async def kept_by(self, viewer: Viewer, state: WishState | None, request: PageRequest) -> Page[MicroWish]:
        mine = viewer.provider(SCOPE)
        return await self._wishes.of_organisation(mine, state, request, test=viewer.test_mode)

    async def of_city(self, state: WishState | None, request: PageRequest) -> Page[MicroWish]:
        return await self._wishes.page(state, request)

    async def one(self, wish: str) -> MicroWish | None:
        """For the desk."""
        return await self._wishes.get(wish)

    async def pictures(self, of: Sequence[MicroWish]) -> Mapping[str, list[str]]:
        """Links to the files of each of these wishes, by its id: by one look for all, for those who may see them."""
        with_files = [one for one in of if one.files or one.thanks_files]
        owners = {owner for one in with_files for owner in (one.holder, one.wisher) if owner}
        links = await self._files.links({one.record for one in with_files}, owners)
        return {one.id: [links[file] for file in (*one.files, *one.thanks_files) if file in links] for one in of}

    # The wisher

    async def make(self, viewer: Viewer, asked: WishAsked, key: str) -> MicroWish:
        """By a citizen, to be screened; by a committee, open at once. Raises RealNameNeeded, MicroWishInvalid,
        TooManyMicroWishes, what words are refused for, IdempotencyConflict.
        """
        citizen = viewer.by_name() if viewer.role is Role.CITIZEN else None
        organisation = asked.organisation if citizen else viewer.provider(SCOPE)
        if not self._tree.grants(organisation, SCOPE):
            raise MicroWishInvalid("organisation")
        words = WishWords(
            self._words.demand(asked.title, "title", 4, 40), self._words.demand(asked.text, "text", 8, 500)
        )
        id_, state = new_id(), WishState.SCREENING if citizen else WishState.OPEN
        one = MicroWish(id_, organisation, asked.kind, asked.whom, asked.days, state, self._clock.now(), words, citizen)
        one = replace(one.checked(), test=viewer.test_mode)

        async def work(tx: Tx) -> str:
            if citizen:
                await self._steps.make(citizen, tx)
            await self._wishes.add(one, tx)
            await self._audit.record(viewer, "wish.made", id_, tx, organisation=organisation)
            return id_

        call = Call.of(viewer, "makeMicroWish", key, asked)
        return await self._steps.known(await self._idempotency.once(call, ID, work))

    async def withdraw(self, viewer: Viewer, wish: str, key: str) -> MicroWish:
        """By the wisher, or the committee. Raises MicroWishUnknown, MicroWishNotOpen, IdempotencyConflict."""

        return await self._steps.step(viewer, "withdrawMicroWish", wish, self._steps.withdraw, key, of=wishers)

    async def judge(self, viewer: Viewer, wish: str, key: str, *, fulfilled: bool) -> MicroWish:
        """By the wisher, or the committee. Raises MicroWishUnknown, MicroWishNotOpen, IdempotencyConflict."""

        async def change(was: MicroWish, tx: Tx) -> MicroWish:
            return await self._steps.judge(was, tx, fulfilled=fulfilled)

        return await self._steps.step(viewer, "confirmMicroWish", wish, change, key, fulfilled, of=wishers)

    async def thank(self, viewer: Viewer, wish: str, words: str, files: Collection[str], key: str) -> MicroWish:
        """In words, and with pictures. Raises MicroWishUnknown, MicroWishNotOpen, MicroWishInvalid, what words and
        files are refused for, IdempotencyConflict.
        """
        said = self._words.demand(words, "words", 2, 300)

        async def change(was: MicroWish, tx: Tx) -> MicroWish:
            now = was.thanked(said, tuple(dict.fromkeys(files)))
            if files:
                await self._files.claim(was.record, viewer.acting(), files, tx)
            if was.holder:
                await self._outbox.add("wish.thanked", was.holder, tx, wish=wish)
            return now

        return await self._steps.step(viewer, "thankForMicroWish", wish, change, key, said, tuple(files), of=wishers)

    # The committee

    async def screen(self, viewer: Viewer, wish: str, answer: str, key: str, *, publish: bool) -> MicroWish:
        """Raises MicroWishUnknown, MicroWishNotOpen, MicroWishInvalid, IdempotencyConflict."""

        async def change(was: MicroWish, tx: Tx) -> MicroWish:
            now = was.screened(answer, publish=publish)
            if not publish:
                await self._steps.unmade(was, tx)
            if was.wisher:
                await self._outbox.add("wish.screened", was.wisher, tx, wish=wish, state=now.state.value)
            return now

        return await self._steps.step(viewer, "screenMicroWish", wish, change, key, answer, publish, of=committee)


def _for_others(page: Page[MicroWish]) -> Page[MicroWish]:
    return Page(tuple(one.for_others() for one in page.items), page.has_next)
