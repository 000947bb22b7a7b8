xs = [3, 1, 2]
print(len(xs), sum(xs), min(xs), max(xs), sorted(xs), list(reversed(xs)), any(xs), all(xs), abs(-3), round(2.567, 2), round(7.5))
print(list(zip(xs, "abc")), list(enumerate(xs, 1)), list(map(abs, [-1, 2])), list(filter(None, [0, 1])), sum([[1], [2]], []))
print(isinstance(3, int), isinstance("s", (int, str)), type(3) is int, type([]) == list, callable(len), id(xs) == id(xs))
print(divmod(7, 2), pow(2, 5), pow(2, 5, 7), 7 // 2, 7 % 3, -7 // 2, 2 ** -1, 1e3, 1_000, 0x1F, 1j * 1j, complex(1, 2).real)
ys = xs.copy(); ys.append(4); ys.extend([5]); ys.insert(0, 0); ys.remove(3); ys.sort(reverse=True); ys.reverse()
print(ys, ys.pop(), ys.index(1), ys.count(2), xs[::-1], xs[-1], xs[1:])
d = {"a": 1}
d.update(b=2); d.setdefault("c", []).append(3)
print(d, d.get("z", 0), list(d.items()), list(d.keys()), list(d.values()), d.pop("a"), "b" in d, {**d, "e": 5})
s = {1, 2} | {3}
print(s & {1}, s - {1}, s ^ {1, 9}, s.union([7]), len(frozenset([1, 1])), s.issubset({1, 2, 3}))
it = iter(xs)
print(next(it), next(it), next(it), next(it, None), hasattr(xs, "append"), getattr(xs, "missing", "none"))
print(range(3), list(range(10, 0, -3)), slice(1, 2), None, True, ..., NotImplemented, (1).bit_length(), (2.0).is_integer())
print(hash((1, 2)) == hash((1, 2)), 3 .real, issubclass(bool, int), str(type(1)), type(1).__name__, object() is None)
