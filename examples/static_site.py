"""A static site: Starlette serves the files, the middleware asks."""

from pathlib import Path

from starlette.staticfiles import StaticFiles

from consent_middleware import ConsentMiddleware

FOLDER = Path(__file__).parent / "static_site"
app = ConsentMiddleware(StaticFiles(directory=FOLDER, html=True), secret_key="only for trying out: make your own")
