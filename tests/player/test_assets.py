"""The player's modules can stand one after the other in one script."""

from __future__ import annotations

import re
from collections import Counter

from vizgrad.player.assets import SCRIPTS, read

NAMED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (?:(\w+)|\{([^}]*)\})", re.MULTILINE)
IMPORTED = re.compile(r'^import \{([^}]*)\} from "\./([\w.]+)";', re.MULTILINE)


def names(text: str) -> list[str]:
    """What a module defines at its top level."""
    found = []
    for one, several in NAMED.findall(text):
        found += [one] if one else [part.split(":")[-1].strip() for part in several.split(",")]
    return found


def test_no_two_modules_define_the_same_name():
    counts = Counter(name for script in SCRIPTS for name in names(read(script)))
    assert counts["mount"] == 1
    assert [name for name, count in counts.items() if count > 1] == []


def test_each_imports_only_what_stands_before_it():
    for place, script in enumerate(SCRIPTS):
        for wanted, source in IMPORTED.findall(read(script)):
            assert source in SCRIPTS[:place], f"{script} needs {source}"
            missing = {name.strip() for name in wanted.split(",") if name.strip()} - set(names(read(source)))
            assert not missing, f"{script} imports {missing} from {source}"
