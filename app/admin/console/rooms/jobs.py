"""Scheduled jobs: what each does, how its last runs ended and who ran them, and a run asked for now."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Listing,
    Reply,
    Row,
    Table,
    badge,
    figure,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.jobs.board import JobBoard, JobLine
from app.jobs.slots import Run

_HEAD = (
    Text("任务", "Job"),
    Text("作用", "What it does"),
    Text("上次运行", "Last run"),
    Text("结果", "Outcome"),
    Text("下次运行", "Next run"),
)
_RUNS = (
    Text("应运行时间", "Due"),
    Text("结果", "Outcome"),
    Text("用时", "Took"),
    Text("尝试", "Tries"),
    Text("由谁运行", "Ran by"),
    Text("错误", "Error"),
)


class JobsView(RoomView):
    noun = "jobs"
    label = Text("定时任务", "Jobs")
    lead = Text(
        "每个时刻只由一个进程运行；失败的会再试。", "Each slot is run by one process; what failed is tried again."
    )
    icon = "fa-clock"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._board = JobBoard(desk.city.db, desk.city.audit, desk.city.clock)
        now = Text("几秒内由一个工作进程运行，不影响定时。", "A worker runs it within seconds, beside its schedule.")
        self.offers(Action("run", Text("立即运行", "Run now"), ADMINISTRATORS, self._run, note=now, icon="fa-play"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        return Listing(Table(_HEAD, tuple(self._row(line) for line in await self._board.lines())))

    async def detail(self, asked: Asked) -> Detail | None:
        lines = {line.job.name: line for line in await self._board.lines()}
        line = lines.get(asked.target)
        if line is None:
            return None
        runs = tuple(_run(run) for run in await self._board.runs(asked.target))
        facts = Facts.of(
            Text("计划", "Schedule"),
            (Text("作用", "What it does"), plain(line.job.says(spoken()))),
            (Text("下次运行", "Next run"), when(line.next_at)),
        )
        history = Table(
            _RUNS, runs, Text("最近二十次", "The last twenty"), Text("还没有运行过。", "It has not run yet.")
        )
        buttons = self.buttons(asked, asked.target, "run")
        return Detail(asked.target, (facts, history), _outcome(line.last), buttons=buttons)

    def _row(self, line: JobLine) -> Row:
        last = line.last
        cells = (mono(line.job.name), plain(line.job.says(spoken())), when(last.begun_at if last else None))
        return Row((*cells, _outcome(last), when(line.next_at)), self.here(line.job.name))

    async def _run(self, asked: Asked) -> Reply:
        await self._board.ask(asked.viewer, asked.target)
        return Done(Text("已交给工作进程。", "Handed to a worker."))


def _outcome(run: Run | None) -> Cell:
    return badge(run.state if run else None)


def _run(run: Run) -> Row:
    took = f"{run.seconds:.1f} s" if run.seconds is not None else None
    cells = (when(run.slot), badge(run.state), figure(took), figure(run.attempt), mono(run.owner), mono(run.error))
    return Row(cells)
