"""The units in `deploy/systemd/`: as systemd reads them, and what they promise."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from tests.conftest import ROOT
from tests.proxies import NAME, program
from web.cli.commands import beslut
from web.settings import Settings

DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("systemd/*.service"), *DEPLOY.glob("systemd/*.timer")])
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
THRESHOLD = 15
"""Tenths of systemd's exposure level, in which 100 is no protection and below 20 is good."""

services = pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)


def directives(unit: Path) -> dict[str, list[str]]:
    """Every directive with its values, in order."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text("utf-8"), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def environment() -> Mapping[str, str]:
    """What deploy/beslut.env sets."""
    lines = (DEPLOY / "beslut.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    """In a root folder of their own, where the program is installed."""
    analyze, installed = program("systemd-analyze"), tmp_path / "opt" / "beslut" / "bin"
    installed.mkdir(parents=True)
    shutil.copy("/bin/sh", installed / "beslut")
    there = tmp_path / "etc" / "systemd" / "system"
    there.mkdir(parents=True)
    for unit in UNITS:
        shutil.copy(unit, there)
    shutil.copytree("/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    names = [unit.name for unit in UNITS]
    command = [analyze, "verify", "--man=no", "--recursive-errors=no", f"--root={tmp_path}"]
    run = subprocess.run([*command, *names], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


@services
def test_a_service_is_hardly_exposed(unit: Path) -> None:
    command = [program("systemd-analyze"), "security", "--offline=true", "--no-pager"]
    command += [f"--threshold={THRESHOLD}", str(unit)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@services
def test_a_service_is_the_user_without_rights_that_sysusers_makes(unit: Path) -> None:
    said = directives(unit)
    assert said["User"] == ["beslut"]
    user = shlex.split((DEPLOY / "systemd" / "beslut.sysusers").read_text("utf-8"), comments=True)
    assert user[:2] == ["u", "beslut"]
    assert said["ProtectSystem"] == ["strict"]
    assert said["NoNewPrivileges"] == ["yes"]
    assert said["CapabilityBoundingSet"] == [""]
    # A document is read in a process of its own, which sets its own limits.
    assert "~@resources" not in said["SystemCallFilter"]
    # Exit codes are to be seen.
    assert "SuccessExitStatus" not in said
    assert not said["ExecStart"][0].startswith("-")


@services
def test_a_service_runs_a_command_that_exists(unit: Path) -> None:
    (line,) = directives(unit)["ExecStart"]
    path, command, *_ = line.split()
    assert path == "/opt/beslut/bin/beslut"
    assert command in beslut.list_commands(click.Context(beslut))


def test_only_the_service_that_reads_documents_may_write_to_the_index() -> None:
    said = {unit.name: directives(unit) for unit in SERVICES}
    writing = [name for name, of in said.items() if "StateDirectory" in of]
    assert writing == ["beslut-index.service"]
    assert not any("ReadWritePaths" in of for of in said.values())
    assert environment()["BESLUT_INDEX"] == "/var/lib/beslut/index"


def test_only_the_site_can_reach_the_network_and_that_no_further_than_this_machine() -> None:
    for unit in SERVICES:
        said = directives(unit)
        if unit.name == "beslut.service":
            assert (said["IPAddressDeny"], said["IPAddressAllow"]) == (["any"], ["localhost"])
        else:
            assert said["PrivateNetwork"] == ["yes"]


def test_every_timer_has_its_service() -> None:
    timers = [unit for unit in UNITS if unit.suffix == ".timer"]
    assert {unit.stem for unit in timers} == {unit.stem for unit in SERVICES} - {"beslut"}
    assert all(directives(unit)["WantedBy"] == ["timers.target"] for unit in timers)


def test_the_settings_are_right_as_they_come() -> None:
    settings = Settings.from_environment(environment())
    assert settings.base_url == f"https://{NAME}"
    assert NAME in settings.trusted_hosts.split(",")
    assert {"localhost", "127.0.0.1"} <= set(settings.trusted_hosts.split(","))
    assert settings.strict_index
