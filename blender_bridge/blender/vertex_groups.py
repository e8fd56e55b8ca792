# SPDX-License-Identifier: GPL-3.0-or-later
"""Vertex groups to and from sparse rows, in bulk.

Blender has no bulk call for vertex groups (up to 5.x). Of the exact ways, ``benches/blender_io.py``
measures these as the fastest: reading by a plain loop over ``vertex.groups``; writing by
``VertexGroup.add`` with one list for each group, which creates the members, and then one
``foreach_set`` for each vertex, which sets its weights. Only what differs is written, and nothing
else of the mesh (shape keys, custom normals, other groups) is touched.
"""

from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

import numpy as np

from ..errors import InvalidArgument, LengthMismatch
from ..sparse import SparseWeights
from . import modes

# Blender cuts longer names off (MAX_VGROUP_NAME - 1 bytes).
MAX_NAME_BYTES = 63


@dataclass(frozen=True)
class WriteSummary:
    """How many group members a write created, set to another weight, and removed."""

    added: int
    changed: int
    removed: int


def vertex_group_names(obj):
    """Names of the object's vertex groups, in order."""
    return [group.name for group in obj.vertex_groups]


def read_vertex_groups(obj, names=None, mesh=None):
    """The object's vertex groups as :class:`SparseWeights`, rows sorted by group.

    ``names`` picks the groups and their order (default: all; a name that the object lacks is an
    empty group). ``mesh`` reads another mesh in place of the object's own, for example an evaluated
    one. Every member is kept, those of zero weight included.
    """
    if mesh is None:
        modes.synchronise_edit_mode(obj)
        mesh = obj.data
    stored_names = vertex_group_names(obj)
    names = stored_names if names is None else list(names)
    _check_names(names)
    return _rows(_read_members(mesh, any_groups=bool(stored_names)), stored_names, names)


def write_vertex_groups(obj, names, rows, current=None):
    """Makes the members and weights of the groups ``names`` equal to ``rows``; a WriteSummary.

    rows: :class:`SparseWeights` of the object's vertices, one column for each of ``names``; every
    entry becomes a member (a zero weight too), every other member of these groups is removed.
    Missing groups are created, other groups stay as they are. ``current``: what
    ``read_vertex_groups(obj, names)`` has returned, where the caller has it, to save reading again.

    A mesh in edit mode, a wrong row count, a group index out of range or a weight outside [0, 1] is
    an error, and nothing is written.
    """
    modes.require_writable(obj)
    mesh = obj.data
    names = list(names)
    _check_names(names)
    _check_rows(rows, len(mesh.vertices), len(names))
    members = None
    if current is None:
        members = _read_members(mesh, any_groups=bool(obj.vertex_groups))
        current = _rows(members, vertex_group_names(obj), names)
    edit = _Edit.between(_entries(current), _entries(rows))
    groups = _groups(obj, names)
    _change_members(groups, edit)
    _change_weights(mesh, groups, edit, members)
    summary = edit.summary()
    if summary != WriteSummary(0, 0, 0):
        mesh.update_tag()
    return summary


class _Edit(NamedTuple):
    """From the present entries to the wanted ones; keys are those of `_keys`."""

    keys: np.ndarray
    weights: np.ndarray
    #: Which of `keys` are new members, and which get another weight.
    added: np.ndarray
    changed: np.ndarray
    #: Keys of members that go.
    removed: np.ndarray

    @classmethod
    def between(cls, current, wanted):
        """From the keys and weights of all entries, as `_entries` gives them."""
        (current_keys, current_weights), (keys, weights) = current, wanted
        index, is_stored = _find(current_keys, keys)
        changed = is_stored.copy()
        changed[is_stored] = current_weights[index[is_stored]] != weights[is_stored]
        removed = current_keys[~_find(keys, current_keys)[1]]
        return cls(keys, weights, ~is_stored, changed, removed)

    def summary(self):
        added, changed = np.count_nonzero(self.added), np.count_nonzero(self.changed)
        return WriteSummary(int(added), int(changed), len(self.removed))


def _groups(obj, names):
    """The object's groups of these names, the missing ones made."""
    if not obj.vertex_groups:
        obj.vertex_groups.clear()  # drops members that a removed group may have left behind
    return [obj.vertex_groups.get(name) or obj.vertex_groups.new(name=name) for name in names]


def _stored_columns(groups):
    return np.array([group.index for group in groups], np.int64)


def _change_members(groups, edit):
    """Removes members, and adds the new ones with weight 1."""
    stored_columns = _stored_columns(groups)
    for column, vertices in _vertices_by_column(edit.removed, stored_columns):
        groups[column].remove(vertices)
    for column, vertices in _vertices_by_column(edit.keys[edit.added], stored_columns):
        groups[column].add(vertices, 1.0, "REPLACE")


def _change_weights(mesh, groups, edit, members):
    """Sets the weights that `_change_members` left wrong; `members` as before it, if known."""
    touched = edit.changed | (edit.added & (edit.weights != 1.0))
    if not touched.any():
        return
    new = edit.keys[edit.added]
    _set_weights(
        mesh,
        _Targets.sorted(edit.keys, _stored_columns(groups), edit.weights),
        touched=_per_vertex(mesh, edit.keys[touched]) > 0,
        new_counts=_per_vertex(mesh, new),
        members=members,
        order_kept=_per_vertex(mesh, np.concatenate([new, edit.removed])) == 0,
    )


class _Members(NamedTuple):
    """All members of a mesh in stored order, which Blender does not keep sorted."""

    counts: np.ndarray
    groups: np.ndarray
    weights: np.ndarray

    def keys(self):
        """Of each member."""
        return _keys(np.repeat(np.arange(len(self.counts)), self.counts), self.groups)


class _Targets(NamedTuple):
    """What the written groups shall hold, sorted by vertex and stored group."""

    keys: np.ndarray
    weights: np.ndarray

    @classmethod
    def sorted(cls, keys, stored_columns, weights):
        """From keys of columns, which may be in another order than the stored groups."""
        vertices, columns = _split(keys)
        stored_keys = _keys(vertices, stored_columns[columns])
        order = np.argsort(stored_keys, kind="stable")
        return cls(stored_keys[order], weights[order])

    def over(self, members):
        """The members' weights, those that are to be written replaced."""
        index, found = _find(self.keys, members.keys())
        weights = members.weights.copy()
        weights[found] = self.weights[index[found]]
        return weights


def _read_members(mesh, any_groups):
    """The mesh's members.

    A loop with bound methods is faster than ``foreach_get`` for each vertex, bmesh layers or a
    geometry-nodes copy, whose node tree costs more to build than it saves.
    """
    if not any_groups:
        nothing = np.zeros(len(mesh.vertices), np.int64)
        return _Members(nothing, np.empty(0, np.int64), np.empty(0, np.float32))
    counts, groups, weights = [], [], []
    add_count, add_group, add_weight = counts.append, groups.append, weights.append
    for vertex in mesh.vertices:
        count = 0
        for member in vertex.groups:
            add_group(member.group)
            add_weight(member.weight)
            count += 1
        add_count(count)
    return _Members(
        np.array(counts, np.int64), np.array(groups, np.int64), np.array(weights, np.float32)
    )


def _vertices_by_column(keys, stored_columns):
    """(column, list of its vertices) for each column in ``keys``, in the groups' stored order.

    Members are appended to a vertex one group after the other, so those of a vertex which had none
    come to lie sorted by group.
    """
    vertices, columns = _split(keys)
    order = np.argsort(columns, kind="stable")
    ends = np.searchsorted(columns[order], np.arange(len(stored_columns) + 1))
    for column in np.argsort(stored_columns).tolist():
        first, last = ends[column], ends[column + 1]
        if first < last:
            yield column, vertices[order[first:last]].tolist()


def _set_weights(mesh, targets, touched, new_counts, members, order_kept):
    """Sets the weights of the ``touched`` vertices (#V bool), members of other groups included.

    ``foreach_set`` writes a vertex's members in stored order. That is the groups' order where all
    members are new, and the order that was read (``members``, None if it was not) where none came
    or went (``order_kept``); elsewhere it is read again.
    """
    members_of = [vertex.groups for vertex in mesh.vertices]
    counts = np.fromiter(map(len, members_of), np.int64, len(members_of))
    all_new = touched & (counts == new_counts)
    _set_rows(members_of, all_new, new_counts, targets.weights[_in_rows(targets.keys, all_new)])
    rest = touched & ~all_new
    if members is not None:
        known = rest & order_kept
        weights = targets.over(members)
        _set_rows(members_of, known, counts, weights[np.repeat(known, members.counts)])
        rest &= ~known
    if rest.any():
        again = _read_again(members_of, counts, rest)
        _set_rows(members_of, rest, counts, targets.over(again))


def _in_rows(keys, chosen):
    """Which entries belong to the ``chosen`` vertices (#V bool)."""
    return chosen[_split(keys)[0]]


def _set_rows(members_of, chosen, counts, weights):
    """Sets all members of the ``chosen`` vertices; ``weights`` are theirs, vertex after vertex.

    Rows of one length make a matrix, whose rows are much cheaper to take than slices.
    """
    lengths = counts[chosen]
    row_of_weight = np.repeat(lengths, lengths)
    for length in np.unique(lengths).tolist():
        rows = weights[row_of_weight == length].reshape(-1, length)
        these = compress(members_of, (chosen & (counts == length)).tolist())
        for members, row in zip(these, rows):
            members.foreach_set("weight", row)


def _read_again(members_of, counts, chosen):
    """The members of the ``chosen`` vertices as they are stored now."""
    counts = np.where(chosen, counts, 0)
    ends = np.cumsum(counts)
    groups = np.empty(ends[-1], np.int32)
    weights = np.empty(ends[-1], np.float32)
    for vertex in np.flatnonzero(chosen).tolist():
        row = slice(ends[vertex] - counts[vertex], ends[vertex])
        members_of[vertex].foreach_get("group", groups[row])
        members_of[vertex].foreach_get("weight", weights[row])
    return _Members(counts, groups, weights)


def _per_vertex(mesh, keys):
    """How many of the keys each vertex has, #V."""
    return np.bincount(_split(keys)[0], minlength=len(mesh.vertices))


def _keys(vertices, columns):
    """One sortable integer for each (vertex, column)."""
    return np.asarray(vertices, np.int64) << 32 | columns


def _split(keys):
    """The vertices and columns of :func:`_keys`."""
    return keys >> 32, keys & 0xFFFFFFFF


def _find(sorted_keys, keys):
    """Where each of ``keys`` lies in ``sorted_keys``, and whether it is there at all."""
    index = np.searchsorted(sorted_keys, keys)
    found = index < len(sorted_keys)
    found[found] = sorted_keys[index[found]] == keys[found]
    return index, found


def _rows(members, stored_names, names):
    """The members of the groups ``names`` as sparse rows, one column for each name."""
    column_of = {name: column for column, name in enumerate(names)}
    columns = np.array([column_of.get(name, -1) for name in stored_names] + [-1], np.int64)
    columns = columns[np.minimum(members.groups, len(stored_names))]  # a stale member has no name
    wanted = columns >= 0
    keys = _keys(_split(members.keys())[0][wanted], columns[wanted])
    order = np.argsort(keys, kind="stable")
    vertices, columns = _split(keys[order])
    offsets = np.searchsorted(vertices, np.arange(len(members.counts) + 1)).astype(np.uint32)
    weights = members.weights[wanted][order]
    return SparseWeights(offsets, columns.astype(np.uint32), weights, len(names))


def _entries(rows):
    """Keys, sorted, and weights of all entries."""
    counts = np.diff(rows.offsets.astype(np.int64))
    keys = _keys(np.repeat(np.arange(len(counts)), counts), rows.groups.astype(np.int64))
    weights = np.asarray(rows.weights, np.float32)
    if (keys[1:] >= keys[:-1]).all():
        return keys, weights
    order = np.argsort(keys, kind="stable")
    return keys[order], weights[order]


def _check_names(names):
    for name in names:
        if not name or len(name.encode()) > MAX_NAME_BYTES:
            raise InvalidArgument(
                "names", f"holds {name!r}, expected names of 1 to {MAX_NAME_BYTES} bytes"
            )
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidArgument("names", f"holds {twice!r} more than once")


def _check_rows(rows, vertex_count, group_count):
    """What :class:`SparseWeights` does not promise by itself: it fits this mesh and its groups."""
    if len(rows.offsets) != vertex_count + 1:
        raise LengthMismatch("rows", len(rows.offsets) - 1, vertex_count)
    vertices = np.repeat(np.arange(vertex_count), np.diff(rows.offsets.astype(np.int64)))

    def refuse(bad, what, found, expected):
        if bad.any():
            entry = int(np.argmax(bad))
            raise InvalidArgument(
                "rows", f"gives vertex {vertices[entry]} the {what} {found[entry]}, {expected}"
            )

    refuse(rows.groups >= group_count, "group", rows.groups, f"expected below {group_count}")
    outside = ~((rows.weights >= 0) & (rows.weights <= 1))
    refuse(outside, "weight", rows.weights, "expected 0 to 1")
