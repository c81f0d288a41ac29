"""What a visitor does about their privacy in a page, and what their browser then keeps."""

from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

PREFERENCES = "/-/privacy/preferences"
TOKENS = frozenset({"privacy", "__Host-privacy", "__Secure-privacy"})


def banner(page: Page) -> Locator:
    return page.locator("#privacy-consent-ui")


def action(page: Page, name: str) -> Locator:
    """The visible button or link that does `name`: a dialog covers the banner's own."""
    return page.locator(f'[data-privacy-action="{name}"]:visible')


def choose(page: Page, name: str) -> Response:
    """Press `accept-all` or `reject-all` in the banner of this page; return the answer that recorded it."""
    answer = press(page, name)
    expect(banner(page)).to_have_count(0)
    return answer


def withdraw(page: Page) -> Response:
    """Reject everything, by the entry that every page has; return the answer that recorded it."""
    action(page, "manage").click()
    return press(page, "reject-all")


def press(page: Page, name: str) -> Response:
    """Press a button that records a choice; return when what it leads to is there."""
    with page.expect_response(lambda response: response.request.method == "POST") as posted:
        action(page, name).click()
    answer = posted.value
    # A form leads to another page, a script may load this one again, or close its dialog.
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.wait_for_load_state()
    return answer


def names_kept(context: BrowserContext) -> set[str]:
    """Names of all cookies in the browser's own store, but for the token of the choice."""
    return {cookie["name"] for cookie in context.cookies()} - TOKENS


def names_deleted(answer: Response) -> set[str]:
    """Names of the cookies that this very answer deletes."""
    lines = [header["value"] for header in answer.headers_array() if header["name"].lower() == "set-cookie"]
    return {line.partition("=")[0] for line in lines if "max-age=0" in line.lower()}
