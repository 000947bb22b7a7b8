def add(a, b=2, *args, scale=1, **named):
    """A docstring."""
    return (a + b + sum(args)) * scale, named
print(add(1), add(1, 3), add(1, 2, 3, 4), add(*[1, 2], scale=3, other=4), add(**{"a": 5}))
print(add.__name__, add.__doc__)
def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
c = counter()
print(c(), c(), c())
calls = 0
def count():
    global calls
    calls += 1
count(); count()
print(calls)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print([fib(i) for i in range(12)])
square = lambda x, p=2: x ** p
print(list(map(square, [1, 2, 3])), sorted("bca", key=lambda c: -ord(c)), (lambda *a, **k: (a, k))(1, b=2))
def deco(times):
    def wrap(f):
        def inner(*a):
            return [f(*a) for _ in range(times)]
        return inner
    return wrap
@deco(3)
def hello(name): return f"hello {name}"
print(hello("you"))
def positional(a, /, b, *, c): return a, b, c
print(positional(1, b=2, c=3))
def gen(n):
    got = 0
    for i in range(n):
        got = yield i + (got or 0)
g = gen(3)
print(next(g), g.send(10), next(g, "end"), next(g, "end"))
def chain(*its):
    for it in its:
        yield from it
print(list(chain("ab", [1], (x * x for x in range(3)))))
print({k: v for k, v in zip("abc", range(3)) if v}, {x % 3 for x in range(9)}, [(i, j) for i in range(3) for j in range(i)])
