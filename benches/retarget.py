"""The whole retarget of the sample set: CPU time by phase, and the distance to the true shape.

usage: python benches/retarget.py [--runs single-small,chain-small,chain-medium,chain-large]
                                  [--backends native,fallback] [--repeat N] [--json FILE]

Needs a Python with bpy. Each run is a process of its own, and its CPU seconds are those of the
process: Blender's start, FBX import and export included. Times of today's scripts, which are not
part of this project, are as measured once on a quiet two-core machine (`EARLIER`).
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets")]

import sample_retarget  # noqa: E402

RUNS = ("single-small", "chain-small", "chain-medium", "chain-large")
# CPU seconds of the faster script, and its mean distance to the true shape in millimetres.
EARLIER = {"chain-medium": (76.0, 4.38), "chain-large": (394.0, None),
           "single-small": (None, 2.75), "chain-small": (None, 4.42)}  # fmt: skip


def run_once(run, size, backend, folder):
    """One whole run: its CPU seconds, its peak memory in bytes, its report."""
    output, report = folder / f"{run}_{size}_{backend}.fbx", folder / "report.json"
    command = [sys.executable, "-m", "blender_bridge", "retarget", "--quality", "--quiet"]
    command += sample_retarget.command_line(run, output, outfit=outfit(size, folder))
    command += [f"--report={report}"] + (["--fallback"] if backend == "fallback" else [])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, json.loads(report.read_text()), output


def outfit(size, folder):
    """The outfit's file, made where it is not there yet."""
    path = folder / f"outfit_{size}.fbx"
    if size == "small":
        return sample_retarget.FOLDER / path.name
    if not path.exists():
        code = "import sys, sample_retarget; sample_retarget.make_outfit(*sys.argv[1:])"
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests" / "assets")}
        command = [sys.executable, "-c", code + "; import os; os._exit(0)", size, str(path)]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return path


def shape_error(run, path):
    """Mean distance to the true shape, both ways, in millimetres, by mesh; reads the output."""
    from blender_bridge import Surface
    from blender_bridge.blender.compare import load_outfit

    errors = {}
    for mesh in load_outfit(path).meshes:
        points, triangles = mesh.points, mesh.triangles
        if mesh.name == "Top":  # without its buttons, which the truth lacks
            points, triangles = sample_retarget.largest_island(points, triangles)
        true_points, true_triangles = sample_retarget.true_shape(run, mesh.name)
        with Surface(true_points, true_triangles) as surface:
            there = surface.closest_points(points).distances.mean()
        with Surface(points, triangles) as surface:
            back = surface.closest_points(true_points).distances.mean()
        errors[mesh.name] = 500.0 * float(there + back)
    return errors


def measure(name, backend, repeat, folder):
    """Medians of a run."""
    run, size = name.split("-")
    results = [run_once(run, size, backend, folder) for _ in range(repeat)]
    phases = {}
    for phase in results[-1][1]["phases"]:
        phases[phase["name"]] = phases.get(phase["name"], 0.0) + phase["cpu"]
    errors = shape_error(run, results[-1][2])
    return {
        "run": name,
        "backend": backend,
        "cpu": statistics.median(cpu for cpu, *_ in results),
        "peak_memory": max(report["total"]["peak_memory"] for _, report, _ in results),
        "phases": phases,
        "shape_error": errors,
        "mean_shape_error": sum(errors.values()) / len(errors),
        "deepest_share": max(mesh["deep_share"] for mesh in results[-1][1]["meshes"]),
        "asymmetry": max(mesh["asymmetry"] for mesh in results[-1][1]["meshes"]),
    }


def print_tables(rows):
    """Times, then shapes."""
    names = list(dict.fromkeys(name for row in rows for name in row["phases"]))
    print("\nCPU seconds; `start` is Blender's own start and what no phase covers")
    head = ["run", "back end", "all", "earlier", "ratio", "MiB", "start", *names]
    lines = []
    for row in rows:
        earlier = EARLIER.get(row["run"], (None,))[0]
        lines.append([
            row["run"], row["backend"], f"{row['cpu']:.2f}",
            f"{earlier:.0f}" if earlier else "-", f"{earlier / row['cpu']:.0f}" if earlier else "-",
            f"{row['peak_memory'] / 2**20:.0f}", f"{row['cpu'] - sum(row['phases'].values()):.2f}",
            *(f"{row['phases'].get(name, 0.0):.2f}" for name in names),
        ])  # fmt: skip
    _print(head, lines)
    print("\nDistance to the true shape, both ways, millimetres; worst mesh's share of vertices")
    print("deeper than 1 mm in the body; largest left-right difference of weights")
    head = ["run", "back end", *sample_retarget.PIECES, "mean", "earlier", "deep %", "asymmetry"]
    _print(head, [[
        row["run"], row["backend"],
        *(f"{row['shape_error'][piece]:.2f}" for piece in sample_retarget.PIECES),
        f"{row['mean_shape_error']:.2f}", str(EARLIER.get(row["run"], ("", "-"))[1] or "-"),
        f"{100 * row['deepest_share']:.2f}", f"{row['asymmetry']:.4f}",
    ] for row in rows])  # fmt: skip


def _print(head, lines):
    widths = [max(map(len, column)) for column in zip(head, *lines)]
    for line in (head, *lines):
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", default="single-small,chain-small,chain-medium")
    parser.add_argument("--backends", default="native")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--folder", type=Path, help="keep outfits and outputs there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows = [
            measure(run, backend, options.repeat, folder.resolve())
            for run in options.runs.split(",")
            for backend in options.backends.split(",")
        ]
    print_tables(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    sys.stdout.flush()
    os._exit(0)  # the bpy module can crash while the interpreter shuts down


if __name__ == "__main__":
    main()
