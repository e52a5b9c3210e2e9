"""`deploy/Containerfile` by its steps, and what `deploy/compose.yaml` says of its containers."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from index.storage.store import Store
from tests import container
from tests.conftest import FEW_THEMES, ROOT, SAMPLE, eventually, free_port
from tests.test_serve import ask
from web.cli.commands import beslut
from web.settings import Settings

INDEX = "/var/lib/beslut"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> container.Image:
    folder = tmp_path_factory.mktemp("image")
    for path in (folder, folder.parent):  # else only pytest's user gets to it
        path.chmod(0o755)
    return container.build(folder)


@pytest.fixture(scope="module")
def volume(tmp_path_factory: pytest.TempPathFactory, image: container.Image) -> Path:
    """A new volume, which an engine gives the owner that its folder has in the image."""
    path = tmp_path_factory.mktemp("volume")
    there = (image.root / INDEX[1:]).stat()
    os.chown(path, there.st_uid, there.st_gid)
    return path


def said(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and output."""
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


def test_the_image_indexes_serves_and_tells_its_health(
    image: container.Image, volume: Path
) -> None:
    mounts, documents = {volume: INDEX}, {SAMPLE.parent: "/documents"}
    code, output = said(image.container(["beslut", "index", "/documents"], mounts | documents))
    assert (code, output.splitlines()[-1]) == (0, f"Indexet i {INDEX}/index är nu gen-1")
    assert Store(volume / "index").is_verified()
    port = str(free_port())
    health = ["/bin/sh", "-c", image.health]
    assert said(image.container(health, mounts, BESLUT_PORT=port))[0] == 1
    # As compose.yaml has it: the index cannot be written to.
    themes = {FEW_THEMES.parent: "/themes"}
    settings = {"BESLUT_PORT": port, "BESLUT_THEMES": f"/themes/{FEW_THEMES.name}"}
    server = image.container(image.command, mounts | themes, writable=False, **settings)
    try:
        eventually(lambda: said(image.container(health, mounts, BESLUT_PORT=port))[0] == 0, 60)
        address = f"http://127.0.0.1:{port}"
        assert ask(address, "/api/v1/decisions").json["stats"]["sum"] == 20485293
        assert "For developers (API)" in ask(address, "/en/").text
        assert ask(address, "/static/style.css").status == 200
        assert ask(address, "/api/v1/decisions.xlsx").status == 200
    finally:
        server.terminate()
        code, output = said(server)
    assert (code, "varning" in output) == (0, False)
    assert said(image.container(health, mounts, BESLUT_PORT=port))[0] == 1


def test_a_container_is_nobody_and_can_write_nowhere_but_in_its_volume(
    image: container.Image, volume: Path
) -> None:
    places = ["/", "/opt/beslut", "/etc", "/usr/local", "/documents", "/tmp", INDEX]
    script = (
        "id -u; id -g; for at in " + " ".join(places) + "; do touch $at/x 2>&- && echo $at; done"
    )
    mounts = {volume: INDEX, SAMPLE.parent: "/documents"}
    output = said(image.container(["sh", "-c", script], mounts))[1]
    assert output.split() == ["10001", "10001", "/tmp", INDEX]
    output = said(image.container(["sh", "-c", script], mounts, writable=False))[1]
    assert output.split() == ["10001", "10001", "/tmp"]


def test_the_image_has_no_more_than_it_needs(image: container.Image) -> None:
    for name in ("src", "root", "home"):
        assert not any(path.is_file() for path in (image.root / name).rglob("*"))
    packages = {path.name for path in image.root.glob("opt/beslut/lib/python3*/site-packages/*")}
    assert {"index", "search", "web", "granian"} <= packages
    assert not packages & {"pip", "tests", "pytest"}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("web/app.py", True),
        ("web/translations/en/LC_MESSAGES/messages.mo", True),
        ("requirements/run.txt", True),
        ("requirements/opensearch.txt", True),
        ("requirements/test.txt", False),
        ("web/__pycache__", False),
        (".git", False),
        (".venv", False),
        ("deploy/.env", False),
        ("var", False),
    ],
)
def test_of_the_checkout_only_the_program_is_sent_to_the_build(path: str, sent: bool) -> None:
    assert container.is_sent(path) is sent


# compose.yaml

COMPOSE = ROOT / "deploy" / "compose.yaml"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return found


def test_every_setting_and_command_of_the_services_exists(services: dict[str, Any]) -> None:
    text = COMPOSE.read_text("utf-8") + container.CONTAINERFILE.read_text("utf-8")
    assert set(re.findall(r"BESLUT_[A-Z_]+", text)) <= {name for name, _, _ in Settings.table()}
    commands = re.findall(r"beslut ([a-z]+) /", " ".join(services["index"]["command"]))
    assert commands == ["index"]
    assert set(commands) <= set(beslut.list_commands(click.Context(beslut)))


def test_no_service_has_a_right_that_it_does_not_need(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert not {"privileged", "user", "pid", "ipc", "devices"} & service.keys()
        assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
        assert service["restart"] == "unless-stopped"


def test_only_the_proxy_can_be_reached_from_outside(services: dict[str, Any]) -> None:
    networks = yaml.safe_load(COMPOSE.read_text("utf-8"))["networks"]
    published = [name for name, service in services.items() if "ports" in service]
    assert published == ["proxy"]
    assert services["web"]["networks"] == ["inside"]
    assert networks["inside"] == {"internal": True}
    assert services["index"]["network_mode"] == "none"


def test_documents_are_only_read_and_the_index_is_written_by_one_service(
    services: dict[str, Any],
) -> None:
    mounted = {name: service["volumes"] for name, service in services.items()}
    assert f"index:{INDEX}:ro" in mounted["web"]
    assert f"index:{INDEX}" in mounted["index"]
    (documents,) = [volume for volume in mounted["index"] if "DOCUMENTS" in volume]
    assert documents.endswith(":/documents:ro")
    assert not any("index:" in volume for volume in mounted["proxy"])


@pytest.mark.parametrize("code", [0, 1, 3])
def test_the_index_service_tells_how_the_last_reading_ended(
    services: dict[str, Any], tmp_path: Path, code: int
) -> None:
    """Its loop, with another `beslut` and a mark in place of the wait."""
    stand_ins = {"beslut": f"exit {code}", "sleep": f"touch {tmp_path}/slept; exec cat"}
    for name, script in stand_ins.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    loop, health = (
        text.replace("$$", "$").replace("/tmp/code", f"{tmp_path}/code")
        for text in (services["index"]["command"][2], services["index"]["healthcheck"]["test"][1])
    )
    check = ["sh", "-c", health]
    assert subprocess.run(check, stderr=subprocess.DEVNULL, check=False).returncode != 0
    process = subprocess.Popen(["sh", "-c", loop], env=path, stdin=subprocess.PIPE)
    try:
        eventually(lambda: (tmp_path / "slept").exists())
        assert (subprocess.run(check, check=False).returncode == 0) is (code == 0)
    finally:
        process.kill()
        process.communicate()
