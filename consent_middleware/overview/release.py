"""Which release of this package runs."""

from importlib import metadata


def release() -> str:
    """Return the version that is installed; ``unknown`` where the package was only put on the path."""
    try:
        return metadata.version("consent-middleware")
    except metadata.PackageNotFoundError:
        return "unknown"
