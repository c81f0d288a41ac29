"""Compiles the table of well-known third parties that people edit (TOML) into the one that is loaded (JSON).

Run ``python -m consent_middleware.policy.known_services_source`` after an edit; a test fails until it has been run.
"""

import sys
import tomllib
from pathlib import Path

import msgspec

from consent_middleware.policy.recipients import COMPILED, KnownService

SOURCE = Path(__file__).with_name("known_services.toml")


def read(source: Path = SOURCE) -> list[KnownService]:
    """``[analytics]`` with ``"Google Analytics" = "google-analytics.com …"``: a purpose, a name, hosts."""
    tables = msgspec.convert(tomllib.loads(source.read_text("utf-8")), type=dict[str, dict[str, str]])
    return [
        KnownService(name, purpose, tuple(hosts.split()))
        for purpose, services in tables.items()
        for name, hosts in services.items()
    ]


def compiled(source: Path = SOURCE) -> bytes:
    return msgspec.json.encode(read(source)) + b"\n"


def main() -> None:
    content = compiled()
    COMPILED.write_bytes(content)
    sys.stdout.write(f"{COMPILED.name}: {len(content)} bytes\n")


if __name__ == "__main__":
    main()
