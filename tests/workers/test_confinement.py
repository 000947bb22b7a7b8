"""An attacker with all of Python inside a confined process finds every way closed, and the ordinary ones open."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("only Linux confines", allow_module_level=True)

from vizgrad.workers.confinement import landlock, missing, seccomp

from .attacks import ATTACKS
from .needs import NEEDS

HOME = Path(__file__).parents[2]
WHO = ["root", "user"] if os.getuid() == 0 else ["user"]
OPEN = [name for name, attack in ATTACKS.items() if attack.is_open]


@functools.cache
def said(script: str, *arguments: str) -> Any:
    """What a small process prints, since pytest has threads and must not be forked."""
    command = [sys.executable, "-m", f"tests.workers.{script}", *arguments]
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=HOME, env=os.environ | one_thread, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(params=WHO)
def who(request):
    return request.param


@pytest.mark.parametrize("name", ATTACKS)
def test_every_way_is_closed(who, name):
    assert said("attacker", who, "confined")[name] == ATTACKS[name].wanted


@pytest.mark.parametrize("name", OPEN)
def test_the_same_way_is_open_without_confinement(who, name):
    assert said("attacker", who, "free")[name] == "done"


@pytest.mark.parametrize("name", [need.__name__ for need in NEEDS])
def test_what_must_work_works(who, name):
    assert said("attacker", who, "confined")[name] == "done"


# -- each lock alone, which the filter of system calls otherwise hides

FILES = """
read a file
write a file
list a folder
remove a file
rename a file
make a folder
make a symbolic link
make a link
read its own memory as a file
"""
LANDLOCK = (
    [(1, name, "EACCES") for name in FILES.strip().split("\n")]
    + [(3, "cut a file", "EACCES")]
    + [(4, name, "EACCES") for name in ("connect by tcp", "connect a kept socket", "listen by tcp")]
    + [(6, name, "EPERM") for name in ("send to an abstract socket", "signal the parent")]
)


@pytest.mark.parametrize(("version", "name", "wanted"), LANDLOCK)
def test_landlock_alone(who, version, name, wanted):
    end = said("attacker", who, "landlock")[name]
    assert end == (wanted if landlock.version() >= version else "done")


LIMITS = {
    "read a file": "EMFILE",
    "write a file": "EMFILE",
    "connect by tcp": "EMFILE",
    "duplicate a descriptor": "EINVAL",
    "name the parent": "EMFILE",
    "fork a process": "EAGAIN",
    "start a thread": "RuntimeError",
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_alone(who, name):
    assert said("attacker", who, "limits")[name] == LIMITS[name]


@pytest.mark.skipif("root" not in WHO, reason="needs root")
@pytest.mark.parametrize("name", ["look at a file", "remove a file", "change a mode", "make a folder", "cut a file"])
def test_root_has_no_rights_left(name):
    assert said("attacker", "root", "limits")[name] == "EACCES"


@pytest.mark.parametrize("name", OPEN)
def test_refusing_threads_refuses_nothing_else(who, name):
    assert said("attacker", who, "threads")[name] == ("RuntimeError" if name == "start a thread" else "done")


# -- what a confined process is


def test_privileges(who):
    state = said("observer", who)
    seen, me = state["seen"], 65534 if who == "root" else state["me"]
    assert seen["NoNewPrivs"] == "1"
    assert seen["Seccomp"] == "2"
    assert {seen[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Amb")} == {"0" * 16}
    assert {int(number) for number in seen["Uid"].split()} == {me} != {0}
    assert state["said"]["groups"][:2] == [me, me]
    if who == "root":
        assert {int(number) for number in seen["Gid"].split()} == {65534}
        assert seen["Groups"] == ""


def test_nobody_else_of_this_user_may_look_into_it(who):
    assert said("observer", who)["seen"]["owner"] == 0  # so the kernel shows a process that is not dumpable


def test_only_the_kept_files_are_open(who):
    child = said("observer", who)["said"]
    assert child["open"] == child["kept"]


def test_only_the_kept_files_are_open_on_an_old_kernel(who):
    child = said("observer", who, "5.8")["said"]
    assert child["open"] == child["kept"]


def test_limits_are_hard(who):
    child = said("observer", who)["said"]
    limits = child["limits"]
    for name in ("FSIZE", "CORE", "NOFILE", "NPROC", "MEMLOCK", "MSGQUEUE"):
        assert limits[f"RLIMIT_{name}"] == [0, 0]
    assert limits["RLIMIT_AS"] == [child["memory"]] * 2


def test_memory_is_limited(who):
    assert said("observer", who)["said"]["got"] is None


def test_a_worker_ends_with_the_process_that_forked_it(who):
    command = [sys.executable, "-m", "tests.workers.orphan", who]
    done = subprocess.run(command, cwd=HOME, stdout=subprocess.PIPE, timeout=60)  # ends when nobody holds its output
    assert done.stdout == b"confined"


# -- what is missing


def test_a_system_that_has_everything_lacks_nothing(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: landlock.LATEST)
    monkeypatch.setattr(seccomp, "is_available", lambda: True)
    monkeypatch.setattr(seccomp, "architecture", lambda: "x86_64")
    monkeypatch.setattr("vizgrad.workers.confinement.privileges.can_become_nobody", lambda: True)
    assert missing() == ()


@pytest.mark.parametrize(
    ("place", "value", "wanted"),
    [
        ("landlock.version", 0, "no Landlock"),
        ("landlock.version", 4, "an old Landlock (version 4; 6 has all that is used)"),
        ("seccomp.is_available", False, "no seccomp"),
        ("seccomp.architecture", None, f"no table of system calls for this architecture ({os.uname().machine})"),
    ],
)
def test_what_is_missing_is_told(monkeypatch, place, value, wanted):
    monkeypatch.setattr(f"vizgrad.workers.confinement.{place}", lambda: value)
    assert wanted in missing()


def test_root_that_may_not_become_another_user_is_told(monkeypatch):
    monkeypatch.setattr("vizgrad.workers.confinement.privileges.is_root", lambda: True)
    monkeypatch.setattr("vizgrad.workers.confinement.privileges.can_become_nobody", lambda: False)
    assert "root may not become another user" in missing()


@pytest.mark.parametrize(("platform", "name"), [("darwin", "macOS"), ("win32", "Windows"), ("sunos5", "sunos5")])
def test_other_systems_are_told(monkeypatch, platform, name):
    monkeypatch.setattr("vizgrad.workers.confinement.IS_LINUX", False)
    monkeypatch.setattr(sys, "platform", platform)
    assert missing() == (f"no seccomp on {name}", f"no Landlock on {name}")


def test_asking_changes_nothing():
    before = Path("/proc/self/status").read_text()
    missing()
    after = Path("/proc/self/status").read_text()
    for name in ("NoNewPrivs", "Seccomp", "CapEff", "Uid"):
        line = f"\n{name}:"
        assert before.split(line)[1].split("\n")[0] == after.split(line)[1].split("\n")[0]
