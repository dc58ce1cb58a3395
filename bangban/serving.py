"""The two long-running processes: the API and the workers."""

import gc
import signal
import sys
from types import FrameType

from bangban.database import prepare_server
from bangban.gate import wait_at_gate
from bangban.lifeline import hold_on
from bangban.loading import loading
from bangban.settings import Settings

GRACEFUL_SECONDS = 4


def serve(settings: Settings) -> None:
    """Run the API until a signal or the end of the supervisor."""
    _end_on_signals()
    hold_on()
    with loading():
        import uvicorn

        from bangban.doors import make_app, schemas
        from bangban.wiring import wire

        schemas()
    wait_at_gate()
    with prepare_server(settings) as connections:
        app = make_app(wire(settings, connections))
        # What stands for good need not be walked by every full collection: those take a quarter of a second otherwise.
        gc.collect()
        gc.freeze()
        uvicorn.run(
            app,
            host=settings.api_host,
            port=settings.api_port,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )


def work(settings: Settings) -> None:
    """Run one worker process until a signal or the end of the supervisor."""
    _end_on_signals()
    hold_on()
    with loading():
        from bangban.wiring import wire
        from workers.run import run
    wait_at_gate()
    with prepare_server(settings) as connections:
        run(wire(settings, connections))


def _end_on_signals() -> None:
    """Let signals unwind the stack, so that an embedded server is given back; uvicorn raises them again at its end."""

    def end(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
