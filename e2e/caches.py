"""Real shared caches in front of an app: nginx and Varnish, on loopback, for as long as a block lasts."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from e2e.programs import CACHES, find_cache
from tests.ports import LOOPBACK, free_port
from tests.waiting import PATIENCE, until

# Told to keep pages without a word of the app's, which is where a cache goes wrong first.
_NGINX = """
daemon off;
{user}
worker_processes 1;
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=pages:1m;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_cache pages;
            proxy_cache_key $scheme$host$request_uri;
            proxy_cache_valid 200 5m;
            add_header X-Cache $upstream_cache_status always;
        }}
    }}
}}
"""
# Looks a page up whatever cookies come with the request: it relies on Vary and Cache-Control.
_VARNISH = """
vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{behind}"; }}
sub vcl_recv {{
    if (req.method == "GET" || req.method == "HEAD") {{ return (hash); }}
}}
sub vcl_deliver {{
    if (obj.hits > 0) {{ set resp.http.X-Cache = "HIT"; }} else {{ set resp.http.X-Cache = "MISS"; }}
}}
"""


@contextmanager
def cache(package: str, behind: int) -> Iterator[int]:
    """Run a cache in front of the port ``behind``, and give the port that it listens on."""
    program = find_cache(package)
    if program is None:
        raise RuntimeError(f"there is no {CACHES[package]} on this machine (Debian, Ubuntu: apt-get install {package})")
    with TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        is_root = os.geteuid() == 0
        if package == "nginx":
            settings, template = folder / "nginx.conf", _NGINX
            command = [program, "-p", name, "-e", "stderr", "-c", str(settings)]
        else:
            settings, template = folder / "cache.vcl", _VARNISH
            command = [program, "-F", "-j", "none", "-n", f"{name}/work", "-f", str(settings), "-s", "malloc,32m"]
            command += ["-a", f"127.0.0.1:{port}", "-T", "none"]
        user = "user root;" if is_root else ""
        settings.write_text(template.format(folder=name, port=port, behind=behind, user=user))
        with (folder / "output").open("w+b") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
            try:
                if not until(lambda: process.poll() is not None or _answers(port)) or process.poll() is not None:
                    output.seek(0)
                    raise RuntimeError(f"{package} does not start; it said:\n{output.read().decode(errors='replace')}")
                yield port
            finally:
                process.terminate()
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
