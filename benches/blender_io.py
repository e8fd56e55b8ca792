"""Mesh and vertex-group I/O: the ways that Blender offers, measured side by side.

usage: python benches/blender_io.py [--repeats N] [--size small|medium|large]

Run by a Python that has ``bpy``, or inside Blender (``blender --background --python
benches/blender_io.py -- …``). CPU milliseconds, medians; one outfit of 10k, 29k or 105k vertices
with four influences a vertex in 52 groups. Each way of writing starts from an outfit without
groups; "exact" is whether every member and bit agrees with what was to be written.
"""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

import bpy  # isort: skip  (the module brings bmesh with it)
import bmesh
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets"), str(ROOT / "tests" / "blender")]
sys.path.insert(0, str(ROOT / "benches"))

import sample_assets  # noqa: E402
from cpu_time import median_cpu_ms, print_table  # noqa: E402
from scenes import add_object  # noqa: E402

from blender_bridge.blender import mesh_io, vertex_groups  # noqa: E402
from blender_bridge.sparse import SparseWeights  # noqa: E402

INFLUENCES = 4


def four_nearest_bones(positions, rig):
    """Skin weights of exactly four influences a vertex: its nearest bones, by inverse distance."""
    heads = rig.heads[[rig.names.index(name) for name in rig.group_names]]
    distances = np.linalg.norm(positions[:, None] - heads[None], axis=2)
    groups = np.sort(np.argpartition(distances, INFLUENCES, axis=1)[:, :INFLUENCES], axis=1)
    weights = 1.0 / np.take_along_axis(distances, groups, axis=1) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    offsets = np.arange(len(positions) + 1, dtype=np.uint32) * INFLUENCES
    return SparseWeights(
        offsets,
        groups.ravel().astype(np.uint32),
        weights.ravel().astype(np.float32),
        len(heads),
    )


class Job:
    """One outfit as an object, and the rows and names to write to it."""

    def __init__(self, size):
        self.mesh = sample_assets.join(sample_assets.make_outfit(size))
        rig = sample_assets.load_rig("a")
        self.names = rig.group_names
        self.rows = four_nearest_bones(self.mesh.positions, rig)
        # The plain lists that each way of writing starts from; not part of any timing.
        self.offsets = self.rows.offsets.tolist()
        self.groups = self.rows.groups.tolist()
        self.weights = self.rows.weights.tolist()

    def fresh_object(self):
        """The outfit without vertex groups, the only object in the file."""
        bpy.ops.wm.read_factory_settings(use_empty=True)
        return add_object(self.mesh)

    def create_groups(self, obj):
        """An empty group for each name."""
        return [obj.vertex_groups.new(name=name) for name in self.names]

    def written_object(self):
        """The outfit with its weights."""
        obj = self.fresh_object()
        vertex_groups.write_vertex_groups(obj, self.names, self.rows)
        return obj

    def is_exact(self, obj):
        """Whether the stored members and weights are those of the rows, bit for bit."""
        stored = vertex_groups.read_vertex_groups(obj, self.names)
        return all(
            np.array_equal(getattr(stored, name), getattr(self.rows, name))
            for name in ("offsets", "groups", "weights")
        )


def write_add_each(job, obj):
    """``VertexGroup.add`` for each member."""
    add = [group.add for group in job.create_groups(obj)]
    for vertex, (first, last) in enumerate(zip(job.offsets, job.offsets[1:])):
        for entry in range(first, last):
            add[job.groups[entry]]((vertex,), job.weights[entry], "REPLACE")


def write_add_one_weight(job, obj):
    """``VertexGroup.add`` with one list for each group: all its members get one weight."""
    vertices = np.repeat(np.arange(len(job.offsets) - 1), INFLUENCES)
    for column, group in enumerate(job.create_groups(obj)):
        group.add(vertices[job.rows.groups == column].tolist(), 0.25, "REPLACE")


def write_bmesh(job, obj):
    """The deform layer of a bmesh, which rebuilds the whole mesh."""
    job.create_groups(obj)
    mesh = bmesh.new()
    mesh.from_mesh(obj.data)
    layer = mesh.verts.layers.deform.verify()
    for vertex, first, last in zip(mesh.verts, job.offsets, job.offsets[1:]):
        members = vertex[layer]
        for entry in range(first, last):
            members[job.groups[entry]] = job.weights[entry]
    mesh.to_mesh(obj.data)
    mesh.free()


def write_geometry_nodes(job, obj):
    """Float attributes, copied to the groups by a geometry-nodes modifier that is then applied."""
    job.create_groups(obj)
    dense = np.zeros((len(job.names), len(job.offsets) - 1), np.float32)
    dense[job.rows.groups, np.repeat(np.arange(dense.shape[1]), INFLUENCES)] = job.rows.weights
    mesh = obj.data
    for column, weights in enumerate(dense):
        attribute = mesh.attributes.new(f"weight {column}", "FLOAT", "POINT")
        attribute.data.foreach_set("value", weights)
    modifier = obj.modifiers.new("Copy", "NODES")
    modifier.node_group = copying_nodes(
        [(f"weight {column}", name) for column, name in enumerate(job.names)], masked=True
    )
    bpy.ops.object.modifier_apply(modifier=modifier.name)
    for column in range(len(job.names)):
        mesh.attributes.remove(mesh.attributes[f"weight {column}"])


def write_ours(job, obj):
    """``write_vertex_groups``: lists of members, then one ``foreach_set`` for each vertex."""
    vertex_groups.write_vertex_groups(obj, job.names, job.rows)


def read_ours(job, obj):
    """``read_vertex_groups``: a loop over ``vertex.groups``."""
    vertex_groups.read_vertex_groups(obj, job.names)


def read_foreach(job, obj):
    """``foreach_get`` for each vertex."""
    members = [vertex.groups for vertex in obj.data.vertices]
    ends = np.cumsum([len(row) for row in members]).tolist()
    groups, weights = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.float32)
    for row, first, last in zip(members, [0, *ends], ends):
        row.foreach_get("group", groups[first:last])
        row.foreach_get("weight", weights[first:last])


def read_bmesh(job, obj):
    """The deform layer of a bmesh."""
    mesh = bmesh.new()
    mesh.from_mesh(obj.data)
    layer = mesh.verts.layers.deform.active
    rows = [vertex[layer].items() for vertex in mesh.verts]
    np.array([pair for row in rows for pair in row])
    mesh.free()


def read_geometry_nodes(job, obj):
    """A modifier that copies the groups to attributes of the evaluated mesh; no zero members."""
    modifier = obj.modifiers.new("Copy", "NODES")
    modifier.node_group = copying_nodes(
        [(name, f"weight {column}") for column, name in enumerate(job.names)]
    )
    mesh = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    dense = np.empty((len(job.names), len(mesh.vertices)), np.float32)
    for column, weights in enumerate(dense):
        mesh.attributes[f"weight {column}"].data.foreach_get("value", weights)
    np.nonzero(dense.T)
    nodes = modifier.node_group
    obj.modifiers.remove(modifier)
    bpy.data.node_groups.remove(nodes)


def copying_nodes(pairs, masked=False):
    """A node group that stores each named float attribute under its new name.

    ``masked``: only where it is above zero, so that a vertex group gets no members of zero weight.
    """
    tree = bpy.data.node_groups.new("Copy", "GeometryNodeTree")
    if hasattr(tree, "interface"):
        for direction in ("INPUT", "OUTPUT"):
            tree.interface.new_socket(
                "Geometry", in_out=direction, socket_type="NodeSocketGeometry"
            )
    else:
        tree.inputs.new("NodeSocketGeometry", "Geometry")
        tree.outputs.new("NodeSocketGeometry", "Geometry")
    geometry = tree.nodes.new("NodeGroupInput").outputs[0]
    for source, target in pairs:
        read = tree.nodes.new("GeometryNodeInputNamedAttribute")
        read.data_type = "FLOAT"
        read.inputs["Name"].default_value = source
        store = tree.nodes.new("GeometryNodeStoreNamedAttribute")
        store.data_type, store.domain = "FLOAT", "POINT"
        store.inputs["Name"].default_value = target
        value = next(s for s in read.outputs if s.enabled and s.type == "VALUE")
        target_value = next(s for s in store.inputs if s.enabled and s.name == "Value")
        tree.links.new(geometry, store.inputs["Geometry"])
        tree.links.new(value, target_value)
        if masked:
            above = tree.nodes.new("FunctionNodeCompare")
            above.data_type, above.operation = "FLOAT", "GREATER_THAN"
            inputs = [s for s in above.inputs if s.enabled and s.type == "VALUE"]
            inputs[1].default_value = 0.0
            tree.links.new(value, inputs[0])
            tree.links.new(above.outputs[0], store.inputs["Selection"])
        geometry = store.outputs["Geometry"]
    tree.links.new(geometry, tree.nodes.new("NodeGroupOutput").inputs[0])
    return tree


def write_to(way, job, obj):
    """Writes in one of the ways and returns the object."""
    way(job, obj)
    return obj


def measure_writing(job, repeats):
    """Every way of writing, from empty groups, then ours where little or nothing differs."""
    ways = (write_ours, write_add_each, write_bmesh, write_geometry_nodes, write_add_one_weight)
    for way in ways:
        call = partial(write_to, way, job)
        milliseconds, written = median_cpu_ms(call, job.fresh_object, repeats)
        yield way.__doc__.split("\n")[0], milliseconds, "yes" if job.is_exact(written) else "no"

    obj = job.written_object()
    yield (
        "ours again, nothing differs",
        median_cpu_ms(lambda: write_ours(job, obj), None, repeats)[0],
        "yes",
    )
    current = vertex_groups.read_vertex_groups(obj, job.names)
    yield (
        "the same, with ``current`` from an earlier read",
        median_cpu_ms(
            lambda: vertex_groups.write_vertex_groups(obj, job.names, job.rows, current),
            None,
            repeats,
        )[0],
        "yes",
    )
    mirrored = SparseWeights(
        job.rows.offsets, job.rows.groups, job.rows.weights.reshape(-1, 4)[:, ::-1].ravel(), 52
    )
    yield (
        "ours, every weight differs, members stay",
        median_cpu_ms(
            lambda rows: vertex_groups.write_vertex_groups(obj, job.names, rows),
            iter([mirrored, job.rows] * repeats).__next__,
            repeats,
        )[0],
        "yes",
    )


def measure_reading(job, repeats):
    """Every way of reading."""
    obj = job.written_object()
    for way in (read_ours, read_foreach, read_bmesh, read_geometry_nodes):
        yield way.__doc__.split("\n")[0], median_cpu_ms(partial(way, job, obj), None, repeats)[0]


def measure_mesh(job, repeats):
    """Our readers beside the plain calls into a float32 (int32) buffer."""
    mesh = job.fresh_object().data
    mesh.calc_loop_triangles()
    vertices, edges, triangles = len(mesh.vertices), len(mesh.edges), len(mesh.loop_triangles)

    def plain(collection, name, size, dtype):
        buffer = np.empty(size, dtype)
        return lambda: collection.foreach_get(name, buffer)

    cases = (
        ("positions", mesh_io.read_positions, plain(mesh.vertices, "co", 3 * vertices, np.float32)),
        ("normals", mesh_io.read_normals, plain(mesh.vertices, "normal", 3 * vertices, np.float32)),
        ("edges", mesh_io.read_edges, plain(mesh.edges, "vertices", 2 * edges, np.uint32)),
        (
            "triangles",
            mesh_io.read_triangles,
            plain(mesh.loop_triangles, "vertices", 3 * triangles, np.uint32),
        ),
    )
    for name, ours, plain_call in cases:
        ours(mesh)
        yield (
            name,
            median_cpu_ms(partial(ours, mesh), None, repeats)[0],
            median_cpu_ms(plain_call, None, repeats)[0],
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--size", choices=sample_assets.SIZES, default="large")
    after_dashes = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    arguments = parser.parse_args(after_dashes)
    job = Job(arguments.size)
    print(
        f"Blender {bpy.app.version_string}, {len(job.mesh.positions)} vertices, "
        f"{len(job.groups)} members in {len(job.names)} groups; CPU ms, "
        f"median of {arguments.repeats}"
    )
    print_table(
        "Writing vertex groups",
        ("way", "CPU ms", "exact"),
        [(way, f"{ms:.1f}", ok) for way, ms, ok in measure_writing(job, arguments.repeats)],
    )
    print_table(
        "Reading vertex groups",
        ("way", "CPU ms"),
        [(way, f"{ms:.1f}") for way, ms in measure_reading(job, arguments.repeats)],
    )
    print_table(
        "Reading geometry",
        ("array", "ours", "plain foreach_get"),
        [(n, f"{a:.3f}", f"{b:.3f}") for n, a, b in measure_mesh(job, arguments.repeats)],
    )


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
