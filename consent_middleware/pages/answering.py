"""One whole HTTP answer, sent in two messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from ..asgi import Header, Send

_NO_HEADERS: Mapping[str, str] = {}

HTML = "text/html; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, a body and the headers that are this answer's own."""

    status: int = 200
    body: bytes = b""
    media_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw_headers(self) -> Sequence[Header]:
        fields = {"cache-control": "no-store", "x-content-type-options": "nosniff", **self.headers}
        if self.body:
            fields["content-type"] = self.media_type
        if self.status != 204:
            fields["content-length"] = str(len(self.body))
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]


def json_answer(content: object, *, status: int = 200, headers: Mapping[str, str] = _NO_HEADERS) -> Answer:
    return Answer(status=status, body=msgspec.json.encode(content), media_type=JSON, headers=headers)


async def send_answer(answer: Answer, send: Send, *, without_body: bool) -> None:
    """Send ``answer``; for HEAD without its body, but with the headers of the GET."""
    await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.raw_headers())})
    await send({"type": "http.response.body", "body": b"" if without_body else answer.body})
