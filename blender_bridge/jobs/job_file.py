# SPDX-License-Identifier: GPL-3.0-or-later
"""The job file: TOML (or JSON of the same structure) that names outfits, avatars and options."""

from __future__ import annotations

import contextlib
import difflib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..pipeline import options as command_line
from ..pipeline.errors import AllInputsChecked, InputFileError, RetargetError
from ..pipeline.input_bytes import read_text
from ..pipeline.json_value import JsonValue, read_json
from .job import Job
from .job_names import name_problem
from .memory import parse_size
from .option_values import MANAGED, argument

_TOP = ("output", "parallel", "memory", "job-memory", "blender", "defaults", "outfit", "avatar",
        "job")  # fmt: skip
# Keys of an entry that are no options of `retarget`.
_OWN = ("name", "memory", "avatars")
_OPTIONS = tuple(name for name in command_line.names() if name not in MANAGED)


@dataclass(frozen=True)
class JobFile:
    """A batch. Sizes are bytes; None: not given."""

    path: Path
    output: Path
    jobs: list[Job]
    parallel: int | None
    memory: int | None
    job_memory: int | None
    blender: Path | None


def load_job_file(path: Path) -> JobFile:
    """Reads and checks a job file; raises `AllInputsChecked` with everything that is wrong in it.

    Whether the files exist that it names is for the jobs to find out.
    """
    root = _read(path)
    errors: list[RetargetError] = []
    _check_keys(root, _TOP, errors)
    folder = path.resolve().parent
    output = root.get("output")
    output = folder / (Path(output.text()).expanduser() if output else "results")
    entries = list(_entries(root, errors))
    jobs = [job for entry in entries if (job := _collect(errors, _job, entry, output))]
    _check_names([entry.name for entry in entries], errors)
    if not entries and not errors:
        errors.append(root.error("names no job: expected [[outfit]] and [[avatar]], or [[job]]"))
    parallel = _collect(errors, _count, root.get("parallel"))
    memory = _collect(errors, _size, root.get("memory"))
    job_memory = _collect(errors, _size, root.get("job-memory"))
    blender = _collect(errors, _program, root.get("blender"), folder)
    if errors:
        raise AllInputsChecked(errors)
    return JobFile(path, output, jobs, parallel, memory, job_memory, blender)


@dataclass(frozen=True)
class _Entry:
    """A job's options: of all that stands for it in the file, what comes last."""

    where: JsonValue
    name: JsonValue
    options: dict[str, JsonValue]


def _read(path: Path) -> JsonValue:
    if path.suffix.lower() == ".json":
        return read_json(path)
    try:
        try:
            import tomllib
        except ImportError:  # Python 3.10, of Blender before 4.1
            import tomli as tomllib
    except ImportError:
        raise InputFileError(
            path,
            "this Python (before 3.11) reads no TOML: install tomli, or write the same as a .json",
        ) from None
    try:
        return JsonValue(path, "", tomllib.loads(read_text(path)))
    except RecursionError:
        raise InputFileError(path, "is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise InputFileError(path, f"is not TOML: {error}") from None


def _entries(root: JsonValue, errors) -> Iterator[_Entry]:
    """Every outfit on every avatar that it is for, and the single jobs."""
    defaults = _collect(errors, _defaults, root, errors) or {}
    outfits = _collect(errors, _named, root, "outfit", errors) or {}
    avatars = _collect(errors, _named, root, "avatar", errors) or {}
    for kind, there, other in (("outfit", outfits, avatars), ("avatar", avatars, outfits)):
        if there and not other:
            missing = "avatar" if kind == "outfit" else "outfit"
            errors.append(root.error(f"holds [[{kind}]] but no [[{missing}]]"))
    for name, outfit in outfits.items():
        for chosen in _collect(errors, _chosen, outfit, avatars) or ():
            options = {**defaults, **_members(outfit), **_members(avatars[chosen])}
            pair = JsonValue(root.path, outfit.field, f"{name}-{chosen}")
            yield _Entry(outfit, pair, options)
    for job in _collect(errors, root.array, "job") or ():
        if name := _collect(errors, job.require, "name"):
            _check_keys(job, ("name", "memory", *_OPTIONS), errors)
            yield _Entry(job, name, {**defaults, **_members(job)})


def _defaults(root, errors):
    table = root.get("defaults")
    if table is None:
        return {}
    _check_keys(table, ("memory", *_OPTIONS), errors)
    return _members(table)


def _named(root, key, errors) -> dict[str, JsonValue]:
    """The tables of an array, by their names."""
    found: dict[str, JsonValue] = {}
    for table in root.array(key):
        own = _OWN if key == "outfit" else _OWN[:2]
        _check_keys(table, (*own, *_OPTIONS), errors)
        name = _collect(errors, lambda table=table: table.require("name").text())
        if name in found:
            errors.append(table.require("name").error(f"is {name!r} a second time"))
        elif name:
            found[name] = table
    return found


def _members(table: JsonValue) -> dict[str, JsonValue]:
    return {key: value for key, value in table.items() if key not in ("name", "avatars")}


def _chosen(outfit: JsonValue, avatars) -> list[str]:
    """The avatars that an outfit is for: those it lists, or all."""
    if outfit.get("avatars") is None:
        return list(avatars)
    listed = outfit.require("avatars").elements()
    for element in listed:
        if element.text() not in avatars:
            raise element.error(f"is {element.value!r}, {_instead(element.value, avatars)}")
    return [element.value for element in listed]


def _job(entry: _Entry, output: Path) -> Job:
    options = dict(entry.options)
    memory = options.pop("memory", None)
    name = entry.name.text()
    given = (argument(key, value) for key, value in options.items() if key in _OPTIONS)
    arguments = tuple(text for texts in given for text in texts)
    job = Job(name, output / name, arguments, _size(memory))
    _check_options(job, entry)
    return job


def _check_options(job: Job, entry: _Entry) -> None:
    """Has the command line itself judge the options."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stderr(printed):
            command_line.parse(job.command_line())
    except SystemExit:
        problem = printed.getvalue().strip().splitlines()[-1].partition("error: ")[2]
        raise entry.where.error(f"job {job.name!r}: {problem}") from None
    except RetargetError as error:
        raise entry.where.error(f"job {job.name!r}: {error}") from None


def _check_names(names: list[JsonValue], errors) -> None:
    seen: dict[str, str] = {}
    for value in names:
        name = value.value
        if not isinstance(name, str):
            continue
        if problem := name_problem(name):
            errors.append(value.error(f"the job's name {name!r} {problem}, as files are called so"))
        elif name.casefold() in seen:
            errors.append(value.error(f"the job's name {name!r} is there already"))
        seen[name.casefold()] = name


def _check_keys(table: JsonValue, known, errors) -> None:
    def check():
        for key, value in table.items():
            if key in MANAGED and key not in known:
                raise value.error("is an option that the batch sets itself")
            if key not in known:
                raise value.error(f"is not known, {_instead(key, known)}")

    _collect(errors, check)


def _instead(text, known):
    close = difflib.get_close_matches(text, known, 1)
    return f"did you mean {close[0]!r}?" if close else f"expected one of {', '.join(known)}"


def _program(value: JsonValue | None, folder: Path) -> Path | None:
    """A path, or a bare name, which is looked for where programs are."""
    if value is None:
        return None
    path = Path(value.text()).expanduser()
    return path if path.name == value.value else folder / path


def _count(value: JsonValue | None) -> int | None:
    if value is None:
        return None
    if value.number() < 1 or value.number() != int(value.number()):
        raise value.error(f"is {value.value}, expected a whole number from 1")
    return int(value.value)


def _size(value: JsonValue | None) -> int | None:
    if value is None:
        return None
    try:
        return parse_size(value.text())
    except ValueError as error:
        raise value.error(str(error)) from None


def _collect(errors, load, *arguments):
    """The result of a loader, or None if it found something wrong."""
    try:
        return load(*arguments)
    except RetargetError as error:
        errors.append(error)
        return None
