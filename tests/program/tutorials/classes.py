import math
from dataclasses import dataclass, field
class Vector:
    """Two numbers."""
    count = 0
    def __init__(self, x, y=0.0):
        self.x, self._y = x, y
        Vector.count += 1
    @property
    def y(self): return self._y
    @y.setter
    def y(self, value): self._y = value
    @classmethod
    def zero(cls): return cls(0, 0)
    @staticmethod
    def dot(a, b): return a.x * b.x + a.y * b.y
    def __add__(self, other): return Vector(self.x + other.x, self.y + other.y)
    def __mul__(self, k): return Vector(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __neg__(self): return self * -1
    def __eq__(self, other): return (self.x, self.y) == (other.x, other.y)
    def __hash__(self): return hash((self.x, self.y))
    def __len__(self): return 2
    def __getitem__(self, i): return (self.x, self.y)[i]
    def __iter__(self): return iter((self.x, self.y))
    def __contains__(self, v): return v in (self.x, self.y)
    def __call__(self, k): return self * k
    def __bool__(self): return bool(self.x or self.y)
    def __abs__(self): return math.hypot(self.x, self.y)
    def __lt__(self, other): return abs(self) < abs(other)
    def __repr__(self): return f"{self.__class__.__name__}({self.x}, {self.y})"
v = Vector(3, 4)
v.y += 1; v.y -= 1
print(v, v + v, 2 * v, -v, v == Vector(3, 4), len(v), v[0], list(v), 4 in v, v(2), bool(Vector.zero()), abs(v), Vector.dot(v, v))
print(sorted([v, Vector(1)]), Vector.count, Vector.__doc__, Vector.__name__, {v: 1}[Vector(3, 4)])
class Named(Vector):
    def __init__(self, name, *args):
        super().__init__(*args)
        self.name = name
        self.__secret = 1
    def secret(self): return self.__secret
    def __repr__(self): return f"{self.name}: {super().__repr__()}"
n = Named("n", 1, 2)
print(n, isinstance(n, Vector), n.secret(), hasattr(n, "name"), getattr(n, "x"))
setattr(n, "z", 9)
del n.name
print(n.z, hasattr(n, "name"))
@dataclass
class Point:
    x: int
    y: int = 2
    tags: list = field(default_factory=list)
    def norm(self): return self.x ** 2 + self.y ** 2
p = Point(1)
p.x += 1
p.tags.append("a")
print(p, p == Point(2, 2, ["a"]), p.norm())
@dataclass(frozen=True, order=True)
class Key:
    a: int
print(Key(1) < Key(2), {Key(1): "k"}[Key(1)])
try:
    Key(1).a = 2
except Exception as e:
    print(type(e).__name__, e)
class Slots:
    __slots__ = ("a",)
    def __init__(self): self.a = 1
print(Slots().a)
if __name__ == "__main__":
    print("main")
