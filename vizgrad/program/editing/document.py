"""A program as a list of statements that can be replaced, inserted, moved and removed; the rest stays to the letter.

Blank lines, and comments that stand apart, belong to their place in the text; a comment directly above a statement or
behind it belongs to the statement and goes where it goes.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass

import libcst as cst

from .parse_card import Meaning, meaning

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement

BOM = "\ufeff"
DEEPEST = 400
"""Levels of a program's tree: LibCST's time for a chain such as a[0][0][0] grows with the square of its length."""
MOST_TRIES = 1 << 18
"""Ways in which LibCST tries the signs of all patterns together: each bracket around a sign doubles them."""
BRACKETS = {"(": 1, "[": 1, "{": 2}
"""How often each kind doubles them."""

BETWEEN = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT}
"""What lies between two lines, outside of brackets."""

LINE_END = re.compile(r"\r\n|\r|\n")


class Unreadable(ValueError):
    """The text is no program; `line` is where Python stopped reading (0: nowhere), `message` what it said."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.line = message, line


@dataclass(frozen=True, slots=True)
class Card:
    """One statement: its text without the comments around it, the lines it takes (from 1, both ends), what it is.

    `comment` holds the comment lines directly above it and the one behind it, without their number signs.
    """

    index: int
    code: str
    first_line: int
    last_line: int
    comment: str
    meaning: Meaning


def statements(source: str) -> tuple[Card, ...]:
    """The top-level statements of a program, in order; raises Unreadable if it is none.

    >>> [card.code for card in statements("import torch  # first\\n\\nx = torch.ones(2)")]
    ['import torch', 'x = torch.ones(2)']
    >>> [card.meaning.kind for card in statements("import torch\\nx = torch.ones(2)\\ny = 2 * x\\ny.backward()")]
    ['import', 'tensor', 'expression', 'backward']
    """
    text = _Text(source)
    cards, line = [], 1
    for index, piece in enumerate(text.pieces):
        line += len(piece.gap) + len(piece.above)
        code = text.code_of(piece.node)
        last = line + len(LINE_END.findall(code))
        comments = [*(line.comment for line in piece.above), _behind(piece.node)]
        comment = "\n".join(one.value.lstrip("#").strip() for one in comments if one)
        cards.append(Card(index, code, line, last, comment, meaning(code)))
        line += text.height(piece.node)
    return tuple(cards)


def replace(source: str, index: int, new: str) -> str:
    """The program with other text in the place of one statement; the comments around it stay.

    Raises Unreadable if `source` or `new` is no program, IndexError if there is no such statement.

    >>> replace("x = 1  # one\\ny = 2\\n", 0, "x = 3")
    'x = 3  # one\\ny = 2\\n'
    """
    text = _Text(source)
    old = text.pieces[_checked(index, len(text.pieces))]
    made = text.parsed(new)
    if not made:
        return remove(source, index)
    node, above = made[0].node, [*old.above, *made[0].above]
    if isinstance(old.node, cst.SimpleStatementLine) and (comment := _behind(old.node)) is not None:
        if isinstance(node, cst.SimpleStatementLine) and len(made) == 1 and _behind(node) is None:
            node = node.with_changes(trailing_whitespace=old.node.trailing_whitespace)
        else:
            above.append(cst.EmptyLine(comment=comment))
    text.pieces[index : index + 1] = [_Piece(old.gap, above, node), *made[1:]]
    return text.code()


def insert(source: str, index: int, new: str) -> str:
    """The program with more text before the statement of this number, or at its end.

    Raises Unreadable if `source` or `new` is no program, IndexError if there is no such place.

    >>> insert("import torch\\n\\nx = torch.ones(2)\\n", 2, "y = 2 * x")
    'import torch\\n\\nx = torch.ones(2)\\ny = 2 * x\\n'
    >>> insert("import torch\\n", 1, "x = torch.ones(2)")
    'import torch\\n\\nx = torch.ones(2)\\n'
    """
    text = _Text(source)
    pieces = text.pieces
    _checked(index, len(pieces) + 1)
    made = text.parsed(new)
    if not made:
        return source
    if not pieces:
        apart = [cst.EmptyLine(indent=False)] if text.footer and text.footer[-1].comment else []
        made[0].gap, text.footer = [*text.footer, *apart], []
    follows_import = index > 0 and _is_import(pieces[index - 1].node) and not _is_import(made[0].node)
    if index < len(pieces):
        if index == 0 or follows_import:
            made[0].gap, pieces[index].gap = pieces[index].gap, []
    elif follows_import:
        made[0].gap = [cst.EmptyLine(indent=False)]
    pieces[index:index] = made
    return text.code()


def move(source: str, index: int, to: int) -> str:
    """The program with one statement moved to the place of another; those between them make room.

    Raises Unreadable if `source` is no program, IndexError if there is no such statement or place.

    >>> move("a = 1\\n\\n# of b\\nb = 2\\nc = 3\\n", 1, 0)
    '# of b\\nb = 2\\n\\na = 1\\nc = 3\\n'
    """
    text = _Text(source)
    _checked(index, len(text.pieces))
    _checked(to, len(text.pieces))
    gaps = [piece.gap for piece in text.pieces]
    text.pieces.insert(to, text.pieces.pop(index))
    text.pieces = [_Piece(gap, piece.above, piece.node) for gap, piece in zip(gaps, text.pieces, strict=True)]
    return text.code()


def remove(source: str, index: int) -> str:
    """The program without one statement and the comments that belong to it.

    Raises Unreadable if `source` is no program, IndexError if there is no such statement.

    >>> remove("a = 1\\nb = 2  # two\\nc = 3\\n", 1)
    'a = 1\\nc = 3\\n'
    """
    text = _Text(source)
    gone = text.pieces.pop(_checked(index, len(text.pieces)))
    after = text.pieces[index].gap if index < len(text.pieces) else text.footer
    is_blank = not any(line.comment for line in gone.gap)
    if not (is_blank and index and (index == len(text.pieces) or after)):
        after[:0] = gone.gap
    return text.code()


def append(source: str, statement: str) -> str:
    """The program with one more statement at its end, and with `import torch` if nothing imports it yet.

    >>> append("", "x = torch.ones(2)")
    'import torch\\n\\nx = torch.ones(2)\\n'
    >>> append("import torch\\nx = 1  # one", "y = x")
    'import torch\\nx = 1  # one\\ny = x\\n'
    """
    return put(source.rstrip(), None, statement)[0]


def put(source: str, index: int | None, statement: str) -> tuple[str, int]:
    """The program with one more statement before that of this number (None: at the end), and the number it has.

    What needs `torch` gets its import if nothing imports it yet. Raises Unreadable if `source` is no program.
    """
    count = len(statements(source))
    index = count if index is None else min(index, count)
    if "torch" in statement and not re.search(r"^\s*(import|from)\s+torch\b", source, re.MULTILINE):
        source, index = insert(source, 0, "import torch"), index + 1
    if source and not source.endswith(("\n", "\r")):
        source += "\n"
    made = insert(source, index, statement)
    return made if made.endswith(("\n", "\r")) else f"{made}\n", index


def _checked(index: int, count: int) -> int:
    if not 0 <= index < count:
        raise IndexError(f"there is no statement number {index}: the program has {count}")
    return index


@dataclass(slots=True)
class _Piece:
    """A statement, the comment lines directly above it, and the lines between those and the statement before."""

    gap: list[cst.EmptyLine]
    above: list[cst.EmptyLine]
    node: Statement


class _Text:
    """A program taken apart by LibCST, and put together again."""

    def __init__(self, source: str) -> None:
        self.bom = BOM if source.startswith(BOM) else ""
        self.module = _parsed(source.removeprefix(BOM))
        leading = [list(node.leading_lines) for node in self.module.body]
        self.footer = list(self.module.footer)
        if leading:
            leading[0][:0] = self.module.header
        else:
            self.footer[:0] = self.module.header
        self.pieces = [
            _Piece(*_split(lines), node.with_changes(leading_lines=()))
            for lines, node in zip(leading, self.module.body, strict=True)
        ]

    def code(self) -> str:
        """The text."""
        body = [piece.node.with_changes(leading_lines=[*piece.gap, *piece.above]) for piece in self.pieces]
        return self.bom + self.module.with_changes(header=(), body=body, footer=self.footer).code

    def parsed(self, new: str) -> list[_Piece]:
        """The statements of another text, to be put into this one."""
        end = self.module.default_newline
        module = _parsed(LINE_END.sub(end, new.strip("\r\n")) + end)
        if module.default_indent != self.module.default_indent:
            module = module.visit(_OwnIndent(module.default_indent))
        pieces = [_Piece([], list(node.leading_lines), node.with_changes(leading_lines=())) for node in module.body]
        if pieces:
            pieces[0].above[:0] = module.header
        return pieces

    def code_of(self, node: Statement) -> str:
        """A statement's text, without the comment behind it."""
        text = self.module.code_for_node(node)
        if isinstance(node, cst.SimpleStatementLine):
            text = text[: len(text) - len(self.module.code_for_node(node.trailing_whitespace))]
        return text.rstrip()

    def height(self, node: Statement) -> int:
        """How many lines a statement takes."""
        return len(LINE_END.findall(self.module.code_for_node(node)))


class _OwnIndent(cst.CSTTransformer):
    """Writes down the indentation of blocks that have their module's, for another module may have another."""

    def __init__(self, indent: str) -> None:
        super().__init__()
        self.indent = indent

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        """The block, with an indentation of its own."""
        return updated_node if updated_node.indent is not None else updated_node.with_changes(indent=self.indent)


def _parsed(source: str) -> cst.Module:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise Unreadable(error.msg, error.lineno or 0) from None
    except ValueError as error:
        raise Unreadable(str(error)) from None
    except (MemoryError, RecursionError):
        raise Unreadable("this text is too deeply nested") from None
    if _is_deep(tree) or (any(isinstance(node, ast.Match) for node in ast.walk(tree)) and _has_deep_patterns(source)):
        raise Unreadable("this text is too deeply nested: change the text itself")
    try:
        module = cst.parse_module(source)
        if module.code == source:
            return module
    except (cst.CSTLogicError, cst.ParserSyntaxError, RecursionError):
        pass
    raise Unreadable("this layout cannot be kept: change the text itself")


def _is_deep(tree: ast.AST) -> bool:
    """Whether anything in the tree lies deeper than LibCST reads in a moment."""
    level = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return bool(level)


def _has_deep_patterns(source: str) -> bool:
    """Whether the patterns of `case` have so many brackets in each other that LibCST is long at trying them."""
    opened: list[int] = []
    begins, is_case, tries = True, False, 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if begins:
            is_case = token.string == "case"
        if token.type == tokenize.OP and token.string in BRACKETS:
            opened.append(BRACKETS[token.string])
        elif token.type == tokenize.OP and token.string in ")]}":
            opened.pop()
        if is_case:
            tries += 1 << min(sum(opened), 20)
            if tries > MOST_TRIES:
                return True
        begins = token.type in BETWEEN and not opened
    return False


def _split(lines: list[cst.EmptyLine]) -> tuple[list[cst.EmptyLine], list[cst.EmptyLine]]:
    """What stands apart from the statement below, and the comments directly above it."""
    for i in range(len(lines), 0, -1):
        if lines[i - 1].comment is None:
            return lines[:i], lines[i:]
    return [], lines


def _behind(node: Statement) -> cst.Comment | None:
    return node.trailing_whitespace.comment if isinstance(node, cst.SimpleStatementLine) else None


def _is_import(node: Statement) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Import | cst.ImportFrom)
