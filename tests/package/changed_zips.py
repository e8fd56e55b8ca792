"""Zips made from the real ones: of another version, or with another library."""

import re
import zipfile

#: Where a zip has its library, with what names the version.
LIBRARY = re.compile(r"(.*lib/[^/]+/libhemline-)(\d+\.\d+\.\d+)(\.so)$")


def change(source, target, edit):
    """Copies a zip; `edit` takes name and bytes of each file and returns both, or None."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            edited = edit(name, old.read(name))
            if edited is not None:
                new.writestr(*edited)
    return target


def with_version(source, target, version):
    """The same as if it were released as `version`."""
    (old,) = {m[2] for name in zipfile.ZipFile(source).namelist() if (m := LIBRARY.match(name))}

    def edit(name, data):
        if LIBRARY.match(name):
            # What hem_version_string returns.
            assert data.count(f"{old}\0".encode()) == 1
            data = data.replace(f"{old}\0".encode(), f"{version}\0".encode())
            return LIBRARY.sub(rf"\g<1>{version}\3", name), data
        if name.endswith(("version.py", "blender_manifest.toml")):
            data = data.replace(f'"{old}"'.encode(), f'"{version}"'.encode())
        if name.endswith("__init__.py"):
            data = data.replace(tuple_of(old), tuple_of(version))
        return name, data

    return change(source, target, edit)


def tuple_of(version):
    """A version as `bl_info` has it."""
    return f"({version.replace('.', ', ')})".encode()


def with_library(source, target, library):
    """The same with these bytes as its library; None leaves the library out."""

    def edit(name, data):
        if not LIBRARY.match(name):
            return name, data
        return None if library is None else (name, library)

    return change(source, target, edit)


def library_of(source):
    """The bytes of a zip's library for this machine."""
    with zipfile.ZipFile(source) as zip_file:
        names = [name for name in zip_file.namelist() if "linux-x86_64/" in name]
        return zip_file.read(names[0])
