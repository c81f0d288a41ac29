"""Datasette, an app that others wrote: nothing in it knows of the middleware.

    CONSENT_MODE=observe uvicorn examples.datasette_site:app

Ada signs in at `/-/login` with the password "correct horse", and adds things at `/shop/add`. COUNTER is a
visitor counter's script, as its admins paste one.
"""

import os
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from datasette.app import Datasette
from datasette_auth_passwords.utils import hash_password

from consent_middleware import ConsentMiddleware

KEY = "only for trying out: make your own, and keep it out of the code"
ADD = {"sql": "insert into things (name) values (:name)", "write": True, "allow": {"id": "ada"}}

folder = TemporaryDirectory(prefix="datasette-")
database = Path(folder.name) / "shop.db"
with sqlite3.connect(database) as connection:
    connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)")
connection.close()

datasette = Datasette(
    [str(database)],
    secret=KEY,
    metadata={
        "extra_js_urls": [os.environ["COUNTER"]] if "COUNTER" in os.environ else [],
        "plugins": {"datasette-auth-passwords": {"ada_password_hash": hash_password("correct horse")}},
        "databases": {"shop": {"queries": {"add": ADD}}},
    },
)

app = ConsentMiddleware(
    datasette.app(),
    policy=os.environ.get("CONSENT_POLICY"),
    secret_key=KEY,
    ledger=os.environ.get("DATABASE_URL"),
    mode="observe" if os.environ.get("CONSENT_MODE") == "observe" else "enforce",
)
