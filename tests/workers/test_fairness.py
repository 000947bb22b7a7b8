"""Turns, rates, addresses and the host's limits; time is a number that the test moves."""

from __future__ import annotations

import threading
from ipaddress import ip_network

import pytest

from vizgrad.workers import fairness
from vizgrad.workers.fairness import Busy, FairLimits, Rate, Turns, address_of, limits_from


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def use(turns: Turns, clock: Clock, visitor: str, seconds: float, weight: float = 1.0) -> None:
    with turns.place(visitor, weight, patience=0):
        clock.now += seconds


# -- turns


def test_a_place_is_held_while_the_block_runs() -> None:
    turns = Turns(1)
    with turns.place("a", patience=0):
        assert turns.held == 1
    assert turns.held == 0


def test_a_place_is_given_back_after_an_error() -> None:
    turns = Turns(1)
    with pytest.raises(KeyError), turns.place("a", patience=0):
        raise KeyError
    assert turns.held == 0
    with turns.place("b", patience=0):
        assert turns.held == 1


def test_without_a_place_in_time_it_is_busy_and_nobody_waits_any_more() -> None:
    turns = Turns(1)
    with turns.place("a", patience=0):
        with pytest.raises(Busy, match="please try again in a few seconds"), turns.place("b", patience=0):
            raise AssertionError("there is no place")
        assert turns.waiting == 0
    assert turns.held == 0


def test_never_more_than_size_nor_than_at_once_for_a_visitor(clock: Clock) -> None:
    turns = Turns(3, at_once=2, clock=clock)
    tickets = [turns.join("a") for _ in range(4)] + [turns.join("b"), turns.join("c")]
    assert [one.is_served for one in tickets] == [True, True, False, False, True, False]
    turns.leave(tickets[4])  # b's place goes to c: a has two
    assert [one.is_served for one in tickets] == [True, True, False, False, False, True]
    turns.leave(tickets[0])
    assert [one.is_served for one in tickets[2:4]] == [True, False]


def test_the_light_are_served_before_the_heavy_who_came_first(clock: Clock) -> None:
    turns = Turns(1, clock=clock)
    use(turns, clock, "heavy", 10)
    use(turns, clock, "light", 0.1)
    running = turns.join("other")
    heavy, light, new = turns.join("heavy"), turns.join("light"), turns.join("new")
    served = []
    for ticket in (running, new, light, heavy):
        served.append(ticket.is_served)
        turns.leave(ticket)
    assert served == [True, True, True, True]


def test_what_is_held_now_counts_too(clock: Clock) -> None:
    turns = Turns(2, clock=clock)
    first, second = turns.join("holds"), turns.join("other")
    clock.now += 3
    again, new = turns.join("holds"), turns.join("new")
    turns.leave(second)
    assert new.is_served and not again.is_served
    assert first.is_served


def test_a_second_may_weigh_more(clock: Clock) -> None:
    turns = Turns(1, clock=clock)
    use(turns, clock, "weighs", 1, weight=5)
    use(turns, clock, "plain", 2)
    running = turns.join("other")
    weighs, plain = turns.join("weighs"), turns.join("plain")
    turns.leave(running)
    assert plain.is_served and not weighs.is_served


def test_of_equals_the_first_to_come_is_served_first(clock: Clock) -> None:
    turns = Turns(1, clock=clock)
    running = turns.join("other")
    tickets = [turns.join(name) for name in "abc"]
    order = []
    turns.leave(running)
    for _ in tickets:
        served = next(one for one in tickets if one.is_served)
        order.append(served.visitor)
        turns.leave(served)
    assert order == ["a", "b", "c"]


def test_use_is_forgotten_with_time(clock: Clock) -> None:
    turns = Turns(1, clock=clock)
    use(turns, clock, "was heavy", 30)
    clock.now += 10 * fairness.HALF_LIFE
    use(turns, clock, "is light", 1)
    running = turns.join("other")
    light, was_heavy = turns.join("is light"), turns.join("was heavy")
    turns.leave(running)
    assert was_heavy.is_served and not light.is_served


def test_a_heavy_visitor_gets_through_an_endless_row_of_light_ones(clock: Clock) -> None:
    turns = Turns(1, clock=clock)
    use(turns, clock, "heavy", 60)
    running, heavy = turns.join("light 0"), turns.join("heavy")
    came = clock.now
    for number in range(1, 1000):
        following = turns.join(f"light {number}")
        clock.now += 0.1
        turns.leave(running)
        if heavy.is_served:
            break
        assert following.is_served
        running = following
    assert heavy.is_served
    assert 1 < clock.now - came < 60


def test_kept_places_are_only_for_the_light(clock: Clock) -> None:
    turns = Turns(2, at_once=2, kept=1, clock=clock)
    for name in "abc":
        use(turns, clock, name, 8)
    heavy = [turns.join(name) for name in "abc"]
    assert [one.is_served for one in heavy] == [True, False, False]
    light = turns.join("light")
    assert light.is_served
    turns.leave(light)
    assert [one.is_served for one in heavy] == [True, False, False]
    turns.leave(heavy[0])
    assert heavy[1].is_served


def test_leaving_ends_another_threads_wait_and_leaving_twice_does_nothing() -> None:
    turns = Turns(1)
    running, waits = turns.join("a"), turns.join("b")
    told: list[bool] = []
    thread = threading.Thread(target=lambda: told.append(waits.wait(60)))
    thread.start()
    turns.leave(waits)
    thread.join(60)
    assert told == [False]
    turns.leave(running)
    turns.leave(running)
    assert turns.held == 0


def test_a_place_wakes_the_thread_that_waits_for_it() -> None:
    turns, done = Turns(1), threading.Event()

    def second() -> None:
        with turns.place("b", patience=60):
            done.set()

    with turns.place("a", patience=0):
        thread = threading.Thread(target=second)
        thread.start()
        assert not done.is_set()
    thread.join(60)
    assert done.is_set()
    assert turns.held == 0


def test_many_threads_never_hold_more_places_than_there_are() -> None:
    turns, lock, held, most = Turns(3, at_once=1), threading.Lock(), [0], [0]

    def work(visitor: str) -> None:
        for _ in range(20):
            with turns.place(visitor, patience=60):
                with lock:
                    held[0] += 1
                    most[0] = max(most[0], held[0])
                with lock:
                    held[0] -= 1

    threads = [threading.Thread(target=work, args=(f"v{number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 1 <= most[0] <= 3
    assert (turns.held, turns.waiting) == (0, 0)


def test_visitors_who_left_are_forgotten(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "MOST_KEYS", 50)
    turns = Turns(1, clock=clock)
    for number in range(500):
        use(turns, clock, f"v{number}", 1)
    assert len(turns._uses) <= 50
    clock.now += 1000
    for _ in range(50):
        use(turns, clock, "only one", 1)
    assert len(turns._uses) == 1


@pytest.mark.parametrize(("size", "at_once", "kept"), [(0, 1, 0), (1, 0, 0), (1, 1, 1), (2, 1, -1)])
def test_places_that_would_serve_nobody_are_refused(size: int, at_once: int, kept: int) -> None:
    with pytest.raises(ValueError, match="nobody could be served"):
        Turns(size, at_once, kept)


# -- rates


def test_a_rate_lets_so_many_come_and_tells_when_the_next_may(clock: Clock) -> None:
    rate = Rate(6, clock)
    assert [rate.allow("a") for _ in range(6)] == [0.0] * 6
    assert rate.allow("a") == pytest.approx(10)
    assert rate.allow("b") == 0
    clock.now += 10
    assert rate.allow("a") == 0
    clock.now += 4
    assert rate.allow("a") == pytest.approx(6)


def test_being_refused_costs_nothing(clock: Clock) -> None:
    rate = Rate(1, clock)
    rate.allow("a")
    for _ in range(100):
        assert rate.allow("a") > 0
        clock.now += 0.5
    clock.now += 10
    assert rate.allow("a") == 0


def test_a_rate_allows_per_minute_in_the_long_run(clock: Clock) -> None:
    rate = Rate(30, clock)
    allowed = 0
    for _ in range(10_000):
        allowed += not rate.allow("a")
        clock.now += 0.1
    assert 30 + 498 <= allowed <= 30 + 502


def test_idle_keys_are_forgotten_and_never_too_many_kept(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "MOST_KEYS", 50)
    rate = Rate(5, clock)
    for number in range(500):
        rate.allow(f"k{number}")
    assert len(rate) == 50
    clock.now += 61
    rate.allow("new")
    assert len(rate) == 1


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody could come"):
        Rate(0)


# -- addresses


NAMED = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", None, "203.0.113.5"),
        ("203.0.113.5", "1.1.1.1", "203.0.113.5"),  # nobody named this peer a proxy
        ("10.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1", "1.1.1.1"),  # the visitor wrote the first one
        ("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),  # two proxies
        ("10.0.0.1", "10.0.0.9, 10.0.0.2", "10.0.0.9"),  # a visitor from inside
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1, <script>", "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1:4711", "1.1.1.1"),
        ("::1", "[2001:db8::7]:80", "2001:db8::7"),
        ("::1", "2001:DB8:0::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "::ffff:1.1.1.1", "1.1.1.1"),
        (None, "1.1.1.1", "unknown"),
        ("a name", "1.1.1.1", "unknown"),
    ],
)
def test_whom_a_request_comes_from(peer: str | None, forwarded: str | None, address: str) -> None:
    assert address_of(peer, forwarded, NAMED) == address


# -- the host's limits


def test_an_empty_environment_gives_the_defaults() -> None:
    assert limits_from({}) == limits_from({"VIZGRAD_PROXIES": " "}) == FairLimits(2, 60, 1200, ())


def test_the_environment_sets_every_limit() -> None:
    environ = {
        "VIZGRAD_RUNS_AT_ONCE": "3",
        "VIZGRAD_RUNS_PER_MINUTE": " 40 ",
        "VIZGRAD_RUNS_PER_ADDRESS": "5000",
        "VIZGRAD_PROXIES": "127.0.0.1, 10.1.2.3/8,::1",
    }
    networks = (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert limits_from(environ) == FairLimits(3, 40, 5000, networks)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "²", "9" * 40])
@pytest.mark.parametrize("name", ["VIZGRAD_RUNS_AT_ONCE", "VIZGRAD_RUNS_PER_MINUTE", "VIZGRAD_RUNS_PER_ADDRESS"])
def test_a_wrong_number_is_told_with_its_name(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a whole number from 1 on, not '{text}'"):
        limits_from({name: text})


def test_a_wrong_proxy_is_told() -> None:
    with pytest.raises(ValueError, match=r"VIZGRAD_PROXIES must be addresses or networks.*'proxy\.example' is neither"):
        limits_from({"VIZGRAD_PROXIES": "127.0.0.1,proxy.example"})


def test_a_crowd_is_those_who_wait_for_others() -> None:
    turns = Turns(size=2, at_once=1)
    tickets = [turns.join("a"), turns.join("a")]
    assert turns.waiting == 1 and not turns.is_crowded  # for himself
    tickets.append(turns.join("b"))
    assert not turns.is_crowded
    tickets.append(turns.join("c"))
    assert turns.is_crowded
    turns.leave(tickets[2])
    assert not turns.is_crowded
