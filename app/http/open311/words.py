"""What the Open311 door says of states and steps, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.core.said import Said
from app.domains.voice.cases.history.model import CaseState, Happened

CONTACT: Final = Said(
    "本市 12345 便民服务平台，电话 12345，全天 24 小时。",
    "The city's 12345 centre, phone 12345, day and night.",
)
KEY_SERVICE: Final = Said(
    "提交诉求需要 API 密钥，请向 12345 中心申请；读取公开诉求不需要。",
    "Filing asks for an API key: ask the 12345 centre for one. Reading public requests asks for none.",
)
NOTICE: Final = Said(
    "已收到，12345 中心受理后按规定期限答复。公开之前只有您能凭密钥查询。",
    "Received. The 12345 centre takes it in and answers in due time. Until it is public, only your key shows it.",
)

STATES: Final[Mapping[CaseState, Said]] = {
    CaseState.FILED: Said("已提交，等待受理。", "Filed; to be taken in."),
    CaseState.ACCEPTED: Said("已受理，等待转办。", "Taken in; to be dispatched."),
    CaseState.DISPATCHED: Said("已转交承办单位。", "Dispatched to the unit in charge."),
    CaseState.HANDLING: Said("承办单位正在办理。", "The unit in charge is working on it."),
    CaseState.HANDLED: Said("现场已处理，待答复。", "Done on site; the reply is to come."),
    CaseState.REPLIED: Said("已答复，等待评价。", "Answered; waits for what the reporter says."),
    CaseState.CLOSED: Said("已办结。", "Closed."),
    CaseState.REFUSED: Said("不属于本市受理范围。", "Not the city's matter."),
    CaseState.WITHDRAWN: Said("已由提出人撤回。", "Withdrawn by who filed it."),
    CaseState.MERGED: Said("与另一件诉求合并办理。", "Goes on in another request."),
}

NOTES: Final[Mapping[Happened, Said]] = {
    Happened.FILED: Said("提交", "Filed"),
    Happened.ACCEPTED: Said("受理", "Taken in"),
    Happened.ANSWERED: Said("直接答复", "Answered at once"),
    Happened.REFUSED: Said("不予受理", "Not taken in"),
    Happened.DISPATCHED: Said("转办", "Dispatched"),
    Happened.ON_SITE: Said("到达现场", "On site"),
    Happened.NOTED: Said("办理进展", "Progress"),
    Happened.ASKED: Said("向提出人了解情况", "A question to who filed it"),
    Happened.COMMENTED: Said("提出人补充", "Something was added by who filed it"),
    Happened.HANDLED: Said("处理完毕", "Handled"),
    Happened.REPLIED: Said("答复", "Answered"),
    Happened.RATED: Said("评价", "Rated"),
    Happened.CALLED_BACK: Said("回访", "Called back"),
    Happened.REOPENED: Said("重新办理", "Reopened"),
    Happened.CLOSED: Said("办结", "Closed"),
    Happened.WITHDRAWN: Said("撤回", "Withdrawn"),
    Happened.MERGED: Said("合并", "Merged"),
    Happened.SPLIT: Said("拆分", "Split"),
    Happened.RETURNED: Said("退回重新转办", "Given back, to be dispatched anew"),
    Happened.PAUSED: Said("暂停计时", "Paused"),
    Happened.RESUMED: Said("恢复计时", "Resumed"),
    Happened.EXTENDED: Said("延期", "Extended"),
    Happened.SUPERVISED: Said("督办", "Supervised"),
    Happened.VERIFIED: Said("网格员现场核实", "Verified on site"),
}


def of_step(what: str, locale: str) -> str:
    """A step that has no words of its own is called by its code."""
    return NOTES.get(Happened(what), Said(what, what)).within(locale)
