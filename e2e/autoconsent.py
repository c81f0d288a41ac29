"""DuckDuckGo's autoconsent, from the npm registry: looks for a notice and refuses, as it does for its users."""

import json

from playwright.sync_api import Frame, Page

from e2e.registry import Package
from e2e.waiting import until
from tests.waiting import PATIENCE

PACKAGE = Package(
    name="@duckduckgo/autoconsent",
    version="16.23.0",
    sha512="NTmDhASFf5pUsSwg2TyT9R75GYUcuYZXPyBnRcYgJgozg6RLeXXP9uH8ADxA364yQ2gJBMu83AN/D24Y4nkPKg==",
)
CONFIG = {"enabled": True, "autoAction": "optOut", "disabledCmps": [], "enablePrehide": False, "detectRetries": 20}
BY_WORDS = {"enableHeuristicDetection": True, "heuristicMode": "reject"}

Message = dict[str, object]


def refuse(page: Page, url: str, rule: Message | None, *, patience: float = PATIENCE) -> bool | None:
    """Open ``url`` with autoconsent in the page; return whether it refused, ``None`` where it found nothing to refuse.

    It goes by ``rule``, or without one by the words on the buttons. The messages are those of its own test runner.
    """
    script = PACKAGE.read("dist/autoconsent.playwright.js").decode()
    config = CONFIG if rule else CONFIG | BY_WORDS
    answer = {"type": "initResp", "config": config, "rules": {"autoconsent": [rule] if rule else []}}
    told: list[Message] = []

    def hear(source: dict[str, Frame], message: Message) -> None:
        told.append(message)
        frame = source["frame"]
        if message["type"] == "init":
            frame.evaluate(f"autoconsentReceiveMessage({json.dumps(answer)})")
        elif message["type"] == "eval":
            reply = {"id": message["id"], "type": "evalResp", "result": frame.evaluate(str(message["code"]))}
            frame.evaluate(f"autoconsentReceiveMessage({json.dumps(reply)})")

    page.expose_binding("autoconsentSendMessage", hear)
    page.goto(url)
    page.evaluate(script)

    def results() -> list[object]:
        return [message["result"] for message in told if message["type"] == "optOutResult"]

    found = until(page, results, patience=patience)
    return bool(found[-1]) if found else None
