"""The scripts that the documentation shows can be read by a browser; none of them is run."""

from playwright.sync_api import Page

from tests.docs.test_snippets import snippets

READ = "text => { new (async function () {}.constructor)(text); }"


def test_every_script_that_is_shown_can_be_read(page: Page) -> None:
    shown = [(place, text) for place, language, text in snippets() if language == "js"]
    assert shown
    for place, text in shown:
        # Imports stand only in a module, which cannot be read without being run; what they bring is of no matter here.
        code = "\n".join("" if line.startswith("import ") else line for line in text.splitlines())
        try:
            page.evaluate(READ, code)
        except Exception as error:
            raise AssertionError(f"{place}: {error}") from error
