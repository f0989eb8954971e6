"""What runs by the clock: when it ran last, by whom and how it ended, when it runs next; and a run now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Request

from app.admin.api.desk import ADMINISTRATORS, ANY, Desk, Reply, allowed, desk_router
from app.core.messages import negotiate
from app.jobs.board import JobBoard, JobLine
from app.jobs.slots import Run, RunState

router = desk_router("jobs")
Name = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]


class RunShown(Reply):
    """`slot`: the time it was for. `owner`: host and process. `error`: the kind of the last fault, never its text."""

    id: str
    job: str
    slot: datetime
    state: RunState
    owner: str | None
    begun_at: datetime | None
    ended_at: datetime | None
    seconds: float | None
    attempt: int
    error: str | None
    asked_by: str | None


class JobShown(Reply):
    """`does` is a sentence in the language asked for."""

    name: str
    does: str
    last: RunShown | None
    next_at: datetime | None


class Jobs(Reply):
    items: list[JobShown]


class Runs(Reply):
    items: list[RunShown]


@router.get("/jobs")
async def jobs(request: Request, desk: Annotated[Desk, allowed("list", *ANY)]) -> Jobs:
    """Every job, with its last run and its next."""
    locale = negotiate(request.headers.get("accept-language"))
    return Jobs(items=[shown(line, locale) for line in await board(desk).lines()])


@router.get("/jobs/{job}/runs")
async def runs(job: Name, desk: Annotated[Desk, allowed("runs", *ANY)]) -> Runs:
    """Its newest twenty runs."""
    return Runs(items=[_run(run) for run in await board(desk).runs(job)])


@router.post("/jobs/{job}/runs", status_code=201)
async def run_now(job: Name, desk: Annotated[Desk, allowed("run", *ADMINISTRATORS)]) -> RunShown:
    """Have a worker run it within seconds, beside its schedule. A repeat finds the run that waits still."""
    return _run(await board(desk).ask(desk.viewer, job))


def board(desk: Desk) -> JobBoard:
    return JobBoard(desk.city.db, desk.city.audit, desk.city.clock)


def shown(line: JobLine, locale: str) -> JobShown:
    return JobShown(
        name=line.job.name,
        does=line.job.says(locale),
        last=_run(line.last) if line.last else None,
        next_at=line.next_at,
    )


def _run(run: Run) -> RunShown:
    return RunShown.model_validate(run)
