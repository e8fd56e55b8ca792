"""Stands for `retarget` in tests of the batch: does what its --input, a JSON file, says."""

import json
import os
import sys
import time
from pathlib import Path

options = dict(argument.partition("=")[::2] for argument in sys.argv[1:])
told = json.loads(Path(options["--input"]).read_text(encoding="utf-8"))
output = Path(options["--output"])
with open(output.parent.parent / "times.txt", "a") as times:
    times.write(f"{output.stem} start {time.monotonic()}\n")
print("working", options.get("--threads"), flush=True)
time.sleep(told.get("sleep", 0))
with open(output.parent.parent / "times.txt", "a") as times:
    times.write(f"{output.stem} end {time.monotonic()}\n")
if "kill" in told and not (told["kill"] == "once" and (output.parent / "killed").exists()):
    (output.parent / "killed").touch()
    os.kill(os.getpid(), 9)
code = told.get("exit", 0)
if code == 0:
    output.write_text("result")
if told.get("report", True):
    report = {
        "exit_code": code, "error": "it went wrong" if code else "", "warnings": [{}] * 2,
        "meshes": [], "files": [],
        "total": {"wall": 1.0, "cpu": 0.5, "peak_memory": told.get("peak", 1 << 20)},
    }  # fmt: skip
    Path(options["--report"]).write_text(json.dumps(report))
if code == 4:
    print("Error: first\nError: second", file=sys.stderr)
sys.exit(code)
