"""NiceGUI: mount it on an app of your own, and wrap that; its socket and its own files pass through."""

from fastapi import FastAPI
from nicegui import ui

from consent_middleware import ConsentMiddleware


@ui.page("/")
def home() -> None:
    ui.label("Shop")


api = FastAPI()
ui.run_with(api, storage_secret="only for trying out")
app = ConsentMiddleware(api, secret_key="only for trying out: make your own")
