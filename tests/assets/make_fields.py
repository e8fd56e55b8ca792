# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes the sample fields: one file for each layout, from one field of the retargeting set.

    python tests/assets/make_fields.py FIELD.npz tests/assets/fields

FIELD.npz is a mirrored field of one step. Run it once by NumPy 1 and once by NumPy 2: the pickles
that they write name NumPy's modules differently, and each run writes its own.
"""

import sys
from pathlib import Path

import numpy as np

OTHERS = {"kdtree_query_k": 27, "rbf_epsilon": 1e-5, "rbf_smoothing": 0.0}


def main(source, folder):
    field = np.load(source)
    points, deltas = field["all_field_points"][0], field["all_delta_positions"][0]
    common = dict(OTHERS, world_matrix=np.eye(4), num_steps=1, enable_x_mirror=True)
    version = f"numpy{np.__version__.split('.')[0]}"
    folder = Path(folder)
    np.savez_compressed(
        folder / "plain_mirrored.npz",
        all_field_points=points[None],
        all_delta_positions=deltas[None],
        **common,
    )
    few = slice(None, None, 8)
    np.savez(
        folder / f"python_floats_{version}.npz",
        all_field_points=np.array([points[few].tolist()], object),
        all_delta_positions=np.array([deltas[few].tolist()], object),
        **common,
    )
    np.savez(
        folder / f"steps_of_two_lengths_{version}.npz",
        all_field_points=objects(points[few], points[5::9]),
        all_delta_positions=objects(deltas[few], deltas[5::9]),
        **dict(common, num_steps=2, enable_x_mirror=False),
    )
    np.savez(
        folder / "single_keys.npz",
        field_points=points[few],
        delta_positions=deltas[few],
        world_matrix=np.eye(4),
    )


def objects(*arrays):
    """An object array of arrays of different lengths."""
    result = np.empty(len(arrays), object)
    for place, array in enumerate(arrays):
        result[place] = array
    return result


if __name__ == "__main__":
    main(*sys.argv[1:])
