"""Who is compared: what each puts into the page, and where its parts are found."""

import json
from dataclasses import dataclass
from pathlib import Path

from consent_middleware import Policy

POLICY = Policy.parse("""
[site]
name = "Harbour"
privacy_url = "/privacy"
[[cookies]]
name = "sessionid"
purpose = "authentication"
[[cookies]]
name = "region"
purpose = "preference"
lifetime = "12 months"
[[cookies]]
pattern = "_ga*"
purpose = "analytics"
service = "counter"
lifetime = "13 months"
[[services]]
id = "counter"
purpose = "analytics"
name = "Counter"
hosts = ["counter.example"]
[[services]]
id = "ads"
purpose = "marketing"
name = "Ads"
hosts = ["ads.example"]
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One way to ask. Selectors are CSS; ``files``: address below ``/rival/`` and the file or folder that is served there."""

    name: str
    package: str = ""
    head: str = ""
    body: str = ""
    files: tuple[tuple[str, str], ...] = ()
    banner: str
    accept: str
    reject: str
    manage: str
    preferences: str
    answers: tuple[str, str]
    """In the preferences: accept and reject."""
    switch: str = ""
    """One purpose there, where an answer is dimmed while it would change nothing."""
    is_ours: bool = False


NOBODY = "[data-nobody]"
BARE = Contestant(
    name="no banner",
    banner=NOBODY,
    accept=NOBODY,
    reject=NOBODY,
    manage=NOBODY,
    preferences=NOBODY,
    answers=(NOBODY, NOBODY),
)
OURS = Contestant(
    name="ours",
    is_ours=True,
    banner="#privacy-consent-ui",
    accept='#privacy-consent-ui [data-privacy-action="accept-all"]',
    reject='#privacy-consent-ui [data-privacy-action="reject-all"]',
    manage='#privacy-consent-ui [data-privacy-action="manage"]',
    preferences='dialog [data-privacy-ui="preferences"]',
    answers=(
        'dialog [data-privacy-action="accept-all"]',
        'dialog [data-privacy-action="reject-all"]',
    ),
)
RIVALS = (
    Contestant(
        name="vcc",
        package="vanilla-cookieconsent",
        head='<link rel="stylesheet" href="/rival/cookieconsent.css">',
        body='<script defer src="/rival/cookieconsent.umd.js"></script><script defer src="/rival/config.js"></script>',
        files=(
            ("cookieconsent.css", "node_modules/vanilla-cookieconsent/dist/cookieconsent.css"),
            ("cookieconsent.umd.js", "node_modules/vanilla-cookieconsent/dist/cookieconsent.umd.js"),
            ("config.js", "configs/vanilla-cookieconsent.js"),
        ),
        banner="#cc-main .cm",
        accept='#cc-main .cm [data-role="all"]',
        reject='#cc-main .cm [data-role="necessary"]',
        manage='#cc-main .cm [data-role="show"]',
        preferences="#cc-main .pm",
        answers=(
            '#cc-main .pm [data-role="all"]',
            '#cc-main .pm [data-role="necessary"]',
        ),
    ),
    Contestant(
        name="klaro",
        package="klaro",
        head='<script defer src="/rival/config.js"></script><script defer src="/rival/klaro.js"></script>',
        files=(("config.js", "configs/klaro.js"), ("klaro.js", "node_modules/klaro/dist/klaro.js")),
        banner="#klaro .cookie-notice",
        accept="#klaro .cookie-notice .cm-btn-success",
        reject="#klaro .cookie-notice .cn-decline",
        manage="#klaro .cookie-notice .cn-learn-more",
        preferences="#klaro .cm-modal",
        answers=("#klaro .cm-btn-accept-all", "#klaro .cm-btn-decline"),
    ),
    Contestant(
        name="orejime",
        package="orejime",
        head='<link rel="stylesheet" href="/rival/orejime.css">',
        body='<script src="/rival/config.js"></script><script defer src="/rival/orejime.js"></script>',
        files=(
            ("orejime.css", "node_modules/orejime/dist/orejime-standard.css"),
            ("orejime.js", "node_modules/orejime/dist/orejime-standard-en.js"),
            ("config.js", "configs/orejime.js"),
        ),
        banner=".orejime-Banner",
        accept=".orejime-Banner-saveButton",
        reject=".orejime-Banner-declineButton",
        manage=".orejime-Banner-learnMoreButton",
        preferences=".orejime-Modal",
        answers=(".orejime-PurposeToggles-enableAll", ".orejime-PurposeToggles-disableAll"),
        switch="#orejime-purpose-analytics",
    ),
    Contestant(
        name="tac",
        package="tarteaucitronjs",
        head='<script src="/rival/tarteaucitron.min.js"></script>',
        body='<script defer src="/rival/config.js"></script>',
        files=(("config.js", "configs/tarteaucitronjs.js"), ("", "node_modules/tarteaucitronjs")),
        banner="#tarteaucitronAlertBig",
        accept="#tarteaucitronPersonalize2",
        reject="#tarteaucitronAllDenied2",
        manage="#tarteaucitronCloseAlert",
        preferences="#tarteaucitron",
        answers=("#tarteaucitronAllAllowed", "#tarteaucitronAllDenied"),
    ),
    Contestant(
        name="c15t",
        package="@c15t/react",
        head='<link rel="stylesheet" href="/rival/c15t.css"><script defer src="/rival/react.js"></script>',
        body='<script defer src="/rival/c15t.js"></script>',
        files=(("", "bundles"),),
        banner='[data-testid="consent-banner-card"]',
        accept='[data-testid="consent-banner-accept-button"]',
        reject='[data-testid="consent-banner-reject-button"]',
        manage='[data-testid="consent-banner-customize-button"]',
        preferences='[data-testid="consent-dialog-root"]',
        answers=(
            '[data-testid="consent-widget-footer-accept-button"]',
            '[data-testid="consent-widget-reject-button"]',
        ),
    ),
)
CONTESTANTS = (OURS, *RIVALS)


def version_of(place: Path, contestant: Contestant) -> str:
    """Return what the package says of itself; ours is this very tree."""
    if not contestant.package:
        return ""
    manifest = place / "node_modules" / contestant.package / "package.json"
    return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])
