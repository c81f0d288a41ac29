"""What the console's policy lets the middleware record, as the inspect page shows it."""

import re

from tests.demo.conftest import SAME_ORIGIN, Visitor

ROW = re.compile(
    r'<tr data-kind="([\w-]+)" data-name="([\w-]*)">.*?<td><code>(.*?)</code></td>\s*<td>(.*?)</td>\s*</tr>', re.S
)
PAGE = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


def rows(visitor: Visitor) -> list[tuple[str, str, str]]:
    return [(kind, name, path) for kind, name, path, _ in ROW.findall(visitor.read("/inspect", **PAGE))]


def click(visitor: Visitor) -> int:
    return visitor.client.post(
        "/-/privacy/events",
        content='{"path": "/", "clicks": [["start", 9]]}',
        headers={**SAME_ORIGIN, "content-type": "text/plain"},
    ).status_code


def test_nothing_is_recorded_before_a_choice_or_after_a_refusal(visitor: Visitor) -> None:
    visitor.read("/", **PAGE)
    assert 'data-demo="no-events"' in visitor.read("/inspect", **PAGE)
    visitor.choose("reject-all")
    visitor.read("/", **PAGE)
    assert 'data-demo="no-events"' in visitor.read("/inspect", **PAGE)
    assert click(visitor) == 403


def test_pages_and_clicks_are_shown_once_analytics_is_allowed_and_stop_with_it(visitor: Visitor) -> None:
    visitor.choose("save", "analytics")
    visitor.read("/", **PAGE)
    assert click(visitor) == 204
    found = rows(visitor)
    assert set(found) == {("page-view", "", "/"), ("click", "start", "/"), ("page-view", "", "/inspect")}
    assert "browser=" not in visitor.read("/inspect", **PAGE)
    visitor.choose("reject-all")
    assert click(visitor) == 403
    count = len(rows(visitor))
    visitor.read("/", **PAGE)
    assert len(rows(visitor)) == count


def test_details_of_device_and_network_wait_for_their_own_permission(visitor: Visitor) -> None:
    visitor.choose("save", "analytics", "device")
    visitor.read(
        "/", **PAGE, **{"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    )
    page = visitor.read("/inspect", **PAGE)
    assert "browser=Firefox" in page
    assert "ip=" not in page
