"""Writes the sample meshes as raw little-endian binaries, for benches that have no NumPy.

usage: python tests/assets/export_raw.py [--out target/bench-data]

One file per array, named ``<mesh>.<array>.<type>``; an array's length is the file's length. Meshes:
``body_a``, ``body_b`` and the joined outfits of body a, ``outfit_small``, ``outfit_medium``,
``outfit_large``. Arrays of a mesh:

========================  ==========================================================
``positions.f32``         #V by 3, metres, z up
``normals.f32``           #V by 3, unit vertex normals
``triangles.u32``         #T by 3
``edges.u32``             #E by 2, the lower vertex first
``weight_offsets.u32``    #V + 1: row v is ``offsets[v] .. offsets[v + 1]``
``weight_groups.u32``     #N, group of each skin weight, ascending in a row
``weight_values.f32``     #N
``pieces.u32``            outfits: #P + 1, piece p is vertices ``[p] .. [p + 1]``
========================  ==========================================================

``group_names.txt`` holds the name of each group, one a line.
"""

import argparse
from pathlib import Path

import numpy as np
import sample_assets


def arrays_of(mesh):
    """The arrays of one mesh by file-name part."""
    return {
        "positions": mesh.positions,
        "normals": mesh.normals,
        "triangles": mesh.triangles,
        "edges": mesh.edges,
        "weight_offsets": mesh.skin.offsets,
        "weight_groups": mesh.skin.groups,
        "weight_values": mesh.skin.weights,
    }


def write(folder, mesh_name, arrays):
    """One file per array, its type (f32 or u32) as the suffix."""
    for name, array in arrays.items():
        kind = {"f": "f32", "u": "u32"}[array.dtype.kind]
        array.astype(f"<{array.dtype.kind}4").tofile(folder / f"{mesh_name}.{name}.{kind}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("target/bench-data"))
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)

    for shape in sample_assets.SHAPES:
        write(folder, f"body_{shape}", arrays_of(sample_assets.load_body(shape)))
    for size in sample_assets.SIZES:
        pieces = sample_assets.make_outfit(size)
        counts = [len(piece.positions) for piece in pieces]
        starts = np.cumsum([0, *counts]).astype(np.uint32)
        arrays = arrays_of(sample_assets.join(pieces)) | {"pieces": starts}
        write(folder, f"outfit_{size}", arrays)
    names = sample_assets.load_rig("a").group_names
    (folder / "group_names.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    print(f"wrote {sum(1 for _ in folder.iterdir())} files to {folder}")


if __name__ == "__main__":
    main()
