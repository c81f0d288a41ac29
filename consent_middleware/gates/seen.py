"""What the response gate saw of cookies when they were set: where they live, so that they can be expired there.

Bounded, and never a value. Losing it changes no decision: it only makes expiring less exact.
"""

from collections.abc import Callable, Iterable, Iterator

from ..storage.sightings import CookieSighting

_NAMES = 512
_PLACES_PER_NAME = 12


class SeenCookies:
    """Remembers sightings by name. ``on_new`` is told of each one seen for the first time, to keep it beyond this process."""

    def __init__(self, on_new: Callable[[CookieSighting], None] | None = None) -> None:
        self._by_name: dict[str, dict[CookieSighting, None]] = {}
        self._on_new = on_new

    def remember(self, sighting: CookieSighting) -> None:
        if self._add(sighting) and self._on_new is not None:
            self._on_new(sighting)

    def recall(self, sightings: Iterable[CookieSighting]) -> None:
        """Take over what another process saw, without telling anybody."""
        for sighting in sightings:
            self._add(sighting)

    def of(self, name: str) -> list[CookieSighting]:
        return list(self._by_name.get(name, ()))

    def __iter__(self) -> Iterator[CookieSighting]:
        for places in list(self._by_name.values()):
            yield from list(places)

    def _add(self, sighting: CookieSighting) -> bool:
        """Say whether the sighting is new. What was seen longest ago makes room: dictionaries keep their order."""
        places = self._by_name.pop(sighting.name, None)
        if places is None:
            places = {}
            if len(self._by_name) >= _NAMES:
                self._by_name.pop(next(iter(self._by_name)), None)
        self._by_name[sighting.name] = places
        is_new = sighting not in places
        if not is_new:
            places.pop(sighting, None)
        elif len(places) >= _PLACES_PER_NAME:
            places.pop(next(iter(places)), None)
        places[sighting] = None
        return is_new
