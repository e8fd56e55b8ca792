# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of a chain's pairs in a folder: runs that begin with the same pairs make them once.

A result is found by a digest of everything that it is made of, so that a wrong one is never found;
what is damaged, or was not written to its end, counts as not there.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from ..runtime import status
from ..sparse import SparseWeights
from ..version import __version__
from .errors import OutputError
from .input_files import config_files, hash_file
from .inputs import PairInputs
from .model import Body, Outfit, Skeleton
from .run_log import RunLog
from .whole_file import whole_file

_SKELETON = ("parents", "heads", "tails", "z_axes")
_ROWS = ("offsets", "groups", "weights")


class PairCache:
    """Kept results of pairs; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None):
        self._folder = folder

    def convert(
        self,
        outfit: Outfit,
        pair: PairInputs,
        body: Body,
        key_names: dict[str, str],
        log: RunLog,
        make: Callable[[], Outfit],
    ) -> Outfit:
        """The outfit after a pair that repairs nothing: the kept one, or what `make` gives.

        The other arguments are all that the result depends on.
        """
        if self._folder is None:
            return make()
        with log.phase("kept pair", pair.config.target.name) as phase:
            path = self._folder / f"{_digest(outfit, pair, body, key_names)}.npz"
            kept = _load(path, outfit)
            phase.result = {"found": int(kept is not None)}
        if kept is not None:
            result, warnings = kept
            for warning in warnings:
                log.warn(*warning)
            return result
        known = len(log.warnings)
        result = make()
        with log.phase("keep pair", pair.config.target.name):
            _save(path, result, log.warnings[known:], log)
        return result


def _digest(outfit, pair, body, key_names) -> str:
    used = status()
    program = (__version__, used.backend, used.library_version, used.numpy, used.scipy)
    files = [path and hash_file(path).sha256 for path in config_files(pair.config, pair.fbx)]
    masks = {region: (mask.vertices, mask.weights) for region, mask in pair.region_masks.items()}
    digest = hashlib.sha256()
    _feed(digest, (program, files, masks, key_names, outfit, body))
    return digest.hexdigest()


def _feed(digest, value) -> None:
    """Takes a value into a digest, with its type and every field that it has."""
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value))
    elif isinstance(value, (str, int, float, type(None))):
        digest.update(json.dumps(value).encode() + b",")
    elif isinstance(value, (list, tuple)):
        digest.update(f"[{len(value)}".encode())
        for element in value:
            _feed(digest, element)
    else:
        _feed(digest, list(_members(value).items()))


def _members(value) -> dict:
    if isinstance(value, dict):
        return value
    if isinstance(value, SparseWeights):
        return {"group_count": value.group_count, **_rows(value)}
    return {entry.name: getattr(value, entry.name) for entry in fields(value)}


def _rows(weights: SparseWeights) -> dict[str, np.ndarray]:
    return {name: getattr(weights, name) for name in _ROWS}


def _save(path: Path, outfit: Outfit, warnings, log: RunLog) -> None:
    head = {
        "bones": outfit.skeleton.names,
        "keys": [list(mesh.shape_keys) for mesh in outfit.meshes],
        "warnings": warnings,
    }
    arrays = {name: getattr(outfit.skeleton, name) for name in _SKELETON}
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    for number, mesh in enumerate(outfit.meshes):
        arrays[f"points{number}"] = mesh.points
        arrays.update({f"{name}{number}": rows for name, rows in _rows(mesh.weights).items()})
        for key, moved in enumerate(mesh.shape_keys.values()):
            arrays[f"key{number}_{key}"] = moved
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as partial:
            np.savez(partial, **arrays)
    except (OSError, OutputError) as error:
        log.warn(
            f"a pair's result cannot be kept: {error}",
            "nothing: other runs make it again; or make room there",
        )


def _load(path: Path, before: Outfit):
    """A kept outfit and its warnings; None where there is none. Topology is that of `before`."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            skeleton = Skeleton(head["bones"], *(arrays[name] for name in _SKELETON))
            meshes = [
                _mesh(arrays, number, mesh, len(skeleton.names), keys)
                for number, (mesh, keys) in enumerate(zip(before.meshes, head["keys"]))
            ]
            return Outfit(skeleton, meshes), head["warnings"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _mesh(arrays, number, before, bone_count, keys):
    rows = (arrays[f"{name}{number}"] for name in _ROWS)
    return replace(
        before,
        points=arrays[f"points{number}"],
        weights=SparseWeights(*rows, bone_count),
        shape_keys={name: arrays[f"key{number}_{key}"] for key, name in enumerate(keys)},
    )
