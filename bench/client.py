"""The load: so many connections that each ask, wait for the answer and ask again, as lean as Python can."""

import asyncio
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from types import MappingProxyType

from uvicorn.loops.auto import auto_loop_factory

FASTEST_LOOP = auto_loop_factory()
"""The event loop that uvicorn would choose."""


class BadAnswer(Exception):
    """A contender answered something that is not a success."""


@dataclass(frozen=True)
class Measured:
    """What one round gave: answers, seconds, and the time that each answer took, sorted."""

    answers: int
    seconds: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds

    def quantile(self, share: float) -> float:
        """The time within which this share of the answers came, in milliseconds."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))] * 1000


def request(port: int, path: str, body: bytes, headers: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Write one HTTP request out in full."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        "Accept: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def measure(
    port: int, requests: Sequence[bytes], clients: int, seconds: float = math.inf, *, once: bool = False
) -> Measured:
    """Ask for so long with so many clients, each beginning elsewhere in the list of requests.

    What can be asked only `once` is shared out; then the round may end before its time.
    """
    each = [iter(requests)] * clients if once else [_around(requests, clients, number) for number in range(clients)]
    with asyncio.Runner(loop_factory=FASTEST_LOOP) as runner:
        return runner.run(_measure(port, each, seconds))


def _around(requests: Sequence[bytes], clients: int, number: int) -> Iterator[bytes]:
    first = len(requests) * number // clients
    return cycle([*requests[first:], *requests[:first]])


def ask(port: int, one: bytes) -> bytes:
    """Ask once and give the body."""

    async def once() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(one)
        body = await _answer(reader)
        writer.close()
        return body

    return asyncio.run(once())


async def _measure(port: int, each: Sequence[Iterator[bytes]], seconds: float) -> Measured:
    start = time.perf_counter()
    found = await asyncio.gather(*(_client(port, requests, start + seconds) for requests in each))
    latencies = sorted(latency for part in found for latency in part)
    if not latencies:
        raise BadAnswer("not a single answer")
    return Measured(len(latencies), time.perf_counter() - start, latencies)


async def _client(port: int, requests: Iterator[bytes], end: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies = []
    for one in requests:
        begun = time.perf_counter()
        if begun >= end:
            break
        writer.write(one)
        await _answer(reader)
        latencies.append(time.perf_counter() - begun)
    writer.close()
    return latencies


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    body = await reader.readexactly(int(length)) if length else b""
    if not head.startswith(b"http/1.1 200") or b'"errors"' in body or b'"userErrors":[{' in body:
        raise BadAnswer(f"{head.partition(bytes([13]))[0].decode()}: {body[:500].decode(errors='replace')}")
    return body
