# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation by the native library; importing this loads it, or raises `LibraryUnusable`.

These functions only pass arrays on, which the modules of the API have checked. The names are
those of the fallback.
"""

from .changes import find_changed_rows
from .components import cluster_components, find_components, find_rigid_parts, fit_boxes
from .field import field_create, field_create_from_shapes, field_load, field_save
from .fits import fit_similarity
from .inpaint import robust_transfer, weight_inpainter
from .intersections import intersecting_triangles
from .marshal import LIBRARY
from .masks import inpaint_mask, smooth_mask
from .penetration import face_distortion, penetration, repair_penetration
from .poses import (
    basis_from_pose,
    common_from_local,
    local_from_common,
    pose_by_deltas,
    pose_from_basis,
)
from .rbf import rbf_create
from .runtime import (
    batch_size,
    cache_clear,
    cache_info,
    cpu_features,
    memory_budget,
    set_batch_size,
    set_cache_limit,
    set_memory_budget,
    set_thread_count,
    thread_count,
)
from .seams import find_seams
from .shape_stage import shape_stage
from .sides import repair_sides, separate_sides, symmetrize_weights
from .skinning import skin_points
from .smoothing import (
    decaying_max,
    filter_weights,
    smooth_weights,
    smooth_weights_on_edges,
    update_smoothing,
)
from .spatial import distance_matrix, distances, point_index, radius_graph
from .surface import surface
from .transfer import transfer_dense, transfer_sparse
from .transfer_session import transfer_session
from .transforms import transform_normals, transform_points
from .weight_rows import (
    average_weights,
    blend_weights,
    merge_groups,
    propagate_weights,
    split_groups,
)
from .weight_stage import weight_stage
from .weights import (
    limit_dense,
    limit_sparse,
    normalize_dense,
    normalize_sparse,
    prune_dense,
    prune_sparse,
    sparse_from_dense,
    sparse_to_dense,
)

__all__ = [
    "LIBRARY",
    "average_weights",
    "basis_from_pose",
    "batch_size",
    "blend_weights",
    "cache_clear",
    "cache_info",
    "cluster_components",
    "common_from_local",
    "cpu_features",
    "decaying_max",
    "distance_matrix",
    "distances",
    "face_distortion",
    "field_create",
    "field_create_from_shapes",
    "field_load",
    "field_save",
    "filter_weights",
    "find_changed_rows",
    "find_components",
    "find_rigid_parts",
    "find_seams",
    "fit_boxes",
    "fit_similarity",
    "inpaint_mask",
    "intersecting_triangles",
    "limit_dense",
    "limit_sparse",
    "local_from_common",
    "memory_budget",
    "merge_groups",
    "normalize_dense",
    "normalize_sparse",
    "penetration",
    "point_index",
    "pose_by_deltas",
    "pose_from_basis",
    "propagate_weights",
    "prune_dense",
    "prune_sparse",
    "radius_graph",
    "rbf_create",
    "repair_penetration",
    "repair_sides",
    "robust_transfer",
    "separate_sides",
    "set_batch_size",
    "set_cache_limit",
    "set_memory_budget",
    "set_thread_count",
    "shape_stage",
    "skin_points",
    "smooth_mask",
    "smooth_weights",
    "smooth_weights_on_edges",
    "sparse_from_dense",
    "sparse_to_dense",
    "split_groups",
    "surface",
    "symmetrize_weights",
    "thread_count",
    "transfer_dense",
    "transfer_session",
    "transfer_sparse",
    "transform_normals",
    "transform_points",
    "update_smoothing",
    "weight_inpainter",
    "weight_stage",
]
