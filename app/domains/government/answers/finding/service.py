"""The knowledge base in memory: what is published, and the index by which a question finds it.

Each process that answers holds one. It is built when the change stream opens, or at the first question, and follows
the changes of `answers`: they are gathered for a moment and written to the index in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from contextlib import suppress

from app.core.mongo import DatabaseFault, Document
from app.core.texts import Reader, Text, TextIndex, dictionaries
from app.domains.government.answers.entries.model import Answer
from app.domains.government.answers.entries.store import AnswerStore, answer_of
from app.domains.government.answers.finding.likeness import Likeness, Profile, text_of, titles_of
from app.domains.government.answers.finding.model import Candidate
from app.domains.government.search.keeping.synonyms import SynonymsFile

_GATHERED = 0.05  # seconds: what changes within them is one batch
_LOOK = 5.0  # seconds between looks at the file of synonyms
_MOST = 8
_COMPARED = 40  # how many of what the index finds are looked at closely


class KnowledgeBase:
    def __init__(self, answers: AnswerStore, synonyms: SynonymsFile) -> None:
        self._answers = answers
        self._synonyms = synonyms
        self._index: TextIndex | None = None
        self._known: dict[str, Answer] = {}
        self._profiles: dict[str, Profile] = {}
        self._likeness = Likeness(())
        self._changed: dict[str, Answer] = {}
        self._one = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._looked = 0.0

    async def find(self, question: str, among: Collection[str] | None = None) -> list[Candidate]:
        """Best first, at most eight; `among` these entries only."""
        index, found = await self._ready(), list[Candidate]()
        read = index.reader.question(question)
        for match in index.search(question, most=_COMPARED).matches:
            answer, profile = self._known.get(match.text.key), self._profiles.get(match.text.key)
            if answer is not None and profile is not None and (among is None or answer.code in among):
                found.append(Candidate(answer, self._likeness.of(read, profile)))
        found.sort(key=lambda one: -one.likeness)
        return found[:_MOST]

    async def answers(self, codes: Iterable[str]) -> dict[str, Answer]:
        """Of these, what is published now."""
        await self._ready()
        return {code: self._known[code] for code in codes if code in self._known}

    async def words(self, question: str) -> str:
        """What a question is about, without filler and in one order: alike for questions that say the same."""
        read = (await self._ready()).reader.question(question)
        own = sorted(gram for gram in read.grams if not gram.startswith("~"))  # the words, not what means the same
        return " ".join(own) or read.folded

    async def reload(self) -> None:
        """When the stream opens, after a gap in it, and when the synonyms were written."""
        async with self._one:
            await self._build()

    def changed(self, row: Document) -> None:
        """A row of `answers` that some process wrote."""
        if row["current"]:
            self.note(answer_of(row))

    def note(self, answer: Answer) -> None:
        """What this very process wrote is known without waiting for the stream."""
        known = self._changed.get(answer.code) or self._known.get(answer.code)
        read_later = self._index is None and not self._one.locked()
        if read_later or not answer.current or _older(answer, known):
            return
        self._changed[answer.code] = answer
        if self._task is None:
            self._task = asyncio.create_task(self._settle(), name="knowledge base")

    async def settled(self) -> None:
        """When what has been noted so far is in the index."""
        while self._task is not None:
            await asyncio.shield(self._task)

    async def _ready(self) -> TextIndex:
        if self._index is None:
            async with self._one:
                if self._index is None:
                    await self._build()
        elif asyncio.get_running_loop().time() - self._looked > _LOOK:
            self._looked = asyncio.get_running_loop().time()
            if await asyncio.to_thread(self._synonyms.changed):
                with suppress(DatabaseFault):
                    await self.reload()
        assert self._index is not None
        return self._index

    async def _settle(self) -> None:
        try:
            while self._changed:
                await asyncio.sleep(_GATHERED)
                async with self._one:
                    await self._write()
        finally:
            self._task = None

    async def _write(self) -> None:
        noted, self._changed = self._changed, {}
        if self._index is None:  # building it failed: they are read when it is built
            return
        changed = {code: answer for code, answer in noted.items() if not _older(answer, self._known.get(code))}
        shown = {code: answer for code, answer in changed.items() if answer.shown}
        gone = changed.keys() - shown.keys()
        known = {code: answer for code, answer in (self._known | shown).items() if code not in gone}
        await asyncio.to_thread(_apply, self._index, shown.values(), gone)
        fresh = await asyncio.to_thread(_profiles, self._index.reader, shown.values())
        profiles = {code: profile for code, profile in (self._profiles | fresh).items() if code in known}
        likeness = await asyncio.to_thread(Likeness, profiles.values())
        self._known, self._profiles, self._likeness = known, profiles, likeness

    async def _build(self) -> None:
        """Beside the one that serves, whose place it takes when all of it is there."""
        known, after = dict[str, Answer](), ""
        while batch := await self._answers.shown_after(after):
            known |= {answer.code: answer for answer in batch}
            after = batch[-1].code
        await asyncio.to_thread(dictionaries.load)
        index = TextIndex(Reader(await asyncio.to_thread(self._synonyms.read)))
        await asyncio.to_thread(_apply, index, known.values(), ())
        profiles = await asyncio.to_thread(_profiles, index.reader, known.values())
        likeness = await asyncio.to_thread(Likeness, profiles.values())
        self._known, self._profiles, self._likeness, self._index = known, profiles, likeness, index
        self._looked = asyncio.get_running_loop().time()


def _older(answer: Answer, known: Answer | None) -> bool:
    return known is not None and (answer.version, answer.revision) < (known.version, known.revision)


def _profiles(reader: Reader, answers: Iterable[Answer]) -> dict[str, Profile]:
    return {one.code: Profile.of(one, reader) for one in answers}


def _apply(index: TextIndex, shown: Iterable[Answer], gone: Iterable[str]) -> None:
    index.add([_text(answer) for answer in shown])
    index.drop(gone)
    index.commit()
    index.close_writing()


def _text(answer: Answer) -> Text:
    """Every way it is asked is a title, and so is every keyword."""
    return Text(answer.code, (*titles_of(answer), *answer.keywords), text_of(answer))
