def risky(n):
    try:
        if n == 0:
            return 1 / n
        if n == 1:
            raise ValueError("one", 1)
        if n == 2:
            return {}["two"]
        return "fine"
    except ZeroDivisionError as e:
        return f"zero: {e}"
    except (ValueError, TypeError) as e:
        return e.args
    except:
        return "bare"
    else:
        return "else"
    finally:
        print("finally", n)
for i in range(4):
    print(risky(i))
class Mine(ValueError):
    def __init__(self, code):
        super().__init__(f"code {code}")
        self.code = code
try:
    try:
        raise Mine(7)
    except Mine as e:
        raise RuntimeError("outer") from e
except RuntimeError as e:
    print(e, type(e).__name__)
try:
    raise Mine(8)
except ValueError as e:
    print(e.code, e, isinstance(e, Mine))
try:
    int("x")
except ValueError as e:
    print(e)
try:
    [][1]
except IndexError as e:
    print(repr(e))
try:
    assert 1 == 2, "unequal"
except AssertionError as e:
    print(e)
class Guard:
    def __enter__(self): print("enter"); return self
    def __exit__(self, kind, value, trace):
        print("exit", kind.__name__ if kind else None)
        return True
with Guard() as g, Guard():
    raise KeyError("inside")
try:
    None.foo
except AttributeError as e:
    print(e)
try:
    "a" + 1
except TypeError as e:
    print(e)
