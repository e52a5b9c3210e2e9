"""nginx and Caddy in front of the real server, by the very files in `deploy/`: only ports,
addresses of files and the certificate are others, as the tables below say."""

from __future__ import annotations

import contextlib
import functools
import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import ROOT, eventually, free_port
from tests.test_serve import Answer

NAME = "beslut.example"
DEPLOY = ROOT / "deploy"
NGINX = """
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/main.error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include /etc/nginx/mime.types;
    access_log {folder}/main.access.log;
    gzip on;
    include {folder}/site.conf;
}}
"""
"""What surrounds the site on Debian: its own logs, and gzip."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy: its ports on loopback, the folder with all that it writes, and by which
    certificate it is known."""

    http: int
    https: int
    folder: Path
    certificate: Path

    def connected(self, source: str = "127.0.0.1", protocols: str = "http/1.1") -> ssl.SSLSocket:
        """A connection from the address `source`."""
        context = trusting(self.certificate, protocols)
        plain = socket.create_connection(("127.0.0.1", self.https), 20, (source, 0))
        return context.wrap_socket(plain, server_hostname=NAME)

    def ask(
        self, target: str, method: str = "GET", source: str = "127.0.0.1", **headers: str
    ) -> Answer:
        """One request from the address `source`."""
        connection = http.client.HTTPSConnection(NAME)
        with contextlib.closing(connection):
            connection.sock = self.connected(source)
            connection.request(method, target, headers=headers)
            return Answer(connection.getresponse())

    def logs(self) -> str:
        """All that it has logged anywhere."""
        return "".join(path.read_text("utf-8") for path in self.folder.glob("*.log"))


@functools.cache
def trusting(certificate: Path, protocols: str) -> ssl.SSLContext:
    """Made once, as it takes longer than a request."""
    context = ssl.create_default_context(cafile=str(certificate))
    context.set_alpn_protocols(protocols.split())
    return context


def program(name: str) -> str:
    """The path of a program; a failure, not a skip, where there is none."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    package = {"nginx": "nginx-light"}.get(name, name)
    assert path, f"the tests need Debian's {package}: apt-get install {package}"
    return path


def certificate(folder: Path, server: str = f"DNS:{NAME}") -> tuple[Path, Path]:
    """A certificate for a server, by its name or as ``IP:127.0.0.1``, signed by its own key, and
    that key."""
    cert, key = folder / "fullchain.pem", folder / "privkey.pem"
    new = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={NAME}"
    more = ["-addext", f"subjectAltName={server}", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([program("openssl"), *new.split(), *more], check=True, capture_output=True)
    return cert, key


@contextlib.contextmanager
def nginx(folder: Path, application: str) -> Iterator[Proxy]:
    """nginx in front of the application's address."""
    cert, _ = certificate(folder)
    proxy = Proxy(free_port(), free_port(), folder, cert)
    substituted = {
        "listen 80;": f"listen 127.0.0.1:{proxy.http};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{proxy.https} ssl http2;",
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "127.0.0.1:8000": urlsplit(application).netloc,
        f"/etc/letsencrypt/live/{NAME}": str(folder),
        "/var/log/nginx": str(folder),
        "/var/lib/nginx": str(folder),
    }
    (folder / "site.conf").write_text(replaced("nginx.conf", substituted), "utf-8")
    user = "root" if os.geteuid() == 0 else "nobody"  # pytest's folders are closed to others
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user), "utf-8")
    command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    with running([*command, "-g", "daemon off;"], proxy, {}):
        yield proxy


@contextlib.contextmanager
def caddy(folder: Path, application: str) -> Iterator[Proxy]:
    """Caddy in front of the application's address."""
    cert, key = certificate(folder)
    proxy = Proxy(free_port(), free_port(), folder, cert)
    ports = f"http_port {proxy.http}\n\thttps_port {proxy.https}\n\tdefault_bind 127.0.0.1"
    substituted = {
        "\tadmin off": f"\t{ports}\n\tstorage file_system {folder}/storage\n\tadmin off",
        "{$SITE} {": f"{{$SITE}} {{\n\ttls {cert} {key}",
    }
    file = folder / "Caddyfile"
    file.write_text(replaced("Caddyfile", substituted), "utf-8")
    command = [program("caddy"), "{}", "--config", str(file), "--adapter", "caddyfile"]
    places = {"HOME": str(folder), "SITE": NAME, "APPLICATION": urlsplit(application).netloc}
    check = ["validate" if part == "{}" else part for part in command]
    subprocess.run(check, check=True, capture_output=True, env=os.environ | places)
    with running(["run" if part == "{}" else part for part in command], proxy, places):
        yield proxy


def replaced(name: str, substituted: Mapping[str, str]) -> str:
    """A file of `deploy/` with other texts in place of some, each of which it has."""
    text = (DEPLOY / name).read_text("utf-8")
    for old, new in substituted.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def running(command: list[str], proxy: Proxy, environment: Mapping[str, str]) -> Iterator[None]:
    """The program, from when it answers."""
    with open(proxy.folder / "output.log", "ab") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, **environment}
        )
    try:
        eventually(lambda: process.poll() is not None or listens(proxy.https))
        assert process.poll() is None, proxy.logs()
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def listens(port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False
