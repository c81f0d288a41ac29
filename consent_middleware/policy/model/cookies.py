"""What is kept in a browser, what for, and by whom."""

from typing import Literal

import msgspec

from ..lifetimes import Lifetime
from ..purposes import Basis
from ..texts import Text
from .table import Table


class PurposeTable(Table, frozen=True, kw_only=True):
    """``[purposes.<id>]``: a purpose of the site's own, or what it says differently about a built-in one."""

    basis: Basis | None = None
    """Necessary is always on; separate is never part of "accept all"."""
    title: Text | None = None
    """What the switch is called."""
    description: Text | None = None
    """What it is for, as a visitor would say it."""
    honors_gpc: bool | None = None
    """Whether Global Privacy Control holds it back."""
    offered: bool = True
    """``false`` takes a built-in purpose out of the site's policy: it is never asked for, so never allowed."""


class Cookie(Table, frozen=True, kw_only=True):
    """``[[cookies]]``: one cookie, or all cookies whose name matches a pattern with ``*`` and ``?``."""

    name: str | None = None
    """The whole name. Prefixed (``__Host-``) and chunked (``name.0``) forms are meant too."""
    pattern: str | None = None
    """Instead of ``name``."""
    purpose: str
    """The id of a purpose."""
    service: str | None = None
    """The id of the service it belongs to."""
    lifetime: Lifetime | None = None
    """Told to visitors, and the longest that the app may set it for."""
    description: Text = ""
    """What it does, as visitors are told."""
    explicit_act: bool | str | list[str] = False
    """May be set for the session when the visitor has just asked for it: ``true`` means by a same-origin POST, and
    ``"POST /settings"`` only by that request."""
    domain: str | None = None
    """The ``Domain`` it is set with, so that a withdrawal can expire it there."""
    paths: list[str] = msgspec.field(default_factory=list)
    """Where else than ``/`` the cookie lives, so that a withdrawal can expire it there."""
    partitioned: bool = False
    """It is set ``Partitioned``, so that a withdrawal can expire it."""
    secure: bool = False
    """Raised where the app does not set it; never lowered."""
    http_only: bool = False
    """The same."""
    same_site: Literal["Lax", "Strict"] | None = None
    """The same: the stricter of the two holds."""


class Service(Table, frozen=True, kw_only=True):
    """``[[services]]``: a recipient or third party."""

    id: str
    """Its name in code, in one namespace with purposes."""
    purpose: str
    """The id of a purpose."""
    name: Text = ""
    """What visitors know it by."""
    hosts: list[str] = msgspec.field(default_factory=list)
    """Where it is asked; each stands for its subdomains too."""
    cookies: list[str] = msgspec.field(default_factory=list)
    """Names or patterns that belong to this service and its purpose; a short form of ``[[cookies]]``."""
    recipient: Text = ""
    """The company that receives what it collects."""
    country: str | None = None
    """Where that company is."""
    description: Text = ""
    """What it does, as visitors are told."""
    privacy_url: str | None = None
    """The recipient's own privacy policy."""
    erasure_webhook: str | None = None
    """``https://…``: where the service is told that what it got of a visitor is to be erased."""


class StorageKey(Table, frozen=True, kw_only=True):
    """``[[storage]]``: something that scripts keep in the browser outside of cookies."""

    key: str
    """A key of local or session storage, or the name of an IndexedDB database; ``*`` and ``?`` stand for the changing part."""
    kind: Literal["local", "session", "indexeddb"] = "local"
    """Which of the stores."""
    purpose: str
    """The id of a purpose."""
    service: str | None = None
    """The id of the service it belongs to."""
    lifetime: Lifetime | None = None
    """After how long the site's own scripts remove it: browsers keep it until somebody does."""
    description: Text = ""
    """What it does, as visitors are told."""
