"""A certificate of hours as PDF: who, how many, the newest of them, and the code that leads to where it is checked."""

from __future__ import annotations

from app.core.clock import CITY_TIME
from app.core.paper import Proof
from app.domains.community.volunteers.hours.certificates.model import Certificate


def draw(one: Certificate, city: str) -> bytes:
    """Takes some tenths of a second: not for the event loop."""
    paper = Proof(f"志愿服务记录证明 {one.number}", one.at)
    paper.title("志愿服务记录证明　Certificate of volunteer service")
    for name, value in _facts(one, city):
        paper.fact(name, value)
    paper.gap()
    for line in one.lines:
        said = f"{line.day.isoformat()}　{line.title}（{line.organisation}）"
        paper.row(said, f"{line.minutes // 60}:{line.minutes % 60:02d}", 9.5)
    paper.check("扫码核验真伪　Scan to see that it is genuine", one.check_at)
    return paper.done()


def _facts(one: Certificate, city: str) -> list[tuple[str, str]]:
    hours, minutes = divmod(one.minutes, 60)
    return [
        ("姓名　Name", one.name),
        ("志愿者编号　Number", one.number),
        ("累计服务时长　Hours in all", f"{hours} 小时 {minutes} 分　{hours} h {minutes} min"),
        ("志愿服务星级　Stars", "★" * one.stars or "—"),
        ("出具　Given by", f"{city}　{one.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}"),
    ]
