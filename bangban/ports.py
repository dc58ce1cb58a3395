"""Chooses the TCP port that the API listens on."""

import errno
import socket
from dataclasses import dataclass

from bangban.faults import PortError
from bangban.processes import holder_of_port

TRIES = 50


@dataclass(frozen=True)
class Choice:
    """The port to use, and what to tell the operator when it is not the one that was wanted."""

    port: int
    remark: str = ""


def choose_port(host: str, wanted: int, *, explicit: bool) -> Choice:
    """Take the wanted port, or the next free one; a port that was asked for by name is not replaced by another."""
    if is_free(host, wanted):
        return Choice(wanted)
    holder = holder_of_port(wanted)
    taken = f"port {wanted} on {host} is taken by {holder}" if holder else f"port {wanted} on {host} is taken"
    following = next((port for port in range(wanted + 1, wanted + TRIES) if port < 65536 and is_free(host, port)), None)
    if explicit:
        proposal = f"Choose another, for instance --port {following}." if following else "Choose another with --port."
        raise PortError(taken, proposal)
    if following is None:
        raise PortError(f"{taken}, and so are the next {TRIES}", "Choose another with --port.")
    return Choice(following, f"{taken}: using {following} instead")


def is_free(host: str, port: int) -> bool:
    """Tell whether we could listen there now."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise PortError(f"{host} is no address of this machine: {error}", "Set BANGBAN_API_HOST.") from None
    return all(_can_bind(family, address) for family, _, _, _, address in found)


def _can_bind(family: int, address: tuple[object, ...]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            raise PortError(f"port {address[1]} may be used by root only", "Choose one above 1023.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise PortError(f"cannot listen on {address[0]}: {error.strerror}", "Set BANGBAN_API_HOST.") from None
    return True
