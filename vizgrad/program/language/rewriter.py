"""The part of Python that programs are written in: an allow-list of node types, and a rewriting that adds the guards.

Guards are called by names that begin with @, which no program can spell; they live among the builtins. Every new node
has the place of the one it stands for, so that errors and records point at the program's own text.
"""

# ruff: noqa: D102 - `visit_Name` visits a Name

from __future__ import annotations
import __future__

import ast
import warnings
from collections.abc import Iterable, Sequence
from types import CodeType
from typing import Any, NoReturn

from ..allowed.python import OPERATOR_METHODS
from ..exceptions import NotOffered
from ..source import FILENAME, span_of
from .ast_nodes import Scope, at, function_scope, guard, header, names_in, placed, statement
from .cells import echoed
from .magics import without_commands

OFFERED = frozenset(
    """
    Module Expr Assign AugAssign AnnAssign NamedExpr Delete Name Load Store Del Constant Tuple List Dict Set
    JoinedStr FormattedValue BinOp Add Sub Mult Div FloorDiv Mod Pow MatMult LShift RShift BitAnd BitOr BitXor
    UnaryOp UAdd USub Not Invert BoolOp And Or Compare Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn IfExp
    Call keyword Starred Attribute Subscript Slice ListComp SetComp DictComp GeneratorExp comprehension
    Lambda arguments arg FunctionDef Return Yield YieldFrom ClassDef Global Nonlocal
    If For While Break Continue Pass With withitem Try ExceptHandler Raise Assert Import ImportFrom alias
    Match match_case MatchValue MatchSingleton MatchSequence MatchMapping MatchStar MatchAs MatchOr MatchClass
    """.split()
)
CALLED = {  # what a reader calls the node types that are refused
    "AsyncFunctionDef": "async",
    "AsyncFor": "async",
    "AsyncWith": "async",
    "Await": "await",
    "TryStar": "except*",
    "TypeAlias": "the type statement",
}
GROWING = {ast.Add: "add", ast.Mult: "mul", ast.Pow: "pow", ast.LShift: "lshift", ast.Mod: "mod"}
MEASURED = frozenset({"str", "list", "tuple", "sorted", "set", "bytes"})  # builtins whose arguments are looked at
READABLE_DUNDERS = OPERATOR_METHODS | {"__name__"}


def compile_program(source: str) -> CodeType:
    """Compiles a program's text under the dialect's rules.

    Raises SyntaxError as Python does, RecursionError or MemoryError for text too deep to parse, and NotOffered, with
    its span, for what is not in the dialect.

    >>> compile_program("async def f(): pass")
    Traceback (most recent call last):
    vizgrad.program.exceptions.NotOffered: vizgrad runs a safe part of Python; async is not in it
    """
    tree = parse(source)
    rewriter = Rewriter(source, echoed(tree, source))
    rewriter.visit(tree)
    return compile(tree, FILENAME, "exec", flags=rewriter.flags, dont_inherit=True)


def parse(source: str) -> ast.Module:
    """A program's syntax tree; commands of Jupyter's, which are not Python, are left out with a warning."""
    try:
        return ast.parse(source, FILENAME)
    except SyntaxError as error:
        python, skipped = without_commands(source)
        if not skipped:
            raise
        tree = ast.parse(python, FILENAME)
        del error
    for line, text in skipped:
        warnings.warn(f"line {line} is left out: `{text}` is a command of Jupyter's, not Python", stacklevel=2)
    return tree


class Rewriter(ast.NodeTransformer):
    """Refuses what is not offered, and puts guards where a program can reach out, grow or run for ever."""

    def __init__(self, source: str, echoed: Sequence[ast.Expr] = ()) -> None:
        self.echoed = frozenset(echoed)  # what a notebook shows
        self.lines = source.split("\n")
        self.flags = 0
        self.classes: list[str] = []  # the names of the classes around, "" for none: what `self.__x` is mangled with
        self.scopes: list[Scope] = [{"kind": "module", "shared": frozenset(), "binds": False}]

    def visit(self, node: ast.AST) -> Any:
        """Refuses a node that is not offered; else goes on as usual."""
        kind = type(node).__name__
        if kind not in OFFERED:
            self.refuse(node, CALLED.get(kind, kind))
        return super().visit(node)

    def refuse(self, node: Any, what: str) -> NoReturn:
        """Ends compilation, with the node's place."""
        span = span_of(node, self.lines) if hasattr(node, "lineno") else None
        raise NotOffered(f"vizgrad runs a safe part of Python; {what} is not in it", span)

    # -- names

    def check_name(self, node: ast.AST, name: str | None, also: Iterable[str] = ()) -> None:
        """Refuses `__names__` that are not offered here."""
        if name and name.startswith("__") and name.endswith("__") and name not in also:
            self.refuse(node, f"the name `{name}`")

    def mangled(self, attribute: str) -> str:
        """What Python makes of `self.__x` inside of a class."""
        owner = self.classes[-1].lstrip("_") if self.classes else ""
        hidden = attribute.startswith("__") and not attribute.endswith("__")
        return f"_{owner}{attribute}" if owner and hidden else attribute

    def visit_Name(self, node: ast.Name) -> ast.AST:
        in_class = self.scopes[-1]["kind"] == "class"
        if isinstance(node.ctx, ast.Load):
            self.check_name(node, node.id, READABLE_DUNDERS)
        else:
            self.check_name(node, node.id, OPERATOR_METHODS if in_class else ())
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self.check_name(node, node.arg)
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        self.check_name(node, node.arg)
        return self.generic_visit(node)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    visit_Nonlocal = visit_Global

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for alias in node.names:
            self.check_name(alias, alias.asname)
            module = guard("import", alias, alias.name, bool(alias.asname))
            name = alias.asname or alias.name.partition(".")[0]
            made.append(placed(ast.Assign([ast.Name(name, ast.Store())], module), node))
        return made

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        if node.module == "__future__":
            for alias in node.names:
                self.flags |= getattr(__future__, alias.name).compiler_flag  # Python itself has refused unknown ones
            return at(ast.Pass(), node)
        made: list[ast.stmt] = []
        for alias in node.names:
            if alias.name == "*":
                self.refuse(node, "`import *`")
            self.check_name(alias, alias.asname)
            thing = guard("import_from", alias, "." * node.level + (node.module or ""), alias.name)
            made.append(placed(ast.Assign([ast.Name(alias.asname or alias.name, ast.Store())], thing), node))
        return made

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        if node in self.echoed:
            node.value = guard("echo", node.value, node.value)
        return node

    # -- attributes and calls

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr.startswith("@"):  # made above
            return node
        value = self.visit(node.value)
        node.attr = self.mangled(node.attr)
        if isinstance(node.ctx, ast.Load):
            return guard("get", node, value, node.attr)
        node.value = guard("write", node, value, node.attr)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Store):
            node.value = guard("stored", node.value, node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        function = node.func
        if isinstance(function, ast.Attribute) and function.lineno != function.end_lineno:
            # a method on a line of its own: Python reports that line
            assert function.end_lineno is not None and function.end_col_offset is not None
            node.lineno = function.end_lineno
            node.col_offset = function.end_col_offset - len(function.attr.encode())
        self.generic_visit(node)
        if isinstance(function, ast.Name) and function.id in MEASURED:
            node.args.insert(0, function)
            node.func = at(ast.Name("@measured", ast.Load()), function)
        return node

    def visit_Starred(self, node: ast.Starred) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.value = guard("sized", node.value, node.value)
        return node

    # -- assignments: `@bind` tells the record what the names mean now

    def bound(self, place: ast.AST, names: Sequence[str]) -> list[ast.stmt]:
        """The statements that tell the record what `names` mean now."""
        scope = self.scopes[-1]
        if scope["kind"] == "class":
            return []
        made: list[ast.stmt] = []
        for name in names:
            if scope["kind"] == "module" or name in scope["shared"]:
                how = "bind"
            elif scope["kind"] == "function" and name not in scope["outer"]:
                how, scope["binds"] = "bind_local", True
            else:
                continue
            made.append(statement(guard(how, place, name, at(ast.Name(name, ast.Load()), place))))
        return made

    def visit_Assign(self, node: ast.Assign) -> Any:
        self.generic_visit(node)
        if any(isinstance(t, ast.Subscript) and isinstance(t.slice, ast.Slice) for t in node.targets):
            node.value = guard("sized", node.value, node.value)
        names = list(dict.fromkeys(name for target in node.targets for name in names_in(target)))
        return [node, *self.bound(node.value, names)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        self.generic_visit(node)
        return [node, *self.bound(node.value, names_in(node.target))] if node.value else node

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        self.generic_visit(node)
        scope = self.scopes[-1]
        name = node.target.id
        if scope["kind"] == "module" or (scope["kind"] == "function" and name in scope["shared"]):
            node.value = guard("bound", node.value, name, node.value)
        elif scope["kind"] == "function" and name not in scope["outer"]:
            scope["binds"] = True
            node.value = guard("bound_local", node.value, name, node.value)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        target, grows = node.target, GROWING.get(type(node.op))
        value = self.visit(node.value)
        if isinstance(target, ast.Name):
            self.visit_Name(target)
            node.value = value
            new: ast.stmt = node
            if grows:
                read = at(ast.Name(target.id, ast.Load()), target)
                new = at(ast.Assign([target], guard("i" + grows, node, read, value)), node)
            return [new, *self.bound(node, [target.id])]
        operator = type(node.op).__name__
        if isinstance(target, ast.Attribute):
            call = guard("iattribute", node, self.visit(target.value), self.mangled(target.attr), operator, value)
        else:
            assert isinstance(target, ast.Subscript)
            call = guard("iitem", node, self.visit(target.value), self.index(target.slice), operator, value)
        return statement(call)

    def index(self, node: ast.expr) -> ast.expr:
        """What stands between brackets, as an argument: slices must be spelt out."""
        if isinstance(node, ast.Slice):
            ends = [self.visit(part) if part else None for part in (node.lower, node.upper, node.step)]
            return guard("slice", node, *ends)
        if isinstance(node, ast.Tuple):
            return at(ast.Tuple([self.index(e) for e in node.elts], ast.Load()), node)
        return self.visit(node)

    def visit_Delete(self, node: ast.Delete) -> Any:
        self.generic_visit(node)
        made: list[ast.stmt] = [node]
        scope = self.scopes[-1]
        for target in node.targets:
            if isinstance(target, ast.Name) and scope["kind"] != "class":
                how = "unbind" if scope["kind"] == "module" or target.id in scope["shared"] else "unbind_local"
                made.append(statement(guard(how, target, target.id)))
        return made

    def visit_With(self, node: ast.With) -> ast.AST:
        self.generic_visit(node)
        first = [s for item in node.items for s in self.bound(item.context_expr, names_in(item.optional_vars))]
        node.body[:0] = first
        return node

    def visit_Match(self, node: ast.Match) -> Any:
        """Attributes in patterns (`case Color.RED`) are read by the guard, classes are asked for: see `patterns`."""
        held: list[ast.keyword] = []
        for case in node.cases:
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.MatchValue) and isinstance(part.value, ast.Attribute):
                    part.value = self.held(part.value, self.visit(part.value), held)
                elif isinstance(part, ast.MatchClass):
                    for name in part.kwd_attrs:
                        self.check_name(part, name)
                    kind = guard("pattern", part.cls, self.visit(part.cls), len(part.patterns), *part.kwd_attrs)
                    part.cls = self.held(part.cls, kind, held)
        self.generic_visit(node)
        if not held:
            return node
        values = guard("hold", node.subject)
        values.keywords = held
        return [at(ast.Assign([at(ast.Name("@held", ast.Store()), node.subject)], values), node.subject), node]

    def held(self, old: ast.expr, value: ast.expr, held: list[ast.keyword]) -> ast.Attribute:
        """Puts the value into `held`, to be made in its turn, and gives the attribute of it that a pattern may name."""
        name = f"@{len(held)}"
        no_arguments = ast.arguments([], [], None, [], [], None, [])
        held.append(at(ast.keyword(name, at(ast.Lambda(no_arguments, value), old)), old))
        return at(ast.Attribute(at(ast.Name("@held", ast.Load()), old), name, ast.Load()), old)

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        self.generic_visit(node)
        found = [
            getattr(part, "name", None) or getattr(part, "rest", None)
            for part in ast.walk(node.pattern)
            if isinstance(part, ast.MatchAs | ast.MatchStar | ast.MatchMapping)
        ]
        node.body[:0] = self.bound(node.pattern, [name for name in found if name])
        return node

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> ast.AST:
        self.check_name(node, node.name)
        return self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        self.check_name(node, node.rest)
        return self.generic_visit(node)

    # -- operators and texts that can grow

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        grows = GROWING.get(type(node.op))
        return guard(grows, node, node.left, node.right) if grows else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        self.generic_visit(node)
        return guard("text", node, node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        node.value = guard("weighed", node.value, self.visit(node.value))
        if node.format_spec is not None:
            spec = self.generic_visit(node.format_spec)  # not visit: the spec must stay a JoinedStr
            checked = ast.FormattedValue(guard("spec", spec, spec), -1, None)
            node.format_spec = at(ast.JoinedStr([at(checked, spec)]), spec)
        return node

    # -- what can go on for ever ticks

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.body[:0] = [statement(guard("tick", node.iter)), *self.bound(node.target, names_in(node.target))]
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, statement(guard("tick", node.test)))
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        if node.is_async:
            self.refuse(node.iter, "async")
        self.generic_visit(node)
        node.ifs.insert(0, at(ast.UnaryOp(ast.Not(), guard("tick", node.iter)), node.iter))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.visit(node.args)
        self.scopes.append({"kind": "lambda"})
        body = self.visit(node.body)
        self.scopes.pop()
        node.body = at(ast.BoolOp(ast.Or(), [guard("tick", body), body]), body)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        in_class = self.scopes[-1]["kind"] == "class"
        self.check_name(node, node.name, OPERATOR_METHODS if in_class else ())
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.args = self.visit(node.args)
        node.returns = self.visit(node.returns) if node.returns else None
        scope = function_scope(node)
        self.classes.append(self.classes[-1] if self.classes else "")
        self.scopes.append(scope)
        doc = [node.body.pop(0)] if ast.get_docstring(node, clean=False) is not None else []
        body = self.block(node.body)
        self.scopes.pop()
        self.classes.pop()
        start = header(node, f"def {node.name}")
        if scope["binds"]:  # what the names meant before the call is told when it ends
            leave = statement(guard("leave", start))
            whole = at(ast.Try(body or [at(ast.Pass(), node)], [], [], [leave]), node)
            node.body = [*doc, statement(guard("enter", start)), whole]
        else:
            node.body = [*doc, statement(guard("tick", start)), *body]
        return [node, *self.bound(start, [node.name])]

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self.check_name(node, node.name)
        if node.keywords:
            self.refuse(node.keywords[0], "a keyword such as `metaclass=` in a class statement")
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.bases = [self.visit(b) for b in node.bases]
        self.classes.append(node.name)
        self.scopes.append({"kind": "class"})
        node.body = self.block(node.body)
        self.scopes.pop()
        self.classes.pop()
        return [node, *self.bound(header(node, f"class {node.name}"), [node.name])]

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Visits statements one by one; each may become several."""
        made: list[ast.stmt] = []
        for old in statements:
            new = self.visit(old)
            made.extend(new if isinstance(new, list) else [new])
        return made

    # -- errors

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.check_name(node, node.name)
        self.generic_visit(node)
        if node.type is None:  # a bare `except:` must not catch a limit that is used up
            node.type = guard("exception", header(node, "except"))
        if node.name:
            node.body[:0] = self.bound(header(node, "except"), [node.name])
        return node
