"""The site under test: where it is, what it declares, and how to look behind it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from ..asgi import ASGIApp
from ..audit.serving import find_middleware, serving
from ..consent import Consent, Tokens
from ..consent.names import TokenCookie
from ..errors import ConfigurationError
from ..ledger import Ledger
from ..policy import Policy
from .traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSite:
    """A running site. Made by ``serve_app`` for an app in this process, and by hand for a deployed one."""

    url: str
    policy: Policy = field(default_factory=Policy)
    tokens: Tokens | None = None
    """Mints a visitor's choice; without it every state is reached by clicking."""
    prefix: str = "/-/privacy"
    ledger: Ledger | None = None
    traffic: Traffic | None = None
    """What the app got to see; only of an app in this process."""

    @classmethod
    def at(
        cls,
        url: str,
        *,
        policy: Policy | str | Path | None = None,
        secret_key: str | Sequence[str] | None = None,
        prefix: str = "/-/privacy",
        ledger: str | None = None,
    ) -> "ConsentSite":
        """Describe a deployed site: its address, and as much of the rest as the tests may know."""
        site = Policy.of(policy)
        keys = [secret_key] if isinstance(secret_key, str) else list(secret_key or ())
        return cls(
            url=url,
            policy=site,
            tokens=Tokens(site, keys) if keys else None,
            prefix=prefix,
            ledger=Ledger(ledger, create=False) if ledger else None,
        )

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    def address(self, path: str = "/") -> str:
        """``path`` on the site; a whole URL stays as it is."""
        return urljoin(self.url, path)

    def own(self, page: str) -> str:
        """The address of one of the middleware's own pages: ``preferences``, ``choice`` …"""
        return self.address(f"{self.prefix}/{page}")

    def cookie_of(self, consent: Consent) -> tuple[str, str, bool]:
        """Name and value of the cookie that carries ``consent``, and whether it is Secure. Needs the site's key."""
        if self.tokens is None:
            raise ConfigurationError(
                "Starting in a chosen state needs the site's secret_key: pass it to ConsentSite.at(…) or set "
                "CONSENT_SECRET_KEY. Without it, begin with privacy.accept_all() or the like."
            )
        is_https = self.policy.is_https
        is_secure = urlsplit(self.url).scheme == "https" if is_https is None else is_https
        return TokenCookie.of(self.policy, is_secure=is_secure).name, self.tokens.mint(consent), is_secure


@contextmanager
def serve_app(app: ASGIApp, *, host: str = "localhost", port: int = 0) -> Iterator[ConsentSite]:
    """Serve an app that has the middleware somewhere around it, until the block ends.

    Policy, prefix and ledger are the middleware's own. Raises ConfigurationError where no middleware is found.
    """
    middleware = find_middleware(app)
    if middleware is None:
        raise ConfigurationError(
            "No ConsentMiddleware is around this app, as far as its layers tell. Serve it yourself, and describe it "
            "with ConsentSite.at(url, policy=…)."
        )
    traffic = Traffic(app)
    with serving(traffic, host=host, port=port) as url:
        yield ConsentSite(
            url=url,
            policy=middleware.policy,
            tokens=middleware.tokens,
            prefix=middleware.prefix,
            ledger=middleware.ledger,
            traffic=traffic,
        )
