"""Optimizers move parameters as PyTorch's do, over several steps, and tell faults in its words."""

from typing import Any

import pytest

from .both import compare, compare_fault

OPTIMIZERS = [
    "SGD(p)",
    "SGD(p, lr=0.1)",
    "SGD(p, lr=0.1, momentum=0.9)",
    "SGD(p, lr=0.1, momentum=0.9, dampening=0.2, weight_decay=0.01)",
    "SGD(p, lr=0.1, momentum=0.9, nesterov=True)",
    "SGD(p, lr=0.05, maximize=True)",
    "SGD(p, lr=torch.tensor(0.1))",
    "Adam(p)",
    "Adam(p, lr=0.05, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.1)",
    "Adam(p, lr=0.05, amsgrad=True)",
    "Adam(p, lr=0.05, maximize=True)",
    "AdamW(p, lr=0.05)",
    "AdamW(p, lr=0.05, weight_decay=0.3, amsgrad=True)",
    "RMSprop(p)",
    "RMSprop(p, lr=0.02, alpha=0.9, weight_decay=0.1)",
    "RMSprop(p, lr=0.02, momentum=0.8)",
    "RMSprop(p, lr=0.02, momentum=0.8, centered=True)",
]


def make(torch: Any, text: str, params: Any) -> Any:
    """Make an optimizer of its text."""
    return eval(f"torch.optim.{text}", {"torch": torch, "p": params})


@pytest.mark.parametrize("text", OPTIMIZERS)
def test_a_network_is_trained_alike(text: str) -> None:
    def program(torch: Any) -> Any:
        torch.manual_seed(1)
        nn = torch.nn
        net = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 3))
        optimizer = make(torch, text, net.parameters())
        x, y = torch.randn(8, 2), torch.randint(0, 3, (8,))
        losses = []
        for _ in range(12):
            loss = nn.functional.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        states = [dict(state) for state in optimizer.state.values()]
        return repr(optimizer), losses, net.state_dict(), states, [p._version for p in net.parameters()]

    compare(program, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("text", OPTIMIZERS)
def test_one_step_from_a_known_gradient(text: str) -> None:
    def program(torch: Any) -> Any:
        x = torch.linspace(-2, 2, 9).requires_grad_()
        still = torch.ones(2, requires_grad=True)
        optimizer = make(torch, text, [x, still])
        for k in (1.0, -2.0):
            x.grad = torch.linspace(-1, 3, 9) * k
            optimizer.step()
        return x, still, x.grad, len(optimizer.state)

    compare(program, rtol=1e-6, atol=1e-7)


def test_groups_with_options_of_their_own() -> None:
    def program(torch: Any) -> Any:
        a, b, c = (torch.ones(2, requires_grad=True) for _ in range(3))
        optimizer = torch.optim.SGD([{"params": [a]}, {"params": b, "lr": 1.0}], lr=0.1)
        optimizer.add_param_group({"params": [c], "momentum": 0.5})
        for _ in range(2):
            for p in (a, b, c):
                p.grad = torch.ones(2)
            optimizer.step()
        optimizer.param_groups[0]["lr"] = 5.0
        optimizer.step()
        return repr(optimizer), a, b, c, optimizer.state_dict()

    compare(program)


def test_parameters_with_names() -> None:
    def program(torch: Any) -> Any:
        net = torch.nn.Linear(2, 1)
        optimizer = torch.optim.SGD(net.named_parameters(), lr=0.1)
        return optimizer.state_dict(), [len(group["params"]) for group in optimizer.param_groups]

    compare(program)


def test_zeroing_gradients() -> None:
    def program(torch: Any) -> Any:
        x = torch.ones(2, requires_grad=True)
        optimizer = torch.optim.SGD([x], lr=0.1)
        (x * 3).sum().backward()
        kept = x.grad
        optimizer.zero_grad(set_to_none=False)
        results = [x.grad is kept, kept.clone()]
        optimizer.zero_grad()
        return [*results, x.grad, kept]

    compare(program)


def test_a_closure_is_recorded_and_its_loss_returned() -> None:
    def program(torch: Any) -> Any:
        x = torch.tensor([2.0], requires_grad=True)
        optimizer = torch.optim.SGD([x], lr=0.1)

        def closure() -> Any:
            optimizer.zero_grad()
            loss = (x * x).sum()
            loss.backward()
            return loss

        with torch.no_grad():
            loss = optimizer.step(closure)
            inside = torch.is_grad_enabled()
        return loss, x, inside, torch.is_grad_enabled()

    compare(program)


@pytest.mark.parametrize("text", ["SGD(p, lr=0.1, momentum=0.9)", "Adam(p, lr=0.1)", "RMSprop(p, momentum=0.1)"])
def test_an_optimizer_continues_from_its_state(text: str) -> None:
    def program(torch: Any) -> Any:
        def moved(parameter: Any, optimizer: Any, steps: int) -> Any:
            for k in range(steps):
                parameter.grad = torch.linspace(-1, 1, 4) * (k + 1)
                optimizer.step()
            return parameter

        first = torch.ones(4, requires_grad=True)
        optimizer = make(torch, text, [first])
        moved(first, optimizer, 3)
        second = first.detach().clone().requires_grad_()
        other = make(torch, text, [second])
        other.load_state_dict(optimizer.state_dict())
        return moved(first, optimizer, 2), moved(second, other, 2), other.state_dict()

    compare(program)


def test_step_hooks() -> None:
    def program(torch: Any) -> Any:
        log: list[str] = []
        x = torch.ones(1, requires_grad=True)
        optimizer = torch.optim.SGD([x], lr=0.5)
        x.grad = torch.ones(1)
        optimizer.register_step_pre_hook(lambda o, args, kwargs: log.append(f"before {x.item()}"))
        handle = optimizer.register_step_post_hook(lambda o, args, kwargs: log.append(f"after {x.item()}"))
        optimizer.step()
        handle.remove()
        optimizer.step()
        return log

    compare(program)


def test_the_versions_of_parameters_tell_that_they_moved() -> None:
    def program(torch: Any) -> None:
        x = torch.ones(1, requires_grad=True)
        y = x * x
        torch.optim.SGD([x], lr=0.1)
        x.grad = torch.ones(1)
        torch.optim.SGD([x], lr=0.1).step()
        y.backward()

    compare_fault(program)


@pytest.mark.parametrize(
    "program",
    [
        lambda torch: torch.optim.SGD([], lr=0.1),
        lambda torch: torch.optim.SGD(torch.ones(1), lr=0.1),
        lambda torch: torch.optim.SGD([3], lr=0.1),
        lambda torch: torch.optim.SGD({torch.ones(1)}, lr=0.1) and torch.optim.SGD([{"params": {torch.ones(1)}}]),
        lambda torch: torch.optim.SGD([torch.ones(1, requires_grad=True) * 2], lr=0.1),
        lambda torch: torch.optim.SGD([torch.ones(1)], lr=-1),
        lambda torch: torch.optim.SGD([torch.ones(1)], momentum=-1),
        lambda torch: torch.optim.SGD([torch.ones(1)], weight_decay=-1),
        lambda torch: torch.optim.SGD([torch.ones(1)], nesterov=True),
        lambda torch: torch.optim.SGD([torch.ones(1)], lr=torch.ones(2)),
        lambda torch: torch.optim.Adam([torch.ones(1)], lr=-0.1),
        lambda torch: torch.optim.Adam([torch.ones(1)], eps=-0.1),
        lambda torch: torch.optim.Adam([torch.ones(1)], betas=(1.0, 0.9)),
        lambda torch: torch.optim.Adam([torch.ones(1)], betas=(0.9, -1.0)),
        lambda torch: torch.optim.AdamW([torch.ones(1)], weight_decay=-1),
        lambda torch: torch.optim.RMSprop([torch.ones(1)], alpha=-1),
        lambda torch: torch.optim.RMSprop([torch.ones(1)], eps=-1),
        lambda torch: torch.optim.RMSprop([torch.ones(1)], momentum=-1),
        lambda torch: torch.optim.SGD([{"params": [x := torch.ones(1)]}, {"params": [x]}]),
        lambda torch: torch.optim.SGD([torch.ones(1)]).load_state_dict({"param_groups": [], "state": {}}),
        lambda torch: torch.optim.SGD([torch.ones(1)]).load_state_dict(
            {"param_groups": [{"params": [0, 1]}], "state": {}}
        ),
    ],
)
def test_faults_are_told_as_in_torch(program: Any) -> None:
    compare_fault(program)
