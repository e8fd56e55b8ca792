"""The add-on's folder has all that its command lines need, data files included."""

import json
import zipfile

from conftest import ROOT

SAMPLE = ROOT / "tests" / "assets" / "retarget"


def test_a_batch_with_reports_runs_from_the_zip(blender, packages, folder):
    add_on = folder / "hemline"
    with zipfile.ZipFile(blender.zip_of(packages)) as zip_file:
        inside = zip_file.namelist()[0].startswith("hemline/")
        zip_file.extractall(folder if inside else add_on)
    job = {
        "name": "gloves",
        "input": str(SAMPLE / "outfit_small.fbx"),
        "init-pose": str(SAMPLE / "initial_pose.json"),
        "base-fbx": str(SAMPLE / "Template.fbx"),
        "config": str(SAMPLE / "config_aria2mid.json"),
        "target-meshes": ["Gloves"],
    }
    job_file = folder / "jobs.json"
    job_file.write_text(json.dumps({"job": [job]}), encoding="utf-8")
    done = blender.run_script(add_on / "batch.py", job_file)
    assert done.returncode == 0, done.stdout
    result = folder / "results" / "gloves"
    assert (result / "gloves.fbx").stat().st_size > 0
    assert "</html>" in (result / "report.html").read_text(encoding="utf-8")
    versions = json.loads((result / "report.json").read_text(encoding="utf-8"))["versions"]
    assert str(add_on / "lib") in versions["backend_reason"], versions
