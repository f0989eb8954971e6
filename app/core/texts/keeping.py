"""The index of a process, kept true. It is built in a thread when it is needed first, and follows in batches what is
noted as changed; after a gap, or when what is said of it changed as a whole, it is built anew beside the old one, which
serves meanwhile.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress

import structlog

from app.core.memory import give_back
from app.core.texts import dictionaries
from app.core.texts.index import Text, TextIndex
from app.core.texts.reading import Reader
from app.core.traces import frames_of

log = structlog.get_logger()
_GATHERED = 0.2  # seconds: what changes within them is one batch
_LOOK = 5.0  # seconds between looks at what says itself that it changed
_AGAIN, _LONGEST = 1.0, 60.0  # seconds after something failed: twice as long each time, up to a minute


class IndexKeeping(ABC):
    """A room says what is to be found (`every`, `current`) and how it is read (`reader`)."""

    name: str

    def __init__(self) -> None:
        self._index: TextIndex | None = None
        self._task: asyncio.Task[None] | None = None
        self._wake, self._built = asyncio.Event(), asyncio.Event()
        self._changed: set[str] = set()
        self._anew = self._asked = False

    @abstractmethod
    def reader(self) -> Reader:
        """Called in a thread."""

    @abstractmethod
    def every(self) -> AsyncIterator[Sequence[Text]]:
        """All that is to be found, some at a time."""

    @abstractmethod
    def current(self, keys: Collection[str]) -> AsyncIterator[Sequence[Text]]:
        """Of these, what is to be found still, as it is now; what is not given is gone."""

    async def looked(self) -> bool:
        """Whether all is to be read anew; asked every few seconds."""
        return False

    async def open(self) -> None:
        """From now on changes count. Builds nothing yet."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name=self.name)

    async def close(self) -> None:
        # A cancellation that meets the end of a wait is lost (Python 3.11's wait_for): said again until it is heard.
        while self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=1)
        self._task = None

    async def index(self) -> TextIndex:
        """As it stands; the first time, once it is built."""
        if self._index is None:
            await self.open()
            if not self._asked:
                await self.reload()
            await self._built.wait()
        assert self._index is not None
        return self._index

    async def reload(self) -> None:
        if self._task is not None:
            self._anew = self._asked = True
            self._wake.set()

    def note(self, key: str) -> None:
        """It changed."""
        if self._task is not None:
            self._changed.add(key)
            self._wake.set()

    async def _keep(self) -> None:
        failed = 0
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _LOOK)
            try:
                await self._look()
                failed = 0
            except Exception as error:  # whatever it is: a process whose index follows nothing more must not go on so
                failed += 1
                log.warning(
                    "index waits", which=self.name, error=type(error).__name__, tries=failed, traceback=frames_of(error)
                )
                self._wake.set()
                await asyncio.sleep(min(_AGAIN * 2 ** min(failed - 1, 10), _LONGEST))

    async def _look(self) -> None:
        if await self.looked() and self._index is not None:
            self._anew = True
        await self._follow()

    async def _follow(self) -> None:
        """What was noted since; what cannot be read now stays noted."""
        if not (self._anew or self._changed):
            return
        if self._index is not None:
            await asyncio.sleep(_GATHERED + min(len(self._changed) / 500, 0.8))
        self._wake.clear()
        anew, self._anew = self._anew, False
        changed, self._changed = self._changed, set()
        try:
            await (self._build() if anew or self._index is None else self._update(self._index, changed))
        except BaseException:
            self._anew, self._changed = self._anew or anew, self._changed | changed
            raise

    async def _build(self) -> None:
        await asyncio.to_thread(dictionaries.load)
        index = TextIndex(await asyncio.to_thread(self.reader))
        async for texts in self.every():
            await asyncio.to_thread(index.add, texts)
        await asyncio.to_thread(_finish, index)
        self._index = index
        self._built.set()

    async def _update(self, index: TextIndex, keys: set[str]) -> None:
        gone = set(keys)
        async for texts in self.current(keys):
            gone -= {text.key for text in texts}
            await asyncio.to_thread(index.add, texts)
        await asyncio.to_thread(index.drop, gone)
        await asyncio.to_thread(index.commit)


def _finish(index: TextIndex) -> None:
    """What building took is not kept: the writer, the documents as they came, the index before."""
    index.commit()
    index.close_writing()
    give_back()
