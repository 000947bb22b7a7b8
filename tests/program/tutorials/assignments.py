a = b = [1, 2]
a, b = b, a
(x, y), *rest = (1, 2), 3, 4
first, *middle, last = range(5)
[p, q] = "pq"
n: int = 3
m: float
n += 1; n -= 2; n *= 5; n //= 2; n **= 2; n %= 17; n <<= 2; n >>= 1; n |= 8; n &= 13; n ^= 5
n /= 2
d = {"k": [1, 2, 3]}
d["k"][1] += 10
d["k"][0:2] = [7, 8, 9]
d["k"][-1:] += [5]
d["new"], e = 1, 2
if (w := len(d)) > 1:
    print("walrus", w)
print(a, b, x, y, rest, first, middle, last, p, q, n, d, e)
del d["k"], e
print(d, [v for v in range(3)], sep=" | ", end="!\n")
s = "text"
s += " more"
t = (1,)
t += (2,)
t *= 2
print(s, t)
