"""A running office for the stories of one test process: all five cities, real API, real worker."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bangban import demo
from bangban.filling import publish_shipped
from bangban.keys import load_vault
from bangban.settings import load_settings
from bangban.telling import Teller
from casework.kernel.vault import open_vault
from tests.shared_server import SharedServer
from tests.stories.stack import Stack, free_port

SCALE = 0.02


@pytest.fixture(scope="session")
def stack(server: SharedServer, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start an office of one's own and end it with the session."""
    connections = server.create(f"stories_{worker_id}")
    made = Stack(connections, tmp_path_factory.mktemp("office"), free_port())
    try:
        fill(made)
        made.start()
        yield made
    finally:
        made.stop()


def fill(stack: Stack) -> None:
    """Publish the five profiles and load the small demonstration offices."""
    passwords = {role.account: password for role, password in stack.connections.passwords.items()}
    (stack.home / "roles.json").write_text(json.dumps(passwords))
    settings = load_settings(data_home=Path(stack.home), environment="test")
    open_vault(load_vault(settings))
    stack.at("2024-09-02 09:00")
    publish_shipped(settings, stack.connections, Teller())
    demo.load(stack.connections, SCALE)
