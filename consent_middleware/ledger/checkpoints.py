"""How far each chain was let go when the time of its records was over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .chain import Head

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Everything up to ``head`` is gone on purpose, which ``signature`` seals; the chain goes on from there."""

    head: Head
    made_at: int
    signature: bytes


async def read(connection: "AsyncConnection", writers: Sequence[str]) -> Mapping[str, Checkpoint]:
    """Return the checkpoints of these chains, by writer."""
    from ..storage.schema import CHECKPOINTS

    found: dict[str, Checkpoint] = {}
    for start in range(0, len(writers), _AT_ONCE):
        query = CHECKPOINTS.select().where(CHECKPOINTS.c.writer.in_(writers[start : start + _AT_ONCE]))
        for writer, position, seal, made_at, signature in await connection.execute(query):
            head = Head(writer=writer, position=position, seal=seal)
            found[writer] = Checkpoint(head=head, made_at=made_at, signature=signature)
    return found


async def read_all(connection: "AsyncConnection") -> list[Checkpoint]:
    """Return every checkpoint: one for each process that ever wrote and whose first records are gone."""
    from ..storage.schema import CHECKPOINTS

    return [
        Checkpoint(head=Head(writer=writer, position=position, seal=seal), made_at=made_at, signature=signature)
        for writer, position, seal, made_at, signature in await connection.execute(
            CHECKPOINTS.select().order_by(CHECKPOINTS.c.writer)
        )
    ]


async def save(connection: "AsyncConnection", checkpoint: Checkpoint) -> None:
    """Store a checkpoint in the place of the chain's last one."""
    from ..storage.schema import CHECKPOINTS

    head = checkpoint.head
    values = {
        "position": head.position,
        "seal": head.seal,
        "made_at": checkpoint.made_at,
        "signature": checkpoint.signature,
    }
    update = CHECKPOINTS.update().where(CHECKPOINTS.c.writer == head.writer).values(values)
    if (await connection.execute(update)).rowcount == 0:
        await connection.execute(CHECKPOINTS.insert().values(writer=head.writer, **values))
