x, name = 3.14159, "π"
print(f"{x:.2f} {x:>8.3f}| {x!r} {name:^5}| {x=} {1000000:,} {255:#x} {0.25:%} {name!a} {{}}")
width, places = 10, 3
print(f"{x:{width}.{places}f}|{'nested ' + f'{name}'}")
print("{} {1} {0}".format(1, 2) if False else "{1} {0} {name}".format(1, 2, name="n"))
print("%d %5.2f %s %-5s|%%" % (1, 2.5, "s", "t"))
print("%(a)s" % {"a": 1}, "year 20250: %s" % 1)
print("a,b,,c".split(","), " x ".strip(), "abc".upper(), "-".join(["a", "b"]), "banana".replace("an", "AN"), "abc"[::-1])
print("abc".center(9, "*"), "7".zfill(3), "a".ljust(3) + "|", "x".rjust(3), "aXb".partition("X"), "l1\nl2".splitlines())
print("abc".find("c"), "abc".startswith("ab"), "3".isdigit(), "Title case".title(), ",".join(map(str, [1, 2.5, None])))
print(str(3), repr("q"), format(3.14159, ".3f"), chr(955), ord("λ"), bin(5), hex(255), str.upper("up"), "a" * 3, 2 * "b")
print(len("héllo"), "é" in "héllo", sorted("hello"), "tab\tquote'\"", r"raw\n", b"bytes", """triple
quoted""")
print(str([1, "a"]), str({"k": (1,)}), int("12"), float("1e3"), bool(""), list("ab"), tuple([1]), set([1, 1]), dict(a=1))
