"""The site under test is found, and what is missing is said."""

import subprocess
import sys

import pytest
from starlette.applications import Starlette

from consent_middleware import ConfigurationError, Consent, ConsentMiddleware, Policy
from consent_middleware.audit.serving import find_middleware, load_app
from consent_middleware.testing import ConsentSite, serve_app
from consent_middleware.testing.traffic import Traffic


def mounted() -> ConsentMiddleware:
    return ConsentMiddleware(Starlette(), secret_key="a key for tests")


def make_app() -> ConsentMiddleware:
    return mounted()


app = mounted()


def test_importing_the_package_or_its_plugin_imports_neither_browser_nor_server() -> None:
    code = (
        "import sys, consent_middleware.testing\n"
        "assert not {'pytest', 'playwright', 'rich', 'uvicorn', 'sqlalchemy'} & sys.modules.keys()\n"
        "import consent_middleware.testing.plugin\n"
        "assert not {'playwright', 'rich', 'uvicorn', 'sqlalchemy', 'jinja2.environment'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_middleware_is_found_below_other_layers() -> None:
    middleware = mounted()
    assert find_middleware(Traffic(Traffic(middleware))) is middleware
    assert find_middleware(Traffic(Starlette())) is None


def test_an_app_without_the_middleware_is_not_served_for_consent_tests() -> None:
    with pytest.raises(ConfigurationError, match="No ConsentMiddleware is around this app"), serve_app(Starlette()):
        pass


@pytest.mark.parametrize("name", ["app", "make_app"])
def test_an_app_is_loaded_by_name_or_made_by_a_function_that_takes_nothing(name: str) -> None:
    assert isinstance(load_app(f"{__name__}:{name}"), ConsentMiddleware)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_such_module:app", 'no module "no_such_module"'),
        (f"{__name__}:nothing", "names no app"),
        ("json:", "no app"),
    ],
)
def test_a_name_that_leads_nowhere_says_which_half_is_wrong(name: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load_app(name)


def test_a_state_cannot_be_minted_without_the_key_and_the_error_says_how() -> None:
    site = ConsentSite.at("https://www.example.com", policy=Policy())
    with pytest.raises(ConfigurationError, match="needs the site's secret_key"):
        site.cookie_of(Consent())


def test_addresses_are_below_the_site_and_the_prefix() -> None:
    site = ConsentSite.at("https://www.example.com/shop/", prefix="/-/choices")
    assert site.address("/cart") == "https://www.example.com/cart"
    assert site.address("https://other.example/") == "https://other.example/"
    assert site.own("choice") == "https://www.example.com/-/choices/choice"
