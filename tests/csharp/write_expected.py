# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes inputs and what the NumPy API makes of them, for the C# tests to compare bit for bit.

    python tests/csharp/write_expected.py FOLDER

Each array is a file of raw little-endian numbers; its ending names the type (f32, f64, i32, u8).
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets")]

import sample_assets  # noqa: E402

import blender_bridge as hemline  # noqa: E402

ENDINGS = {"float32": "f32", "float64": "f64", "uint32": "i32", "int32": "i32", "uint8": "u8"}


class Writer:
    """Arrays to files in a folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def array(self, name, values):
        """One array; booleans become bytes."""
        values = np.asarray(values)
        if values.dtype == bool:
            values = values.astype(np.uint8)
        ending = ENDINGS[values.dtype.name]
        (self.folder / f"{name}.{ending}").write_bytes(np.ascontiguousarray(values).tobytes())

    def rows(self, name, rows):
        """Sparse weights: three arrays and the number of groups."""
        self.array(f"{name}_offsets", rows.offsets)
        self.array(f"{name}_groups", rows.groups)
        self.array(f"{name}_weights", rows.weights)
        self.array(f"{name}_group_count", np.array([rows.group_count], np.uint32))


def sparse(skin):
    """The sample's rows as the API's."""
    return hemline.SparseWeights(skin.offsets, skin.groups, skin.weights, skin.group_count)


def write(folder):
    """All of them."""
    out = Writer(folder)
    bodies = {shape: sample_assets.load_body(shape) for shape in ("a", "b")}
    pieces = [piece for piece in sample_assets.make_outfit("small")]
    pieces = [pieces[sample_assets.PIECES.index(name)] for name in ("socks", "gloves")]
    outfit = sample_assets.join(pieces)
    target = bodies["b"]
    body_weights = sparse(target.skin)
    present = sparse(outfit.skin)
    for shape, body in bodies.items():
        out.array(f"body_{shape}_points", body.positions)
    out.array("body_triangles", target.triangles)
    out.rows("body", body_weights)
    out.array("outfit_points", outfit.positions)
    out.array("outfit_triangles", outfit.triangles)
    out.rows("outfit", present)
    surface = hemline.Surface(target.positions, target.triangles)
    write_transfers(out, target, surface, body_weights, outfit)
    write_smoothing(out, outfit, present)
    write_cleanup(out, present)
    write_queries(out, surface, outfit)
    field = write_deformation(out, bodies, outfit, present)
    write_penetration(out, surface, outfit)
    write_shape_stage(out, bodies, surface, outfit, present, field)
    write_weight_stage(out, target, body_weights, pieces)
    write_side_names(out)
    write_rows(out, outfit, present)
    write_measures(out, surface, body_weights, outfit, present, field)
    write_poses(out, sample_assets.load_rig("b"))


def write_side_names(out):
    """Bone names of many kinds, and which mirror which."""
    stems = ("Hand.{}", "{}_Hand", "J_Bip_{}_Hand", "Bip001 {} Thigh", "{}Eye", "ear{}", "lace-{}")
    sides = [("L", "R"), ("Left", "Right"), ("left", "right"), ("LEFT", "RIGHT"), ("l", "r")]
    names = [stem.format(side) for stem in stems for pair in sides for side in pair]
    names += ["左腕", "右腕", "ひざ_右", "ひざ_左", "mixamorig:LeftArm", "mixamorig:RightArm"]
    names += ["Bright", "Leftover", "cleft", "LeftToRight", "Spine", "ArmLeft.001", "ArmRight.001"]
    pairs = hemline.pair_sides(names)
    (out.folder / "side_names.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    out.array("side_pairs", pairs)


def write_transfers(out, body, surface, body_weights, outfit):
    """Closest and robust transfer, and a session after an update."""
    points = outfit.positions
    normals = np.random.default_rng(1).normal(size=points.shape).astype(np.float32)
    out.array("normals", normals)
    options = {"max_distance": 0.05, "angle_max": 60.0, "normal_radius": 0.01}
    options.update(normals=normals, triangles=outfit.triangles)
    made = hemline.transfer_weights(surface, body_weights, points, **options)
    out.rows("closest", made.weights)
    out.array("closest_matched", made.matched)
    out.array("closest_distances", made.distances)
    robust = hemline.robust_transfer_weights(
        body.positions, body.triangles, body_weights, points, outfit.triangles
    )
    out.rows("robust", robust.weights)
    out.array("robust_sources", robust.sources)
    out.array("robust_islands", robust.report.islands)
    moved = points + np.float32(0.001)
    with hemline.TransferSession(surface, body_weights, points) as session:
        session.update(points=moved)
        out.rows("session", session.result().weights)
    out.array("session_points", moved)


def write_smoothing(out, outfit, rows):
    """Radius and edge smoothing and the maximum filter, of the first groups' dense weights."""
    dense = np.ascontiguousarray(rows.to_dense()[:, :12])
    mask = np.linspace(0, 1, len(dense), dtype=np.float32)
    triangles = outfit.triangles
    edges = triangle_edges(triangles)
    out.array("dense", dense)
    out.array("mask", mask)
    out.array("edges", edges)
    points = outfit.positions
    out.array("smoothed", hemline.smooth_weights(points, dense, radius=0.015))
    linear = hemline.smooth_weights(
        points, dense, radius=0.015, falloff="linear", iterations=2, mask=mask
    )
    out.array("smoothed_linear", linear)
    out.array("max_filtered", hemline.max_filter(points, dense, radius=0.01))
    out.array("smoothed_on_edges", hemline.smooth_weights_on_edges(edges, dense, iterations=3))
    inpainted = dense.copy()
    inpainted[: len(dense) // 8] = 0
    fixed = np.ones(len(dense), np.uint8)
    fixed[: len(dense) // 8] = 0
    out.array("fixed", fixed)
    with hemline.WeightInpainter(points, triangles, fixed) as inpainter:
        out.array("inpainted", inpainter.inpaint(inpainted))


def write_cleanup(out, rows):
    """Normalised, limited and pruned weights."""
    half = rows.to_dense() * np.float32(0.5)
    out.array("half", half)
    out.array("normalized", hemline.normalize_weights(half))
    out.rows("limited", hemline.limit_weights(rows, 2))
    out.rows("pruned", hemline.prune_weights(rows, 0.2))


def write_queries(out, surface, outfit):
    """Closest points, nearest points, neighbours, triangles that intersect."""
    points = outfit.positions
    found = surface.closest_points(points)
    out.array("found_triangles", found.triangles)
    out.array("found_barycentric", found.barycentric)
    out.array("found_points", found.points)
    out.array("found_distances", found.distances)
    nearest = hemline.PointIndex(points).k_nearest(points[:50], 5)
    out.array("nearest_indices", nearest.indices)
    out.array("nearest_distances", nearest.distances)
    neighbors = hemline.RadiusGraph(points, 0.01).neighbors()
    out.array("neighbors_offsets", neighbors.offsets)
    out.array("neighbors_indices", neighbors.indices)
    out.array("neighbors_distances", neighbors.distances)
    pairs = hemline.intersecting_triangles(points, outfit.triangles)
    out.array("pairs", pairs)


def write_deformation(out, bodies, outfit, rows):
    """Skinning, a field, radial basis functions, an affine transform."""
    random = np.random.default_rng(2)
    rest = np.tile(np.eye(4, dtype=np.float32), (rows.group_count, 1, 1))
    posed = rest.copy()
    posed[:, :3] += random.normal(scale=0.1, size=(rows.group_count, 3, 4)).astype(np.float32)
    out.array("rest", rest)
    out.array("posed", posed)
    points = outfit.positions
    for blend in ("linear", "dual_quaternion"):
        moved = hemline.skin_points(rows, rest, posed, points, blend=blend)
        out.array(f"skinned_{blend}", moved.positions)
    back = hemline.unskin_points(rows, rest, posed, points)
    out.array("unskinned", back.positions)
    out.array("unskinned_status", back.status)

    controls = [bodies[shape].positions[::20] for shape in ("a", "b")]
    out.array("controls_a", controls[0])
    out.array("controls_b", controls[1])
    field = hemline.create_field(*controls, base_spacing=0.02)
    field.save(out.folder / "field.npz")
    mask = np.linspace(0, 1, len(points), dtype=np.float32)
    out.array("field_applied", field.apply(points, mask=mask))
    rbf = hemline.RbfInterpolator(controls[0][::4])
    coefficients = rbf.fit((controls[1] - controls[0])[::4])
    out.array("interpolated", rbf.evaluate(coefficients, points))
    out.array("transformed", hemline.transform_points(posed[0], points))
    return field


def write_penetration(out, surface, outfit):
    """Depths and their repair."""
    sunk = outfit.positions * np.float32(0.99)
    out.array("sunk", sunk)
    out.array("depths", hemline.penetration(sunk, surface))
    out.array("repaired", hemline.repair_penetration(sunk, surface).points)


def write_shape_stage(out, bodies, surface, outfit, rows, field):
    """With pose, shape keys of both kinds, rigid parts and repair."""
    random = np.random.default_rng(3)
    points = outfit.positions
    keys = random.normal(scale=0.001, size=(2, *points.shape)).astype(np.float32)
    keys[0, ::2] = 0
    posed = np.tile(np.eye(4), (rows.group_count, 1, 1))
    posed[:, :3, 3] = random.normal(scale=0.002, size=(rows.group_count, 3))
    mask = np.linspace(0, 1, len(points), dtype=np.float32)
    out.array("shape_keys", keys)
    out.array("shape_pose", posed)
    with hemline.Surface(bodies["a"].positions, bodies["a"].triangles) as source:
        made = hemline.shape_stage(
            points,
            outfit.triangles,
            weights=rows,
            shape_keys=keys,
            pose=hemline.BonePose(posed),
            fields=[field],
            key_fields=[None, [hemline.FieldUse(field, mask), hemline.FieldUse(field, 1 - mask)]],
            unpose=hemline.BonePose(posed, blend="dual_quaternion"),
            body=surface,
            source_body=source,
        )
    out.array("shape_points", made.points)
    out.array("shape_made_keys", made.shape_keys)
    out.array("shape_labels", made.rigid_labels)
    out.array("shape_depths_before", made.depths_before)
    out.array("shape_depths", made.depths)
    out.array("shape_moved", np.array([made.report.moved_by_repair], np.uint32))


def write_weight_stage(out, body, body_weights, pieces):
    """Two pieces in two layers with present weights, an own group, sides and a mask."""
    count = body_weights.group_count
    roles = np.full(count, hemline.GroupRole.BODY, np.uint32)
    roles[0] = hemline.GroupRole.OWN
    mirror = hemline.pair_sides(sample_assets.load_rig("b").group_names)
    parts, masks = [], []
    for layer, piece in enumerate(pieces):
        masks.append(np.linspace(0, 1, len(piece.positions), dtype=np.float32))
        parts.append(
            hemline.OutfitPiece(
                piece.positions,
                piece.triangles,
                weights=sparse(piece.skin),
                mask=masks[-1],
                layer=layer,
            )
        )
    paired = np.where(mirror == hemline.NO_INDEX, -1, mirror.astype(np.int64))
    made = hemline.weight_stage(
        body.positions, body.triangles, body_weights, parts, roles, mirror=paired
    )
    starts = np.cumsum([0, *(len(piece.positions) for piece in pieces)])
    out.array("stage_roles", roles.astype(np.uint8))
    out.array("stage_mirror", mirror.astype(np.uint32))
    out.array("stage_starts", starts.astype(np.uint32))
    out.array("stage_mask", np.concatenate(masks))
    out.rows(
        "stage",
        hemline.SparseWeights.from_dense(
            np.concatenate([rows.to_dense() for rows in made.weights])
        ),
    )
    out.array("stage_sources", np.concatenate(made.sources))


def triangle_edges(triangles):
    """Each edge once."""
    edges = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    return np.unique(edges, axis=0).astype(np.uint32)


def write_rows(out, outfit, rows):
    """Operations on rows: labels, groups, sides, seams."""
    points, edges = outfit.positions, triangle_edges(outfit.triangles)
    islands = hemline.connected_components(outfit.triangles, len(points))
    out.array("components", islands.labels)
    out.array("rigid_parts", hemline.find_rigid_parts(rows, islands).labels)
    out.rows("averaged", hemline.average_weights(rows, islands))
    parents = np.arange(rows.group_count, dtype=np.uint32) // 2
    merge = hemline.merge_groups(rows, parents)
    out.array("merge_parents", parents)
    out.rows("merged", merge.weights)
    out.rows("split", hemline.split_groups(merge.weights, merge))
    mask = np.linspace(0, 1, len(points), dtype=np.float32)
    out.rows("blended", hemline.blend_weights(merge.weights, rows, mask))
    dense = rows.to_dense()
    dense[::3] = 0
    bare = hemline.SparseWeights.from_dense(dense)
    out.rows("bare", bare)
    out.rows("propagated", hemline.propagate_weights(bare, points, edges).weights)
    seams = hemline.find_seams([hemline.SeamMesh(points, edges, rows)])
    out.array("seams", np.concatenate(seams.labels))

    names = sample_assets.load_rig("b").group_names
    (out.folder / "group_names.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    sides, mirror = hemline.group_sides(names), hemline.pair_sides(names)
    out.array("group_sides", sides)
    out.rows("separated", hemline.separate_sides(rows, points, sides, mirror).weights)
    repaired = hemline.repair_sides(rows, points, sides, mirror, width=0.2)
    out.rows("side_repaired", repaired.weights)
    repaired = hemline.repair_sides(rows, points, sides, mirror, reference=merge.weights, width=0.2)
    out.rows("side_repaired_by_reference", repaired.weights)
    even = hemline.symmetrize_weights(rows, points, mirror, tolerance=0.005)
    out.rows("symmetrized", even.weights)


def write_measures(out, surface, body_weights, outfit, rows, field):
    """Masks, components, fits, distances, filters, dense weights."""
    points, triangles = outfit.positions, outfit.triangles
    sunk = points * np.float32(0.99)
    mask = np.linspace(0, 1, len(points), dtype=np.float32)
    islands = hemline.connected_components(triangles, len(points))
    out.array("inpaint_mask", hemline.inpaint_mask(surface, points, triangles))
    out.array("smooth_mask", hemline.smooth_mask(surface, points, triangles, factor=mask))
    boxes = hemline.oriented_boxes(points, islands)
    out.array("box_frames", boxes.frames)
    out.array("box_extents", boxes.half_extents)
    out.array("clusters", hemline.cluster_components(points, islands, 0.1).labels)
    fits = hemline.fit_similarity(
        points, sunk, labels=islands.labels, component_count=islands.count, weights=mask
    )
    for name, values in fits._asdict().items():
        out.array(f"fit_{name}", values)

    posed = np.fromfile(out.folder / "posed.f32", np.float32).reshape(-1, 4, 4)
    rest = np.fromfile(out.folder / "rest.f32", np.float32).reshape(-1, 4, 4)
    normals = np.fromfile(out.folder / "normals.f32", np.float32).reshape(-1, 3)
    double = points.astype(np.float64)
    out.array("transformed_f64", hemline.transform_points(posed[0], double))
    out.array("normals_f64", hemline.transform_normals(posed[0], double))
    out.array("transformed_normals", hemline.transform_normals(posed[0], normals))
    out.array("skinned_f64", hemline.skin_points(rows, rest, posed, double).positions)
    out.array("unskinned_f64", hemline.unskin_points(rows, rest, posed, double).positions)
    out.array("distances", hemline.distances(points[0], points[:20]))
    out.array("distances_f64", hemline.distances(double[0], double[:20]))
    out.array("distance_matrix", hemline.distance_matrix(points[:20], points[:20]))
    out.array("distance_matrix_f64", hemline.distance_matrix(double[:20], double[:20]))
    distortion = hemline.face_distortion(points, sunk, triangles)
    out.array("stretches", distortion.stretches)
    out.array("inverted", distortion.inverted)

    body = sample_assets.load_body("b")
    index = hemline.PointIndex(points)
    nearest = index.nearest(body.positions[:100])
    out.array("nearest_one", nearest.indices)
    out.array("nearest_one_distances", nearest.distances)
    out.array("counts_within", index.count_within(body.positions[:100], 0.3))
    out.array("graph_counts", hemline.RadiusGraph(points, 0.01).counts())
    pairs = hemline.intersecting_triangles(sunk, triangles, body.positions, body.triangles)
    out.array("pairs_between", pairs)
    dense = np.ascontiguousarray(rows.to_dense()[:, :12])
    out.array("min_filtered", hemline.min_filter(points, dense, radius=0.01))
    out.array("decaying_max", hemline.decaying_max(points, dense, radius=0.01))
    out.array("limited_dense", hemline.limit_weights(dense, 2))
    out.array("pruned_dense", hemline.prune_weights(dense, 0.2))
    transferred = hemline.transfer_weights(surface, body_weights.to_dense(), points)
    out.array("closest_dense", transferred.weights)
    samples = field.samples
    out.array("sample_offsets", samples.offsets)
    out.array("sample_points", samples.points)
    out.array("sample_displacements", samples.displacements)
    out.array("sample_world", samples.world_matrix)
    first = (islands.labels == 0).astype(np.uint8)
    out.array("first_island", first)
    with hemline.WeightInpainter(points, triangles, first) as inpainter:
        out.array("unreached", inpainter.unreached)


def write_poses(out, rig):
    """Chains of bones."""
    random = np.random.default_rng(4)
    rest = rig.matrices
    posed = rest.copy()
    posed[:, :3] += random.normal(scale=0.05, size=posed[:, :3].shape)
    listed = (np.arange(len(rest)) % 3 == 0).astype(np.uint8)
    parents = rig.parents
    out.array("pose_parents", parents)
    out.array("pose_rest", rest)
    out.array("pose_posed", posed)
    out.array("pose_listed", listed)
    out.array("pose_by_deltas", hemline.pose_by_deltas(parents, rest, posed, listed=listed))
    out.array("pose_locals", hemline.local_from_common(parents, rest))
    out.array("pose_common", hemline.common_from_local(parents, posed))
    out.array("pose_basis", hemline.basis_from_pose(parents, rest, posed))
    out.array("pose_from_basis", hemline.pose_from_basis(parents, rest, posed))


if __name__ == "__main__":
    write(sys.argv[1])
