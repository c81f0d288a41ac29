"""Django's admin, an app that others wrote: nothing in it knows of the middleware.

    CONSENT_MODE=observe uvicorn examples.django_admin:app

Ada signs in at `/admin/` with the password "correct horse". COUNTER is a visitor counter's script, which a template brings in.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.urls import path

from consent_middleware import ConsentMiddleware

KEY = "only for trying out: make your own, and keep it out of the code"
kept = TemporaryDirectory(prefix="django-admin-")
FOLDER = Path(kept.name)
BLOCK = '{{% extends "admin/base.html" %}}{{% block extrahead %}}<script src="{}" async></script>{{% endblock %}}'

if "COUNTER" in os.environ:
    (FOLDER / "admin").mkdir()
    (FOLDER / "admin" / "base_site.html").write_text(BLOCK.format(os.environ["COUNTER"]))

settings.configure(
    SECRET_KEY=KEY,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    STATIC_URL="static/",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "admin.db"}},
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [FOLDER],
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    LOGGING_CONFIG=None,
)
django.setup()

from django.contrib import admin  # noqa: E402 (Django's models need its settings)
from django.contrib.auth.models import User  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls)]
call_command("migrate", verbosity=0)
User.objects.create_superuser("ada", password="correct horse")

app = ConsentMiddleware(
    ASGIStaticFilesHandler(get_asgi_application()),
    policy=os.environ.get("CONSENT_POLICY"),
    secret_key=KEY,
    ledger=os.environ.get("DATABASE_URL"),
    mode="observe" if os.environ.get("CONSENT_MODE") == "observe" else "enforce",
)
