# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML made of pieces: whatever is not marked as HTML is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from string import Template

from .heat import css_gradient

_FRAME = Path(__file__).with_name("page.html")


class Html(str):
    """Text that is HTML already."""

    def __add__(self, other: str) -> Html:
        return Html(str(self) + html(other))


def html(value: object) -> Html:
    """The value as HTML: escaped, unless it is `Html`."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def join(parts: Iterable[object]) -> Html:
    """All parts one after the other, each escaped unless it is `Html`."""
    return Html("".join(map(html, parts)))


def element(tag: str, content: object, kind: str = "") -> Html:
    """`<tag class="kind">content</tag>`."""
    attribute = f' class="{escape(kind)}"' if kind else ""
    return Html(f"<{tag}{attribute}>{html(content)}</{tag}>")


def table(header: Sequence[object], rows: Iterable[Sequence[object]], kind: str = "") -> Html:
    """A table; a cell that begins with `<td` stands as it is, a row may be `Html` as a whole."""
    head = element("thead", element("tr", join(element("th", cell) for cell in header)))
    body = element("tbody", join(map(_row, rows)))
    return element("div", element("table", head + body, kind), "scroll")


def section(title: str, content: object) -> Html:
    """A heading and what stands under it."""
    return element("h2", title) + html(content)


def page(title: str, subtitle: str, parts: Iterable[object]) -> str:
    """A whole page in the style of all reports, which needs no other file and no network."""
    return Template(_FRAME.read_text(encoding="utf-8")).substitute(
        title=html(title), subtitle=html(subtitle), content=join(parts), gradient=css_gradient()
    )


def _row(row):
    return row if isinstance(row, Html) else element("tr", join(map(_cell, row)))


def _cell(value):
    if isinstance(value, Html) and value.startswith("<td"):
        return value
    return element("td", value)
