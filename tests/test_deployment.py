"""What a public server is started with: the container's limits, and the names that its documentation gives."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from vizgrad.workers.fairness import FairLimits, limits_from

ROOT = Path(__file__).parents[1]
yaml = pytest.importorskip("yaml")

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def service() -> dict[str, Any]:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    (one,) = compose["services"].values()
    assert isinstance(one, dict)
    return one


def test_the_container_is_nobody_and_can_gain_nothing(service: dict[str, Any]) -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service and "privileged" not in service and "volumes" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]  # and the default seccomp profile


def test_the_container_is_bounded(service: dict[str, Any]) -> None:
    assert service["mem_limit"] == service["memswap_limit"]
    assert service["pids_limit"] > 0
    assert service["ulimits"]["nofile"] > 0 and service["ulimits"]["core"] == 0
    (mount,) = service["tmpfs"]
    assert mount.startswith("/tmp:size=") and "noexec" in mount
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_the_image_and_the_container_are_the_same_user_with_the_same_health_check(service: dict[str, Any]) -> None:
    (user,) = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert service["user"] == user
    (check,) = re.findall(r"^HEALTHCHECK.*\\\n\s+CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert service["healthcheck"]["test"] == ["CMD", *json.loads(check)]
    compile(json.loads(check)[-1], "health check", "exec")


def test_nothing_of_the_image_is_written_as_the_user_who_runs_programs_but_the_first_pictures_cache() -> None:
    before, _, after = DOCKERFILE.partition("\nUSER ")
    assert "COPY" in before and "pip install" in before
    assert "COPY" not in after and "pip" not in after


def test_compose_hands_over_the_limits_with_the_apps_own_defaults(service: dict[str, Any]) -> None:
    told = {name: re.fullmatch(rf"\$\{{{name}:-(.*)\}}", value) for name, value in service["environment"].items()}
    assert limits_from({name: match[1] for name, match in told.items() if match}) == FairLimits()
    assert len(told) == 4 and all(told.values())


def test_the_readme_tells_every_limit_with_its_default(service: dict[str, Any]) -> None:
    for name in service["environment"]:
        assert f"`{name}`" in README
    for default in (FairLimits.runs_at_once, FairLimits.runs_per_minute, FairLimits.runs_per_address):
        assert f"| {default} |" in README
