# SPDX-License-Identifier: GPL-3.0-or-later
"""`--report-html`: the report as one page that needs no other file and no network."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import NamedTuple

from . import report_tables as tables
from .markup import Html, element, join, page, section


class Picture(NamedTuple):
    """A picture for the page."""

    title: str
    caption: str
    png: bytes
    #: What the low and the high end of a heat map's colours mean; None: it is no heat map.
    scale: tuple[str, str] | None = None


def report_page(report: dict, pictures: list[Picture]) -> str:
    """The page of a report (see `build_report`), as HTML."""
    outfit = Path(report["options"]["input"]).name
    names = (pair["target"] or Path(pair["target_fbx"]).stem for pair in report["pairs"])
    parts = (
        _failure(report),
        _facts(report),
        _pictures(pictures),
        section("Warnings", _warnings(report["warnings"])),
        section("Meshes", tables.mesh_tables(report)),
        section("Phases", tables.phase_table(report)),
        section("To repeat this run", tables.reproduction(report)),
    )
    return page(" → ".join([outfit, *names]), _subtitle(report), parts)


def _subtitle(report):
    versions = report["versions"]
    engine = "the native library" if versions["backend"] == "native" else "NumPy (the fallback)"
    blender = f", Blender {versions['blender']}" if versions["blender"] else ""
    return f"hemline {versions['hemline']} with {engine}{blender}: {report['options']['output']}"


def _failure(report):
    if not report["exit_code"]:
        return Html("")
    text = f"Failed with exit code {report['exit_code']}; nothing was written.\n{report['error']}"
    return element("div", text, "failed")


def _facts(report):
    total = report["total"]
    facts = [
        ("Time", f"{total['wall']:.1f} s"),
        ("Processor time", f"{total['cpu']:.1f} s"),
        ("Peak memory", tables.megabytes(total["peak_memory"])),
        ("Meshes", str(len(report["meshes"])) if report["meshes"] else "not measured"),
        ("Outside the limits", str(tables.bad_count(report))),
        ("Warnings", str(len(report["warnings"]))),
    ]
    rows = [element("div", element("dt", name) + element("dd", value)) for name, value in facts]
    return element("dl", join(rows), "facts")


def _pictures(pictures):
    if not pictures:
        return element("p", "Pictures and heat maps: run again with --renders.", "dim")
    return element("div", join(map(_figure, pictures)), "pictures")


def _figure(picture):
    data = base64.b64encode(picture.png).decode("ascii")
    image = Html(f'<img alt="{escape(picture.title)}" src="data:image/png;base64,{data}">')
    caption = element("b", picture.title) + element("div", picture.caption)
    if picture.scale:
        low, high = (element("span", text) for text in picture.scale)
        caption += element("div", low + Html("<i></i>") + high, "scale")
    return element("figure", image + element("figcaption", caption))


def _warnings(warnings):
    if not warnings:
        return element("p", "None.")
    return element(
        "ul",
        join(
            element("li", element("b", warning["text"]) + element("div", warning["advice"]))
            for warning in warnings
        ),
        "warnings",
    )
