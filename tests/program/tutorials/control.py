total = 0
for i in range(10):
    if i == 3:
        continue
    elif i == 8:
        break
    total += i
else:
    print("never")
for _ in []:
    pass
else:
    print("empty")
k = 5
while k:
    k -= 1
    if k == 2:
        pass
else:
    print("done", k)
while True:
    total += 1
    if total > 30: break
print(total)
match [1, (2, 3), {"a": 4, "b": 5}]:
    case [int_one, (two, 3 as three), {"a": four, **others}] if four == 4:
        print(int_one, two, three, four, others)
match "x":
    case "a" | "b":
        print("no")
    case None | True:
        print("no")
    case other:
        print("other", other)
match (1, 2, 3, 4):
    case (head, *tail):
        print(head, tail)
print("yes" if total else "no", not total, total and "and", 0 or "or", 1 < 2 < 3, 3 not in [1, 2], None is None)
assert total > 3, "never"
pass
