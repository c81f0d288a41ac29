"""A real nginx on loopback, with a site's configuration as a user would write it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

from e2e.programs import find_nginx
from e2e.serving import running

MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    # Tests play visitors from elsewhere, as a load balancer further out would hand them on.
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Visitor;
    server {{ listen 127.0.0.1:{check}; return 204; }}
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A running nginx: the port of its https, and the folder with its logs."""

    port: int
    folder: Path


def _program() -> str:
    found = find_nginx()
    if not found:
        raise RuntimeError(
            "nginx is not on this machine, and this test stands behind one: install it (Debian, Ubuntu: apt-get install "
            "nginx; macOS: brew install nginx), or name it: NGINX=/path/to/nginx"
        )
    return found


@contextmanager
def nginx(site: str, *, listen: int, app: int, check: int) -> Iterator[Proxy]:
    """Run nginx with ``site``, its ports exchanged for free ones and its files in a folder that goes away."""
    with TemporaryDirectory(prefix="nginx-") as made:
        folder = Path(made)
        # As root, nginx's worker is another user, who has to reach its cache.
        folder.chmod(0o755)
        leaf = trustme.CA().issue_cert("localhost", "*.localhost", "*.shop.localhost")
        parts = [leaf.private_key_pem.bytes(), *(part.bytes() for part in leaf.cert_chain_pems)]
        (folder / "certificate.pem").write_bytes(b"".join(parts))
        changed = re.sub(r"listen 443 ssl", f"listen 127.0.0.1:{listen} ssl", site)
        changed = changed.replace("127.0.0.1:8000", f"127.0.0.1:{app}").replace("/tmp/nginx-shop", f"{folder}/cache")
        changed = changed.replace("certificate.pem", f"{folder}/certificate.pem")
        changed = changed.replace("access_log access.log", f"access_log {folder}/access.log")
        (folder / "site.conf").write_text(changed)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, check=check))
        command: list[str | Path] = [_program(), "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf"]
        with running(*command, url=f"http://127.0.0.1:{check}"):
            yield Proxy(port=listen, folder=folder)
