"""The lessons: short programs, each with a question to think about and what to look at."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FIRST_VISIT = "by-hand-and-by-machine"
"""The slug of the lesson that a first visit opens."""

FILE_NAME = re.compile(r"(?P<order>\d\d)_(?P<slug>\w+)\.py")
HEADER = re.compile(
    r"(?P<title>[^\n]+)\n\nPart: (?P<part>[^\n]+)\n\nThink: (?P<question>.+?)\n\nLook: (?P<look_at>.+?)"
    r"(\n\nFails: (?P<fails>.+))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson; `source` is the program without the header, `order` its place in the course, `part` its chapter.

    `fails` is the beginning of the error that the program is about; empty for one that runs through.
    """

    slug: str
    title: str
    part: str
    question: str
    look_at: str
    source: str
    order: int
    fails: str = ""


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons in the order of the course.

    >>> lessons()[0].title
    'Creating a tensor with gradients'
    """
    files = Path(__file__).parent.glob("[0-9]*_*.py")
    return tuple(parse(path.name, path.read_text(encoding="utf-8")) for path in sorted(files))


def lesson(slug: str) -> Lesson:
    """The lesson called `slug`; KeyError if there is none.

    >>> lesson("gates").title
    'Gates: (x + y) * z'
    """
    for one in lessons():
        if one.slug == slug:
            return one
    known = ", ".join(one.slug for one in lessons())
    raise KeyError(f"there is no lesson {slug!r} (there are: {known})")


def parse(file_name: str, text: str) -> Lesson:
    '''Reads one lesson's file: a docstring with title, "Part:", "Think:", "Look:", perhaps "Fails:"; then the program.

    Raises ValueError, naming the file, if the name or the header is not like that.

    >>> one = parse("07_square.py", '"""A square\\n\\nPart: p\\n\\nThink: q?\\n\\nLook: r.\\n"""\\n\\nx = 3 ** 2\\n')
    >>> one.slug, one.question, one.source
    ('square', 'q?', 'x = 3 ** 2\\n')
    '''
    name = FILE_NAME.fullmatch(file_name)
    if name is None:
        raise ValueError(f'{file_name}: a lesson\'s file is called like "07_square_root.py"')
    tree = ast.parse(text)
    header = HEADER.fullmatch((ast.get_docstring(tree) or "").strip())
    if header is None:
        wanted = 'a title and paragraphs "Part: …", "Think: …", "Look: …"'
        raise ValueError(f"{file_name}: begin with a docstring of {wanted}")
    after_header = tree.body[0].end_lineno
    program = "\n".join(text.split("\n")[after_header:]).strip("\n") + "\n"
    return Lesson(
        slug=name["slug"].replace("_", "-"),
        title=header["title"].strip(),
        part=header["part"].strip(),
        question=_one_line(header["question"]),
        look_at=_one_line(header["look_at"]),
        source=program,
        order=int(name["order"]),
        fails=_one_line(header["fails"] or ""),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
