# SPDX-License-Identifier: GPL-3.0-or-later
"""An outfit from imported objects to arrays, and back again."""

from dataclasses import dataclass, replace

import bpy
import numpy as np

from ..arguments import MOST_COORDINATE
from ..pipeline.errors import SceneError
from ..pipeline.model import CostumeMesh, Outfit, Skeleton
from ..sparse import SparseWeights
from ..weight_rows import propagate_weights
from ..weights import normalize_weights, prune_weights
from . import mesh_io, vertex_groups
from .armature import read_skeleton
from .world_mesh import shape_keys, world_points, world_triangles


@dataclass
class ImportedOutfit:
    """The outfit as arrays, and the objects that it was read from."""

    outfit: Outfit
    armature: bpy.types.Object
    objects: dict[str, bpy.types.Object]


def read_outfit(objects, options, bone_names, log) -> ImportedOutfit:
    """Reads the costume meshes among imported objects.

    options: the command line's; bone_names: new bone names by present ones.
    """
    armature = _the_armature(objects, log)
    skeleton = read_skeleton(armature)
    names = [bone_names.get(name, name) for name in skeleton.names]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise SceneError(f"--name-conv gives two bones of the outfit the name {twice!r}")
    meshes = _costume_meshes(objects, armature, options, log)
    return ImportedOutfit(
        Outfit(
            replace(skeleton, names=names),
            [
                _read_mesh(obj, skeleton, _renderer_bone(name, options, skeleton, names), log)
                for name, obj in meshes.items()
            ],
        ),
        armature,
        meshes,
    )


def write_outfit(imported: ImportedOutfit, outfit: Outfit, armature):
    """Writes points, shape keys and weights to the objects, and binds them to `armature`.

    The armature, whose transform is unit, has all bones of the outfit's skeleton.
    """
    for mesh in outfit.meshes:
        obj = imported.objects[mesh.name]
        _take_transform(obj)
        obj.parent = armature
        obj.matrix_parent_inverse.identity()
        _bind(obj, armature)
        _write_shape(obj, mesh)
        _write_weights(obj, mesh.weights, outfit.skeleton)


def _the_armature(objects, log):
    """The first armature; others must not hold meshes."""
    armatures = [obj for obj in objects if obj.type == "ARMATURE"]
    if not armatures:
        raise SceneError("the outfit's FBX has no armature; export it with its skeleton")
    for other in armatures[1:]:
        bound = [obj.name for obj in objects if obj.type == "MESH" and obj.find_armature() == other]
        if bound:
            raise SceneError(
                f"the outfit has two armatures: {armatures[0].name!r}, and {other.name!r}, which "
                f"{', '.join(map(repr, bound))} follow(s); join them, or export one at a time"
            )
        log.warn(
            f"the outfit's second armature {other.name!r} is left out; no mesh follows it",
            "delete it from the file, or bind the meshes that should follow it",
        )
    return armatures[0]


def _costume_meshes(objects, armature, options, log):
    """The costume meshes by name."""
    meshes = {}
    objects = [obj for obj in objects if obj.type == "MESH"]
    for name in sorted(options.mesh_renderers.keys() - {obj.name for obj in objects}):
        log.warn(
            f"--mesh-renderers: the outfit has no mesh {name!r}",
            "correct the name; without --mesh-renderers only meshes with an armature take part",
        )
    for obj in objects:
        if obj.hide_get() or obj.hide_viewport:
            log.warn(f"mesh {obj.name!r} is hidden and left out", "show it before the export")
        elif obj.find_armature() != armature and obj.name not in options.mesh_renderers:
            log.warn(
                f"mesh {obj.name!r} follows no armature and is left out",
                f'bind it to a bone by --mesh-renderers="{obj.name}:BONE", or give it weights',
            )
        elif not len(obj.data.vertices):
            log.warn(f"mesh {obj.name!r} has no vertices and is left out", "delete it")
        else:
            meshes[obj.name] = obj
    missing = [name for name in options.target_meshes if name not in meshes]
    if missing:
        known = ", ".join(map(repr, meshes)) or "none"
        raise SceneError(f"--target-meshes: the outfit has no mesh {missing[0]!r}; it has {known}")
    if options.target_meshes:
        meshes = {name: meshes[name] for name in meshes if name in options.target_meshes}
    if not meshes:
        raise SceneError("the outfit has no mesh that follows its armature")
    return meshes


def _read_mesh(obj, skeleton: Skeleton, renderer_bone, log):
    positions = mesh_io.read_positions(obj.data)
    points = world_points(obj, positions, "the outfit")
    edges = mesh_io.read_edges(obj.data)
    bound = renderer_bone is not None
    if bound:
        rows = _all_on(renderer_bone, skeleton, len(points))
    else:
        rows = _read_weights(obj, skeleton, points, edges, log)
    keys = _read_displacements(obj, positions)
    return CostumeMesh(obj.name, points, world_triangles(obj), edges, rows, keys, bound)


def _read_weights(obj, skeleton: Skeleton, points, edges, log):
    """Normalised; vertices without weights take their neighbours'."""
    rows = normalize_weights(prune_weights(vertex_groups.read_vertex_groups(obj, skeleton.names)))
    bare = np.flatnonzero(np.diff(rows.offsets.astype(np.int64)) == 0)
    if len(bare) == len(points):
        raise SceneError(
            f"mesh {obj.name!r} has no weights on the bones of {skeleton.names[0]!r}'s armature; "
            "weight it, bind it to one bone by --mesh-renderers, or leave it out by --target-meshes"
        )
    if len(bare):
        log.warn(
            f"mesh {obj.name!r}: {len(bare)} vertices without weights take their neighbours'",
            "nothing, if they follow well; else weight them before the export",
        )
        rows = propagate_weights(rows, points, edges).weights
    return rows


def _read_displacements(obj, positions):
    """Of each shape key by its name, `#V by 3`, world space."""
    linear = mesh_io.world_matrix(obj)[:3, :3].T
    keys = {
        key.name: ((mesh_io.read_shape_key(key) - positions) @ linear).astype(np.float32)
        for key in shape_keys(obj.data)
    }
    for name, displacements in keys.items():
        if not (np.abs(displacements) <= MOST_COORDINATE).all():
            raise SceneError(
                f"mesh {obj.name!r}: shape key {name!r} holds numbers that are none, or too large; "
                "delete the key, or mend it"
            )
    return keys


def _renderer_bone(mesh_name, options, skeleton, new_names) -> int | None:
    """The bone that `--mesh-renderers` binds a mesh to, by its name in the file or its new one."""
    name = options.mesh_renderers.get(mesh_name)
    if name is None:
        return None
    for names in (skeleton.names, new_names):
        if name in names:
            return names.index(name)
    raise SceneError(f"--mesh-renderers: the outfit has no bone {name!r} for {mesh_name!r}")


def _all_on(bone, skeleton, count):
    return SparseWeights(
        np.arange(count + 1, dtype=np.uint32),
        np.full(count, bone, np.uint32),
        np.ones(count, np.float32),
        len(skeleton.names),
    )


def _take_transform(obj):
    """Unit transform; the points are written in world space afterwards."""
    if np.linalg.det(mesh_io.world_matrix(obj)[:3, :3]) < 0:
        obj.data.flip_normals()
    obj.parent = None
    obj.matrix_basis.identity()


def _bind(obj, armature):
    """One armature modifier, the first there is."""
    modifiers = [modifier for modifier in obj.modifiers if modifier.type == "ARMATURE"]
    for other in modifiers[1:]:
        obj.modifiers.remove(other)
    modifier = modifiers[0] if modifiers else obj.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature


def _write_shape(obj, mesh: CostumeMesh):
    known = {key.name: key for key in shape_keys(obj.data)}
    mesh_io.write_positions(obj, mesh.points)
    if mesh.shape_keys and obj.data.shape_keys is None:
        obj.shape_key_add(name="Basis", from_mix=False)
    for name, displacements in mesh.shape_keys.items():
        key = known.get(name) or obj.shape_key_add(name=name, from_mix=False)
        mesh_io.write_shape_key(key, mesh.points + displacements)
    obj.data.update()


def _write_weights(obj, rows: SparseWeights, skeleton: Skeleton):
    """The groups that hold anything, named like their bones; all others go."""
    used = np.unique(rows.groups[rows.weights > 0])
    column = np.zeros(rows.group_count, np.uint32)
    column[used] = np.arange(len(used))
    obj.vertex_groups.clear()
    rows = prune_weights(rows)
    vertex_groups.write_vertex_groups(
        obj,
        [skeleton.names[bone] for bone in used],
        SparseWeights.trusted(rows.offsets, column[rows.groups], rows.weights, len(used)),
    )
