"""The city's processes, one by one."""

from __future__ import annotations

import asyncio
import signal
import socket
from typing import Annotated, Any

import typer
import uvicorn
import uvloop
from prometheus_client import start_http_server

from app.cli.draining import BoundedHttp, serve
from app.cli.forking import Crew
from app.core.memory import be_lean, give_back, loading
from app.logs import configure_logs
from app.settings import Settings

_APP = "app.server:create_app"
_WS_LIMIT = 128 * 1024
_STOP_WITHIN = 8
app = typer.Typer(no_args_is_help=True)


@app.command()
def api(
    host: str = "127.0.0.1",
    port: int = 8000,
    processes: Annotated[int, typer.Option(min=1, help="So many, behind one port; they share what they can.")] = 1,
    own_ports: Annotated[
        int | None, typer.Option(help="Of several processes the first is met there, too, the next one port further.")
    ] = None,
) -> None:
    """One API process, or several from one. Settings come from the environment; any number may run."""
    be_lean()
    settings = Settings()
    options = _options(settings)
    if processes == 1:
        serve(_APP, host=host, port=port, **options)
        return
    configure_logs(settings)
    with loading():
        # The city itself takes a second to import; `rong api --help` needs none of it.
        from app.server import read_ahead  # noqa: PLC0415

        read_ahead(settings)
    give_back()
    shared = _bound(host, port)

    def work(number: int) -> None:
        own = [_bound(host, own_ports + number)] if own_ports else []
        serve(_APP, [shared, *own], **options)

    raise typer.Exit(Crew(processes, work).run())


def _bound(host: str, port: int) -> socket.socket:
    return uvicorn.Config(_APP, host=host, port=port, log_level="warning").bind_socket()


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "factory": True,
        "loop": "uvloop",
        "http": BoundedHttp,
        "ws": "websockets-sansio",
        "ws_max_size": _WS_LIMIT,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "proxy_headers": True,
        "forwarded_allow_ips": settings.trusted_proxies,
        "timeout_graceful_shutdown": _STOP_WITHIN,
        "backlog": 2048,
    }


@app.command()
def worker(
    metrics_port: Annotated[int | None, typer.Option(help="Serve /metrics there, on the loopback interface.")] = None,
) -> None:
    """One worker: tells people what happened, and runs what runs by the clock. Any number may run."""
    be_lean()
    if metrics_port is not None:
        start_http_server(metrics_port, addr="127.0.0.1")

    async def live() -> None:
        with loading():
            # The city itself takes a second to import; `rong mocks` and `rong api --help` need none of it.
            from app.jobs.worker import Worker  # noqa: PLC0415
            from app.wiring import build  # noqa: PLC0415

        settings = Settings()
        configure_logs(settings)
        city = build(settings)
        await city.start(subscriptions=False)
        jobs = Worker(city)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, jobs.stop)
        try:
            await jobs.run()
        finally:
            await city.stop()

    uvloop.run(live())


@app.command()
def mocks(host: str = "127.0.0.1", port: int = 8001) -> None:
    """The stand-ins for outside systems. Development only: whoever reaches them can read every message."""
    # No access log: paths carry phone numbers.
    uvicorn.run("mocks.server:create_app", factory=True, host=host, port=port, log_level="warning", access_log=False)
