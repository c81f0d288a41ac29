"""What tests of consent flows use. ``plugin`` holds the fixtures; importing this needs neither pytest nor Playwright."""

from .async_privacy import AsyncPrivacy
from .expectations import ConsentFailure
from .privacy import Privacy
from .site import ConsentSite, serve_app
from .tokens import consent_cookie

__all__ = ["AsyncPrivacy", "ConsentFailure", "ConsentSite", "Privacy", "consent_cookie", "serve_app"]
