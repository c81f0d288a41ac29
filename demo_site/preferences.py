"""The four settings of section 3 of the policy, each in a cookie of its own: language, time zone, region, font."""

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from starlette.requests import Request
from starlette.responses import Response

LANGUAGES: Mapping[str, str] = {"en": "English", "zh-Hans": "简体中文"}
REGIONS: Mapping[str, tuple[str, str, float]] = {
    "CN": ("{0:%Y-%m-%d}", "¥{:.2f}", 0.07),
    "EU": ("{0.day}.{0.month}.{0.year}", "{:.2f} €", 0.009),
    "US": ("{0.month}/{0.day}/{0.year}", "${:.2f}", 0.01),
}
"""How each region writes a date and a price, and what a minute costs there."""
FONTS = ("sans", "serif", "mono", "large")
_WANTED_ZONES = (
    "Asia/Shanghai", "Asia/Tokyo", "Asia/Kolkata", "Asia/Dubai", "Europe/Berlin", "Europe/London",
    "America/Sao_Paulo", "America/New_York", "America/Los_Angeles",
)  # fmt: skip
# A bare container has no time zone database; UTC is always there.
ZONES = ("UTC", *(zone for zone in _WANTED_ZONES if zone in zoneinfo.available_timezones()))
_YEAR = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    language: str
    time_zone: str
    region: str
    font: str

    @property
    def zone(self) -> tzinfo:
        return UTC if self.time_zone == "UTC" else zoneinfo.ZoneInfo(self.time_zone)

    def time(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        return f"{self.date(local)} {local:%H:%M}"

    def date(self, day: object) -> str:
        return REGIONS[self.region][0].format(day)

    def price(self, minutes: int) -> str:
        _, written, rate = REGIONS[self.region]
        return written.format(minutes * rate)


def read_preferences(request: Request) -> Preferences:
    """Read the cookies; what is not there, or was never offered, takes its default."""
    cookies = request.cookies
    return Preferences(
        language=_offered(cookies.get("lang"), LANGUAGES, _browser_language(request)),
        time_zone=_offered(cookies.get("tz"), ZONES, "UTC"),
        region=_offered(cookies.get("region"), REGIONS, "CN"),
        font=_offered(cookies.get("font"), FONTS, "sans"),
    )


def write_preferences(response: Response, chosen: Mapping[str, str]) -> None:
    """Set the cookies for a year, as any site would; what may last is the middleware's business."""
    offers: Mapping[str, Mapping[str, object] | Sequence[str]]
    offers = {"lang": LANGUAGES, "tz": ZONES, "region": REGIONS, "font": FONTS}
    for name, offered in offers.items():
        value = chosen.get(name, "")
        if value in offered:
            response.set_cookie(name, value, max_age=_YEAR, path="/", samesite="lax")


def _offered(value: str | None, offered: Mapping[str, object] | Sequence[str], default: str) -> str:
    return value if value is not None and value in offered else default


def _browser_language(request: Request) -> str:
    """The language the browser asks for first, among ours: ``zh-TW`` is not Simplified Chinese."""
    for written in request.headers.get("accept-language", "").split(","):
        tag = written.split(";")[0].strip().lower()
        if tag in ("zh", "zh-cn", "zh-sg", "zh-my") or tag.startswith("zh-hans"):
            return "zh-Hans"
        if tag == "en" or tag.startswith("en-"):
            return "en"
    return "en"
