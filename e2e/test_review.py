"""Every example of the review page: accessible in each state, theme, language and color scheme."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from demo_site.review.examples import Example, load_examples
from e2e.reviewing import AXE, contrasts, open_example, review_served, violations
from e2e.serving import Site

EXAMPLES = load_examples()
NewPage = Callable[..., Page]
# A language changes words, not colors: what depends on colors is looked at once.
COLORS = {"runOnly": ["color-contrast", "link-in-text-block"]}
WORDS = {"rules": {"color-contrast": {"enabled": False}}}


@pytest.fixture(scope="module")
def review() -> Iterator[Site]:
    with review_served() as site:
        yield site


@pytest.fixture
def page_in(browser: Browser) -> Iterator[NewPage]:
    """`page_in(width=…, height=…, **context options)`: a page that knows axe, in a window of that size."""
    contexts: list[BrowserContext] = []

    def open_page(width: int = 1280, height: int = 800, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_init_script(AXE)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def is_one_of_many_languages(example: Example) -> bool:
    return example.name.endswith(f"language-{example.language}")


def test_axe_finds_nothing_in_any_example(page_in: NewPage, review: Site) -> None:
    page, found = page_in(), {}
    for example in EXAMPLES.values():
        open_example(page, review, example)
        found[example.name] = violations(page, **(WORDS if is_one_of_many_languages(example) else {}))
    assert len(found) > 100
    assert {name: said for name, said in found.items() if said} == {}


def test_axe_finds_no_color_in_the_dark_that_is_hard_to_read(page_in: NewPage, review: Site) -> None:
    page, found = page_in(color_scheme="dark"), {}
    for example in EXAMPLES.values():
        if not is_one_of_many_languages(example):
            open_example(page, review, example)
            found[example.name] = violations(page, **COLORS)
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(
    "options",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}],
    ids=["light", "dark", "forced"],
)
def test_contrast_is_enhanced_in_every_theme(page_in: NewPage, review: Site, options: dict[str, str]) -> None:
    page, faint = page_in(**options), {}
    for name in ("first-visit", "theme-soft", "theme-outline", "theme-bold", "own-colors", "preferences-dialog"):
        open_example(page, review, EXAMPLES[name])
        found = contrasts(page, "dialog" if EXAMPLES[name].shows == "dialog" else "#privacy-consent-ui")
        assert len(found) >= 5
        faint[name] = [(text, round(ratio, 1)) for text, ratio in found if ratio < 7]
    assert {name: texts for name, texts in faint.items() if texts} == {}


def test_a_switch_shows_its_state_in_forced_colors(page_in: NewPage, review: Site) -> None:
    page = page_in(forced_colors="active")
    open_example(page, review, EXAMPLES["preferences-selected"], is_unfolded=False)
    knobs = page.locator(".privacy-ui-purpose > .privacy-ui-line .privacy-ui-switch").evaluate_all(
        """all => all.map(one => {
            const knob = getComputedStyle(one, "::before");
            return [one.checked, knob.insetInlineStart, knob.backgroundColor !== getComputedStyle(one).backgroundColor];
        })"""
    )
    assert {(checked, place) for checked, place, _ in knobs} == {(True, "23px"), (False, "3px")}
    assert all(is_seen for _, _, is_seen in knobs)


def test_a_name_of_another_script_keeps_its_full_stop_in_a_page_from_right_to_left(
    page_in: NewPage, review: Site
) -> None:
    page = page_in()
    open_example(page, review, EXAMPLES["declaration-language-ar"])
    name, stop = page.locator("bdi", has_text="Heat Inc.").evaluate(
        """one => [0, 8].map(at => {
            const range = document.createRange();
            range.setStart(one.firstChild, at);
            range.setEnd(one.firstChild, at + 1);
            return range.getBoundingClientRect().left;
        })"""
    )
    assert name < stop


def test_no_word_of_a_button_is_torn_and_nothing_scrolls_sideways_at_400_percent(
    page_in: NewPage, review: Site
) -> None:
    page, wrong = page_in(320, 256), {}
    for example in EXAMPLES.values():
        if example.shows == "banner" or not is_one_of_many_languages(example):
            open_example(page, review, example)
            wrong[example.name] = page.evaluate(TORN)
    assert {name: said for name, said in wrong.items() if said} == {}


def test_on_a_phone_an_answer_of_two_lines_is_as_high_as_one_and_the_page_keeps_three_quarters(
    page_in: NewPage, review: Site
) -> None:
    page, wrong = page_in(390, 844), {}
    for example in EXAMPLES.values():
        if example.name == f"language-{example.language}":
            open_example(page, review, example)
            heights = page.locator("#privacy-consent-ui, #privacy-consent-ui button").evaluate_all(
                "all => all.map(one => one.offsetHeight)"
            )
            if heights[0] > 844 / 4 or set(heights[1:]) != {44}:
                wrong[example.language] = heights
    assert wrong == {}


@pytest.mark.parametrize(("width", "height"), [(320, 256), (844, 390), (1280, 800)])
def test_the_age_step_keeps_its_answers_in_view_and_its_text_wide(
    page_in: NewPage, review: Site, width: int, height: int
) -> None:
    page, wrong = page_in(width, height), {}
    for language in ("en", "de", "ar"):
        open_example(page, review, EXAMPLES[f"age-step-{language}"])
        for said in ("", "over", "under"):
            if said:
                page.locator(f'[name="age"][value="{said}"]').check()
            wrong[language, said] = page.evaluate(OUT_OF_VIEW) + (page.evaluate(TORN) if width == 320 else [])
    assert {shown: found for shown, found in wrong.items() if found} == {}


OUT_OF_VIEW = """() => {
    const banner = document.querySelector('[data-privacy-ui="banner"]');
    const found = banner.querySelector(".privacy-ui-words").clientWidth < Math.min(innerWidth - 40, 480) ? ["squeezed"] : [];
    if (banner.scrollWidth > banner.clientWidth) found.push("scrolls sideways");
    for (const button of banner.querySelectorAll("button")) {
        const { top, bottom } = button.getBoundingClientRect();
        if (button.checkVisibility() && (top < 0 || bottom > innerHeight)) found.push(button.textContent);
    }
    return found;
}"""
# A word is torn where it is laid out in two boxes, and neither a hyphen nor a soft one stands between.
TORN = """() => {
    const found = document.documentElement.scrollWidth > 320 ? ["scrolls sideways"] : [];
    for (const button of document.querySelectorAll("[data-privacy-ui] button")) {
        const walker = document.createTreeWalker(button, NodeFilter.SHOW_TEXT);
        for (let node; node = walker.nextNode();)
            for (const { 0: word, index } of node.data.matchAll(/[^\\s\\u00ad-]{2,}/g)) {
                if (/[\\u0e00-\\u0e7f\\u3040-\\u30ff\\u4e00-\\u9fff\\uac00-\\ud7af]/.test(word)) continue;
                const range = document.createRange();
                range.setStart(node, index);
                range.setEnd(node, index + word.length);
                const boxes = [...range.getClientRects()].filter(box => box.width > 1);
                // A soft hyphen that is shown belongs to the box of what follows it.
                const lines = new Set(boxes.slice(node.data[index - 1] === "\\u00ad" ? 1 : 0).map(box => Math.round(box.top)));
                if (lines.size > 1) found.push(word);
            }
    }
    return found;
}"""
