"""Who is served when: a few places for many visitors, how often each may come, and whom a request comes from."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice
from math import log

Network = IPv4Network | IPv6Network

HALF_LIFE = 20.0
"""Seconds after which a second of use counts half."""

HEAVY = 5.0
"""Whoever has used so many seconds of late does not get the places that are kept for the others."""

WAITING_COUNTS = 4.0
"""A second of waiting outweighs so many seconds of use: no visitor waits for ever because others use less."""

MOST_KEYS = 20_000
"""So many visitors are remembered; of more, those who were here last."""

UNKNOWN = "unknown"
"""The address of a visitor whose address cannot be told."""


@dataclass(frozen=True)
class FairLimits:
    """What one visitor may do.

    `runs_at_once` and `runs_per_minute` are those of one session, `runs_per_address` those of one address in a minute
    (a lecture hall shares one); `proxies` are the networks whose X-Forwarded-For is believed.
    """

    runs_at_once: int = 2
    runs_per_minute: int = 60
    runs_per_address: int = 1200
    proxies: tuple[Network, ...] = ()


class Busy(Exception):
    """There was no free place in time; the text is for the reader."""

    def __init__(self) -> None:
        super().__init__("Many programs are being run at this moment; please try again in a few seconds.")


class Ticket:
    """One visitor's wait for a place, and then the place."""

    def __init__(self, visitor: str, weight: float, since: float) -> None:
        self.visitor = visitor
        self.weight = weight
        self.since = since
        self.is_served = False
        self._woken = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Waits for the place for at most so many seconds; False if it is not there then, or was given up."""
        self._woken.wait(max(0.0, seconds))
        return self.is_served

    def wake(self, is_served: bool) -> None:
        """Ends the wait."""
        self.is_served = is_served
        self._woken.set()


class Use:
    """The seconds for which one visitor held places, each counting less as it goes by."""

    def __init__(self, now: float) -> None:
        self._seconds, self._rate, self._at = 0.0, 0.0, now
        self.held = 0

    def seconds(self, now: float) -> float:
        """The sum, with what is held at this moment."""
        left: float = 0.5 ** (max(0.0, now - self._at) / HALF_LIFE)
        return self._seconds * left + self._rate * (HALF_LIFE / log(2)) * (1 - left)

    def change(self, places: int, weight: float, now: float) -> None:
        """One place more is held (1), or one less (-1)."""
        self._seconds, self._at = self.seconds(now), now
        self.held += places
        self._rate = max(0.0, self._rate + places * weight) if self.held else 0.0


class Turns:
    """Places for `size` runs at once, `at_once` for each visitor; who used them least of late is served first.

    `kept` of them are never given to a visitor who used more than a few seconds of late: however many heavy runs there
    are, a light one finds a place. A visitor's waiting counts against the use, so the heavy get through too.

    >>> turns = Turns(size=2)
    >>> with turns.place("ada", patience=10):
    ...     turns.held
    1
    """

    def __init__(self, size: int, at_once: int = 2, kept: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        if not (size >= 1 and at_once >= 1 and 0 <= kept < size):
            raise ValueError(f"{size} places, {at_once} a visitor, {kept} kept: nobody could be served")
        self.size, self.at_once, self.kept = size, at_once, kept
        self.held = 0
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[Ticket] = []
        self._uses: OrderedDict[str, Use] = OrderedDict()

    @contextmanager
    def place(self, visitor: str, weight: float = 1.0, *, patience: float) -> Iterator[None]:
        """Holds a place while the block runs; raises Busy if there was none within `patience` seconds.

        A second for which it is held counts as `weight` seconds of use.
        """
        ticket = self.join(visitor, weight)
        try:
            if not ticket.wait(patience) and not self.is_served(ticket):
                raise Busy
            yield
        finally:
            self.leave(ticket)

    def join(self, visitor: str, weight: float = 1.0) -> Ticket:
        """Asks for a place without waiting; whoever joins must leave, with the place or without it."""
        with self._lock:
            ticket = Ticket(visitor, weight, self._clock())
            self._waiting.append(ticket)
            self._serve()
            return ticket

    def is_served(self, ticket: Ticket) -> bool:
        """Whether the ticket has its place; told once and for all, even where it came at the last moment."""
        with self._lock:
            return ticket.is_served

    def leave(self, ticket: Ticket) -> None:
        """Gives the place back, or stops waiting for it (from any thread: the wait ends); once more does nothing."""
        with self._lock:
            if ticket.is_served:
                now = self._clock()
                self._use(ticket.visitor, now).change(-1, ticket.weight, now)
                self.held -= 1
            elif ticket in self._waiting:
                self._waiting.remove(ticket)
            ticket.wake(False)
            self._serve()

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._lock:
            return len(self._waiting)

    @property
    def is_crowded(self) -> bool:
        """Whether somebody waits only because all places are held, not because of what he uses himself."""
        with self._lock:
            now = self._clock()
            return any(self._may(ticket.visitor, now) for ticket in self._waiting)

    def _serve(self) -> None:
        """Gives free places away while somebody may take one."""
        now = self._clock()
        while self.held < self.size:
            eligible = [ticket for ticket in self._waiting if self._may(ticket.visitor, now)]
            if not eligible:
                return
            ticket = min(eligible, key=lambda one: self._urgency(one, now))  # of equals, the first to come
            self._waiting.remove(ticket)
            self._use(ticket.visitor, now).change(1, ticket.weight, now)
            self.held += 1
            ticket.wake(True)

    def _may(self, visitor: str, now: float) -> bool:
        use = self._uses.get(visitor)
        if use is None:
            return True
        is_kept = self.held >= self.size - self.kept
        return use.held < self.at_once and not (is_kept and use.seconds(now) > HEAVY)

    def _urgency(self, ticket: Ticket, now: float) -> float:
        use = self._uses.get(ticket.visitor)
        return (use.seconds(now) if use else 0.0) - WAITING_COUNTS * (now - ticket.since)

    def _use(self, visitor: str, now: float) -> Use:
        """The visitor's use, now the newest; the oldest are forgotten when they count no more, or are too many."""
        use = self._uses.setdefault(visitor, Use(now))
        self._uses.move_to_end(visitor)
        for key in list(islice(self._uses, self.size + 1)):
            old = self._uses[key]
            if not old.held and old is not use and (old.seconds(now) < 0.001 or len(self._uses) > MOST_KEYS):
                del self._uses[key]
        return use


class Rate:
    """At most `per_minute` a minute for each key; whoever was quiet for a minute may use them all at once.

    >>> rate = Rate(per_minute=2)
    >>> rate.allow("ada"), rate.allow("ada"), rate.allow("ada") > 29
    (0.0, 0.0, True)
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        if per_minute < 1:
            raise ValueError(f"{per_minute} a minute: nobody could come")
        self.per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key: what is left, and when that was so

    def allow(self, key: str) -> float:
        """0 if the key may come now, which then counts; else the seconds after which it may."""
        with self._lock:
            now = self._clock()
            left, at = self._left.pop(key, (float(self.per_minute), now))
            left = min(float(self.per_minute), left + (now - at) * self.per_minute / 60)
            is_allowed = left > 1 - 1e-9
            self._left[key] = (left - 1 if is_allowed else left, now)
            self._forget(now)
            return 0.0 if is_allowed else (1 - left) * 60 / self.per_minute

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._left)

    def _forget(self, now: float) -> None:
        """Drops who was quiet for a minute and has all of it again, and of too many the oldest."""
        while self._left:
            key, (_, at) = next(iter(self._left.items()))
            if now - at < 60 and len(self._left) <= MOST_KEYS:
                return
            del self._left[key]


def address_of(peer: str | None, forwarded_for: str | None, proxies: Sequence[Network]) -> str:
    """The address that a request comes from: the peer's, or what the named proxies say of it.

    X-Forwarded-For is read from its right end, and only as far as each address that passed it on is a named proxy's:
    what stands further left can be written by anyone.

    >>> address_of("127.0.0.1", "1.2.3.4, 5.6.7.8", [ip_network("127.0.0.0/8")])
    '5.6.7.8'
    >>> address_of("127.0.0.1", "1.2.3.4, 5.6.7.8", [])
    '127.0.0.1'
    """
    told = [*(forwarded_for or "").split(",")[-50:], peer or ""]
    address = UNKNOWN
    for text in reversed(told):
        found = _address(text)
        if found is None:
            break
        address = str(found)
        if not any(found in network for network in proxies):
            break
    return address


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]` or `[::1]:80`; None in anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found


def limits_from(environ: Mapping[str, str]) -> FairLimits:
    """The limits that the host's environment sets; raises ValueError for a value that means nothing.

    >>> limits_from({"VIZGRAD_RUNS_PER_MINUTE": "30"}).runs_per_minute
    30
    """
    return FairLimits(
        runs_at_once=_count(environ, "VIZGRAD_RUNS_AT_ONCE", FairLimits.runs_at_once),
        runs_per_minute=_count(environ, "VIZGRAD_RUNS_PER_MINUTE", FairLimits.runs_per_minute),
        runs_per_address=_count(environ, "VIZGRAD_RUNS_PER_ADDRESS", FairLimits.runs_per_address),
        proxies=_networks(environ, "VIZGRAD_PROXIES"),
    )


def _count(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= 1):
        raise ValueError(f"{name} must be a whole number from 1 on, not {text!r}")
    return int(text)


def _networks(environ: Mapping[str, str], name: str) -> tuple[Network, ...]:
    found = []
    for text in filter(None, map(str.strip, environ.get(name, "").split(","))):
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            told = "must be addresses or networks with commas between them, such as 127.0.0.1,10.0.0.0/8"
            raise ValueError(f"{name} {told}; {text!r} is neither") from None
    return tuple(found)
