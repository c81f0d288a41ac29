"""Reads a form of our own pages, and of nobody else's."""

from collections.abc import Mapping
from urllib.parse import parse_qs

import msgspec

from ..asgi import Receive, Scope
from ..consent import visit_of
from .answering import Answer
from .body import LIMIT, Unread, read_body
from .form_token import FormTokens
from .screens import Screens
from .sender import Sender, sender_of
from .submission import FORM, JSON, media_type_of

_MOST_FIELDS = 20
_decode = msgspec.json.Decoder(dict[str, str]).decode

Fields = Mapping[str, str]


class OwnForms:
    """No declared origin may send one: what they do concerns a visitor's records, not a choice."""

    def __init__(self, screens: Screens, tokens: FormTokens) -> None:
        self._screens = screens
        self._tokens = tokens

    async def read(self, scope: Scope, receive: Receive, limit: int = LIMIT) -> Fields | Answer | None:
        """Return the fields, or the answer to a form that is not let in; ``None`` where the visitor left."""
        sender = sender_of(scope["headers"], ())
        if sender is Sender.FOREIGN:
            return self._screens.message(scope, "foreign")
        media_type = media_type_of(next((value for name, value in scope["headers"] if name == b"content-type"), b""))
        if media_type not in (FORM, JSON):
            return self._screens.message(scope, "wrong-media-type", headers={"accept": f"{FORM}, {JSON}"})
        body = await read_body(scope, receive, limit)
        if body is Unread.DISCONNECTED:
            return None
        if isinstance(body, Unread):
            return self._screens.message(scope, "too-large")
        fields = _fields_of_form(body) if media_type == FORM else _fields_of_json(body)
        if fields is None:
            return self._screens.message(scope, "malformed")
        token = fields.get("token", "")
        if sender is Sender.UNPROVEN and not self._tokens.accepts(token, scope, visit_of(scope).consent):
            return self._screens.message(scope, "unproven")
        return fields


def _fields_of_form(body: bytes) -> Fields | None:
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    return {name: values[-1] for name, values in fields.items()}


def _fields_of_json(body: bytes) -> Fields | None:
    try:
        return _decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
