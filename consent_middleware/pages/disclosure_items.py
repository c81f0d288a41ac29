"""Disclosures of one visitor, put into words: which detail was used whole, for what, why, and when last."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..policy import Policy
from ..telemetry import Disclosed
from .purpose_items import ADDRESS
from .wording import Wording


@dataclass(slots=True, kw_only=True)
class DisclosureItem:
    """``reason`` is what the app itself wrote. ``times`` counts all the days together."""

    title: str
    purpose: str
    reason: str
    last: str
    times: int


def disclosure_items(policy: Policy, wording: Wording, disclosures: Sequence[Disclosed]) -> Sequence[DisclosureItem]:
    """Put ``disclosures``, the newest first, into words. Where only what is allowed was returned, nothing was disclosed."""
    titles = {field.field: field.title for field in policy.declarations.telemetry if field.title}
    items: dict[tuple[str, str, str], DisclosureItem] = {}
    for each in disclosures:
        if not each.is_raw:
            continue
        key = (each.field, each.purpose, each.reason)
        known = items.get(key)
        if known is not None:
            known.times += each.times
            continue
        unnamed = wording.gettext(ADDRESS) if each.field == "ip" else each.field
        purpose = policy.purposes.get(each.purpose)
        items[key] = DisclosureItem(
            title=wording.text(titles[each.field]) if each.field in titles else unnamed,
            purpose=wording.text(purpose.title) if purpose is not None else each.purpose,
            reason=each.reason,
            last=wording.day(each.last_at),
            times=each.times,
        )
    return list(items.values())
