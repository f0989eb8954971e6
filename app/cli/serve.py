"""The city's processes, one by one."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer
import uvicorn
import uvloop
from prometheus_client import start_http_server

from app.cli.draining import BoundedHttp, serve
from app.logs import configure_logs
from app.settings import Settings

_WS_LIMIT = 128 * 1024
_STOP_WITHIN = 8
app = typer.Typer(no_args_is_help=True)


@app.command()
def api(host: str = "127.0.0.1", port: int = 8000) -> None:
    """One API process. Settings come from the environment; any number may run."""
    settings = Settings()
    serve(
        "app.server:create_app",
        factory=True,
        host=host,
        port=port,
        loop="uvloop",
        http=BoundedHttp,
        ws="websockets-sansio",
        ws_max_size=_WS_LIMIT,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=_STOP_WITHIN,
        backlog=2048,
    )


@app.command()
def worker(
    metrics_port: Annotated[int | None, typer.Option(help="Serve /metrics there, on the loopback interface.")] = None,
) -> None:
    """One worker: tells people what happened, and runs what runs by the clock. Any number may run."""
    if metrics_port is not None:
        start_http_server(metrics_port, addr="127.0.0.1")

    async def live() -> None:
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
