"""What the recorder may record, ready to be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .model import Declarations
from .patterns import NameTable

FIELDS: Mapping[str, str] = {
    "ip": "network",
    "ip_prefix": "network",
    "browser": "device",
    "browser_version": "device",
    "os": "device",
    "os_version": "device",
    "device_type": "device",
    "device_brand": "device",
    "device_model": "device",
    "layout_engine": "device",
    "language": "device",
}
"""Telemetry that can be kept with an event, and what each waits for, coarse or exact: to see is one thing, to keep another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Made once, where ``[recorder]`` switches something on."""

    purpose: str
    page_views: bool
    clicks: bool
    fields: Mapping[str, frozenset[str]]
    """Every field, and the purposes that all have to be allowed before it is kept."""
    retention: int
    """Seconds an event is kept."""
    skipped: NameTable[bool]

    def covers(self, path: str) -> bool:
        """Say whether a visit to ``path`` may be recorded at all."""
        return self.skipped.find(path) is None

    def fields_of(self, purpose: str) -> Sequence[str]:
        """Fields that are kept with events once ``purpose`` is allowed as well."""
        return [field for field, purposes in self.fields.items() if purpose in purposes]

    def told_of(self, purpose: str) -> Sequence[object]:
        """What a visitor is told about ``purpose`` because of the recorder: changing it asks again."""
        fields = sorted(self.fields_of(purpose))
        if purpose == self.purpose:
            return [self.page_views, self.clicks, self.retention, *fields]
        return [self.purpose, *fields] if fields else []


def recording_of(declared: Declarations) -> Recording | None:
    """Read a checked policy; ``None`` where nothing is recorded."""
    recorder = declared.recorder
    if not (recorder.page_views or recorder.clicks):
        return None
    waits = {entry.field: entry.purpose for entry in declared.telemetry}
    return Recording(
        purpose=recorder.purpose,
        page_views=recorder.page_views,
        clicks=recorder.clicks,
        fields={field: frozenset({FIELDS[field], waits[field]}) for field in recorder.fields},
        retention=declared.retention.telemetry.seconds or 0,
        skipped=NameTable([(path, True) for path in recorder.skip_paths]),
    )
