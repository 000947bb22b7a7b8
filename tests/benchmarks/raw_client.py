"""One visitor without a browser: Streamlit's messages over a websocket, as the page's own JavaScript sends them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PLAYER = "vizgrad.player"
"""The name of the component whose new payload answers a run."""

SHORT = 2_000_000
"""Payloads of more bytes are not parsed, only looked through: the client must not keep others waiting."""

CUT_SHORT = ("TimeoutError", "MemoryError", "Crashed", "KeyboardInterrupt")
"""Faults that are the machine's and not the program's."""


@dataclass(frozen=True)
class Run:
    """How a run went: the seconds until its picture, and why there is none (empty: there is one)."""

    began: float
    seconds: float
    problem: str = ""


class Visitor:
    """One session with a server on this machine; the first picture is there once the block begins.

    `first` is how that went; `said` are the messages that the page showed since a run was sent, `widgets` the ids of
    the fields that it showed, by the names that the app gave them.
    """

    def __init__(self, port: int, lesson: str = "", engine: str = "numpy", patience: float = 60) -> None:
        self.port, self.patience = port, patience
        self.query = "&".join(f"{name}={value}" for name, value in (("lesson", lesson), ("engine", engine)) if value)
        self.widgets: dict[str, str] = {}
        self.session = ""
        self.said: list[str] = []
        self._states: dict[str, tuple[str, Any]] = {}
        self._socket: ClientConnection
        self._reader: asyncio.Task[None]
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._page = ""
        self._runs = 0
        self._rev = 0
        self._is_closed = False
        self._is_settled = asyncio.Event()
        self._text: str | None = None
        self._answer: asyncio.Future[str] | None = None

    async def __aenter__(self) -> Visitor:
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        self._socket = await connect(
            address, subprotocols=["streamlit"], compression=None, max_size=None, open_timeout=self.patience
        )
        self._reader = asyncio.create_task(self._read())
        self.first = await self._answered(self._rerun())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_timers()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._socket.close(), 5)
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader

    async def run(self, text: str) -> Run:
        """Submits a program in the editor, and waits for its picture; never longer than the visitor's patience."""
        self._runs += 1
        self._text = text
        program = {"program": {"text": text, "runs": self._runs, "rev": self._rev}}
        return await self._answered(self.set("player", json_value=json.dumps(program)))

    async def set(self, key: str, **value: Any) -> None:
        """Uses the widget that the app calls `key`, in the field of Streamlit's WidgetState that is its kind's."""
        if key not in self.widgets:
            raise KeyError(f"the page shows no widget {key!r}; there are {', '.join(sorted(self.widgets))}")
        ((field, content),) = value.items()
        self._states[self.widgets[key]] = (field, content)
        await self._rerun()

    async def settled(self) -> None:
        """Waits until the page's script has ended; never longer than the visitor's patience."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_settled.wait(), self.patience)

    async def _answered(self, sending: Any) -> Run:
        self._answer = asyncio.get_running_loop().create_future()
        self.said = []
        began = time.monotonic()
        try:
            if self._is_closed:
                raise ConnectionError
            async with asyncio.timeout(self.patience):
                await sending
                problem = await self._answer
        except TimeoutError:
            problem = f"no answer in {self.patience:g} s"
        except (ConnectionClosed, ConnectionError):
            problem = "disconnected"
        finally:
            sending.close()
            self._answer = None
        return Run(began, time.monotonic() - began, problem)

    async def _rerun(self, fragment: str = "") -> None:
        message = BackMsg()
        client = message.rerun_script
        client.query_string, client.page_script_hash = self.query, self._page
        client.fragment_id, client.is_auto_rerun = fragment, bool(fragment)
        client.context_info.url = f"http://127.0.0.1:{self.port}/"
        client.context_info.timezone, client.context_info.locale = "UTC", "en"
        client.context_info.color_scheme = "light"
        for widget, (field, content) in self._states.items():
            setattr(client.widget_states.widgets.add(id=widget), field, content)
        self._is_settled.clear()
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                assert isinstance(data, bytes)
                self._take(ForwardMsg.FromString(data))
        except ConnectionClosed:
            pass
        finally:
            self._is_closed = True
            self._stop_timers()
            self._settle("disconnected")

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._show(message.delta)
        elif kind == "new_session":
            self.session = message.new_session.initialize.session_id or self.session
            self._page = message.new_session.page_script_hash
            if not message.metadata.run.fragment_ids:  # the whole page is drawn, not a fragment of it
                self._stop_timers()
        elif kind == "auto_rerun":
            self._repeat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop_timer(fragment)
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._is_settled.set()
            if self.said and not self._timers:  # the page says why, and nothing more will come
                self._settle(self.said[-1])

    def _show(self, delta: Delta) -> None:
        is_block = delta.WhichOneof("type") == "add_block"
        shown = delta.add_block if is_block else delta.new_element
        kind = shown.WhichOneof("type")
        if kind is None:
            return
        part = getattr(shown, kind)
        name = getattr(part, "id", "")
        if name.startswith("$$ID-"):
            self.widgets[name.split("-", 2)[2]] = name
        if kind == "bidi_component" and part.component_name == PLAYER:
            self._play(part)
        elif kind == "exception":
            self.said.append(f"{part.type}: {part.message}"[:200])
        elif kind == "alert" and part.format in (part.ERROR, part.WARNING):
            self.said.append(part.body[:200])

    def _play(self, component: Any) -> None:
        options, _, payload = component.bytes.partition(b"\n")
        told = json.loads(options)
        self._rev = told["sourceRev"]
        if told["runs"] == self._runs:  # until its run is answered, the player is told one run less
            self._settle(_fault(payload, self._text))

    def _settle(self, problem: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(problem)

    def _repeat(self, fragment: str, seconds: float) -> None:
        async def repeat() -> None:
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await asyncio.sleep(seconds)
                    await self._rerun(fragment)

        if fragment not in self._timers:
            self._timers[fragment] = asyncio.create_task(repeat())

    def _stop_timer(self, fragment: str) -> None:
        if (timer := self._timers.pop(fragment, None)) is not None:
            timer.cancel()

    def _stop_timers(self) -> None:
        for fragment in list(self._timers):
            self._stop_timer(fragment)


def _fault(shown: bytes, text: str | None) -> str:
    """What cut short the run that a payload shows; empty where it is the program's own affair."""
    if len(shown) > SHORT:
        return ""
    payload = json.loads(shown)
    if text is not None and payload["source"] != text:
        return "the picture of another program"
    error = payload["error"] or {}
    if error.get("type") in CUT_SHORT:
        return f"{error['type']}: {error['message']}"[:200]
    return ""
