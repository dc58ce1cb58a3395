"""A small office that many tests begin with: five published profiles and their demonstration offices, made once a run.

Making it takes longer than most stories, so whoever comes first makes it and the others copy the database and the home
with its keys.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg

from bangban import demo
from bangban.connections import Connections
from bangban.filling import publish_shipped
from bangban.keys import load_vault
from bangban.settings import load_settings
from bangban.telling import Teller
from casework.kernel.clock import FileClock
from casework.kernel.vault import open_vault
from tests.shared_server import SharedServer, office_home

SCALE = 0.02
OPENED = datetime.fromisoformat("2024-09-02T09:00:00+08:00")
FILLING_KEY = 0x62616E66
NAME = "filled"


def filled_copy(server: SharedServer, name: str, home: Path) -> Connections:
    """Make a filled database of this name, and put the keys that it was sealed with into the home."""
    kept = office_home() / NAME
    with _one_at_a_time(server):
        if not kept.is_dir():
            _fill(server, kept)
        made = server.create(name, template=NAME)
    shutil.copytree(kept, home, dirs_exist_ok=True)
    open_vault(load_vault(load_settings(data_home=home, environment="test")))
    return made


def _fill(server: SharedServer, kept: Path) -> None:
    """Publish the five profiles and load the small demonstration offices."""
    connections = server.create(NAME)
    home = kept.with_suffix(".begun")
    home.mkdir(parents=True)
    passwords = {role.account: password for role, password in connections.passwords.items()}
    (home / "roles.json").write_text(json.dumps(passwords))
    settings = load_settings(data_home=home, environment="test")
    open_vault(load_vault(settings))
    FileClock(home / "clock").set(OPENED)
    publish_shipped(settings, connections, Teller())
    demo.load(connections, SCALE)
    home.rename(kept)


@contextmanager
def _one_at_a_time(server: SharedServer) -> Iterator[None]:
    """Keep the other test processes waiting: a template cannot be copied by two at once, nor while it is filled."""
    with psycopg.connect(server.administrator, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", [FILLING_KEY])
        yield
