"""Follows every chain, link by link, and says where it does not hold."""

import functools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from hmac import compare_digest
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..storage.database import Database
from . import checkpoints
from .anchors import Anchor
from .chain import Head, checkpoint_of, digest_of, erasure_of, first_head, follows, head_at
from .checkpoints import Checkpoint
from .findings import Report
from .rows import Stored, page_in_chain

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

PAGE = 5000
"""Links read at once."""
_EXPLAINED = 10
"""Problems for which the whole chain is searched."""
_UNSIGNED = "The checkpoint was not signed with this key."


class Verification:
    """Reads the whole ledger once, a page at a time: memory stays flat, nothing stays locked, writers go on."""

    def __init__(self, database: Database, keys: Sequence[bytes], *, anchor: Anchor | None = None) -> None:
        self.report = Report()
        self._database = database
        self._keys = keys
        self._anchored: Mapping[str, Head] = anchor.heads if anchor is not None else {}
        self._head: Head | None = None
        self._seen: set[str] = set()

    async def run(self, progress: Callable[[int], None] | None = None) -> Report:
        """Verify everything; ``progress`` hears of every page how many links it had."""
        last: Stored | None = None
        async for page, let_go in self._pages():
            for stored in page:
                if last is None or stored.link.writer != last.link.writer:
                    self._end_chain()
                    self._begin_chain(stored, let_go.get(stored.link.writer))
                await self._follow(stored)
                last = stored
            if progress is not None:
                progress(len(page))
        self._end_chain()
        await self._look_for_missing_chains()
        return self.report

    async def _pages(self) -> AsyncIterator[tuple[list[Stored], Mapping[str, Checkpoint]]]:
        writer, position = "", 0
        while True:
            read = functools.partial(_read_page, writer=writer, position=position)
            page, let_go = await self._database.run(read)
            if not page:
                return
            yield page, let_go
            writer, position = page[-1].link.writer, page[-1].link.position

    def _begin_chain(self, first: Stored, checkpoint: Checkpoint | None) -> None:
        """Find out what the first link of this chain is tied to."""
        self.report.chains += 1
        writer = first.link.writer
        if checkpoint is None:
            begins = [first_head(key, writer) for key in self._keys]
            held = (head for key, head in zip(self._keys, begins, strict=True) if follows(key, head, first.link))
            self._head = next(held, begins[0])
            return
        if not self._is_signed(checkpoint):
            self.report.tell("forged", writer, checkpoint.head.position, "", _UNSIGNED)
        self.report.expired += checkpoint.head.position
        self._head = checkpoint.head

    async def _follow(self, stored: Stored) -> None:
        link, head = stored.link, self._head
        if head is not None and link.position != head.position + 1:
            # Or the records between were let go while we read.
            checkpoint = await self._checkpoint_before(stored)
            if checkpoint is not None:
                self.report.expired += checkpoint.head.position - head.position
                head = checkpoint.head
            else:
                self.report.tell_gap(head, stored)
                head = None
        if self._is_whole(stored) and head is not None and not self._follows(head, stored):
            await self._tell_why(stored)
        self._accept(stored)

    def _is_whole(self, stored: Stored) -> bool:
        """Say whether the content is what was sealed, or erased under a seal; tell if not."""
        link = stored.link
        if not stored.is_erased:
            self.report.records += 1
            if compare_digest(digest_of(stored.record, stored.salt), link.digest):
                return True
            self.report.tell_of(stored, "edited", "Its content is not what was sealed.")
            return False
        self.report.erased += 1
        if any(compare_digest(erasure_of(key, link, stored.erased_at), stored.erasure) for key in self._keys):
            return True
        self.report.tell_of(stored, "edited", "It looks erased, but that was not sealed with the key.")
        return False

    def _follows(self, head: Head, stored: Stored) -> bool:
        # The newest key first, by itself: nearly always it is that one.
        link, keys = stored.link, self._keys
        return follows(keys[0], head, link) or any(follows(key, head, link) for key in keys[1:])

    def _is_signed(self, checkpoint: Checkpoint) -> bool:
        return any(
            compare_digest(checkpoint_of(key, checkpoint.head, checkpoint.made_at), checkpoint.signature)
            for key in self._keys
        )

    def _accept(self, stored: Stored) -> None:
        """Go on from this link, so that what follows is held against its own predecessor."""
        self._head = head_at(stored.link)
        anchored = self._anchored.get(stored.link.writer)
        if anchored is not None and anchored.position == stored.link.position and anchored.seal != stored.link.seal:
            self.report.tell_of(stored, "forged", "The anchor has another seal for this place.")

    def _end_chain(self) -> None:
        head, self._head = self._head, None
        if head is None:
            return
        anchored = self._anchored.get(head.writer)
        self._seen.add(head.writer)
        if anchored is not None and anchored.position > head.position:
            self.report.tell_truncated(anchored, head.position)

    async def _look_for_missing_chains(self) -> None:
        """A chain may be gone as a whole: because its time was over, which a checkpoint says, or not."""
        let_go = await self._database.run(checkpoints.read_all)
        for checkpoint in let_go:
            if checkpoint.head.writer in self._seen:
                continue
            self.report.chains += 1
            self.report.expired += checkpoint.head.position
            if not self._is_signed(checkpoint):
                self.report.tell("forged", checkpoint.head.writer, checkpoint.head.position, "", _UNSIGNED)
        positions = {checkpoint.head.writer: checkpoint.head.position for checkpoint in let_go}
        for writer, anchored in self._anchored.items():
            if writer not in self._seen and positions.get(writer, 0) < anchored.position:
                self.report.tell_truncated(anchored, positions.get(writer, 0))

    async def _checkpoint_before(self, stored: Stored) -> Checkpoint | None:
        link = stored.link
        found = await self._database.run(functools.partial(checkpoints.read, writers=[link.writer]))
        checkpoint = found.get(link.writer)
        if checkpoint is None or checkpoint.head.position != link.position - 1 or not self._is_signed(checkpoint):
            return None
        return checkpoint

    async def _tell_why(self, stored: Stored) -> None:
        """Its content is what was sealed, but the seal does not tie it to the link before: was it moved, or made up?"""
        link = stored.link
        candidates = [(key, first_head(key, link.writer), 1) for key in self._keys]
        if any(follows(key, head, replace(link, position=place)) for key, head, place in candidates):
            self.report.tell_of(stored, "moved", "It belongs at place 1 of its chain.")
            return
        if len(self.report.problems) < _EXPLAINED:
            async for other in self._chain(link.writer):
                head = head_at(other.link)
                if self._follows(head, stored):
                    # It is where it belongs, but the one before it is not, which is told of that one.
                    return
                for place in (other.link.position, other.link.position + 1):
                    if self._follows(head, replace(stored, link=replace(link, position=place))):
                        self.report.tell_of(stored, "moved", f"It belongs at place {place} of its chain.")
                        return
        self.report.tell_of(stored, "forged", "It was not sealed at this place with this key.")

    async def _chain(self, writer: str) -> AsyncIterator[Stored]:
        position = 0
        while True:
            read = functools.partial(page_in_chain, writer=writer, position=position, limit=PAGE)
            page = [stored for stored in await self._database.run(read) if stored.link.writer == writer]
            if not page:
                return
            for stored in page:
                yield stored
            position = page[-1].link.position


async def _read_page(
    connection: "AsyncConnection", writer: str, position: int
) -> tuple[list[Stored], Mapping[str, Checkpoint]]:
    page = await page_in_chain(connection, writer, position, PAGE)
    return page, await checkpoints.read(connection, sorted({stored.link.writer for stored in page}))
