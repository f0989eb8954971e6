"""An index of texts in memory (tantivy): documents by key, found by what somebody typed.

Two steps. tantivy finds the candidates by BM25, whatever way they were typed. The best of them are then compared with
the question title by title, which tells how alike they are on a scale that holds across questions, and a document's
weight (how often it is asked for) and the caller's own favour are laid upon that.

`put`, `add`, `drop` and `commit` take time and are for a thread; one at a time. `search` and `suggest` are quick, and
may run beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from threading import Lock
from typing import Any

import tantivy
from tantivy import Occur, Query

from app.core.texts.likeness import Question
from app.core.texts.reading import INITIALS, SPELT, Read, Reader, initials_within
from app.core.texts.slips import one_slip
from app.core.texts.titles import Title

MOST = 200
COMPARED = 32  # how many candidates are compared title by title
_EDGE = 12
_BODY = 0.25  # what a word in the body says, against one in a title
_WORTH = 0.35  # how much the most wanted document is ahead of one that nobody wants
CUT = 0.45  # of the best score: what is below has too little to do with the question
_LOOKED_AT = 3_000  # words of the index, of those that begin alike
_FINISHED = 6
_HEAP = 15_000_000  # bytes; the least that tantivy takes
Favour = Callable[["Text"], float]
_Hits = list[tuple[Any, tantivy.DocAddress]]


@dataclass(frozen=True, slots=True)
class Text:
    """A document: `titles` is what it is called, the name first; `body` what it says besides.

    `tags` can be filtered by and are counted; `places` and `filters` can be filtered by, and a favour looks at places.
    None holds spaces. `weight` from 0 to 1.
    """

    key: str
    titles: tuple[str, ...]
    body: str = ""
    tags: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()
    filters: tuple[str, ...] = ()
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Match:
    """`likeness` (0 to 1) is of the question alone; `score` orders. `title` is the number of the title most alike.

    Of the text neither body nor filters: they are found by, and not kept.
    """

    text: Text
    score: float
    likeness: float
    title: int


@dataclass(frozen=True, slots=True)
class Found:
    """Best first, at most `MOST`; `more` says that there may be others."""

    matches: tuple[Match, ...]
    more: bool

    def counts(self) -> dict[str, int]:
        """How many of them bear each tag."""
        counts: dict[str, int] = {}
        for match in self.matches:
            for tag in match.text.tags:
                counts[tag] = counts.get(tag, 0) + 1
        return counts


@dataclass(frozen=True, slots=True)
class _Kept:
    text: Text
    titles: tuple[Title, ...]


@dataclass(frozen=True, slots=True)
class _Fields:
    """What a title puts into the fields of a document, and what is kept of it."""

    title: Title
    grams: str
    sounds: str
    initials: str
    edges: str


def _schema() -> tantivy.Schema:
    build = tantivy.SchemaBuilder()
    build.add_text_field("key", tokenizer_name="raw", index_option="basic")
    build.add_integer_field("number", fast=True)
    for name in ("title", "sound", "body"):
        build.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("initials", "edge", "tag"):
        build.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    return build.build()


class TextIndex:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._schema = _schema()
        self._index = tantivy.Index(self._schema)
        self._writer: tantivy.IndexWriter | None = None
        self._searcher = self._index.searcher()
        self._kept: dict[int, _Kept] = {}
        self._numbers: dict[str, int] = {}
        self._fields = lru_cache(maxsize=500)(self._fields_of)
        self._same: dict[Hashable, Any] = {}
        self._old: list[int] = []
        self._count = count()
        self._swap = Lock()  # a search sees the searcher of before a commit and its texts, or those of after

    def __len__(self) -> int:
        """How many can be found: what was added since the last `commit` cannot yet."""
        return int(self._searcher.num_docs)

    def put(self, texts: Iterable[Text]) -> None:
        """In place of what was there under their keys."""
        self.add(texts)
        self.commit()

    def add(self, texts: Iterable[Text]) -> None:
        """As `put`, but found only after `commit`."""
        for text in texts:
            self._add(text)

    def drop(self, keys: Iterable[str]) -> None:
        """Gone after `commit`."""
        for key in keys:
            self._forget(key)

    def commit(self) -> None:
        self._writing().commit()
        with self._swap:
            self._refresh()
            while self._old:
                self._kept.pop(self._old.pop(), None)

    def close_writing(self) -> None:
        """Give back the writer's memory; the next change opens another."""
        self._fields.cache_clear()
        self._same.clear()
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None
            with self._swap:
                self._refresh()

    def search(
        self,
        typed: str,
        tags: Collection[str] = (),
        favour: Favour | None = None,
        most: int = MOST,
        among: Collection[str] = (),
        compared: int = COMPARED,
    ) -> Found:
        """Best first. A match bears all of the tags, and one of `among` where some are given; `favour` multiplies
        scores (about 1). The first `compared` candidates are compared title by title.
        """
        with self._swap:
            question = self._weighed(self.reader.question(typed))
            query = self._query(question)
            if query is None:
                return Found((), more=False)
            hits = self._searcher.search(_within(self._schema, query, tags, among), limit=most, count=False).hits
            found = self._compared(question, hits, favour, compared=compared)
        return Found(tuple(found), more=len(hits) == most and len(found) == most)

    def suggest(self, typed: str, tags: Collection[str] = (), most: int = 10) -> list[Match]:
        """What begins with this, or holds it, the most wanted first."""
        read = self.reader.question(typed)
        with self._swap:
            question, starts = self._weighed(read), tuple([one[:_EDGE] for one in read.starts if one])
            begins = [Query.const_score_query(_term(self._schema, "edge", one), 3.0) for one in starts]
            query = self._query(question)
            parts = [(Occur.Should, one) for one in (*begins, *([query] if query else ()))]
            if not parts:
                return []
            both = _within(self._schema, Query.boolean_query(parts), tags)
            hits = self._searcher.search(both, limit=4 * most, count=False).hits
            matches = [self._begun(match, starts) for match in self._compared(question, hits, None, cut=0.0)]
        good = [match for match in matches if match.score > CUT]
        return sorted(good, key=lambda match: -match.score)[:most]

    def _add(self, text: Text) -> None:
        self._forget(text.key)
        number = next(self._count)
        fields = [self._fields(title) for title in text.titles]
        self._kept[number] = _Kept(self._without_body(text), tuple([one.title for one in fields]))
        self._numbers[text.key] = number
        self._writing().add_document(self._document(text, number, fields))

    def _without_body(self, text: Text) -> Text:
        """What an answer needs of it. Tags and places that many share are in memory once."""
        tags, places = (self._same.setdefault(one, one) for one in (text.tags, text.places))
        return replace(text, body="", filters=(), tags=tags, places=places)

    def _forget(self, key: str) -> None:
        """Its text stays until nothing can find it any more."""
        old = self._numbers.pop(key, None)
        if old is not None:
            self._writing().delete_documents_by_term("key", key)
            self._old.append(old)

    def _document(self, text: Text, number: int, fields: list[_Fields]) -> tantivy.Document:
        return tantivy.Document(
            key=text.key,
            number=number,
            title=" ".join([one.grams for one in fields]),
            sound=" ".join([one.sounds for one in fields]),
            initials=" ".join([one.initials for one in fields]),
            edge=" ".join([one.edges for one in fields]),
            body=" ".join(self.reader.body(text.body)),
            tag=" ".join((*text.tags, *text.places, *text.filters)),
        )

    def _fields_of(self, title: str) -> _Fields:
        """Many documents share a title."""
        read = self.reader.title_of_document(title)
        edges = {start[:n] for start in read.starts for n in range(1, min(_EDGE, len(start)) + 1)}
        initials = (one for run in read.initials for one in initials_within(run))
        own = Title.of(title, read)
        return _Fields(own, " ".join(read.grams), " ".join(read.sounds), " ".join(initials), " ".join(edges))

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        return self._writer

    def _refresh(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def _weighed(self, read: Read) -> Question:
        """With how rare each part of it is; what the index does not have at all still counts as asked for."""
        grams, sounds = self._mended(read)
        initials = dict.fromkeys(read.initials, INITIALS)
        return Question.of(self._rare("title", grams), self._rare("sound", sounds), self._rare("initials", initials))

    def _rare(self, field: str, parts: Mapping[str, float]) -> dict[str, float]:
        total = max(self._searcher.num_docs, 1)
        had = self._searcher.doc_freq  # counts those too that were replaced and are not yet swept out
        return {one: says * _rarity(min(had(field, one), total), total) for one, says in parts.items()}

    def _mended(self, read: Read) -> tuple[dict[str, float], dict[str, float]]:
        """Letters that the index does not have, put right or finished as words that it has."""
        grams, sounds = dict[str, float](), dict[str, float]()
        for sound, says in read.sounds.items():
            ends = self._finished("sound", sound[:-1]) if sound.endswith("*") else (sound,)
            sounds |= dict.fromkeys(ends, says)
        for gram, says in read.grams.items():
            if not _is_word(gram) or self._searcher.doc_freq("title", gram):
                grams[gram] = says
                continue
            near = self._near("title", gram) or self._finished("title", gram)
            grams |= dict.fromkeys(near or (gram,), says)
            sounds |= dict.fromkeys(self._near("sound", gram), SPELT)
        return grams, sounds

    def _finished(self, field: str, start: str) -> list[str]:
        """Words that begin so, the commonest ones."""
        found = self._searcher.terms_with_prefix(field, start, limit=_LOOKED_AT)
        return [word for word, _ in sorted(found, key=lambda one: (-one[1], one[0]))[:_FINISHED]]

    def _near(self, field: str, word: str) -> list[str]:
        """Words one slip away. Hardly anybody mistypes the first letter."""
        found = self._searcher.terms_with_prefix(field, word[0], limit=_LOOKED_AT)
        return [other for other, _ in found if one_slip(word, other)][:_FINISHED]

    def _query(self, question: Question) -> Query | None:
        parts: list[Query] = []
        # What is written: in titles, and what says most of it also in bodies.
        for gram, says in question.grams.parts.items():
            parts += self._there("title", gram, says)
            parts += self._there("body", gram, says * _BODY) if len(gram) > 1 else ()
        for sound, says in question.sounds.parts.items():
            parts += self._there("sound", sound, says)
        for short, says in question.initials.items():
            parts += self._there("initials", short, says)
        return Query.boolean_query([(Occur.Should, one) for one in parts]) if parts else None

    def _there(self, field: str, value: str, says: float) -> list[Query]:
        """Nothing is asked for that the index does not have."""
        return [_boosted(self._schema, field, value, says)] if self._searcher.doc_freq(field, value) else []

    def _compared(
        self, question: Question, hits: _Hits, favour: Favour | None, cut: float = CUT, compared: int = COMPARED
    ) -> list[Match]:
        if not hits:
            return []
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        best, top, matches, known = hits[0][0], 0.0, list[Match](), dict[Title, float]()
        for place, ((score, _), number) in enumerate(zip(hits, numbers, strict=True)):
            kept = self._kept[int(number or 0)]
            text = kept.text
            likeness, title = _likeness(question, kept, known) if place < compared else (0.5 * score / best, 0)
            worth = (1 + _WORTH * text.weight) * (favour(text) if favour else 1)
            value = (0.75 * likeness + 0.25 * score / best) * worth
            if value >= cut * top:
                top = max(top, value)
                matches.append(Match(text, value, likeness, title))
        matches.sort(key=lambda match: -match.score)
        return [match for match in matches if match.score >= cut * top]

    def _begun(self, match: Match, starts: tuple[str, ...]) -> Match:
        """A title that begins with what was typed is better than one that holds it."""
        kept = self._kept.get(self._numbers.get(match.text.key, -1))
        for number, title in enumerate(kept.titles if kept else ()):
            if any(own.startswith(starts) for own in title.starts):
                return Match(match.text, 1 + match.text.weight + match.likeness / 10, match.likeness, number)
        return match


def _likeness(question: Question, kept: _Kept, known: dict[Title, float]) -> tuple[float, int]:
    """Of the title that is most alike, and which one that is. `known`: of titles that other documents share."""
    most, which = -1.0, 0
    for number, title in enumerate(kept.titles):
        like = known.get(title)
        if like is None:
            like = known[title] = question.like(title)
        if like > most:
            most, which = like, number
    return most, which


def _rarity(documents: int, total: int) -> float:
    return math.log(1 + (total - documents + 0.5) / (documents + 0.5))


def _term(schema: tantivy.Schema, field: str, value: str) -> Query:
    return Query.term_query(
        schema, field, value, index_option="freq" if field in ("title", "sound", "body") else "basic"
    )


def _boosted(schema: tantivy.Schema, field: str, value: str, boost: float) -> Query:
    return Query.boost_query(_term(schema, field, value), boost)


def _is_word(gram: str) -> bool:
    """An English word, or something typed in letters, that is long enough to be put right."""
    return len(gram) > 3 and gram.isascii() and gram.isalpha()


def _within(schema: tantivy.Schema, query: Query, tags: Collection[str], among: Collection[str] = ()) -> Query:
    if not tags and not among:
        return query
    borne = [(Occur.Must, Query.const_score_query(_term(schema, "tag", tag), 0.0)) for tag in tags]
    if among:
        some = Query.boolean_query([(Occur.Should, _term(schema, "tag", tag)) for tag in among])
        borne.append((Occur.Must, Query.const_score_query(some, 0.0)))
    return Query.boolean_query([*borne, (Occur.Must, query)])
