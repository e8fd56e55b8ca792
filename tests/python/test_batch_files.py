"""Job files: what they mean, what is wrong with them; what makes a finished job run again."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import sample_retarget

from blender_bridge.jobs import job_file, option_values
from blender_bridge.jobs.job_file import load_job_file
from blender_bridge.jobs.job_names import name_problem
from blender_bridge.jobs.memory import parse_size
from blender_bridge.jobs.sharing import arrange
from blender_bridge.jobs.state import JobState, hashed, load_state, reason_to_run, save_state
from blender_bridge.jobs.summary import Entry, Outcome, summary_table
from blender_bridge.pipeline import options as command_line
from blender_bridge.pipeline.commands import main
from blender_bridge.pipeline.errors import AllInputsChecked, ExitCode, InputFileError
from blender_bridge.pipeline.input_files import input_files
from blender_bridge.version import __version__

PRODUCT = """
output = "out/put"
parallel = 3
memory = "2.5 GB"
[defaults]
init-pose = "pose.json"
threads = 2
memory = "300 MB"
[[outfit]]
name = "ドレス"
input = "clothes/dress.fbx"
hips-position = [0, -0.5, 1]
target-meshes = ["Top", "Skirt 1"]
mesh-renderers = { Hat = "Head", "Pin:1" = "Chest" }
no-subdivision = true
no-triangle = false
[[outfit]]
name = "socks"
input = "/far/socks.fbx"
avatars = ["b"]
[[avatar]]
name = "a"
base-fbx = "a.fbx"
config = "a.json"
threads = 1
[[avatar]]
name = "b"
base-fbx = ["a.fbx", "b.fbx"]
config = ["a.json", 'sub\\b.json']
memory = "1 GB"
"""
MINIMAL = '[[job]]\nname = "j"\ninput = "i"\nbase-fbx = "b"\nconfig = "c"\ninit-pose = "p"\n'


@pytest.fixture(autouse=True)
def backend():
    """Nothing here computes: once is enough."""


@pytest.fixture
def load(tmp_path):
    def load(text, name="jobs.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return load_job_file(path)

    return load


def complaints(load, text):
    with pytest.raises(AllInputsChecked) as caught:
        load(text)
    assert caught.value.exit_code == ExitCode.INPUT_FILE
    return str(caught.value)


def test_every_outfit_on_every_avatar(load, tmp_path):
    batch = load(PRODUCT)
    assert [job.name for job in batch.jobs] == ["ドレス-a", "ドレス-b", "socks-b"]
    assert batch.output == tmp_path / "out" / "put"
    assert (batch.parallel, batch.memory, batch.blender) == (3, 5 << 29, None)
    first, second, third = batch.jobs
    assert first.output == tmp_path / "out/put/ドレス-a/ドレス-a.fbx"
    options = command_line.parse(first.command_line())
    assert options.input == tmp_path / "clothes/dress.fbx"
    assert options.init_pose == tmp_path / "pose.json"
    assert options.hips_position == (0.0, -0.5, 1.0)
    assert options.target_meshes == ["Top", "Skirt 1"]
    assert options.mesh_renderers == {"Hat": "Head", "Pin:1": "Chest"}
    assert options.no_subdivision and not options.no_triangle
    assert (options.threads, first.memory) == (1, 300 << 20)
    options = command_line.parse(second.command_line())
    assert options.config == [tmp_path / "a.json", tmp_path / "sub/b.json"]
    assert (options.threads, second.memory) == (2, 1 << 30)
    assert command_line.parse(third.command_line()).input.as_posix() == "/far/socks.fbx"


def test_chains_that_begin_alike_share_and_their_first_goes_first(load, tmp_path):
    chain = PRODUCT + '[[avatar]]\nname = "c"\nbase-fbx = "a.fbx;c.fbx"\nconfig = "a.json;c.json"\n'
    jobs = load(chain).jobs
    arranged = arrange(jobs, tmp_path / "kept")
    first, second = arranged[:-1], arranged[-1]
    assert [job.name for job in first] == ["ドレス-a", "ドレス-b", "socks-b"]
    assert second.name == "ドレス-c"
    folders = {job.name: job.pair_cache for job in arranged}
    kept = tmp_path / "kept"
    assert folders == {"ドレス-a": None, "ドレス-b": kept, "ドレス-c": kept, "socks-b": None}
    assert f"--pair-cache={kept}" in second.command_line()


@pytest.mark.parametrize(
    ("text", "expected"), [("blender", "blender"), ("b/blender", "{}/b/blender"), ("/b", "/b")]
)
def test_blenders_path_or_name(load, tmp_path, text, expected):
    found = load(f'blender = "{text}"\n{MINIMAL}').blender
    assert found.as_posix() == expected.format(tmp_path.as_posix())


def test_json_and_the_want_of_a_toml_reader(load, monkeypatch):
    job = {"name": "j", "input": "i", "base-fbx": "b", "config": "c", "init-pose": "p"}
    assert load(json.dumps({"job": [job]}), "jobs.json").jobs[0].name == "j"
    for module in ("tomllib", "tomli"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputFileError, match=r"install tomli, or write the same as a \.json"):
        load(MINIMAL)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[job]", "is not TOML"),
        ("", "names no job"),
        ("outputs = 1\n" + MINIMAL, "`outputs`: is not known, did you mean 'output'?"),
        ("parallel = 0\n" + MINIMAL, "`parallel`: is 0"),
        ("parallel = true\n" + MINIMAL, "`parallel`: is true, expected a number"),
        ('memory = "lots"\n' + MINIMAL, "`memory`: is 'lots'"),
        (MINIMAL + 'inpt = "x"', "`job[0].inpt`: is not known, did you mean 'input'?"),
        (MINIMAL + 'output = "x"', "`job[0].output`: is an option that the batch sets itself"),
        (MINIMAL + "quiet = true", "`job[0].quiet`: is an option that the batch sets itself"),
        (MINIMAL.replace('name = "j"', ""), "`job[0].name`: is missing"),
        (MINIMAL.replace('input = "i"', ""), "the following arguments are required: --input"),
        (MINIMAL + "threads = 0", "--threads is 0"),
        (MINIMAL + 'threads = "many"', "invalid int value: 'many'"),
        (MINIMAL + "threads = 1979-05-27", "`job[0].threads`: is of the type date"),
        (MINIMAL + "threads = { a = 1 }", "`job[0].threads`: is a table"),
        (MINIMAL + 'target-meshes = ["a;b"]', "`job[0].target-meshes[0]`: is 'a;b', but ';'"),
        (MINIMAL + "init-pose = 3".replace("init-pose", "name-conv"), "`job[0].name-conv`: is 3"),
        (MINIMAL + 'no-triangle = "yes"', "ignored explicit argument 'yes'"),
        (MINIMAL.replace('"c"', '["c", "d"]'), "expected one FBX for each configuration"),
        (MINIMAL + MINIMAL.replace('"j"', '"J"'), "the job's name 'J' is there already"),
        (MINIMAL.replace('"j"', '"a/b"'), "the job's name 'a/b' holds /"),
        ('job = "x"', '`job`: is "x", expected an array'),
        ('[[outfit]]\nname = "o"', "holds [[outfit]] but no [[avatar]]"),
        ('[[avatar]]\nname = "a"\n[[outfit]]\nname = "o"\navatars = ["c"]', "is 'c', expected"),
        ('[[avatar]]\nname = "a"\n[[avatar]]\nname = "a"\n[[outfit]]\nname="o"', "a second time"),
    ],
)
def test_what_is_wrong_with_a_job_file(load, text, complaint):
    if text == "[[job]":
        with pytest.raises(InputFileError, match=complaint):
            load(text)
    else:
        assert complaint in complaints(load, text)


def test_everything_that_is_wrong_is_told_at_once(load):
    text = complaints(load, "x = 1\n" + MINIMAL + "y = 2\n" + MINIMAL.replace('"j"', '"nul.x"'))
    assert all(part in text for part in ("`x`", "`job[0].y`", "is a device's on Windows"))


def test_files_that_are_no_job_file(tmp_path, capsys):
    assert main(["batch", str(tmp_path / "none.toml")]) == ExitCode.INPUT_FILE
    assert "there is no such file" in capsys.readouterr().err
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe4"')
    assert main(["batch", str(tmp_path / "latin.toml")]) == ExitCode.INPUT_FILE
    assert "is not UTF-8 text" in capsys.readouterr().err


def test_file_options_are_the_command_lines():
    actions = {action.option_strings[-1][2:]: action for action in command_line.parser()._actions}
    found = {
        name
        for name, action in actions.items()
        if action.type in (command_line.paths, type(sample_retarget.FOLDER), job_file.Path)
    }
    assert set(option_values.FILES) == found - set(option_values.MANAGED)
    assert set(option_values.MANAGED) < set(command_line.names())


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a/b",
        "a\\b",
        "..",
        " a",
        "a ",
        "a.",
        "CON",
        "com1.x",
        "a\nb",
        "ü" * 120,
        "a:b",
        "Index.html",
    ],
)
def test_names_that_no_folder_can_have_everywhere(name):
    assert name_problem(name) or not name


@pytest.mark.parametrize("name", ["a", "夏服🧤", "a.b-c d", "console", "ü" * 100])
def test_names_that_folders_can_have(name):
    assert not name_problem(name)


def test_sizes():
    assert [parse_size(text) for text in ("1024", "1 KB", "1k", "1KiB")] == [1024] * 4
    assert parse_size(" 1.5 GB ") == 3 << 29
    for text in ("", "GB", "-1 GB", "0", "1 XB", "nan", "1e3"):
        with pytest.raises(ValueError, match="expected a size"):
            parse_size(text)


@pytest.fixture
def finished(load, tmp_path):
    """A job of a copy of the sample set that has just been done."""
    folder = tmp_path / "set"
    shutil.copytree(sample_retarget.FOLDER, folder)
    (tmp_path / "names.json").write_text('{"boneMapping": []}')
    batch = load(
        '[[job]]\nname = "j"\ninput = "set/outfit_small.fbx"\nname-conv = "names.json"\n'
        'base-fbx = "set/Template.fbx"\nconfig = "set/config_aria2mid.json"\n'
        'init-pose = "set/initial_pose.json"\n'
    )
    [job] = batch.jobs
    job.folder.mkdir(parents=True)
    job.output.write_bytes(b"result")
    read = input_files(command_line.parse(job.command_line()))
    files = [hashed(path)._asdict() for path in read]
    state = JobState(0, program=__version__, arguments=list(job.arguments), files=files,
                     output_sha256=hashed(job.output).sha256)  # fmt: skip
    save_state(job, state)
    return job, read


def reason(job):
    return reason_to_run(job, load_state(job))


def test_what_is_done_is_not_run_again(finished):
    assert reason(finished[0]) == ""


def test_a_change_of_any_input_runs_a_job_again(finished):
    job, read = finished
    assert len(read) >= 9
    for path in read:
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        assert reason(job) in (f"{path.name} changed", "an input cannot be read"), path
        path.write_bytes(before)
        assert reason(job) == ""
    read[0].unlink()
    assert reason(job) == "an input cannot be read"


def test_a_configuration_that_leads_elsewhere_runs_a_job_again(finished, tmp_path):
    job, read = finished
    folder = tmp_path / "set"
    shutil.copy(folder / "pose_basis_template.json", folder / "other.json")
    path = next(path for path in read if path.name == "avatar_data_mid.json")
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**values, "basePose": "other.json"}), encoding="utf-8")
    assert reason(job).endswith("changed")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"program": "0.0.9"}, "made by hemline 0.0.9"),
        ({"arguments": ["--threads=1"]}, "other options"),
        ({"exit_code": 3}, "failed last time"),
        ({"files": []}, "outfit_small.fbx changed"),
        ({"files": [{"path": 1}]}, "an input cannot be read"),
        ({"output_sha256": "00"}, "the output was changed"),
    ],
)
def test_what_else_runs_a_job_again(finished, changes, expected):
    job, _ = finished
    values = json.loads(job.state.read_text(encoding="utf-8"))
    job.state.write_text(json.dumps({**values, **changes}), encoding="utf-8")
    assert reason(job) == expected


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"exit_code": 0}'])
def test_a_damaged_state_counts_as_none(finished, text):
    finished[0].state.write_text(text)
    assert reason(finished[0]) == "new"


def test_an_output_that_is_gone_is_made_again(finished):
    finished[0].output.unlink()
    assert reason(finished[0]) == "no output"


@pytest.mark.parametrize(("document", "dress"), [("batch.md", "dress"), ("batch.ja.md", "ドレス")])
def test_the_documents_example_is_a_job_file(load, document, dress):
    text = (Path(__file__).parents[2] / "docs" / document).read_text(encoding="utf-8")
    jobs = load(text.partition("```toml\n")[2].partition("```")[0]).jobs
    assert [job.name for job in jobs][:2] == [f"{dress}-mid", f"{dress}-bruno"]
    assert len(jobs) == 3


def test_the_check_looks_at_every_job(load, tmp_path, capsys):
    folder = sample_retarget.FOLDER
    arguments = sample_retarget.command_line("chain", "x")
    lines = [f"{name[2:]} = '{value}'" for name, _, value in (a.partition("=") for a in arguments)
             if name not in ("--output", "--input")]  # fmt: skip
    head = "[defaults]\n" + "\n".join(lines)
    good = f"\n[[job]]\nname = 'good'\ninput = '{folder / 'outfit_small.fbx'}'"
    load(head + "\n[[job]]\nname = 'bad'\ninput = 'hat.fbx'" + good)
    command = ["batch", str(tmp_path / "jobs.toml"), "--check"]
    fault = f"Error: bad: {tmp_path / 'hat.fbx'}: there is no such file; correct the path\n"
    assert main(command) == ExitCode.JOBS_FAILED
    assert capsys.readouterr() == ("good: every input file is as it should be\n", fault)
    assert main([*command, "--quiet"]) == ExitCode.JOBS_FAILED
    assert capsys.readouterr() == ("", fault)
    assert not (tmp_path / "results").exists()


def test_columns_stand_below_each_other(load):
    [job] = load(MINIMAL.replace('"j"', '"手袋"')).jobs
    [other] = load(MINIMAL.replace('"j"', '"gloves"')).jobs
    state = JobState(3, "no such file", wall=1.0, cpu=0.5, peak_memory=5 << 20)
    entries = [Entry(job), Entry(other, Outcome.FAILED, state)]
    header, first, second, why = summary_table(entries).splitlines()
    assert first == "手袋    not run" and second.startswith("gloves  failed  ")
    assert second[: header.index("MB") + 2].endswith("     5")
    assert why.startswith("  no such file (exit code 3; ")
