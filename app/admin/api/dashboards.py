"""The desk's figures: every measure as a series for charts, and how things stand now; live as server-sent events.

`GET /dashboards/live` sends the board of the last hour every two seconds (`event: board`, the JSON of
`GET /dashboards/hour`) and ends after five minutes, so that a role that was taken away is soon without it; a browser's
EventSource connects again by itself. It is not in the description: no client can be made for what does not end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi.responses import StreamingResponse
from pydantic import Field

from app.admin.api.desk import ANY, Desk, Reply, allowed, desk_router
from app.core.tallies import Board, Period
from app.core.tallies.model import Kind, Series

router = desk_router("dashboards")


class LineShown(Reply):
    """One curve: a value for each step. `labels` tell it from the others, such as `{"channel": "sms", …}`."""

    labels: dict[str, str]
    values: list[int | None] = Field(description="A count without events is 0; a gauge nobody looked at is null.")


class SeriesShown(Reply):
    """`values[n]` belongs to the time from `start + n × step_seconds` on; the last step is not over yet.

    Counts are added up over each step; of a gauge a step has the highest value seen.
    """

    measure: str
    unit: str
    kind: Kind
    start: datetime
    step_seconds: int
    lines: list[LineShown]

    @classmethod
    def of(cls, series: Series) -> SeriesShown:
        return cls(
            measure=series.measure,
            unit=series.unit,
            kind=series.kind,
            start=series.start,
            step_seconds=int(series.step.total_seconds()),
            lines=[LineShown(labels=dict(line.labels), values=list(line.values)) for line in series.lines],
        )


class StandingShown(Reply):
    """Events due and not told, and dead ones (both counted up to 10,000); ages of the oldest, in seconds."""

    outbox_waiting: int
    outbox_age: int
    dead_letters: int
    audit_unsealed: int


class BoardShown(Reply):
    period: Period
    at: datetime
    standing: StandingShown
    series: list[SeriesShown]

    @classmethod
    def of(cls, board: Board) -> BoardShown:
        return cls(
            period=board.period,
            at=board.at,
            standing=StandingShown.model_validate(board.standing),
            series=[SeriesShown.of(one) for one in board.series.values()],
        )


@router.get("/dashboards/live", include_in_schema=False)
async def live(desk: Annotated[Desk, allowed("read", *ANY)]) -> StreamingResponse:
    """The board of the last hour, every two seconds. Raises RateLimited (too many look already)."""
    boards = desk.city.dashboards.live()
    return StreamingResponse(_events(boards), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


@router.get("/dashboards/{period}")
async def board(period: Period, desk: Annotated[Desk, allowed("read", *ANY)]) -> BoardShown:
    """All series of the last hour (steps of five minutes), day (hours) or month (the city's days)."""
    return BoardShown.of(await desk.city.dashboards.board(period))


async def _events(boards: AsyncIterator[Board | None]) -> AsyncIterator[str]:
    """A comment takes the place of a board that could not be read."""
    async for board in boards:
        yield f"event: board\ndata: {BoardShown.of(board).model_dump_json()}\n\n" if board else ":\n\n"
