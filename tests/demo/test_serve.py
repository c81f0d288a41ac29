"""Starting the demo where it cannot start."""

import socket

import pytest

from consent_middleware.errors import ConfigurationError
from demo_site.serve import run


def test_a_taken_port_is_told_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigurationError, match="--port"):
        run(port=taken.getsockname()[1], open_browser=False)
