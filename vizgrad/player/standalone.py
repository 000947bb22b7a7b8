"""The player with a trace in one HTML file that needs nothing else: no network, no server, no other file."""

from __future__ import annotations

import base64
import hashlib
import html as markup
import json

from vizgrad.trace import Trace

from .assets import script, style
from .payload import payload

BUDGET = 4000
"""How many boxes and arrows of other scenes one file holds."""

POLICY = "default-src 'none'; script-src 'sha256-{}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Nothing may be loaded from anywhere, and no other script may run than the player's own."""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="vizgrad">
<title>{title}</title>
<style>
body {{ margin: 0; background: light-dark(#ffffff, #0e1117); font-family: system-ui, sans-serif; }}
html {{ color-scheme: light dark; }}
main {{ display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); padding: clamp(0.5rem, 1.2vw, 1.5rem); }}
main {{ box-sizing: border-box; min-height: 100dvh; }}
#player {{ display: grid; grid-template-columns: minmax(0, 1fr); }}
.note {{ font-size: 0.85rem; margin: 0 0 0.6rem; color: light-dark(#4b5563, #b6bfcc); }}
h1 {{ font-size: max(1.1rem, 10px + 0.5vw); margin: 0 0 0.5em; color: light-dark(#1f2937, #e8ecf2); }}
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{note}<div id="player"></div>
<noscript>This page steps through a computation graph; it needs JavaScript.</noscript>
</main>
<script type="application/json" id="payload">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def html(trace: Trace, scene: int | None = None, step: int | None = None, title: str | None = None) -> str:
    """The player in one self-contained HTML file, with one scene or all (None); opens at `step` (None: the last).

    Of a long run only the scenes nearest to the last are held. Its address may end in `#scene=1&step=3`, with
    `&present=1` for a lecture and `&embed=1` for the player without the page around it. Raises IndexError for a scene
    or a step that there is not.

    >>> page = html(Trace(engine="numpy", source="", tensors=(), nodes=(), events=()), title="Nothing")
    >>> page.startswith("<!DOCTYPE html>"), "<title>Nothing</title>" in page
    (True, True)
    """
    data = payload(
        trace,
        -1 if scene is None else scene,
        step=step,
        budget=BUDGET if scene is None else 0,
        reach=None,
        details=True,
    )
    if scene is not None:
        data |= {"scenes": [data["scenes"][data["scene"]]], "scene": 0}
    code = script("standalone")
    return PAGE.format(
        title=markup.escape(title or "Computation graph"),
        note="" if data["omitted"] is None else f'<p class="note">{markup.escape(data["omitted"])}</p>\n',
        style=style(),
        policy=POLICY.format(base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()),
        data=_inside_script(data),
        script=code,
    )


def _inside_script(data: object) -> str:
    """JSON that can stand in a script element: no text of the program can end it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
