"""Sites that do not use this package, bad and good ones: what an audit has to see through, and what it has to leave alone."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

YEAR = "Path=/; Max-Age=31536000"
FLOATING = "position:fixed;inset:auto 0 0 0;padding:1rem;background:#fff;border:1px solid"
BUTTON = "font:16px sans-serif;padding:10px 20px;background:#222;color:#fff;border:1px solid #222"

Body = Callable[[Request], str]


def notice(text: str, *buttons: str, about: str = "We use cookies to measure visits.") -> str:
    return f'<div class="notice" style="{FLOATING}"><p>{about}</p>{text}{"".join(buttons)}</div>'


def button(name: str, choice: str, style: str = BUTTON) -> str:
    return f'<button style="{style}" onclick="choose(\'{choice}\')">{name}</button> '


CHOOSE = """<script>
function choose(choice) {
  document.cookie = "site_choice=" + choice + "; path=/; max-age=15552000";
  location.reload();
}
</script>"""
FOOTER = '<footer><a href="/about">About</a> <a href="/terms">Terms</a></footer>'
REOPEN = (
    "<button onclick=\"document.cookie='site_choice=; path=/; max-age=0'; location.reload()\">Cookie settings</button>"
)


def site(body: Body, *, cookies: Callable[[Request], list[str]] = lambda _: []) -> Starlette:
    async def page(request: Request) -> Response:
        response = HTMLResponse(
            f'<!doctype html><html lang="en"><title>Shop</title><main><h1>Shop</h1><p>Things.</p></main>{body(request)}'
            f"{FOOTER}</html>"
        )
        response.raw_headers += [(b"set-cookie", line.encode()) for line in cookies(request)]
        return response

    return Starlette(routes=[Route("/{path:path}", page)])


def chosen(request: Request) -> str:
    return request.cookies.get("site_choice", "")


def asks(request: Request, *parts: str) -> str:
    return CHOOSE + ("" if chosen(request) else notice("", *parts))


EQUAL = (button("Accept all", "yes"), button("Reject all", "no"))


# ---- bad ------------------------------------------------------------------------------------------------------------


def tracks_before_asking(tracker: str) -> Starlette:
    return site(
        lambda r: asks(r, *EQUAL) + REOPEN + f'<img src="{tracker}/pixel.gif" alt="">',
        cookies=lambda r: [f"_ga=GA1.1.1.1700000000; {YEAR}"],
    )


def lies_about_rejecting(tracker: str) -> Starlette:
    return site(
        lambda r: asks(r, *EQUAL) + REOPEN,
        cookies=lambda r: [f"_ga=GA1.1.1.1700000000; {YEAR}"] if chosen(r) else [],
    )


def hides_refusal_in_a_link(tracker: str) -> Starlette:
    link = '<a href="#" style="font-size:11px;color:#999" onclick="choose(\'no\')">continue without accepting</a>'
    return site(lambda r: asks(r, EQUAL[0], link) + REOPEN)


def offers_only_ok(tracker: str) -> Starlette:
    return site(lambda r: asks(r, button("OK", "yes")) + REOPEN)


def ticks_for_you(tracker: str) -> Starlette:
    switches = (
        '<label><input type="checkbox" checked disabled> Necessary</label> '
        '<label><input type="checkbox" checked> Statistics</label>'
    )
    return site(lambda r: asks(r, switches, *EQUAL) + REOPEN)


def has_no_way_back(tracker: str) -> Starlette:
    return site(lambda r: asks(r, *EQUAL))


def asks_until_you_agree(tracker: str) -> Starlette:
    return site(lambda r: CHOOSE + ("" if chosen(r) == "yes" else notice("", *EQUAL)) + REOPEN)


def fingerprints(tracker: str) -> Starlette:
    script = """<script>
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").fillText("x", 2, 9);
    canvas.toDataURL();
    const gl = document.createElement("canvas").getContext("webgl");
    if (gl) gl.getParameter(gl.VERSION); else WebGLRenderingContext.prototype.getParameter.call;
    new OfflineAudioContext(1, 44100, 44100).startRendering();
    </script>"""
    return site(lambda r: script)


def keeps_tracking_after_withdrawal(tracker: str) -> Starlette:
    return site(
        lambda r: asks(r, *EQUAL) + REOPEN,
        cookies=lambda r: [f"_fbp=fb.1.1700000000000.12345; {YEAR}"] if chosen(r) == "yes" else [],
    )


def stores_before_asking(tracker: str) -> Starlette:
    return site(lambda r: asks(r, *EQUAL) + REOPEN + "<script>localStorage.setItem('_hjSessionUser_9', 'x1')</script>")


def counts_without_asking(tracker: str) -> Starlette:
    return site(lambda r: "", cookies=lambda r: [f"_ga=GA1.1.1.1700000000; {YEAR}", "sessionid=a1b2; Path=/; HttpOnly"])


BAD: dict[Callable[[str], Starlette], set[str]] = {
    tracks_before_asking: {"cookie-not-allowed", "third-party-not-allowed"},
    lies_about_rejecting: {"cookie-not-allowed"},
    hides_refusal_in_a_link: {"reject-less-visible"},
    offers_only_ok: {"reject-not-offered", "cannot-refuse", "no-way-back"},
    ticks_for_you: {"ticked-in-advance"},
    has_no_way_back: {"no-way-back"},
    asks_until_you_agree: {"asks-again"},
    fingerprints: {"fingerprinting"},
    keeps_tracking_after_withdrawal: {"cookie-not-allowed"},
    stores_before_asking: {"storage-not-allowed"},
    counts_without_asking: {"cookie-not-allowed"},
}
"""Each with the rules that find it, and no others."""


# ---- good -----------------------------------------------------------------------------------------------------------


def asks_for_nothing(tracker: str) -> Starlette:
    return site(lambda r: "", cookies=lambda r: ["sessionid=a1b2c3; Path=/; HttpOnly", "csrftoken=x9; Path=/"])


def asks_fairly(tracker: str) -> Starlette:
    """It deletes on withdrawal what it set, and loads the pixel only with consent."""

    def cookies(request: Request) -> list[str]:
        if chosen(request) == "yes":
            return [f"_ga=GA1.1.1.1700000000; {YEAR}"]
        return ["_ga=; Path=/; Max-Age=0"] if "_ga" in request.cookies else []

    return site(
        lambda r: asks(r, *EQUAL) + REOPEN + (f'<img src="{tracker}/pixel.gif" alt="">' if chosen(r) == "yes" else ""),
        cookies=cookies,
    )


def asks_in_german(tracker: str) -> Starlette:
    def body(request: Request) -> str:
        parts = (button("Alle akzeptieren", "yes"), button("Alle ablehnen", "no"))
        again = REOPEN.replace("Cookie settings", "Cookie-Einstellungen")
        return CHOOSE + ("" if chosen(request) else notice("", *parts, about="Wir nutzen Cookies.")) + again

    return site(body)


def asks_in_chinese(tracker: str) -> Starlette:
    def body(request: Request) -> str:
        parts = (button("全部接受", "yes"), button("全部拒绝", "no"))
        again = REOPEN.replace("Cookie settings", "隐私设置")
        return (
            CHOOSE
            + ("" if chosen(request) else notice("", *parts, about="我们使用 Cookie 统计访问量，详见隐私政策。"))
            + again
        )

    return site(body)


def draws_a_chart(tracker: str) -> Starlette:
    script = "<canvas id=c></canvas><script>const x = c.getContext('2d'); x.measureText('a'); x.fillRect(0, 0, 9, 9)</script>"
    return site(lambda r: script + "<script>localStorage.setItem('sidebar', 'open')</script>")


GOOD = (asks_for_nothing, asks_fairly, asks_in_german, asks_in_chinese, draws_a_chart)
