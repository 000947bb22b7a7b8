"""The README's way to run the app, tried on a Debian that has Python, venv and pip, and nothing else.

    python -m tests.bare.trial [--bind PATH]... [--mirror URL] [--suite NAME] [--cpu] [--tests] [--keep FOLDER]

Needs root, debootstrap, the packages of tests/requirements.txt and a network (or what pip's own configuration here
names instead: it is carried over, and folders that it points to are shown by --bind). It makes a Debian of about
300 MB, installs the app there as the README says, writes a lesson as SVG, PNG and PDF, and looks at the page with the
Chromium of the browser tests; with --tests it runs the README's test command there as well. Everything ends and goes
away with it; --keep leaves the Debian for the next trial.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = "/opt/vizgrad"
PACKAGES = "python3,python3-venv,python3-pip"
LESSON = "vizgrad/gallery/19_mlp.py"
PATIENCE = 120.0


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bind", action="append", default=[], metavar="PATH", help="show a folder there, read-only")
    parser.add_argument("--mirror", help="where debootstrap finds Debian")
    parser.add_argument("--suite", default="bookworm", help="which Debian (default: %(default)s)")
    parser.add_argument("--cpu", action="store_true", help="take PyTorch's CPU build first, as the README says")
    parser.add_argument("--tests", action="store_true", help="run all tests there, in a Chromium of its own")
    parser.add_argument("--keep", metavar="FOLDER", help="the Debian: made there if it is missing, and left")
    parser.add_argument("--inside", help=argparse.SUPPRESS)  # the same program again, with mounts of its own
    return parser.parse_args()


def main() -> int:
    """Makes the Debian, and tries the app there in a namespace whose mounts and processes end with it."""
    asked = arguments()
    if asked.inside:
        return trial(Path(asked.inside), asked)
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        sys.exit("The trial needs root and debootstrap (Debian: apt install debootstrap).")
    folder = Path(asked.keep or tempfile.mkdtemp(prefix="vizgrad-bare-")).resolve()
    try:
        if not (folder / "usr/bin/python3").exists():
            mirror = [asked.mirror] if asked.mirror else []
            run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", asked.suite, str(folder), *mirror)
        own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
        again = [sys.executable, "-m", "tests.bare.trial", *sys.argv[1:], "--inside", str(folder)]
        return subprocess.run([*own, *again], cwd=ROOT).returncode
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)


def trial(root: Path, asked: argparse.Namespace) -> int:
    """Installs the app in a bare Debian and uses it; 0 where all is well."""
    run("mount", "-t", "proc", "proc", str(root / "proc"))
    for shown in asked.bind:
        there = root / Path(shown).resolve().relative_to("/")
        there.mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", "-o", "ro", shown, str(there))
    environment = carried_over(root)
    house = root / HOUSE[1:]
    shutil.rmtree(house, ignore_errors=True)
    house.mkdir(parents=True)
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    tar = subprocess.run(
        ["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=files, capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "-x", "--no-same-owner", "-C", str(house)], input=tar, check=True)

    def inside(command: str) -> None:
        run("chroot", str(root), "sh", "-euc", f"cd {HOUSE} && {command}", env=environment)

    start, cpu, test = commands()
    install, _, app = start.rpartition(" && ")
    if asked.cpu:
        inside(cpu)
    inside(install)
    for format in ("svg", "png", "pdf"):
        inside(f".venv/bin/python -m vizgrad {LESSON} -o lesson.{format}")
        run(sys.executable, "-m", "vizgrad", LESSON, "-o", str(root / f"tmp/lesson.{format}"))
        same = (house / f"lesson.{format}").read_bytes() == (root / f"tmp/lesson.{format}").read_bytes()
        assert same, f"the {format.upper()} is not the one that is drawn here"
    check_files(house)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"--server.address=127.0.0.1 --server.port={port} --server.headless=true"
    server = subprocess.Popen(
        ["chroot", str(root), "sh", "-euc", f"cd {HOUSE} && exec {app} {options}"], env=environment
    )
    try:
        check_page(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait(20)
    print("A bare Debian installs the app, opens its page and draws its pictures.")
    if asked.tests:
        shutil.copytree("/etc/apt", root / "etc/apt", dirs_exist_ok=True)  # where Debian's packages are found here
        inside(f"export CI=true && {test}")
        print("A bare Debian passes the tests.")
    return 0


def commands() -> tuple[str, str, str]:
    """The README's command to run the app, the one that takes PyTorch's CPU build before, and the one that tests."""
    blocks = re.findall(r"^```sh\n(.*?)\n```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    (start,) = [block for block in blocks if "streamlit run" in block]
    (cpu,) = [block for block in blocks if "--index-url" in block]
    (test,) = [block for block in blocks if "-m pytest" in block]
    return start, cpu, test


def carried_over(root: Path) -> dict[str, str]:
    """The environment there: pip's configuration, proxies and certificates of this machine, and nothing else of it."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    found = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
    found |= {name: value for name, value in os.environ.items() if name.lower().endswith(("_proxy", "ssl_cert_file"))}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        told = " ".join(str(ast.literal_eval(value)).split())
        found["PIP_" + name.rpartition(".")[2].upper().replace("-", "_")] = told
    for name in ("PIP_CERT", "PIP_CONSTRAINT", "SSL_CERT_FILE"):
        if (file := Path(found.get(name, ""))).is_file():
            there = root / file.resolve().relative_to("/")
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, there)
            found[name] = str(file.resolve())
    if certificates := found.get("PIP_CERT") or found.get("SSL_CERT_FILE"):
        found["NPM_CONFIG_CAFILE"] = certificates
    for name in ("resolv.conf", "hosts"):
        if Path("/etc", name).exists():
            shutil.copy(Path("/etc", name), root / "etc" / name)
    return found


def check_files(folder: Path) -> None:
    """Whether the lesson is in all three files."""
    svg = (folder / "lesson.svg").read_text(encoding="utf-8")
    png, pdf = ((folder / f"lesson.{format}").read_bytes() for format in ("png", "pdf"))
    boxes = len(re.findall('data-node="', svg))
    assert boxes > 10 and "ReluBackward0" in svg, f"the SVG has {boxes} boxes"
    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG") and width > 1000 and height > 100, f"the PNG is {width} × {height}"
    assert len(set(png)) > 200, "the PNG is empty"
    assert pdf.startswith(b"%PDF") and b"DejaVuSansMono" in pdf, "the PDF has no text"
    print(f"The lesson is there: {boxes} boxes in the SVG, a PNG of {width} × {height}, a PDF of {len(pdf)} bytes.")


def check_page(address: str, server: subprocess.Popen[bytes]) -> None:
    """Whether the page opens with a lesson drawn on it."""
    from playwright.sync_api import expect, sync_playwright

    from tests.browser import chromium

    until = time.monotonic() + PATIENCE
    while True:
        assert server.poll() is None, "the server ended"
        assert time.monotonic() < until, "the server does not answer"
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.find_or_install(), args=chromium.ARGUMENTS)
        page = browser.new_page()
        page.goto(address)
        expect(page.locator("svg [data-node]").first).to_be_visible(timeout=PATIENCE * 1000)
        print(f"The page shows {page.locator('svg [data-node]').count()} boxes.")
        browser.close()


def run(*command: str, env: dict[str, str] | None = None) -> None:
    """A command that must succeed."""
    print("$", *command, flush=True)
    subprocess.run(command, env=env, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
