"""The frame of every page of our own: its language, its addresses, its headers; and short messages."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from ..asgi import Scope
from ..consent import Consent, visit_of
from ..policy import Policy
from .answering import Answer, json_answer
from .assets import load_assets
from .form_token import FormTokens, needs_token
from .messages import MESSAGES
from .mount import Mount, root_of
from .negotiation import LanguageOf, Negotiation
from .styling import stylesheet_of
from .submission import JSON, Submission, media_type_of
from .templates import Templates
from .way_back import LONGEST_PAGE, safe_next
from .wording import Wording, own_name

_HEADERS = {
    # Trusted Types: there is no script on these pages, so nothing may make one.
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    # Without a referrer a form's Origin would be "null".
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
}


class Screens:
    """Renders whole pages for one mount, in the visitor's language, and says short things on a page of their own."""

    def __init__(
        self,
        *,
        policy: Policy,
        mount: Mount,
        tokens: FormTokens,
        folder: str | Path | None,
        language_of: LanguageOf | None = None,
    ) -> None:
        self._policy = policy
        self.mount = mount
        self._tokens = tokens
        self._templates = Templates(folder)
        self._wordings = {language: Wording(policy, language) for language in policy.languages}
        self._negotiation = Negotiation(policy, language_of)

    def warm(self) -> None:
        self._templates.warm()

    def base_of(self, scope: Scope) -> str:
        return self.mount.base_of(scope)

    def language_of(self, scope: Scope) -> str:
        """``?lang=`` where the policy has that language, else what the site negotiates by."""
        accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
        return self._negotiation.for_own(scope, query_of(scope), accepted)

    def asks(self, scope: Scope, name: str) -> str:
        """Return what the query says under ``name``; empty where it says nothing."""
        return query_of(scope).get(name, "")

    def wording_of(self, scope: Scope) -> Wording:
        """Speak the language of a request."""
        return self.wording_in(self.language_of(scope))

    def wording_in(self, language: str) -> Wording:
        return self._wordings[language]

    def token(self, scope: Scope, consent: Consent) -> str:
        """Return what a form on the page has to bring along, where the browser says nothing of itself; else nothing."""
        return self._tokens.make(scope, consent) if needs_token(scope) else ""

    def form_page(
        self,
        scope: Scope,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> Answer:
        """A page with forms in it, whose visit is in the scope."""
        token = self.token(scope, visit_of(scope).consent)
        return self.page(scope, template, status=status, headers=headers, token=token, **values)

    def message(
        self, scope: Scope, name: str, *, headers: Mapping[str, str] | None = None, again: Submission | None = None
    ) -> Answer:
        """A short page, or JSON for whoever speaks JSON. ``again``: a choice to offer once more."""
        wording = self.wording_of(scope)
        shown = MESSAGES[name]
        if wants_json(scope):
            content = {"error": name, "message": wording.gettext(shown.text)}
            return json_answer(content, status=shown.status, headers=headers or {})
        return self.page(
            scope,
            "message.html",
            status=shown.status,
            headers=headers,
            title=wording.gettext(shown.title),
            text=wording.gettext(shown.text),
            again=again,
            asked_age=self._policy.asked_age if name == "age" else None,
            token=self.token(scope, visit_of(scope).consent) if again is not None else "",
        )

    def page(
        self,
        scope: Scope,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> Answer:
        """A page in the visitor's language; ``values`` are what its template fills in besides the frame."""
        wording = self.wording_of(scope)
        declared = self._policy.declarations
        base = self.base_of(scope)
        html = self._templates.render(
            template,
            wording,
            base=base,
            stylesheet=f"{base}/static/{stylesheet_of(self._policy).name}",
            page_stylesheet=f"{base}/static/{load_assets()['pages'].name}",
            site=wording.text(declared.site.name),
            controller=wording.text(declared.site.controller),
            address=wording.text(declared.site.address),
            privacy_url=declared.site.privacy_url or "",
            contact=declared.contact,
            contact_text=wording.text(declared.contact.text),
            languages=self._other_languages(scope, wording.language),
            way_back=self.way_back(scope),
            lang_query="&" + urlencode(lang_of(query_of(scope))) if lang_of(query_of(scope)) else "",
            **values,
        )
        fields = {**_HEADERS, "content-language": wording.language, **(headers or {})}
        return Answer(status=status, body=html.encode("utf-8", "replace"), headers=fields)

    def way_back(self, scope: Scope) -> str:
        return safe_next(query_of(scope).get("next", ""), longest=LONGEST_PAGE) or root_of(scope) + "/"

    def _other_languages(self, scope: Scope, present: str) -> list[Mapping[str, str]]:
        """Links to this page in the policy's other languages."""
        if len(self._wordings) == 1 or scope["method"] not in ("GET", "HEAD"):
            return []
        query = {
            name: value for name, value in query_of(scope).items() if name in ("next", "saved", "on", "off", "erased")
        }
        return [
            {
                "tag": tag,
                "name": own_name(tag),
                "query": urlencode({**query, "lang": tag}),
                "present": "yes" if tag == present else "",
            }
            for tag in self._wordings
        ]


def query_of(scope: Scope) -> Mapping[str, str]:
    try:
        fields = parse_qs(scope.get("query_string", b"").decode("latin-1"), errors="replace", max_num_fields=50)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


def lang_of(query: Mapping[str, str]) -> Mapping[str, str]:
    return {"lang": query["lang"]} if "lang" in query else {}


def wants_json(scope: Scope) -> bool:
    """JSON for JSON, and for whoever accepts it but no page."""
    content_type = accepted = b""
    for name, value in scope["headers"]:
        if name == b"content-type":
            content_type = value
        elif name == b"accept":
            accepted = value
    return media_type_of(content_type) == JSON or (b"application/json" in accepted and b"text/html" not in accepted)
