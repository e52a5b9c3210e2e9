"""TLS and a password in front of a node, as an OpenSearch that is for more than tests has them."""

from __future__ import annotations

import contextlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import free_port
from tests.proxies import Proxy, certificate, program, running

# The password is compared as it is: Caddy's own `basicauth` takes a second for each, by bcrypt.
CADDYFILE = """
{{
	admin off
	auto_https disable_redirects
	storage file_system {folder}/storage
}}
https://127.0.0.1:{port} {{
	bind 127.0.0.1
	tls {certificate} {key}
	@stranger not header Authorization "Basic {credentials}"
	handle @stranger {{
		header WWW-Authenticate Basic
		respond "Unauthorized" 401
	}}
	handle {{
		reverse_proxy {node}
	}}
}}
"""


@contextlib.contextmanager
def front(address: str, user: str, password: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Caddy in front of a node at `address`, with what it writes in `folder`: its https address,
    and the file with the certificate to trust. Without the user's password the answer is 401; while
    the node is down it is 502."""
    cert, key = certificate(folder, "IP:127.0.0.1")
    proxy = Proxy(0, free_port(), folder, cert)
    file = folder / "Caddyfile"
    text = CADDYFILE.format(
        folder=folder,
        port=proxy.https,
        certificate=cert,
        key=key,
        credentials=b64encode(f"{user}:{password}".encode()).decode(),
        node=urlsplit(address).netloc,
    )
    file.write_text(text, "utf-8")
    command = ["setpriv", "--pdeathsig", "KILL", program("caddy"), "run"]
    command += ["--config", str(file), "--adapter", "caddyfile"]
    with running(command, proxy, {"HOME": str(folder)}):
        yield f"https://127.0.0.1:{proxy.https}", cert
