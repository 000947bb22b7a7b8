"""Visitors who do what once froze or filled the server: small inputs, each far more work than it looks."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import urllib.request
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from .raw_client import Visitor

UPLOADS = 60
UPLOAD = b"# " + b"x" * 4_900_000

BY_HAND = ":material/stylus_note: By hand"
X = "x = torch.tensor(0.5, requires_grad=True)\n"


async def _nothing(visitor: Visitor) -> None:
    pass


async def builder(visitor: Visitor) -> None:
    """Opens the cards."""
    await visitor.set("builder_open", bool_value=True)


async def by_hand(visitor: Visitor) -> None:
    """Opens the derivation."""
    await visitor.set("section", string_value=BY_HAND)


async def answer(visitor: Visitor) -> None:
    """Types a derivative of one's own, of 51 characters."""
    await visitor.set("derivation_answer_x", string_value="2*x + 1/((((((9^20)^20)^20)^20)^20)^20)")


async def uploads(visitor: Visitor) -> None:
    """Hands in files and opens none."""
    for _ in range(UPLOADS):
        await asyncio.to_thread(_upload, visitor.port, visitor.session)


@dataclass(frozen=True)
class Freeze:
    """A program that is run again and again after something was opened, and perhaps something done after each run."""

    name: str
    program: str
    opens: Callable[[Visitor], Awaitable[None]] = _nothing
    after: Callable[[Visitor], Awaitable[None]] = _nothing


FREEZES = (
    Freeze("nested parentheses as cards", f"match 1:\n    case {'(' * 40}1{')' * 40}: pass\n", builder),
    Freeze(
        "a power by hand",
        "import torch\nx = torch.tensor(0.0, requires_grad=True)\ny = (3 * x) ** 1000000000\ny.backward()\n",
        by_hand,
    ),
    Freeze("50,000 operations", "import torch\nx = torch.rand(2)\nfor i in range(50000): x = x + 1\n"),
    Freeze("sines by hand", f"import torch\n{X}for i in range(12): x = x * torch.sin(x)\nx.backward()\n", by_hand),
    Freeze(
        "a long expression",
        f"import torch\nx = torch.rand(2)\nfor i in range(200): x = x + [{', '.join('1' * 20_000)}][0]\n",
    ),
    Freeze("a chain of indices as cards", f"a = 1\nx = a{'[1]' * 2500}\n", builder),
    Freeze(
        "a power of a vector by hand",
        "import torch\nx = torch.zeros(3, requires_grad=True)\no = ((x + 1) ** 1000000).sum()\no.backward()\n",
        by_hand,
    ),
    Freeze(
        "a tower as one's own derivative",
        "import torch\nx = torch.tensor(1.0, requires_grad=True)\ny = x ** 2\ny.backward()\n",
        by_hand,
        answer,
    ),
    Freeze(
        "maxima by hand",
        f"import torch\n{X}y = x\nfor i in range(6): y = torch.maximum(y, x * i)\ny.backward()\n",
        by_hand,
    ),
    Freeze("squares by hand", f"import torch\n{X}y = x\nfor i in range(15): y = y + y * y\ny.backward()\n", by_hand),
    Freeze("uploads that nobody opens", "import torch\nx = torch.ones(2)\n", after=uploads),
)


async def freezer(port: int, first: int, until: float, patience: float, rounds: int = 4) -> int:
    """Does one thing after the other until then, beginning with the one of this number; how many runs were sent."""
    clock = asyncio.get_running_loop().time
    sent = 0
    for freeze in itertools.cycle(FREEZES[first:] + FREEZES[:first]):
        if clock() >= until:
            break
        with contextlib.suppress(OSError, KeyError, TimeoutError):
            async with Visitor(port, patience=patience) as visitor, asyncio.timeout(patience * rounds):
                await visitor.settled()
                await freeze.opens(visitor)
                for number in _numbers(rounds):
                    if clock() >= until:
                        break
                    sent += 1
                    await visitor.run(f"{freeze.program}# {number}\n")
                    await visitor.settled()
                    await freeze.after(visitor)
        await asyncio.sleep(0.1)
    return sent


def _numbers(count: int) -> Iterator[str]:
    """Words that no earlier program ended in: nothing is to come from a memory."""
    return (uuid.uuid4().hex for _ in range(count))


def _upload(port: int, session: str) -> None:
    """One file, as the page's file field sends it."""
    base = f"http://127.0.0.1:{port}/_stcore"
    with urllib.request.urlopen(f"{base}/health", timeout=10) as reply:
        cookie = (reply.headers.get("Set-Cookie") or "").partition(";")[0]
    edge = uuid.uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.py"\r\n\r\n'.encode()
    request = urllib.request.Request(
        f"{base}/upload_file/{session}/{uuid.uuid4()}",
        data=head + UPLOAD + f"\r\n--{edge}--\r\n".encode(),
        method="PUT",
        headers={
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Cookie": cookie,
            "X-Xsrftoken": cookie.partition("=")[2],
        },
    )
    with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=30):
        pass
