# SPDX-License-Identifier: GPL-3.0-or-later
"""hemline: fits clothes made for one avatar onto another.

This package is the NumPy API over the native library, or over its NumPy fallback where there is no
library for this platform (`status()` tells which, and why). It needs no Blender.

Inside Blender the package is also an add-on: `register` adds its panel (`addon/`).
"""

import importlib
import sys

if "bl_info" in globals():
    # Blender before 4.2 runs only this file again after an update: the rest must be new, too.
    for _name in [name for name in sys.modules if name.startswith(f"{__name__}.")]:
        del sys.modules[_name]

from .arguments import NO_INDEX
from .backend import use_backend
from .changes import find_changed_rows
from .channels import MirroredMesh, combine_weights, mirrored_mesh
from .components import (
    OrientedBoxes,
    Parts,
    cluster_components,
    connected_components,
    find_rigid_parts,
    oriented_boxes,
)
from .errors import (
    BackendUnavailable,
    Cancelled,
    FileError,
    HandleClosed,
    HemlineError,
    IndexOutOfRange,
    InternalError,
    InvalidArgument,
    LengthMismatch,
    NotFinite,
    OutOfMemory,
    Singular,
    SizeOverflow,
)
from .field import DeformationField, FieldSamples
from .field_creation import create_field
from .fits import Fits, fit_similarity
from .inpaint import WeightInpainter
from .intersections import intersecting_triangles
from .layers import layer_order
from .masks import (
    angles_to_surface,
    averaged_normals,
    close_mask,
    distance_falloff,
    inpaint_mask,
    smooth_mask,
    vertices_near_faces,
)
from .outfit_pieces import OutfitPiece
from .penetration import (
    FaceDistortion,
    Repair,
    face_distortion,
    penetration,
    repair_penetration,
)
from .poses import (
    basis_from_pose,
    common_from_local,
    local_from_common,
    pose_by_deltas,
    pose_from_basis,
)
from .progress import CancelFlag, ProgressCallback
from .quality import QualityNumbers, WeightQuality, weight_quality
from .ramps import folded_angles, ramp
from .rbf import RbfInfo, RbfInterpolator
from .robust import RobustReport, RobustTransfer, WeightSource, robust_transfer_weights
from .runtime import (
    CacheInfo,
    Status,
    batch_size,
    cache_clear,
    cache_info,
    memory_budget,
    set_batch_size,
    set_cache_limit,
    set_memory_budget,
    set_thread_count,
    status,
    thread_count,
)
from .seams import SeamMesh, Seams, equalize_seams, find_seams
from .shape_stage import BonePose, FieldUse, ShapeReport, ShapeResult, shape_stage
from .side_names import Side, group_sides, mirror_name, pair_sides, side_pairs
from .sides import SideChange, repair_sides, separate_sides, symmetrize_weights
from .skinning import Skinned, VertexStatus, skin_points, unskin_points
from .smoothing import (
    decaying_max,
    max_filter,
    min_filter,
    smooth_weights,
    smooth_weights_on_edges,
    update_smoothing,
)
from .sparse import SparseWeights
from .spatial import Nearest, Neighbors, PointIndex, RadiusGraph, distance_matrix, distances
from .surface import ClosestPoints, Surface
from .transfer import Transfer, transfer_weights
from .transfer_session import TransferSession
from .transforms import transform_normals, transform_points
from .version import __version__
from .weight_rows import (
    GroupMerge,
    Propagated,
    average_weights,
    blend_weights,
    merge_groups,
    propagate_weights,
    split_groups,
)
from .weight_stage import (
    GroupRole,
    WeightStageOptions,
    WeightStageReport,
    WeightStageResult,
    weight_stage,
)
from .weights import limit_weights, normalize_weights, prune_weights

__all__ = [
    "NO_INDEX",
    "BackendUnavailable",
    "BonePose",
    "CacheInfo",
    "CancelFlag",
    "Cancelled",
    "ClosestPoints",
    "DeformationField",
    "FaceDistortion",
    "FieldSamples",
    "FieldUse",
    "FileError",
    "Fits",
    "GroupMerge",
    "GroupRole",
    "HandleClosed",
    "HemlineError",
    "IndexOutOfRange",
    "InternalError",
    "InvalidArgument",
    "LengthMismatch",
    "MirroredMesh",
    "Nearest",
    "Neighbors",
    "NotFinite",
    "OrientedBoxes",
    "OutOfMemory",
    "OutfitPiece",
    "Parts",
    "PointIndex",
    "ProgressCallback",
    "Propagated",
    "QualityNumbers",
    "RadiusGraph",
    "RbfInfo",
    "RbfInterpolator",
    "Repair",
    "RobustReport",
    "RobustTransfer",
    "SeamMesh",
    "Seams",
    "ShapeReport",
    "ShapeResult",
    "Side",
    "SideChange",
    "Singular",
    "SizeOverflow",
    "Skinned",
    "SparseWeights",
    "Status",
    "Surface",
    "Transfer",
    "TransferSession",
    "VertexStatus",
    "WeightInpainter",
    "WeightQuality",
    "WeightSource",
    "WeightStageOptions",
    "WeightStageReport",
    "WeightStageResult",
    "__version__",
    "angles_to_surface",
    "average_weights",
    "averaged_normals",
    "basis_from_pose",
    "batch_size",
    "blend_weights",
    "cache_clear",
    "cache_info",
    "close_mask",
    "cluster_components",
    "combine_weights",
    "common_from_local",
    "connected_components",
    "create_field",
    "decaying_max",
    "distance_falloff",
    "distance_matrix",
    "distances",
    "equalize_seams",
    "face_distortion",
    "find_changed_rows",
    "find_rigid_parts",
    "find_seams",
    "fit_similarity",
    "folded_angles",
    "group_sides",
    "inpaint_mask",
    "intersecting_triangles",
    "layer_order",
    "limit_weights",
    "local_from_common",
    "max_filter",
    "memory_budget",
    "merge_groups",
    "min_filter",
    "mirror_name",
    "mirrored_mesh",
    "normalize_weights",
    "oriented_boxes",
    "pair_sides",
    "penetration",
    "pose_by_deltas",
    "pose_from_basis",
    "propagate_weights",
    "prune_weights",
    "ramp",
    "repair_penetration",
    "repair_sides",
    "robust_transfer_weights",
    "separate_sides",
    "set_batch_size",
    "set_cache_limit",
    "set_memory_budget",
    "set_thread_count",
    "shape_stage",
    "side_pairs",
    "skin_points",
    "smooth_mask",
    "smooth_weights",
    "smooth_weights_on_edges",
    "split_groups",
    "status",
    "symmetrize_weights",
    "thread_count",
    "transfer_weights",
    "transform_normals",
    "transform_points",
    "unskin_points",
    "update_smoothing",
    "use_backend",
    "vertices_near_faces",
    "weight_quality",
    "weight_stage",
]

#: What Blender before 4.2 reads; later ones read `blender_manifest.toml`.
bl_info = {
    "name": "hemline",
    "description": "Fits clothes made for one avatar onto another",
    "author": "hemline contributors",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "View3D > Sidebar > hemline",
    "category": "Rigging",
}


def register():
    """Called by Blender when the add-on is enabled."""
    importlib.import_module(f"{__name__}.addon").register()


def unregister():
    """Called by Blender when the add-on is disabled."""
    importlib.import_module(f"{__name__}.addon").unregister()
