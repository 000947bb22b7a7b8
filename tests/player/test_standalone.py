from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from tests.trace.seed_trace import seed
from vizgrad.player.payload import payload
from vizgrad.player.standalone import html

from .made import HOSTILE, hostile

DATA = re.compile(r'<script type="application/json" id="payload">(.*?)</script>', re.DOTALL)
CODE = re.compile(r'<script type="module">(.*?)</script>', re.DOTALL)


def test_holds_the_payload() -> None:
    found = DATA.search(html(seed))
    assert found
    assert json.loads(found[1]) == payload(seed, details=True)


def test_is_under_300_kb() -> None:
    assert len(html(seed).encode()) < 300_000


def test_names_nothing_outside_of_itself() -> None:
    page = DATA.sub("", html(seed))
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)""", page)
    assert not re.search(r"@import|url\(\s*['\"]?(?!#)http", page)
    assert set(re.findall(r"https?://[^\s\"'<)]*", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1998/Math/MathML",
    }


def test_the_policy_allows_this_script_and_nothing_else() -> None:
    page = html(seed)
    code = CODE.search(page)
    assert code
    seal = base64.b64encode(hashlib.sha256(code[1].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert f"script-src 'sha256-{seal}'" in policy[1]
    assert "default-src 'none'" in policy[1]


def test_no_text_of_the_program_can_end_the_script() -> None:
    page = html(hostile(), title=HOSTILE)
    assert "<img" not in page
    assert page.count("</script>") == 2
    found = DATA.search(page)
    assert found
    assert json.loads(found[1])["stdout"] == HOSTILE


def test_opens_where_it_is_told() -> None:
    found = DATA.search(html(seed, step=3))
    assert found
    assert json.loads(found[1])["step"] == 3
    with pytest.raises(IndexError):
        html(seed, scene=4)
