"""Jobs beside each other: faults of one, limits of processors and memory, the end of the batch."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blender_bridge.jobs import command, local, process
from blender_bridge.jobs.job import Job
from blender_bridge.jobs.local import run_local
from blender_bridge.jobs.lock import alone_in
from blender_bridge.jobs.memory import MemoryBudget
from blender_bridge.jobs.state import load_state
from blender_bridge.pipeline.commands import main
from blender_bridge.pipeline.errors import ExitCode, OutputError

COMMAND = [sys.executable, str(Path(__file__).with_name("fake_retarget.py"))]
GIGABYTE = 1 << 30


@pytest.fixture(autouse=True)
def backend():
    """Nothing here computes: once is enough."""


@pytest.fixture
def job(tmp_path):
    def make(name, memory=None, **told):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(told))
        arguments = (f"--input={path}", "--base-fbx=b", "--config=c", "--init-pose=i",
                     *told.get("arguments", ()))  # fmt: skip
        return Job(name, tmp_path / "results" / name, arguments, memory)

    return make


def run_all(jobs, *, parallel=4, limit=None, first=GIGABYTE):
    budget = MemoryBudget(limit, first)
    run = run_local(
        jobs, COMMAND, parallel=parallel, threads=3, budget=budget, told=lambda job: None
    )
    return {job.name: state for job, state in run}


def most_at_once(tmp_path):
    """The most jobs that ran beside each other, from the times that they wrote down."""
    lines = (tmp_path / "results" / "times.txt").read_text().splitlines()
    events = sorted((float(time), what) for _, what, time in map(str.split, lines))
    running = [0]
    for _, what in events:
        running.append(running[-1] + (1 if what == "start" else -1))
    return max(running)


def test_one_bad_job_does_not_stop_the_others(job):
    jobs = [
        job("raises", exit=4, report=False),
        job("reports", exit=3),
        job("dies", kill="always"),
        job("says nothing", exit=0, report=False),
        job("good"),
    ]
    states = run_all(jobs, parallel=1)
    assert list(states) == [job.name for job in jobs]
    assert states["raises"].message == "first\nsecond" and states["raises"].exit_code == 4
    assert states["reports"].message == "it went wrong" and states["reports"].exit_code == 3
    assert "signal 9" in states["dies"].message and states["dies"].exit_code == -9
    assert "without a report" in states["says nothing"].message
    assert not states["says nothing"].is_done
    assert states["good"].is_done and not states["good"].message
    assert states["good"].warnings == 2 and states["good"].peak_memory == 1 << 20
    for each in jobs:
        assert load_state(each) == states[each.name]
        assert each.log.read_text().startswith("working 3\n")


def test_a_folder_that_cannot_be_made_is_one_jobs_trouble(job, tmp_path):
    bad, good = job("bad"), job("good")
    (tmp_path / "results").mkdir()
    bad.folder.write_text("a file")
    states = run_all([bad, good])
    assert states["bad"].exit_code == ExitCode.OUTPUT and str(bad.folder) in states["bad"].message
    assert states["good"].is_done


def test_a_missing_program_is_told(job):
    run = run_local(
        [job("one")], ["/no/such/program"], parallel=1, threads=1,
        budget=MemoryBudget(None), told=lambda job: None,
    )  # fmt: skip
    [(_, state)] = run
    assert not state.is_done and "/no/such/program" in state.message


def test_no_more_at_a_time_than_asked_for(job, tmp_path):
    run_all([job(f"j{n}", sleep=0.2) for n in range(6)], parallel=2)
    assert most_at_once(tmp_path) == 2


def test_no_more_at_a_time_than_the_memory_allows(job, tmp_path):
    states = run_all([job(f"j{n}", memory=GIGABYTE, sleep=0.2) for n in range(4)],
                     limit=GIGABYTE * 2 + 5, parallel=4)  # fmt: skip
    assert most_at_once(tmp_path) == 2 and all(state.is_done for state in states.values())


def test_a_job_larger_than_the_limit_runs_by_itself(job, tmp_path):
    states = run_all([job("big", memory=9 * GIGABYTE, sleep=0.2),
                      *(job(f"j{n}", memory=100, sleep=0.2) for n in range(3))],
                     limit=GIGABYTE)  # fmt: skip
    assert len(states) == 4 and all(state.is_done for state in states.values())
    lines = (tmp_path / "results" / "times.txt").read_text().splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["big", "start"], ["big", "end"]]


def test_estimates_come_from_what_was_measured(job):
    budget = MemoryBudget(1000, 400)
    one, two, told = job("one"), job("two"), job("told", memory=70)
    assert budget.estimate(one) == 400 and budget.estimate(told) == 70
    assert budget.fits(two, [one]) and not budget.fits(told, [one, two, job("three")])
    budget.learn(one, 800)
    assert budget.estimate(one) == budget.estimate(two) == 800
    budget.learn(two, 100)
    assert budget.estimate(two) == 100
    budget.learn(two, None)
    assert budget.estimate(two) == 100
    assert budget.fits(two, [one]) and not budget.fits(job("new"), [one])


def test_what_was_killed_beside_others_runs_again_by_itself(job, tmp_path):
    jobs = [job("unlucky", sleep=0.2, kill="once"), job("a", sleep=0.3), job("b", sleep=0.5)]
    states = run_all(jobs)
    assert all(state.is_done for state in states.values())
    lines = (tmp_path / "results" / "times.txt").read_text().splitlines()
    last = [line.split()[:2] for line in lines[-2:]]
    assert last == [["unlucky", "start"], ["unlucky", "end"]]
    states = run_all([job("cursed", kill="always"), job("c", sleep=0.3)])
    assert states["cursed"].exit_code == -9 and states["c"].is_done


def test_a_job_that_hangs_is_ended(job, monkeypatch):
    monkeypatch.setattr(process, "GRACE", 0.3)
    hangs = job("hangs", sleep=60, arguments=("--time-limit=0.2",))
    states = run_all([hangs, job("good")])
    assert states["hangs"].exit_code == ExitCode.TIME_LIMIT
    assert "was ended" in states["hangs"].message
    assert states["good"].is_done


def test_whoever_stops_listening_ends_what_runs(job, tmp_path):
    begin = time.monotonic()
    run = run_local(
        [job("quick"), job("slow", sleep=60), job("waiting")], COMMAND, parallel=2, threads=1,
        budget=MemoryBudget(None), told=lambda job: None,
    )  # fmt: skip
    first, _ = next(run)
    run.close()
    assert first.name == "quick" and time.monotonic() - begin < 20
    assert load_state(job("quick")).is_done
    assert not load_state(job("slow")).is_done


def test_what_an_interrupted_run_left_is_removed(job):
    one = job("one")
    one.folder.mkdir(parents=True)
    left = [one.folder / ".one.77.partial.fbx", one.folder / ".report.json.77.partial"]
    for path in left:
        path.touch()
    run_all([one])
    assert not any(path.exists() for path in left) and one.output.exists()


def test_one_batch_in_a_folder(tmp_path):
    with alone_in(tmp_path), pytest.raises(OutputError, match="another batch"), alone_in(tmp_path):
        pass
    with alone_in(tmp_path):
        pass


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_run_ends_with_the_process_that_started_it(tmp_path):
    """The parent is killed at once; its child, which waits on nothing else, goes too."""
    child = "import time; from blender_bridge.pipeline.parent import end_with_parent as end; "
    child += "end(); print(1, flush=True); time.sleep(60)"
    parent = (
        "import os, subprocess, sys, time; "
        "process = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=subprocess.PIPE, "
        "stdout=subprocess.PIPE, env={**os.environ, 'HEMLINE_END_WITH_STDIN': '1'}); "
        "process.stdout.readline(); print(process.pid, flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[2]
    started = subprocess.Popen(
        [sys.executable, "-c", parent, child], stdout=subprocess.PIPE, cwd=root
    )
    number = int(started.stdout.readline())
    os.kill(number, 0)
    started.send_signal(signal.SIGKILL)
    started.wait()
    started.stdout.close()
    limit = time.monotonic() + 20
    while is_running(number) and time.monotonic() < limit:
        time.sleep(0.02)
    assert not is_running(number)


def is_running(number):
    """Whether there is such a process; one that ended, and that nobody asks about, is none."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def batch_file(tmp_path, monkeypatch):
    """A job file of fake jobs, run by the command itself."""
    monkeypatch.setattr(command, "retarget_command", lambda blender: COMMAND)
    monkeypatch.setattr(command, "_require_blender", lambda blender: None)

    def write(**jobs):
        listed = []
        for name, told in jobs.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(told))
            listed.append(f'[[job]]\nname = "{name}"\ninput = "{name}.json"\n')
        path = tmp_path / "jobs.toml"
        head = '[defaults]\nbase-fbx = "b"\nconfig = "c"\ninit-pose = "i"\n'
        path.write_text(head + "\n".join(listed))
        return str(path)

    return write


def test_the_summary_tells_of_every_job(batch_file, tmp_path, capsys):
    path = batch_file(good={}, bad={"exit": 3})
    assert main(["batch", path]) == ExitCode.JOBS_FAILED
    printed = capsys.readouterr()
    assert "1 done, 1 failed" in printed.out and "it went wrong (exit code 3" in printed.out
    assert printed.err.startswith("Error: bad: it went wrong")
    summary = json.loads((tmp_path / "results" / "summary.json").read_text())
    assert summary["counts"] == {"done": 1, "unchanged": 0, "failed": 1, "not run": 0}
    outcomes = {found["name"]: found["outcome"] for found in summary["jobs"]}
    assert outcomes == {"good": "done", "bad": "failed"}
    assert Path(summary["jobs"][0]["output"]).read_text() == "result"
    page = (tmp_path / "results" / "index.html").read_text()
    assert 'href="good/good.fbx"' in page and "it went wrong" in page and "<script" not in page
    assert main(["batch", batch_file(good={}), "--quiet", "--again"]) == ExitCode.DONE
    assert capsys.readouterr().out == ""


def test_no_blender_is_told_before_anything_runs(batch_file, tmp_path, capsys, monkeypatch):
    path = batch_file(one={})
    monkeypatch.undo()
    assert main(["batch", path, "--blender=no-such-blender"]) == ExitCode.USAGE
    assert "--blender no-such-blender: there is no such program" in capsys.readouterr().err
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: None)
    assert main(["batch", path]) == ExitCode.SCENE
    assert "name Blender's executable by --blender" in capsys.readouterr().err
    assert not load_state(Job("one", tmp_path / "results" / "one", ()))


def test_only_some_jobs(batch_file, tmp_path, capsys):
    path = batch_file(one={}, two={}, other={})
    assert main(["batch", path, "--only=o*", "--only=two", "--dry-run"]) == ExitCode.DONE
    assert capsys.readouterr().out == "one: new\ntwo: new\nother: new\n"
    assert main(["batch", path, "--only=other"]) == ExitCode.DONE
    counts = json.loads((tmp_path / "results" / "summary.json").read_text())["counts"]
    assert (counts["done"], counts["not run"]) == (1, 2)
    assert main(["batch", path, "--only=none"]) == ExitCode.USAGE
    assert "'none' is the name of no job" in capsys.readouterr().err


def test_ctrl_c_leaves_a_summary(batch_file, tmp_path, capsys, monkeypatch):
    path = batch_file(one={}, two={"sleep": 60})
    calls = []
    real = local.wait

    def wait_once(*arguments, **options):
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*arguments, **options)

    monkeypatch.setattr(local, "wait", wait_once)
    assert main(["batch", path, "--parallel=2"]) == ExitCode.CANCELLED
    assert "goes on from here" in capsys.readouterr().err
    summary = json.loads((tmp_path / "results" / "summary.json").read_text())
    assert [found["outcome"] for found in summary["jobs"]] == ["done", "not run"]
