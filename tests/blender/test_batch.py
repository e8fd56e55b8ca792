"""Batches of the sample set in real processes: results, faults, a kill in the middle, a cluster."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import bpy
import numpy as np
import pytest
from retarget_runs import SET, run

from blender_bridge.blender.compare import load_outfit
from blender_bridge.jobs import cluster as jobs_cluster
from blender_bridge.pipeline.commands import main
from blender_bridge.pipeline.errors import ExitCode

ROOT = Path(__file__).resolve().parents[2]
BLENDER = os.environ.get("HEMLINE_BLENDER", "blender")
PRODUCT = """
[defaults]
base = "{set}/base_project.blend"
init-pose = "initial_pose.json"
hips-position = [0, -0.020755, 0.847585]
[[outfit]]
name = "手袋"
input = "{set}/outfit_small.fbx"
target-meshes = ["Gloves"]
[[avatar]]
name = "mid"
base-fbx = "{set}/Template.fbx"
config = "{set}/config_aria2mid.json"
[[avatar]]
name = "bruno"
base-fbx = ["{set}/Template.fbx", "{set}/Bruno.fbx"]
config = ["{set}/config_aria2mid.json", "{set}/config_mid2bruno.json"]
"""
BAD = """
[[job]]
name = "hat"
input = "{set}/outfit_small.fbx"
target-meshes = ["Hat"]
base-fbx = "{set}/Template.fbx"
config = "{set}/config_aria2mid.json"
"""

needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at Linux processes")


@pytest.fixture
def job_file(tmp_path):
    """Writes a job file of the sample set; the initial pose is a copy beside it."""
    shutil.copy(SET / "initial_pose.json", tmp_path)

    def write(text):
        path = tmp_path / "jobs.toml"
        path.write_text(text.replace("{set}", SET.as_posix()), encoding="utf-8")
        return path

    return write


def outcomes(path):
    summary = json.loads((path.parent / "results" / "summary.json").read_text(encoding="utf-8"))
    return {job["name"]: job["outcome"] for job in summary["jobs"]}


def result(path, name):
    return path.parent / "results" / name / f"{name}.fbx"


def same(first, second):
    """Whether two FBX files hold the same outfit, to the last bit."""
    [one], [other] = load_outfit(first).meshes, load_outfit(second).meshes
    np.testing.assert_array_equal(one.points, other.points)
    np.testing.assert_array_equal(one.weights.to_dense(), other.weights.to_dense())


def test_a_batch_and_the_same_again(job_file, tmp_path, capsys):
    path = job_file(PRODUCT + BAD)
    assert main(["batch", str(path)]) == ExitCode.JOBS_FAILED
    printed = capsys.readouterr()
    assert outcomes(path) == {"手袋-mid": "done", "手袋-bruno": "done", "hat": "failed"}
    assert "Error: hat: --target-meshes: the outfit has no mesh 'Hat'" in printed.err
    assert "exit code 4" in printed.err
    results = tmp_path / "results"
    assert "手袋" in (results / "index.html").read_text(encoding="utf-8")
    assert "Gloves" in (results / "手袋-mid" / "report.html").read_text(encoding="utf-8")
    assert not list(results.glob("*/.*"))
    for name, kind in (("手袋-mid", "single"), ("手袋-bruno", "chain")):
        done = run(capsys, tmp_path, "--target-meshes=Gloves", kind=kind)
        same(result(path, name), done.output)

    times = {name: result(path, name).stat().st_mtime_ns for name in ("手袋-mid", "手袋-bruno")}
    path = job_file(PRODUCT)
    assert main(["batch", str(path)]) == ExitCode.DONE
    assert set(outcomes(path).values()) == {"unchanged"}
    assert times == {name: result(path, name).stat().st_mtime_ns for name in times}
    with open(tmp_path / "initial_pose.json", "a") as file:
        file.write("\n")
    capsys.readouterr()
    assert main(["batch", str(path), "--only=*mid"]) == ExitCode.DONE
    assert "手袋-mid (initial_pose.json changed)" in capsys.readouterr().out
    assert outcomes(path) == {"手袋-mid": "done", "手袋-bruno": "not run"}
    assert times["手袋-mid"] != result(path, "手袋-mid").stat().st_mtime_ns


def test_chains_that_begin_alike_share_their_first_pair(job_file, tmp_path):
    _, first, last = PRODUCT.rpartition("[[avatar]]")
    path = job_file(PRODUCT + first + last.replace('"bruno"', '"again"'))
    assert main(["batch", str(path), "--only=手袋-[ab]*", "--parallel=1"]) == ExitCode.DONE
    found = []
    for name in ("手袋-bruno", "手袋-again"):
        report = json.loads((tmp_path / "results" / name / "report.json").read_text("utf-8"))
        found += [phase["result"] for phase in report["phases"] if phase["name"] == "kept pair"]
    assert found == [{"found": 0}, {"found": 1}]
    same(result(path, "手袋-bruno"), result(path, "手袋-again"))
    assert not (tmp_path / "results" / ".shared").exists()


@pytest.mark.skipif(shutil.which(BLENDER) is None, reason=f"SKIPPED: no {BLENDER} (install it)")
def test_blenders_executable(job_file, tmp_path):
    path = job_file(PRODUCT)
    arguments = (f"--blender={BLENDER}", "--only=手袋-mid", "--quiet")
    assert main(["batch", str(path), *arguments]) == ExitCode.DONE
    report = json.loads((tmp_path / "results" / "手袋-mid" / "report.json").read_text("utf-8"))
    told = subprocess.run([BLENDER, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[0] == f"Blender {report['versions']['blender']}"
    assert [mesh["name"] for mesh in report["meshes"]] == ["Gloves"]


@needs_proc
def test_a_batch_that_was_killed_goes_on(job_file, tmp_path, capsys):
    """Killed as soon as its first job is done: the second one is made by the next batch."""
    path = job_file(PRODUCT)
    first = tmp_path / "results" / "手袋-mid" / "state.json"
    second = tmp_path / "results" / "手袋-bruno" / "log.txt"
    with subprocess.Popen([*batch_command(), path, "--parallel=1"], stdout=subprocess.DEVNULL,
                          cwd=ROOT) as batch:  # fmt: skip
        wait_for(lambda: first.exists() and second.exists(), batch)
        batch.send_signal(signal.SIGKILL)
    assert not (second.parent / "state.json").exists()
    wait_for(lambda: not any(str(second.parent) in command for command in running_commands()))
    time_of_first = result(path, "手袋-mid").stat().st_mtime_ns
    assert main(["batch", str(path)]) == ExitCode.DONE
    assert outcomes(path) == {"手袋-mid": "unchanged", "手袋-bruno": "done"}
    assert result(path, "手袋-mid").stat().st_mtime_ns == time_of_first
    assert not list((tmp_path / "results").glob("*/.*"))


@needs_proc
def test_a_cluster_that_loses_one_of_two_workers(job_file, tmp_path, capsys):
    """The worker is killed while both have a job; the other one does what is left."""
    pytest.importorskip("distributed", reason="SKIPPED: no Dask (pip install distributed)")
    path = job_file(PRODUCT + BAD)
    logs = (tmp_path / "results").glob

    with cluster(tmp_path) as (address, workers):

        def lose():
            wait_for(lambda: len(list(logs("*/log.txt"))) >= 2)
            workers[0].send_signal(signal.SIGKILL)

        loser = threading.Thread(target=lose)
        loser.start()
        assert main(["batch", str(path), f"--scheduler={address}"]) == ExitCode.JOBS_FAILED
        loser.join()
        assert workers[0].wait() == -signal.SIGKILL
        assert workers[1].poll() is None
    assert outcomes(path) == {"手袋-mid": "done", "手袋-bruno": "done", "hat": "failed"}
    assert "Error: hat: --target-meshes: the outfit has no mesh 'Hat'" in capsys.readouterr().err
    for name, kind in (("手袋-mid", "single"), ("手袋-bruno", "chain")):
        done = run(capsys, tmp_path, "--target-meshes=Gloves", kind=kind)
        same(result(path, name), done.output)
    assert main(["batch", str(path), "--only=手袋*"]) == ExitCode.DONE
    assert list(outcomes(path).values()) == ["unchanged", "unchanged", "not run"]


def test_no_cluster_there(job_file, capsys, monkeypatch):
    pytest.importorskip("distributed", reason="SKIPPED: no Dask (pip install distributed)")
    monkeypatch.setattr(jobs_cluster, "PATIENCE", 1)
    path = str(job_file(PRODUCT))
    assert main(["batch", path, "--scheduler=tcp://127.0.0.1:9"]) == ExitCode.USAGE
    assert "no scheduler answers there" in capsys.readouterr().err


def batch_command():
    """What runs `batch` in a process: this Python's bpy, or the Blender that this runs in."""
    if bpy.app.binary_path:
        script = ROOT / "blender_bridge" / "batch.py"
        return [bpy.app.binary_path, "--background", "--factory-startup", "--python", script, "--"]
    return [sys.executable, "-m", "blender_bridge", "batch"]


def running_commands():
    """The command lines of all processes."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_bytes().decode(errors="replace")


def wait_for(condition, process=None):
    """Until a condition holds; fails after a minute, or when the process ends before."""
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit and (process is None or process.poll() is None)
        time.sleep(0.01)


@contextlib.contextmanager
def cluster(folder):
    """A Dask scheduler's address and two worker processes of one thread each."""
    file = folder / "scheduler.json"
    modules = "distributed.cli.dask_scheduler", "distributed.cli.dask_worker"
    scheduler, worker = (
        [sys.executable, "-m", module, "--scheduler-file", file] for module in modules
    )
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    lean = ["--nthreads", "1", "--no-nanny", "--local-directory", folder / "dask"]
    memory = ["--resources", "memory=2e9"]
    with contextlib.ExitStack() as processes:

        def start(*command):
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            process = subprocess.Popen(
                list(map(str, command)), env=environment, stderr=subprocess.DEVNULL
            )
            processes.callback(process.wait)
            processes.callback(process.kill)
            return process

        leader = start(*scheduler, *local, "--port", 0, "--no-show")
        wait_for(lambda: file.exists() and file.read_text().endswith("}"), leader)
        workers = [start(*worker, *local, *lean, *memory) for _ in range(2)]
        wait_for_workers(json.loads(file.read_text())["address"])
        yield json.loads(file.read_text())["address"], workers


def wait_for_workers(address):
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
