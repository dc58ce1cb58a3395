"""Choosing the port of the API."""

import os
import socket
from collections.abc import Iterator

import pytest

from bangban.faults import PortError
from bangban.ports import choose_port, is_free
from bangban.processes import holder_of_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_free_port_is_taken_without_remark(taken: int) -> None:
    free = next(port for port in range(taken + 1, taken + 50) if is_free("127.0.0.1", port))
    choice = choose_port("127.0.0.1", free, explicit=True)
    assert (choice.port, choice.remark) == (free, "")


def test_a_taken_port_gives_way_to_the_next_free_one_and_says_who_has_it(taken: int) -> None:
    choice = choose_port("127.0.0.1", taken, explicit=False)
    assert choice.port > taken
    assert f"(pid {os.getpid()})" in choice.remark
    assert f"using {choice.port} instead" in choice.remark


def test_a_port_asked_for_by_name_is_not_replaced(taken: int) -> None:
    with pytest.raises(PortError, match=f"port {taken} on 127.0.0.1 is taken") as refused:
        choose_port("127.0.0.1", taken, explicit=True)
    assert "--port" in refused.value.advice


def test_a_port_held_on_all_addresses_counts_as_taken() -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        assert not is_free("127.0.0.1", listener.getsockname()[1])


def test_an_unknown_address_is_named() -> None:
    with pytest.raises(PortError, match="BANGBAN_API_HOST"):
        is_free("192.0.2.1", 8000)


def test_the_holder_of_a_port_is_known_by_name_and_pid(taken: int) -> None:
    assert f"(pid {os.getpid()})" in (holder_of_port(taken) or "")


def test_nobody_holds_a_port_that_is_free() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert holder_of_port(probe.getsockname()[1]) is None
