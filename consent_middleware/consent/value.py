"""What one visitor chose, as an immutable value."""

from typing import Literal

import msgspec

Age = Literal["", "over", "under", "guardian"]
"""What is known of a visitor's age, where the policy asks: nothing, not a child, a child, a child whose guardian has decided."""

_ALWAYS = frozenset({"authentication", "security"})


class Consent(msgspec.Struct, frozen=True, kw_only=True, eq=False, gc=False):
    """One visitor's choice, or that there is none (``NO_CHOICE``).

    ``allowed`` and ``refused`` hold ids of purposes and services that were answered under the policy in force; what stands in
    neither was never answered, or has changed since. ``gpc``: the browser sent the signal when the choice was made.
    A Struct: one is made for every token that was not seen before, in a tenth of a dataclass's time.
    """

    choice_made: bool = False
    id: str | None = None
    """Random, made when the choice was recorded; never before."""
    chosen_at: int = 0
    """Seconds since the epoch."""
    allowed: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    gpc: bool = False
    seen: frozenset[str] = frozenset()
    """Notices that this visitor has dismissed, or chose beside (``notice:<id>``; a digest, where only a newer version knows it)."""
    unread: str = ""
    """What this process cannot read of a token that was made under a newer version of the policy: its day, and digests."""
    owner: str = ""
    """Whose choice it is, where the app knows its visitors: a short keyed digest (``Subject.tag``); empty for a signed-out one."""
    is_taken_over: bool = False
    """It was made in another browser, under the same account."""
    age: Age = ""
    is_outdated: bool = False
    """Something was answered that now means something else: what stands under it in the policy has changed since."""
    effective: frozenset[str] = _ALWAYS
    """What may happen in this request: necessary purposes and what signals leave of ``allowed``. The decision fills it in."""

    def __eq__(self, other: object) -> bool:
        """Say whether the same was chosen, whatever it amounts to in either request."""
        return isinstance(other, Consent) and self._chosen() == other._chosen()

    def __hash__(self) -> int:
        return hash(self._chosen())

    def _chosen(self) -> tuple[object, ...]:
        *chosen, _effective = msgspec.structs.astuple(self)
        return tuple(chosen)

    @property
    def is_ahead(self) -> bool:
        """Whether it was chosen under a newer version of the policy than this process knows: another one asks what is missing here."""
        return self.choice_made and bool(self.unread)

    def allows(self, name: str) -> bool:
        """Say whether a purpose or a service is allowed now. An id that nobody declared is not."""
        return name in self.effective


NO_CHOICE = Consent()
