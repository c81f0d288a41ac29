"""Measures the team's page on a large ledger, and what counting costs a request: ``python -m bench.overview [RECORDS]``."""

import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from consent_middleware import ConsentMiddleware
from consent_middleware.asgi import Message, Receive, Scope, Send
from consent_middleware.ledger import ChoiceRecord, Ledger
from consent_middleware.ledger.records import record_of
from consent_middleware.testing import consent_cookie

DAYS = 90
KEY, TOKEN = "bench", "a token that is long enough"
OPTIONAL = ("preference", "analytics", "marketing", "network", "device")
ROUNDS, REQUESTS = 7, 4000
Row = tuple[str, str, str, int, str, bytes, str, int, bytes, bytes, int, bytes]


def rows(count: int) -> Iterator[Row]:
    """Choices over the last days, one in five of them of each visitor's own making: hundreds of different contents a day."""
    chance, now = random.Random(1), int(time.time())
    for place in range(count):
        action = chance.choices(["accept-all", "reject-all", "save"], [45, 35, 20])[0]
        some = tuple(name for name in OPTIONAL if chance.random() < 0.4)
        allowed = OPTIONAL if action == "accept-all" else () if action == "reject-all" else some
        record = record_of(
            ChoiceRecord(
                record_id=uuid.uuid4().hex,
                consent_id=uuid.uuid4().hex[:16],
                chosen_at=now - DAYS * 86_400 + place * DAYS * 86_400 // count,
                policy_version=chance.choice(["2026-09", "2026-11"]),
                policy_digest="q1Zc",
                language=chance.choices(["en", "zh-Hans", "de"], [6, 3, 1])[0],
                method="form",
                action=action,
                allowed=allowed,
                refused=tuple(name for name in OPTIONAL if name not in allowed),
                gpc=chance.random() < 0.05,
                precedence="latest",
                layer=chance.choice(["banner", "preferences"]),
                shown=chance.choice("01") * 64,
                effective=tuple(sorted((*allowed, "authentication", "security"))),
            )
        )
        chain = (b"s" * 16, "w", place + 1, b"d" * 32, b"s" * 32, 0, b"")
        yield (record.record_id, record.kind, record.consent_id, record.recorded_at, record.content, *chain)


async def fill(url: str, path: Path, count: int) -> None:
    ledger = Ledger(url)
    await ledger.start()
    await ledger.stop()
    with sqlite3.connect(path) as connection:
        connection.executemany("INSERT INTO consent_records VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", rows(count))


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def ask(app: ConsentMiddleware, path: str, headers: list[tuple[bytes, bytes]], query: bytes = b"") -> int:
    scope: Scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "",
        "scheme": "http", "headers": [(b"host", b"shop.example"), *headers], "client": ("203.0.113.7", 1), "state": {},
    }  # fmt: skip
    status = 0

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(scope, receive, send)
    return status


async def page_times(url: str) -> None:
    app = ConsentMiddleware(answer, secret_key=KEY, ledger=url, overview_token=TOKEN)
    bearer = [(b"authorization", b"Bearer " + TOKEN.encode())]
    for days in (7, 30, 90, 90, 90):
        began = time.perf_counter()
        status = await ask(app, "/-/privacy/overview", bearer, f"days={days}".encode())
        print(f"the page, {days} days: {status}, {(time.perf_counter() - began) * 1000:,.0f} ms")
    if app.ledger is not None:
        await app.ledger.stop()


async def microseconds(app: ConsentMiddleware, cookie: bytes) -> float:
    # Of this process alone: other work runs beside it.
    began = time.process_time()
    for _ in range(REQUESTS):
        await ask(app, "/items", [(b"cookie", cookie)])
    return (time.process_time() - began) / REQUESTS * 1e6


async def request_costs() -> None:
    name, value = consent_cookie(None, KEY, allow={"preference"})
    off = ConsentMiddleware(answer, secret_key=KEY)
    on = ConsentMiddleware(answer, secret_key=KEY, overview_token=TOKEN)
    for said, cookie in (
        ("nothing refused", f"{name}={value}; sessionid=1"),
        ("one cookie refused", f"{name}={value}; sessionid=1; _ga=1"),
    ):
        pairs = [
            (await microseconds(off, cookie.encode()), await microseconds(on, cookie.encode())) for _ in range(ROUNDS)
        ]
        without, with_it = (statistics.median(side) for side in zip(*pairs, strict=True))
        print(f"a request, {said}: {without:.1f} µs, with the overview {with_it:.1f} µs")


async def main(count: int) -> None:
    await request_costs()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        await fill(f"sqlite:///{path}", path, count)
        await page_times(f"sqlite:///{path}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
