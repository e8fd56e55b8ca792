# SPDX-License-Identifier: GPL-3.0-or-later
"""Field files, read and written by NumPy; pickles only by a reader of numbers and lists."""

import io
import os
import pickle
import zipfile

import numpy as np

from ..errors import FileError, InvalidArgument

#: Bytes that one array of a file may take.
MOST_BYTES = 4 << 30


def load(path):
    """Offsets, points, displacements, world matrix, mirroring."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _samples(_Reader(path, archive))
    except OSError as error:
        raise FileError(path, f"cannot be opened: {error}") from None
    except zipfile.BadZipFile as error:
        raise FileError(path, f"is not a whole zip archive: {error}") from None


def save(path, samples):
    """Writes beside the file and moves it there when it is whole."""
    offsets, points, displacements, world_matrix, mirror_x = samples
    lengths = np.diff(offsets)
    if (lengths != lengths[0]).any():
        problem = "has steps of different lengths, expected one length for a file"
        raise InvalidArgument("field", problem)
    beside = f"{path}.{os.getpid()}.part"
    try:
        with open(beside, "wb") as file:
            np.savez(
                file,
                all_field_points=points.reshape(len(lengths), -1, 3),
                all_delta_positions=displacements.reshape(len(lengths), -1, 3),
                num_steps=np.int64(len(lengths)),
                world_matrix=world_matrix,
                kdtree_query_k=np.int64(8),
                rbf_epsilon=1e-5,
                rbf_smoothing=0.0,
                enable_x_mirror=np.bool_(mirror_x),
            )
        os.replace(beside, path)
    except OSError as error:
        if os.path.exists(beside):
            os.remove(beside)
        raise FileError(path, f"cannot be written: {error}") from None


def _samples(file):
    old = not file.has("all_field_points")
    names = ("field_points", "delta_positions")
    points_key, displacements_key = names if old else ("all_field_points", "all_delta_positions")
    points, displacements = file.steps(points_key), file.steps(displacements_key)
    matrix = np.asarray(file.required("world_matrix"))
    if matrix.shape != (4, 4) or matrix.dtype.kind not in "fiu" or not np.isfinite(matrix).all():
        raise file.error(
            f"has a `world_matrix` of shape {list(matrix.shape)} or with numbers that are not "
            "finite, expected 4 by 4 finite numbers"
        )
    lengths = [len(step) for step in points]
    if lengths != [len(step) for step in displacements] or not lengths or 0 in lengths:
        raise file.error(
            f"has {lengths} points and {[len(step) for step in displacements]} displacements in "
            "its steps, expected as many, and some"
        )
    count = file.scalar("num_steps")
    if count is not None and count != len(points):
        raise file.error(f"says `num_steps` {count:g}, expected {len(points)}")
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32)
    mirror_x = bool(file.scalar("enable_x_mirror") or 0.0)
    matrix = np.ascontiguousarray(matrix, np.float64)
    return offsets, np.concatenate(points), np.concatenate(displacements), matrix, mirror_x


class _Reader:
    def __init__(self, path, archive):
        self.path = path
        self.archive = archive

    def error(self, problem):
        return FileError(self.path, problem)

    def has(self, key):
        return f"{key}.npy" in self.archive.namelist()

    def required(self, key):
        if not self.has(key):
            raise self.error(f"has no array `{key}`, expected one")
        return self.array(key)

    def array(self, key):
        try:
            info = self.archive.getinfo(f"{key}.npy")
            if info.file_size > MOST_BYTES:
                raise ValueError(f"{info.file_size} bytes, expected at most {MOST_BYTES}")
            with self.archive.open(info) as entry:
                return _array(io.BytesIO(entry.read()))
        except (ValueError, EOFError, zipfile.BadZipFile, pickle.UnpicklingError) as error:
            raise self.error(f"has a broken entry `{key}`: {error}") from None

    def scalar(self, key):
        if not self.has(key):
            return None
        found = self.array(key)
        if found.size != 1 or found.dtype.kind not in "fiub":
            raise self.error(f"has the shape {list(found.shape)} in `{key}`, expected one number")
        return float(found.reshape(())[()])

    def steps(self, key):
        found = self.required(key)
        try:
            if found.dtype == object and found.ndim == 1:
                steps = [np.asarray(step, np.float32) for step in found]
            else:
                found = found.astype(np.float32)
                steps = [found] if found.ndim == 2 else list(found)
            wrong = not steps or any(step.ndim != 2 or step.shape[1] != 3 for step in steps)
        except (TypeError, ValueError):
            wrong = True
        if wrong:
            shape = list(found.shape)
            raise self.error(
                f"has the shape {shape} in `{key}`, expected steps of rows of 3 numbers"
            )
        for step in steps:
            bad = np.flatnonzero(~np.isfinite(step).all(axis=1))
            if len(bad):
                row = step[bad[0]].tolist()
                raise self.error(f"has {row} in row {bad[0]} of `{key}`, expected finite numbers")
        return steps


def _array(file):
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"format version {version}, expected 1 or 2")
    read = getattr(np.lib.format, f"read_array_header_{version[0]}_0")
    shape, fortran, dtype = read(file)
    if not dtype.hasobject:
        data = file.read()
        if len(data) != dtype.itemsize * int(np.prod(shape, dtype=object)):
            raise ValueError(f"holds {len(data)} bytes, expected {shape} of {dtype}")
        return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
    found = _NumbersOnly(file).load()
    if not isinstance(found, np.ndarray) or found.shape != shape:
        raise ValueError(f"holds something else than an array of shape {shape}")
    return found


class _NumbersOnly(pickle.Unpickler):
    """Takes NumPy's array, dtype and scalar, and nothing else that a pickle may ask for."""

    _MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")

    def find_class(self, module, name):
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        if module in self._MODULES and name == "_reconstruct":
            return _reconstruct
        if module in self._MODULES and name == "scalar":
            return _scalar
        if (module, name) == ("_codecs", "encode"):
            return _encode
        raise pickle.UnpicklingError(f"it asks for `{module}.{name}`, expected plain numbers")


def _reconstruct(kind, _shape, _code):
    if kind is not np.ndarray:
        raise pickle.UnpicklingError("it makes something else than an array")
    return np.empty(0, np.float32)


def _scalar(dtype, data):
    return np.frombuffer(data, dtype)[0]


def _encode(text, _encoding):
    return text.encode("latin1")
