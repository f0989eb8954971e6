"""The definitions in force, as data. To change what one means, give it another version and count anew."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.core.said import UNSAID, Said
from app.domains.voice.figures.indicators.facts.model import Counted
from app.domains.voice.figures.indicators.model import Better, Definition, Scale

_FILED = Said("收到的诉求", "cases filed")
_ACCEPTED = Said("受理的诉求", "cases accepted")
_DISPATCHED = Said("派单次数", "dispatches to a unit")
_REPLIED = Said("答复次数（每轮一次）", "replies, one for each round")
_DUE = Said("已答复或已超期的办理轮次", "rounds that were replied to or have run out of time")
_RATED = Said("收到评价的办理轮次", "rounds that were rated")
_HANDLED = Said("办结次数（每轮一次）", "rounds that were handled")
_CLOSED = Said("关闭的诉求", "cases closed")


def _share(
    code: str,
    top: Counted,
    bottom: Counted,
    better: Better,
    name: Said,
    top_words: Said,
    bottom_words: Said,
    public: bool = False,
) -> Definition:
    return Definition(code, 1, Scale.SHARE, better, top, bottom, name, top_words, bottom_words, public)


def _mean(
    code: str, top: Counted, bottom: Counted, name: Said, top_words: Said, bottom_words: Said, public: bool
) -> Definition:
    return Definition(code, 1, Scale.MINUTES, Better.LOW, top, bottom, name, top_words, bottom_words, public)


def _count(code: str, what: Counted, name: Said, public: bool = False) -> Definition:
    return Definition(code, 1, Scale.COUNT, Better.NEITHER, what, None, name, name, UNSAID, public)


_HIGH, _LOW = Better.HIGH, Better.LOW

_TABLE = (
    _count("filed", Counted.FILED, Said("收到诉求", "Cases filed"), True),
    _count("dispatched", Counted.DISPATCHED, Said("派单", "Dispatches")),
    _count("replied", Counted.REPLIED, Said("答复", "Replies"), True),
    _count("closed", Counted.CLOSED, Said("关闭", "Cases closed"), True),
    # How quickly one is heard
    _mean(
        "acceptance_time",
        Counted.ACCEPT_MINUTES,
        Counted.ACCEPTED,
        Said("平均受理用时", "Time to acceptance"),
        Said("从提交到受理的分钟数之和", "minutes from filing to acceptance, added up"),
        _ACCEPTED,
        True,
    ),
    _share(
        "accepted_in_hour",
        Counted.ACCEPTED_IN_HOUR,
        Counted.ACCEPTED,
        _HIGH,
        Said("一小时内受理率", "Accepted within an hour"),
        Said("提交后一小时内受理的诉求", "cases accepted within an hour of filing"),
        _ACCEPTED,
    ),
    _share(
        "answered_at_once",
        Counted.ANSWERED,
        Counted.ACCEPTED,
        _HIGH,
        Said("即问即答率", "Answered at once"),
        Said("首轮由中心直接答复的诉求", "cases that the centre answered itself the first time"),
        _ACCEPTED,
    ),
    _share(
        "refused",
        Counted.REFUSED,
        Counted.FILED,
        _LOW,
        Said("不予受理率", "Refused"),
        Said("不予受理的诉求", "cases refused"),
        _FILED,
    ),
    _share(
        "withdrawn",
        Counted.WITHDRAWN,
        Counted.FILED,
        _LOW,
        Said("撤回率", "Withdrawn"),
        Said("市民撤回的诉求", "cases that who filed them took back"),
        _FILED,
    ),
    # How it is passed on
    _mean(
        "dispatch_time",
        Counted.DISPATCH_MINUTES,
        Counted.DISPATCHED,
        Said("平均派单用时", "Time to dispatch"),
        Said(
            "从中心收到（受理、退回、重办）到派单的分钟数之和", "minutes at the centre before each dispatch, added up"
        ),
        _DISPATCHED,
        False,
    ),
    _share(
        "returned",
        Counted.RETURNED,
        Counted.DISPATCHED,
        _LOW,
        Said("退单率", "Returned"),
        Said("经中心同意的退单", "returns that the centre approved"),
        _DISPATCHED,
    ),
    _share(
        "transferred",
        Counted.TRANSFERRED,
        Counted.DISPATCHED,
        _LOW,
        Said("转办率", "Transferred"),
        Said("转给其他单位的次数", "transfers to another unit"),
        _DISPATCHED,
    ),
    _share(
        "fallback",
        Counted.FALLBACK,
        Counted.DISPATCHED,
        _LOW,
        Said("兜底派单率", "Dispatched to the fallback"),
        Said("派给兜底单位的次数", "dispatches to the fallback unit"),
        _DISPATCHED,
    ),
    # How quickly it is done
    _share(
        "on_time",
        Counted.ON_TIME,
        Counted.DUE,
        _HIGH,
        Said("按时办结率", "On time"),
        Said("在期限内答复的轮次", "rounds replied to before their time was over"),
        _DUE,
        True,
    ),
    _mean(
        "first_reply_time",
        Counted.FIRST_REPLY_MINUTES,
        Counted.FIRST_REPLIED,
        Said("平均首次答复用时", "Time to first reply"),
        Said("从提交到首次答复的分钟数之和", "minutes from filing to the first reply, added up"),
        Said("已首次答复的诉求", "cases with a first reply"),
        True,
    ),
    _mean(
        "on_site_time",
        Counted.ON_SITE_MINUTES,
        Counted.ON_SITE,
        Said("平均到场用时", "Time until somebody is there"),
        Said("从派单到到场的分钟数之和", "minutes from dispatch to arrival, added up"),
        Said("有人到场的派单", "dispatches of which somebody came"),
        False,
    ),
    _share(
        "extended",
        Counted.EXTENDED,
        Counted.DISPATCHED,
        _LOW,
        Said("延期率", "Extended"),
        Said("经中心同意的延期", "extensions that the centre approved"),
        _DISPATCHED,
    ),
    _share(
        "paused",
        Counted.PAUSED,
        Counted.DISPATCHED,
        _LOW,
        Said("暂停率", "Paused"),
        Said("经中心同意的暂停", "pauses that the centre approved"),
        _DISPATCHED,
    ),
    _share(
        "escalated",
        Counted.ESCALATED,
        Counted.DISPATCHED,
        _LOW,
        Said("升级率", "Escalated"),
        Said("升级到上级的次数", "escalations to those above"),
        _DISPATCHED,
    ),
    _share(
        "supervised",
        Counted.SUPERVISED,
        Counted.DISPATCHED,
        _LOW,
        Said("督办率", "Supervised"),
        Said("督办次数", "times that somebody above set a day"),
        _DISPATCHED,
    ),
    # How well
    _share(
        "solved",
        Counted.SOLVED,
        Counted.RATED,
        _HIGH,
        Said("解决率", "Solved"),
        Said("市民认为已解决的轮次", "rounds that the citizen called solved"),
        _RATED,
        True,
    ),
    _share(
        "satisfied",
        Counted.SATISFIED,
        Counted.RATED,
        _HIGH,
        Said("满意率", "Satisfied"),
        Said("评价为三级及以上的轮次", "rounds graded 3 or better of 5"),
        _RATED,
        True,
    ),
    _share(
        "very_satisfied",
        Counted.VERY_SATISFIED,
        Counted.RATED,
        _HIGH,
        Said("较满意及以上率", "Satisfied and more"),
        Said("评价为四级及以上的轮次", "rounds graded 4 or better of 5"),
        _RATED,
    ),
    Definition(
        "grade",
        1,
        Scale.GRADE,
        _HIGH,
        Counted.GRADES,
        Counted.RATED,
        Said("平均评分", "Mean grade"),
        Said("评分（一至五）之和", "grades from 1 to 5, added up"),
        _RATED,
        True,
    ),
    _share(
        "reopened",
        Counted.REOPENED,
        Counted.REPLIED,
        _LOW,
        Said("重办率", "Reopened"),
        Said("因不满意或未解决而重办的次数", "rounds that began anew because it was not solved or not well"),
        _REPLIED,
        True,
    ),
    _share(
        "verified_ok",
        Counted.VERIFIED_OK,
        Counted.VERIFIED,
        _HIGH,
        Said("现场核实合格率", "Found in order on site"),
        Said("网格员核实合格的次数", "looks of a grid officer that found it in order"),
        Said("网格员现场核实次数", "looks of a grid officer"),
    ),
    # Handled, closed and confirmed are three facts
    _share(
        "handled_not_closed",
        Counted.HANDLED_OPEN,
        Counted.HANDLED,
        _LOW,
        Said("已办未结率", "Handled, not closed"),
        Said("已办理但诉求尚未关闭的最后一轮", "last rounds that were handled while the case is open still"),
        _HANDLED,
    ),
    _share(
        "rated",
        Counted.RATED,
        Counted.REPLIED,
        _HIGH,
        Said("评价率", "Rated"),
        _RATED,
        _REPLIED,
    ),
    _share(
        "confirmed",
        Counted.CONFIRMED,
        Counted.CLOSED,
        _HIGH,
        Said("市民确认关闭率", "Closed and confirmed"),
        Said("市民确认已解决且满意的关闭诉求", "closed cases that the citizen confirmed"),
        _CLOSED,
    ),
    _share(
        "closed_unconfirmed",
        Counted.UNCONFIRMED,
        Counted.CLOSED,
        _LOW,
        Said("未经确认关闭率", "Closed, not confirmed"),
        Said("七天内未评价而关闭的诉求", "cases closed because nobody said a word in seven days"),
        _CLOSED,
        True,
    ),
    _share(
        "closed_contested",
        Counted.CONTESTED,
        Counted.CLOSED,
        _LOW,
        Said("有异议关闭率", "Closed, contested"),
        Said("市民仍有异议的关闭诉求", "closed cases that the citizen is not content with"),
        _CLOSED,
    ),
    _share(
        "reached",
        Counted.REACHED,
        Counted.CALLED_BACK,
        _HIGH,
        Said("回访接通率", "Reached by call-back"),
        Said("接通的回访", "call-backs that somebody answered"),
        Said("回访次数", "call-backs"),
    ),
)

DEFINITIONS: Mapping[str, Definition] = MappingProxyType({one.code: one for one in _TABLE})
PUBLIC = tuple(one for one in _TABLE if one.public)
