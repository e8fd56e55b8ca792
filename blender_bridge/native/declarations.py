# SPDX-License-Identifier: GPL-3.0-or-later
"""The C ABI as ctypes sees it.

Generated from src/ffi; do not edit. Regenerate: cargo xtask generate
Pointers to data and handles are ``c_void_p``: an address, an array's or a ``byref`` will do.
"""

import ctypes

HEM_OK = 0
HEM_NULL_POINTER = 1
HEM_INVALID_ARGUMENT = 2
HEM_LENGTH_MISMATCH = 3
HEM_INDEX_OUT_OF_RANGE = 4
HEM_NOT_FINITE = 5
HEM_SIZE_OVERFLOW = 6
HEM_SINGULAR = 7
HEM_OUT_OF_MEMORY = 8
HEM_CANCELLED = 9
HEM_INTERNAL_ERROR = 10
HEM_FILE_ERROR = 11
HEM_ABI_VERSION = 1
HEM_VERSION_MAJOR = 0
HEM_VERSION_MINOR = 1
HEM_VERSION_PATCH = 0
HEM_NO_INDEX = 4294967295
HEM_DEFAULT_CACHE_LIMIT = 268435456
HEM_SIDE_NEITHER = 0
HEM_SIDE_LEFT = 1
HEM_SIDE_RIGHT = 2
HEM_FALLOFF_GAUSSIAN = 0
HEM_FALLOFF_LINEAR = 1
HEM_FALLOFF_UNIFORM = 2
HEM_BLEND_LINEAR = 0
HEM_BLEND_DUAL_QUATERNION = 1
HEM_VERTEX_SKINNED = 0
HEM_VERTEX_UNWEIGHTED = 1
HEM_VERTEX_SINGULAR = 2
HEM_MOTION_SIMILARITY = 0
HEM_MOTION_RIGID = 1
HEM_TRANSFER_SMALL_TRIANGLES_BY_CORNER = 1
HEM_RBF_MULTIQUADRIC = 0
HEM_RBF_BIHARMONIC = 1
HEM_RBF_TRIHARMONIC = 2
HEM_RBF_GAUSSIAN = 3
HEM_RBF_THIN_PLATE = 4
HEM_RBF_WENDLAND_C2 = 5
HEM_RBF_SOLVER_AUTO = 0
HEM_RBF_SOLVER_DIRECT = 1
HEM_RBF_SOLVER_ITERATIVE = 2
HEM_MATCH_BY_CONFIDENCE = 0
HEM_MATCH_BY_THRESHOLD = 1
HEM_SOURCE_INPAINTED = 0
HEM_SOURCE_MATCHED = 1
HEM_SOURCE_EXTRAPOLATED = 2
HEM_SOURCE_EMPTY = 3
HEM_GROUP_BODY = 0
HEM_GROUP_OWN = 1
HEM_GROUP_LOCKED = 2
HEM_RIGID_NONE = 0
HEM_RIGID_DETECT = 1
HEM_RIGID_LABELS = 2

HemProgressCallback = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_float, ctypes.c_void_p)


class HemProgress(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
        ("callback", HemProgressCallback),
        ("user_data", ctypes.c_void_p),
        ("cancel_flag", ctypes.c_void_p),
    ]


class HemCacheInfo(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
        ("bytes", ctypes.c_uint64),
        ("limit", ctypes.c_uint64),
        ("entries", ctypes.c_uint64),
        ("hits", ctypes.c_uint64),
        ("misses", ctypes.c_uint64),
        ("evictions", ctypes.c_uint64),
    ]


class HemLimitOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("max_influences", ctypes.c_uint32),
        ("fade", ctypes.c_float),
        ("keep_sum", ctypes.c_uint32),
    ]


class HemPruneOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("threshold", ctypes.c_float),
        ("keep_largest", ctypes.c_uint32),
        ("keep_sum", ctypes.c_uint32),
    ]


class HemSeamOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("distance", ctypes.c_float),
        ("angle", ctypes.c_float),
        ("similarity", ctypes.c_float),
    ]


class HemSmoothOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("falloff", ctypes.c_uint32),
        ("iterations", ctypes.c_uint32),
        ("neighbor_limit", ctypes.c_uint32),
    ]


class HemDecayingMaxOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("iterations", ctypes.c_uint32),
        ("sigma", ctypes.c_float),
    ]


class HemEdgeSmoothOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("iterations", ctypes.c_uint32),
        ("factor", ctypes.c_float),
        ("expand", ctypes.c_float),
    ]


class HemSkinningOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("blend", ctypes.c_uint32),
    ]


class HemFitOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("motion", ctypes.c_uint32),
    ]


class HemTransferOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("max_distance", ctypes.c_float),
        ("angle_min", ctypes.c_float),
        ("angle_max", ctypes.c_float),
        ("normal_radius", ctypes.c_float),
    ]


class HemFieldOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("neighbor_count", ctypes.c_uint32),
        ("epsilon", ctypes.c_float),
        ("start", ctypes.c_float),
        ("end", ctypes.c_float),
        ("max_distance", ctypes.c_float),
        ("falloff", ctypes.c_float),
    ]


class HemRbfOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("kernel", ctypes.c_uint32),
        ("epsilon", ctypes.c_float),
        ("smoothing", ctypes.c_float),
        ("merge_distance", ctypes.c_float),
        ("solver", ctypes.c_uint32),
    ]


class HemRbfInfo(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
        ("distinct_point_count", ctypes.c_uint64),
        ("condition", ctypes.c_double),
    ]


class HemFieldCreationOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("kernel", ctypes.c_uint32),
        ("epsilon", ctypes.c_float),
        ("smoothing", ctypes.c_float),
        ("merge_distance", ctypes.c_float),
        ("inverse", ctypes.c_uint32),
        ("step_count", ctypes.c_uint32),
        ("mirror_x", ctypes.c_uint32),
        ("base_spacing", ctypes.c_float),
        ("growth", ctypes.c_float),
        ("box_scale", ctypes.c_float),
        ("falloff_start", ctypes.c_float),
        ("falloff_end", ctypes.c_float),
    ]


class HemRobustOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("matching", ctypes.c_uint32),
        ("smoothing", ctypes.c_float),
        ("max_distance", ctypes.c_float),
        ("max_angle", ctypes.c_float),
        ("flipped_normals", ctypes.c_uint32),
        ("smoothing_passes", ctypes.c_uint32),
        ("smoothing_factor", ctypes.c_float),
        ("max_influences", ctypes.c_uint32),
        ("limit_rings", ctypes.c_uint32),
    ]


class HemInpaintMaskOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("smoothing_iterations", ctypes.c_uint32),
        ("min_distance", ctypes.c_float),
        ("min_angle", ctypes.c_float),
        ("face_radius", ctypes.c_float),
        ("smoothing_factor", ctypes.c_float),
        ("smoothing_expand", ctypes.c_float),
        ("threshold", ctypes.c_float),
        ("closing_radius", ctypes.c_float),
    ]


class HemSmoothMaskOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("smoothing_iterations", ctypes.c_uint32),
        ("distance_ramp", ctypes.c_float * 2),
        ("angle_ramp", ctypes.c_float * 2),
        ("normal_radius", ctypes.c_float),
        ("smoothing_factor", ctypes.c_float),
        ("threshold", ctypes.c_float),
        ("max_radius", ctypes.c_float),
        ("smooth_radius", ctypes.c_float),
    ]


class HemWeightStageOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("rigid_parts", ctypes.c_uint32),
        ("sides", ctypes.c_uint32),
        ("propagate", ctypes.c_uint32),
        ("smooth_iterations", ctypes.c_uint32),
        ("smooth_radius", ctypes.c_float),
        ("mix", ctypes.c_float),
        ("symmetry", ctypes.c_float),
        ("seams", ctypes.c_float),
    ]


class HemWeightStageReport(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("inpainted", ctypes.c_uint32),
        ("matched", ctypes.c_uint32),
        ("extrapolated", ctypes.c_uint32),
        ("empty", ctypes.c_uint32),
        ("unmatched_islands", ctypes.c_uint32),
        ("rigid_parts", ctypes.c_uint32),
        ("side_vertices", ctypes.c_uint32),
        ("mirrored", ctypes.c_uint32),
        ("seam_vertices", ctypes.c_uint32),
        ("propagated", ctypes.c_uint32),
        ("bare", ctypes.c_uint32),
        ("max_influences", ctypes.c_uint32),
        ("max_sum_error", ctypes.c_float),
    ]


class HemRepairOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("clearance", ctypes.c_float),
        ("keep_offset", ctypes.c_float),
        ("radius", ctypes.c_float),
    ]


class HemBonePose(ctypes.Structure):
    _fields_ = [
        ("rest", ctypes.c_void_p),
        ("posed", ctypes.c_void_p),
        ("bone_count", ctypes.c_size_t),
        ("group_bones", ctypes.c_void_p),
        ("blend", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class HemFieldUse(ctypes.Structure):
    _fields_ = [
        ("field", ctypes.c_void_p),
        ("mask", ctypes.c_void_p),
        ("options", ctypes.c_void_p),
    ]


class HemShapeInput(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("rigid", ctypes.c_uint32),
        ("points", ctypes.c_void_p),
        ("point_count", ctypes.c_size_t),
        ("triangles", ctypes.c_void_p),
        ("triangle_count", ctypes.c_size_t),
        ("shape_keys", ctypes.c_void_p),
        ("key_count", ctypes.c_size_t),
        ("offsets", ctypes.c_void_p),
        ("groups", ctypes.c_void_p),
        ("weights", ctypes.c_void_p),
        ("entry_count", ctypes.c_size_t),
        ("group_count", ctypes.c_size_t),
        ("pose", ctypes.c_void_p),
        ("fields", ctypes.c_void_p),
        ("field_count", ctypes.c_size_t),
        ("own_fields", ctypes.c_void_p),
        ("key_field_offsets", ctypes.c_void_p),
        ("key_fields", ctypes.c_void_p),
        ("rigid_labels", ctypes.c_void_p),
        ("unpose", ctypes.c_void_p),
        ("source_body", ctypes.c_void_p),
        ("body", ctypes.c_void_p),
        ("repair", ctypes.c_void_p),
    ]


class HemShapeReport(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("unweighted", ctypes.c_uint32),
        ("singular", ctypes.c_uint32),
        ("rigid_parts", ctypes.c_uint32),
        ("deep_before", ctypes.c_uint32),
        ("deep_after", ctypes.c_uint32),
        ("deepest_before", ctypes.c_float),
        ("deepest_after", ctypes.c_float),
        ("moved_by_repair", ctypes.c_uint32),
        ("largest_push", ctypes.c_float),
        ("inverted_faces", ctypes.c_uint32),
        ("stretched_faces", ctypes.c_uint32),
    ]


# Name: (result, [parameters]).
FUNCTIONS = {
    "hem_last_error_message": (
        ctypes.c_char_p,
        [],
    ),
    "hem_status_name": (
        ctypes.c_char_p,
        [
            ctypes.c_int32,  # status
        ],
    ),
    "hem_abi_version": (
        ctypes.c_uint32,
        [],
    ),
    "hem_version_string": (
        ctypes.c_char_p,
        [],
    ),
    "hem_cpu_features": (
        ctypes.c_char_p,
        [],
    ),
    "hem_set_thread_count": (
        ctypes.c_int32,
        [
            ctypes.c_size_t,  # count
        ],
    ),
    "hem_thread_count": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_count
        ],
    ),
    "hem_set_memory_budget": (
        ctypes.c_int32,
        [
            ctypes.c_size_t,  # bytes
        ],
    ),
    "hem_memory_budget": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_bytes
        ],
    ),
    "hem_set_batch_size": (
        ctypes.c_int32,
        [
            ctypes.c_size_t,  # rows
        ],
    ),
    "hem_batch_size": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_rows
        ],
    ),
    "hem_transform_points": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # matrix
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # out_points
        ],
    ),
    "hem_transform_points_f64": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # matrix
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # out_points
        ],
    ),
    "hem_transform_normals": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # matrix
            ctypes.c_void_p,  # normals
            ctypes.c_size_t,  # normal_count
            ctypes.c_void_p,  # out_normals
        ],
    ),
    "hem_transform_normals_f64": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # matrix
            ctypes.c_void_p,  # normals
            ctypes.c_size_t,  # normal_count
            ctypes.c_void_p,  # out_normals
        ],
    ),
    "hem_distances": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # point
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # out_distances
        ],
    ),
    "hem_distances_f64": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # point
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # out_distances
        ],
    ),
    "hem_distance_matrix": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # a
            ctypes.c_size_t,  # a_count
            ctypes.c_void_p,  # b
            ctypes.c_size_t,  # b_count
            ctypes.c_void_p,  # out_distances
        ],
    ),
    "hem_distance_matrix_f64": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # a
            ctypes.c_size_t,  # a_count
            ctypes.c_void_p,  # b
            ctypes.c_size_t,  # b_count
            ctypes.c_void_p,  # out_distances
        ],
    ),
    "hem_cache_info": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_info
        ],
    ),
    "hem_cache_clear": (
        ctypes.c_int32,
        [],
    ),
    "hem_set_cache_limit": (
        ctypes.c_int32,
        [
            ctypes.c_uint64,  # bytes
        ],
    ),
    "hem_find_changed_rows": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # before
            ctypes.c_void_p,  # after
            ctypes.c_size_t,  # row_count
            ctypes.c_size_t,  # row_bytes
            ctypes.c_void_p,  # out_changed
            ctypes.c_void_p,  # out_changed_count
        ],
    ),
    "hem_sparse_weights_view": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # sparse_weights
            ctypes.c_void_p,  # out_offsets
            ctypes.c_void_p,  # out_groups
            ctypes.c_void_p,  # out_weights
            ctypes.c_void_p,  # out_vertex_count
            ctypes.c_void_p,  # out_entry_count
            ctypes.c_void_p,  # out_group_count
        ],
    ),
    "hem_sparse_weights_destroy": (
        None,
        [
            ctypes.c_void_p,  # sparse_weights
        ],
    ),
    "hem_sparse_from_dense": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # out_sparse_weights
        ],
    ),
    "hem_sparse_to_dense": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # out_dense
        ],
    ),
    "hem_limit_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_prune_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_normalize_weights_dense": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_mask
            ctypes.c_void_p,  # locked_groups
            ctypes.c_void_p,  # out_zero_count
        ],
    ),
    "hem_normalize_weights_sparse": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_mask
            ctypes.c_void_p,  # locked_groups
            ctypes.c_void_p,  # out_zero_count
        ],
    ),
    "hem_limit_weights_dense": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_mask
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_limited_count
        ],
    ),
    "hem_limit_weights_sparse": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_mask
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_limited_count
        ],
    ),
    "hem_prune_weights_dense": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_mask
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_emptied_count
        ],
    ),
    "hem_prune_weights_sparse": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_mask
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_emptied_count
        ],
    ),
    "hem_find_components": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # elements
            ctypes.c_size_t,  # element_count
            ctypes.c_size_t,  # element_size
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # out_labels
            ctypes.c_void_p,  # out_component_count
        ],
    ),
    "hem_find_rigid_parts": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # components
            ctypes.c_size_t,  # component_count
            ctypes.c_float,  # tolerance
            ctypes.c_void_p,  # out_labels
            ctypes.c_void_p,  # out_part_count
        ],
    ),
    "hem_fit_boxes": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # labels
            ctypes.c_size_t,  # point_count
            ctypes.c_size_t,  # component_count
            ctypes.c_void_p,  # out_frames
            ctypes.c_void_p,  # out_half_extents
        ],
    ),
    "hem_cluster_components": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # labels
            ctypes.c_size_t,  # point_count
            ctypes.c_size_t,  # component_count
            ctypes.c_float,  # distance
            ctypes.c_void_p,  # out_clusters
            ctypes.c_void_p,  # out_cluster_count
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_average_weights": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # labels
            ctypes.c_size_t,  # label_count
            ctypes.c_void_p,  # out_sparse_weights
        ],
    ),
    "hem_merge_groups": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # parents
            ctypes.c_void_p,  # out_sparse_weights
        ],
    ),
    "hem_split_groups": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # original_offsets
            ctypes.c_void_p,  # original_groups
            ctypes.c_void_p,  # original_weights
            ctypes.c_size_t,  # original_entry_count
            ctypes.c_void_p,  # parents
            ctypes.c_void_p,  # out_sparse_weights
        ],
    ),
    "hem_blend_weights": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # original_offsets
            ctypes.c_void_p,  # original_groups
            ctypes.c_void_p,  # original_weights
            ctypes.c_size_t,  # original_entry_count
            ctypes.c_void_p,  # mask
            ctypes.c_void_p,  # group_mask
            ctypes.c_void_p,  # out_sparse_weights
        ],
    ),
    "hem_propagate_weights": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # edges
            ctypes.c_size_t,  # edge_count
            ctypes.c_void_p,  # group_mask
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_sources
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_seam_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_find_seams": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # edges
            ctypes.c_size_t,  # edge_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_labels
            ctypes.c_void_p,  # out_seam_count
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_separate_sides": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # sides
            ctypes.c_void_p,  # mirror
            ctypes.c_void_p,  # group_mask
            ctypes.c_float,  # threshold
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_changed_count
        ],
    ),
    "hem_repair_sides": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # original_offsets
            ctypes.c_void_p,  # original_groups
            ctypes.c_void_p,  # original_weights
            ctypes.c_size_t,  # original_entry_count
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # sides
            ctypes.c_void_p,  # mirror
            ctypes.c_float,  # width
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_changed_count
        ],
    ),
    "hem_symmetrize_weights": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # mirror
            ctypes.c_void_p,  # vertex_mask
            ctypes.c_float,  # tolerance
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_changed_count
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_neighbors_view": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # neighbors
            ctypes.c_void_p,  # out_offsets
            ctypes.c_void_p,  # out_indices
            ctypes.c_void_p,  # out_distances
            ctypes.c_void_p,  # out_row_count
            ctypes.c_void_p,  # out_entry_count
        ],
    ),
    "hem_neighbors_destroy": (
        None,
        [
            ctypes.c_void_p,  # neighbors
        ],
    ),
    "hem_point_index_create": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # out_index
        ],
    ),
    "hem_point_index_acquire": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # out_index
        ],
    ),
    "hem_point_index_destroy": (
        None,
        [
            ctypes.c_void_p,  # index
        ],
    ),
    "hem_point_index_nearest": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # index
            ctypes.c_void_p,  # queries
            ctypes.c_size_t,  # query_count
            ctypes.c_float,  # max_distance
            ctypes.c_void_p,  # out_indices
            ctypes.c_void_p,  # out_distances
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_point_index_k_nearest": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # index
            ctypes.c_void_p,  # queries
            ctypes.c_size_t,  # query_count
            ctypes.c_size_t,  # k
            ctypes.c_float,  # max_distance
            ctypes.c_void_p,  # out_indices
            ctypes.c_void_p,  # out_distances
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_point_index_within": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # index
            ctypes.c_void_p,  # queries
            ctypes.c_size_t,  # query_count
            ctypes.c_float,  # radius
            ctypes.c_void_p,  # progress
            ctypes.c_void_p,  # out_neighbors
        ],
    ),
    "hem_point_index_count_within": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # index
            ctypes.c_void_p,  # queries
            ctypes.c_size_t,  # query_count
            ctypes.c_float,  # radius
            ctypes.c_void_p,  # out_counts
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_radius_graph_create": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_float,  # radius
            ctypes.c_void_p,  # progress
            ctypes.c_void_p,  # out_graph
        ],
    ),
    "hem_radius_graph_acquire": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_float,  # radius
            ctypes.c_void_p,  # progress
            ctypes.c_void_p,  # out_graph
        ],
    ),
    "hem_radius_graph_destroy": (
        None,
        [
            ctypes.c_void_p,  # graph
        ],
    ),
    "hem_radius_graph_neighbors": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # graph
            ctypes.c_uint32,  # with_distances
            ctypes.c_void_p,  # progress
            ctypes.c_void_p,  # out_neighbors
        ],
    ),
    "hem_radius_graph_counts": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # graph
            ctypes.c_void_p,  # out_counts
            ctypes.c_size_t,  # point_count
        ],
    ),
    "hem_smooth_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_decaying_max_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_edge_smooth_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_smooth_weights": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # graph
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # mask
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_update_smoothing": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # before
            ctypes.c_void_p,  # after
            ctypes.c_void_p,  # changed
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # mask
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # result
            ctypes.c_void_p,  # out_updated
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_max_filter": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # graph
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # mask
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_min_filter": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # graph
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # mask
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_decaying_max": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # graph
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_smooth_weights_on_edges": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # edges
            ctypes.c_size_t,  # edge_count
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # selection
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_pose_by_deltas": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # parents
            ctypes.c_size_t,  # bone_count
            ctypes.c_void_p,  # rest
            ctypes.c_void_p,  # deltas
            ctypes.c_void_p,  # listed
            ctypes.c_void_p,  # out_pose
        ],
    ),
    "hem_local_from_common": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # parents
            ctypes.c_size_t,  # bone_count
            ctypes.c_void_p,  # matrices
            ctypes.c_void_p,  # out_locals
        ],
    ),
    "hem_common_from_local": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # parents
            ctypes.c_size_t,  # bone_count
            ctypes.c_void_p,  # matrices
            ctypes.c_void_p,  # out_common
        ],
    ),
    "hem_basis_from_pose": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # parents
            ctypes.c_size_t,  # bone_count
            ctypes.c_void_p,  # rest
            ctypes.c_void_p,  # pose
            ctypes.c_void_p,  # out_basis
        ],
    ),
    "hem_pose_from_basis": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # parents
            ctypes.c_size_t,  # bone_count
            ctypes.c_void_p,  # rest
            ctypes.c_void_p,  # basis
            ctypes.c_void_p,  # out_pose
        ],
    ),
    "hem_skinning_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_skin_points": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_bones
            ctypes.c_void_p,  # rest
            ctypes.c_void_p,  # pose
            ctypes.c_size_t,  # bone_count
            ctypes.c_void_p,  # to_armature
            ctypes.c_void_p,  # positions
            ctypes.c_void_p,  # normals
            ctypes.c_void_p,  # displacements
            ctypes.c_size_t,  # set_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_positions
            ctypes.c_void_p,  # out_normals
            ctypes.c_void_p,  # out_displacements
            ctypes.c_void_p,  # out_status
        ],
    ),
    "hem_skin_points_f64": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_bones
            ctypes.c_void_p,  # rest
            ctypes.c_void_p,  # pose
            ctypes.c_size_t,  # bone_count
            ctypes.c_void_p,  # to_armature
            ctypes.c_void_p,  # positions
            ctypes.c_void_p,  # normals
            ctypes.c_void_p,  # displacements
            ctypes.c_size_t,  # set_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_positions
            ctypes.c_void_p,  # out_normals
            ctypes.c_void_p,  # out_displacements
            ctypes.c_void_p,  # out_status
        ],
    ),
    "hem_unskin_points": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_bones
            ctypes.c_void_p,  # rest
            ctypes.c_void_p,  # pose
            ctypes.c_size_t,  # bone_count
            ctypes.c_void_p,  # to_armature
            ctypes.c_void_p,  # positions
            ctypes.c_void_p,  # normals
            ctypes.c_void_p,  # displacements
            ctypes.c_size_t,  # set_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_positions
            ctypes.c_void_p,  # out_normals
            ctypes.c_void_p,  # out_displacements
            ctypes.c_void_p,  # out_status
        ],
    ),
    "hem_unskin_points_f64": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # group_bones
            ctypes.c_void_p,  # rest
            ctypes.c_void_p,  # pose
            ctypes.c_size_t,  # bone_count
            ctypes.c_void_p,  # to_armature
            ctypes.c_void_p,  # positions
            ctypes.c_void_p,  # normals
            ctypes.c_void_p,  # displacements
            ctypes.c_size_t,  # set_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_positions
            ctypes.c_void_p,  # out_normals
            ctypes.c_void_p,  # out_displacements
            ctypes.c_void_p,  # out_status
        ],
    ),
    "hem_fit_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_fit_similarity": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # source
            ctypes.c_void_p,  # target
            ctypes.c_void_p,  # weights
            ctypes.c_void_p,  # labels
            ctypes.c_size_t,  # point_count
            ctypes.c_size_t,  # component_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_matrices
            ctypes.c_void_p,  # out_scales
            ctypes.c_void_p,  # out_residuals
            ctypes.c_void_p,  # out_points
        ],
    ),
    "hem_surface_create": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # out_surface
        ],
    ),
    "hem_surface_acquire": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # out_surface
        ],
    ),
    "hem_surface_destroy": (
        None,
        [
            ctypes.c_void_p,  # surface
        ],
    ),
    "hem_surface_closest_points": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # surface
            ctypes.c_void_p,  # queries
            ctypes.c_size_t,  # query_count
            ctypes.c_float,  # max_distance
            ctypes.c_void_p,  # out_triangles
            ctypes.c_void_p,  # out_barycentric
            ctypes.c_void_p,  # out_points
            ctypes.c_void_p,  # out_distances
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_transfer_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_transfer_weights_sparse": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # surface
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # normals
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # first_triangles
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # progress
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_matched
            ctypes.c_void_p,  # out_distances
        ],
    ),
    "hem_transfer_weights_dense": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # surface
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # normals
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # first_triangles
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # progress
            ctypes.c_void_p,  # out_weights
            ctypes.c_void_p,  # out_matched
            ctypes.c_void_p,  # out_distances
        ],
    ),
    "hem_transfer_session_create": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # surface
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # normals
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # first_triangles
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # progress
            ctypes.c_void_p,  # out_session
        ],
    ),
    "hem_transfer_session_update": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # session
            ctypes.c_void_p,  # body_points
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # changed_vertices
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # normals
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # changed_points
            ctypes.c_void_p,  # progress
            ctypes.c_void_p,  # out_changed
            ctypes.c_void_p,  # out_changed_count
        ],
    ),
    "hem_transfer_session_weights": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # session
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_matched
            ctypes.c_void_p,  # out_distances
        ],
    ),
    "hem_transfer_session_destroy": (
        None,
        [
            ctypes.c_void_p,  # session
        ],
    ),
    "hem_field_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_field_create": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # step_count
            ctypes.c_void_p,  # points
            ctypes.c_void_p,  # displacements
            ctypes.c_size_t,  # sample_count
            ctypes.c_void_p,  # world_matrix
            ctypes.c_uint32,  # mirror_x
            ctypes.c_void_p,  # out_field
        ],
    ),
    "hem_field_load": (
        ctypes.c_int32,
        [
            ctypes.c_char_p,  # path
            ctypes.c_void_p,  # out_field
        ],
    ),
    "hem_field_save": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # field
            ctypes.c_char_p,  # path
        ],
    ),
    "hem_field_view": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # field
            ctypes.c_void_p,  # out_offsets
            ctypes.c_void_p,  # out_points
            ctypes.c_void_p,  # out_displacements
            ctypes.c_void_p,  # out_world_matrix
            ctypes.c_void_p,  # out_step_count
            ctypes.c_void_p,  # out_sample_count
            ctypes.c_void_p,  # out_mirror_x
        ],
    ),
    "hem_field_apply": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # field
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # mask
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_points
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_field_destroy": (
        None,
        [
            ctypes.c_void_p,  # field
        ],
    ),
    "hem_rbf_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_rbf_create": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_rbf
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_rbf_info": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # rbf
            ctypes.c_void_p,  # out_info
        ],
    ),
    "hem_rbf_fit": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # rbf
            ctypes.c_void_p,  # values
            ctypes.c_size_t,  # point_count
            ctypes.c_size_t,  # column_count
            ctypes.c_void_p,  # out_coefficients
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_rbf_evaluate": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # rbf
            ctypes.c_void_p,  # coefficients
            ctypes.c_size_t,  # point_count
            ctypes.c_size_t,  # column_count
            ctypes.c_void_p,  # targets
            ctypes.c_size_t,  # target_count
            ctypes.c_void_p,  # out_values
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_rbf_destroy": (
        None,
        [
            ctypes.c_void_p,  # rbf
        ],
    ),
    "hem_field_creation_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_field_create_from_shapes": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # body
            ctypes.c_size_t,  # body_count
            ctypes.c_void_p,  # deformed
            ctypes.c_size_t,  # deformed_count
            ctypes.c_void_p,  # correspondence
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_field
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_self_intersecting_triangles": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # out_pairs
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_intersecting_triangles": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # other_points
            ctypes.c_size_t,  # other_point_count
            ctypes.c_void_p,  # other_triangles
            ctypes.c_size_t,  # other_triangle_count
            ctypes.c_void_p,  # out_pairs
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_triangle_pairs_view": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # triangle_pairs
            ctypes.c_void_p,  # out_pairs
            ctypes.c_void_p,  # out_pair_count
        ],
    ),
    "hem_triangle_pairs_destroy": (
        None,
        [
            ctypes.c_void_p,  # triangle_pairs
        ],
    ),
    "hem_weight_inpainter_create": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # fixed
            ctypes.c_void_p,  # confidence
            ctypes.c_void_p,  # out_inpainter
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_weight_inpainter_destroy": (
        None,
        [
            ctypes.c_void_p,  # inpainter
        ],
    ),
    "hem_weight_inpainter_inpaint": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # inpainter
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # vertex_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_weight_inpainter_unreached": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # inpainter
            ctypes.c_void_p,  # out_mask
            ctypes.c_size_t,  # vertex_count
        ],
    ),
    "hem_robust_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_transfer_weights_robust": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # surface
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_sources
            ctypes.c_void_p,  # out_islands
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_inpaint_mask_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_smooth_mask_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_inpaint_mask": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # surface
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # edges
            ctypes.c_size_t,  # edge_count
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_mask
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_smooth_mask": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # surface
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # edges
            ctypes.c_size_t,  # edge_count
            ctypes.c_void_p,  # factor
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_mask
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_weight_stage_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_run_weight_stage": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # surface
            ctypes.c_void_p,  # offsets
            ctypes.c_size_t,  # vertex_count
            ctypes.c_void_p,  # groups
            ctypes.c_void_p,  # weights
            ctypes.c_size_t,  # entry_count
            ctypes.c_size_t,  # group_count
            ctypes.c_void_p,  # roles
            ctypes.c_void_p,  # mirror
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # edges
            ctypes.c_size_t,  # edge_count
            ctypes.c_void_p,  # piece_starts
            ctypes.c_void_p,  # layers
            ctypes.c_size_t,  # piece_count
            ctypes.c_void_p,  # present_offsets
            ctypes.c_void_p,  # present_groups
            ctypes.c_void_p,  # present_weights
            ctypes.c_size_t,  # present_entry_count
            ctypes.c_void_p,  # mask
            ctypes.c_void_p,  # robust_options
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_sparse_weights
            ctypes.c_void_p,  # out_sources
            ctypes.c_void_p,  # out_report
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_repair_options_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_options
        ],
    ),
    "hem_measure_penetration": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # body
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_float,  # max_distance
            ctypes.c_void_p,  # out_depths
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_repair_penetration": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # body
            ctypes.c_void_p,  # points
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # offsets
            ctypes.c_void_p,  # rigid_labels
            ctypes.c_void_p,  # options
            ctypes.c_void_p,  # out_points
            ctypes.c_void_p,  # out_depths_before
            ctypes.c_void_p,  # out_depths
            ctypes.c_void_p,  # progress
        ],
    ),
    "hem_measure_distortion": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # before
            ctypes.c_void_p,  # after
            ctypes.c_size_t,  # point_count
            ctypes.c_void_p,  # triangles
            ctypes.c_size_t,  # triangle_count
            ctypes.c_void_p,  # out_stretches
            ctypes.c_void_p,  # out_inverted
        ],
    ),
    "hem_shape_input_init": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # out_input
        ],
    ),
    "hem_shape_stage_run": (
        ctypes.c_int32,
        [
            ctypes.c_void_p,  # input
            ctypes.c_void_p,  # out_points
            ctypes.c_void_p,  # out_shape_keys
            ctypes.c_void_p,  # out_rigid_labels
            ctypes.c_void_p,  # out_depths_before
            ctypes.c_void_p,  # out_depths
            ctypes.c_void_p,  # out_report
            ctypes.c_void_p,  # progress
        ],
    ),
}
