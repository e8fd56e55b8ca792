"""A transfer session's update beside the full transfer that it replaces.

usage: python benches/transfer_session.py

The large outfit on the body, one thread, CPU time, the body's surface built within both. The
changed vertices are those nearest to one of them (a sculpted spot), or taken all over the body.
"""

import sys
from pathlib import Path

import numpy as np
from cpu_time import median_cpu_ms, print_table

import blender_bridge

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "assets"))
import sample_assets

MAX_DISTANCE = 0.1


class Job:
    """Body, weights and costume, and a session over them."""

    def __init__(self):
        self.body = sample_assets.load_body("a")
        self.positions = self.body.positions.astype(np.float32)
        joined = sample_assets.join(sample_assets.make_outfit("large"))
        self.points = np.ascontiguousarray(joined.positions, np.float32)
        random = np.random.default_rng(3)
        dense = random.random((len(self.positions), 53)) * (
            random.random((len(self.positions), 53)) < 0.08
        )
        self.weights = blender_bridge.SparseWeights.from_dense(dense.astype(np.float32))
        self.session = self.start()

    def start(self):
        """A session, transferred in full."""
        surface = blender_bridge.Surface(self.positions, self.body.triangles, cached=False)
        return blender_bridge.TransferSession(
            surface, self.weights, self.points, max_distance=MAX_DISTANCE
        )

    def full(self, positions, weights):
        """What a caller without a session does."""
        surface = blender_bridge.Surface(positions, self.body.triangles, cached=False)
        return blender_bridge.transfer_weights(
            surface, weights, self.points, max_distance=MAX_DISTANCE
        ).weights

    def measure(self, positions, weights):
        """CPU ms of update and full transfer, and the share of rows that changed."""

        def back():
            self.session.update(body_points=self.positions, body_weights=self.weights)

        def update():
            return self.session.update(body_points=positions, body_weights=weights)

        update_ms, changed = median_cpu_ms(lambda _: update(), setup=back)
        full_ms, expected = median_cpu_ms(lambda: self.full(positions, weights))
        found = self.session.result().weights
        assert found.weights.tobytes() == expected.weights.tobytes(), "not the full transfer's bits"
        return update_ms, full_ms, changed.mean()


def changes(job):
    """Name, new positions and new weights of each kind of change."""
    count = len(job.positions) // 100
    distances = np.linalg.norm(job.positions - job.positions[6000], axis=1)
    spot = np.argsort(distances)[:count]
    scattered = np.random.default_rng(5).permutation(len(job.positions))[:count]
    yield "nothing", job.positions, job.weights
    for name, chosen in (("1 % moved, a spot", spot), ("1 % moved, all over", scattered)):
        positions = job.positions.copy()
        positions[chosen, 1] += np.float32(0.001)
        yield name, positions, job.weights
    dense = job.weights.to_dense()
    dense[spot] = dense[spot][:, ::-1]
    yield "1 % reweighted", job.positions, blender_bridge.SparseWeights.from_dense(dense)
    yield "all moved", job.positions * np.float32(1.01), job.weights


def main():
    """Prints the table."""
    blender_bridge.set_thread_count(1)
    job = Job()
    rows = []
    for name, positions, weights in changes(job):
        update_ms, full_ms, changed = job.measure(positions, weights)
        ratio = full_ms / update_ms
        rows.append(
            (name, f"{100 * changed:.1f}", f"{update_ms:.1f}", f"{full_ms:.1f}", f"{ratio:.1f}")
        )
    title = f"{len(job.points)} points, {len(job.body.triangles)} triangles, CPU ms"
    print_table(title, ("change", "% of rows changed", "update", "full transfer", "ratio"), rows)


if __name__ == "__main__":
    main()
