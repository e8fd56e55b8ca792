# SPDX-License-Identifier: GPL-3.0-or-later
"""What the jobs leave for the panel: the quality measures of each mesh, and vertices to look at.

The measures are those of the retarget's report, with the same limits.
"""

import json
import re

import numpy as np

from ..pipeline.measures import DISTORTION, SHAPE, WEIGHTS, Measure, share, short
from ..pipeline.quality import weight_measures, without_weights
from ..quality import weight_quality
from ..robust import WeightSource
from ..weights import normalize_weights

#: Measures of a retarget that are always shown; others only where they are outside their limits.
RETARGET_SUMMARY = frozenset(
    (
        "deeper than 1 mm",
        "sum off by",
        "most influences",
        "on the wrong side",
        "longest 1 %",
        "inverted faces",
    )
)

_RETARGET = (*SHAPE, *WEIGHTS, *DISTORTION)
_OF_WEIGHTS = {measure.title: measure for measure in WEIGHTS}
_GRADIENT = _OF_WEIGHTS["gradient, 1/m²"]
_MATCHED = Measure("matched", lambda mesh: mesh["weight_quality"]["matched"], share)
_GRADIENT_BEFORE = Measure("gradient before", lambda mesh: mesh["gradient_before"], short)

#: Every measure that the panel can show.
MEASURES = (_MATCHED, *_RETARGET, _GRADIENT_BEFORE)

#: What Blender appends to a name that is taken.
_COPY = re.compile(r"\.\d{3,}$")


def label_of(measure):
    """A measure's title as the panel writes it."""
    return measure.title[0].upper() + measure.title[1:]


def weight_entry(mesh, rows, sources=None):
    """The entry of a `WeightedMesh` after a job, as in a report; safe beside the main thread.

    rows: its new weights; sources: #V of `WeightSource`, from a transfer. `gradient_before` is
    that of the old weights, brought to sums of 1 so that the two compare; None without any.
    """

    def numbers(weights):
        return weight_quality(
            mesh.points, mesh.triangles, weights, edges=mesh.edges, sources=sources
        ).numbers

    had_weights = bool(mesh.weights.weights.any())
    return {
        **weight_measures(rows),
        "weight_quality": numbers(rows)._asdict(),
        "gradient_before": (
            numbers(normalize_weights(mesh.weights)).gradient_energy if had_weights else None
        ),
        "problem_vertices": np.flatnonzero(_problems(rows, sources)).tolist(),
    }


def show_transfer(settings, meshes, entries):
    """Replaces the results of the last transfer."""
    measures = (_MATCHED, *_weight_measures(settings.max_influences), _GRADIENT)
    _replace(settings, "TRANSFER")
    for mesh, entry in zip(meshes, entries):
        before = () if entry["gradient_before"] is None else (_GRADIENT_BEFORE,)
        _add(settings, "TRANSFER", _named(mesh, entry), (*measures, *before))


def show_smoothing(settings, meshes, entries):
    """Replaces the results of the last smoothing; it must not leave steeper weights."""
    measures = _weight_measures(settings.max_influences)
    _replace(settings, "SMOOTH")
    for mesh, entry in zip(meshes, entries):
        gradient = [_GRADIENT]
        if entry["gradient_before"] is not None:
            gradient = [_GRADIENT_BEFORE, _GRADIENT._replace(limit=entry["gradient_before"])]
        _add(settings, "SMOOTH", _named(mesh, entry), (*measures, *gradient))


def show_retarget(settings, report):
    """Replaces the results of the last retarget by those of this report."""
    _replace(settings, "RETARGET")
    settings.retarget_warnings = len(report["warnings"])
    for entry in report["meshes"]:
        measures = [
            measure
            for measure in _RETARGET
            if measure.title in RETARGET_SUMMARY or measure.is_bad(entry)
        ]
        _add(settings, "RETARGET", entry, measures)


def object_of(scene, result):
    """The object that a result is of; None where it is gone, changed, or not imported.

    Blender appends a number to an imported object's name while another has it: the latest counts.
    """
    found = [
        obj
        for obj in scene.objects
        if obj.type == "MESH"
        and _is_named(obj, result)
        and len(obj.data.vertices) == result.vertices
    ]
    return max(found, key=lambda obj: (len(obj.name), obj.name), default=None)


def _is_named(obj, result):
    imported = result.job == "RETARGET" and _COPY.sub("", obj.name) == result.object_name
    return imported or obj.name == result.object_name


def _problems(rows, sources):
    unsure = (WeightSource.EXTRAPOLATED, WeightSource.EMPTY)
    bare = without_weights(rows)
    return bare if sources is None else bare | np.isin(sources, unsure)


def _weight_measures(max_influences):
    return (
        _OF_WEIGHTS["without weights"],
        _OF_WEIGHTS["sum off by"],
        _OF_WEIGHTS["most influences"]._replace(limit=max_influences),
    )


def _named(mesh, entry):
    return {"name": mesh.obj.name, "vertices": len(mesh.points), **entry}


def _replace(settings, job):
    for index in reversed(range(len(settings.results))):
        if settings.results[index].job == job:
            settings.results.remove(index)


def _add(settings, job, entry, measures):
    result = settings.results.add()
    result.job = job
    result.object_name, result.vertices = entry["name"], entry["vertices"]
    result.problems = len(entry["problem_vertices"])
    result.problem_indices = json.dumps(entry["problem_vertices"])
    for measure in measures:
        shown = result.measures.add()
        shown.label, shown.text = label_of(measure), measure.text_of(entry)
        shown.is_bad = measure.is_bad(entry)
