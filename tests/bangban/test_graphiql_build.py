"""Building the explorer: once per state of the sources, with a node that can, and a clear word when it cannot."""

from pathlib import Path

import pytest

from bangban import graphiql_build
from bangban.graphiql_build import BuildImpossible, Node, build, digest_of_sources, is_fresh, is_new_enough, run


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.jsx").write_text("1")
    (tmp_path / "package.json").write_text("{}")
    return tmp_path


def test_the_digest_follows_the_sources_only(sources: Path) -> None:
    before = digest_of_sources(sources)
    for folder in ("node_modules", "dist"):
        (sources / folder).mkdir()
        (sources / folder / "x.js").write_text("x")
    assert digest_of_sources(sources) == before
    (sources / "src" / "main.jsx").write_text("2")
    assert digest_of_sources(sources) != before


def test_a_fresh_build_is_left_alone(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (sources / "dist").mkdir()
    (sources / "dist" / ".sources.sha256").write_text(digest_of_sources(sources))
    monkeypatch.setattr(graphiql_build, "node_of_machine", lambda: pytest.fail("nothing is to be built"))
    assert build(sources / "data", sources=sources) is False
    (sources / "src" / "main.jsx").write_text("2")
    assert not is_fresh(sources)


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.20.2\n", True),
        ("v20.19.0", True),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("v20.18.9", False),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v18.0.0", False),
        ("", False),
        ("node", False),
    ],
)
def test_only_a_node_that_can_build_is_used(version: str, enough: bool) -> None:
    assert is_new_enough(version) is enough


def test_the_node_of_the_wheel_is_taken_when_the_machine_has_none(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[list[str]] = []

    def pretend(command: list[str], folder: Path, environment: dict[str, str]) -> None:
        steps.append(command)
        if "build" in command:
            (folder / "dist").mkdir()

    wheel = Node(Path("/wheel/node"), ("/wheel/node", "/wheel/npm-cli.js"))
    monkeypatch.setattr(graphiql_build, "node_of_machine", lambda: None)
    monkeypatch.setattr(graphiql_build, "node_of_wheel", lambda _folder, _tell: wheel)
    monkeypatch.setattr(graphiql_build, "run", pretend)
    told: list[str] = []
    assert build(sources / "data", told.append, sources) is True
    assert [step[:3] for step in steps] == [
        ["/wheel/node", "/wheel/npm-cli.js", "ci"],
        ["/wheel/node", str(sources / "node_modules/vite/bin/vite.js"), "build"],
    ]
    assert len(told) == 2
    assert is_fresh(sources)


def test_a_step_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(BuildImpossible, match="no registry"):
        run(["sh", "-c", "echo no registry; exit 3"], tmp_path, {"PATH": "/bin:/usr/bin"})
    with pytest.raises(BuildImpossible, match="did not finish"):
        run(["no-such-program"], tmp_path, {"PATH": "/bin"})


def test_the_lock_file_names_no_download_address() -> None:
    assert '"resolved"' not in (graphiql_build.SOURCES / "package-lock.json").read_text()
