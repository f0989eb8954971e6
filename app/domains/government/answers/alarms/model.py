"""Words that mean danger: then the numbers of those who help come before any answer.

The lists are short on purpose. A number shown without need costs nothing; but who asks about fire insurance need not
be told to call the fire brigade, so words that stand in ordinary matters are left to longer phrases.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.said import Said


class Alarm(StrEnum):
    LIFE = "life"
    FIRE = "fire"
    MEDICAL = "medical"
    CRIME = "crime"
    CHILD = "child"


@dataclass(frozen=True, slots=True)
class Hotline:
    number: str
    name: Said


POLICE = Hotline("110", Said("报警", "Police"))
FIRE = Hotline("119", Said("火警", "Fire and rescue"))
AMBULANCE = Hotline("120", Said("急救", "Ambulance"))
YOUTH = Hotline("12355", Said("青少年服务热线", "Youth helpline"))
MIND = Hotline("12356", Said("心理援助热线", "Psychological helpline"))
FRAUD = Hotline("96110", Said("反诈劝阻热线", "Anti-fraud line"))


@dataclass(frozen=True, slots=True)
class Help:
    """What is said first, and who is to be called."""

    advice: Said
    hotlines: tuple[Hotline, ...]


HELP: Mapping[Alarm, Help] = {
    Alarm.LIFE: Help(
        Said(
            "您并不孤单。请现在就拨打电话，24 小时都有人听您说；身边有危险请拨 120 或 110。",
            "You are not alone. Please call now: somebody listens day and night. In danger call 120 or 110.",
        ),
        (MIND, YOUTH, AMBULANCE, POLICE),
    ),
    Alarm.FIRE: Help(
        Said("先离开危险的地方，再拨 119；不要乘电梯。", "Leave the danger first, then call 119; take no lift."),
        (FIRE, AMBULANCE, POLICE),
    ),
    Alarm.MEDICAL: Help(
        Said("有人生命危险请立即拨 120，说清地点。", "If a life is in danger call 120 at once and say where you are."),
        (AMBULANCE, POLICE),
    ),
    Alarm.CRIME: Help(
        Said(
            "正在受到伤害或威胁请立即拨 110；不便说话可发短信到 12110。正在转账请先停下，可拨 96110。",
            "If you are being harmed or threatened call 110 now, or text 12110. If you are about to pay, stop.",
        ),
        (POLICE, AMBULANCE, FRAUD),
    ),
    Alarm.CHILD: Help(
        Said(
            "孩子有危险请立即拨 110；需要倾诉和帮助可拨 12355。",
            "If a child is in danger call 110 now; for advice and help call 12355.",
        ),
        (POLICE, YOUTH, AMBULANCE),
    ),
}

_CHILD_ZH = "(?:孩子|小孩|儿子|女儿|宝宝|娃娃?)"
_ENDS = r"(?=$|[\s，。！？、；,.!?;啊吗呢啦怎该报找去在快求救])"  # what is missing is the child, and not its papers
_CHINESE: Mapping[Alarm, str] = {
    Alarm.LIFE: (
        "自杀 自尽 轻生 寻短见 寻死 不想活 不想再活 活不下去 活着没意思 活着没意义 活着没劲 活着好累 活够了 活腻了 "
        "生无可恋 想死(?!你|我了|机) 死了算了 不如死 跳楼(?!价|机|大|甩|式) 跳桥 跳江 "
        "上吊 割腕 烧炭自 结束生命 结束自己 了结自己 "
        "自残 伤害自己"
    ),
    Alarm.CHILD: (
        "校园霸凌 校园欺凌 被欺凌 被霸凌 虐待孩子 虐待儿童 猥亵 拐卖儿童 被拐走 被拐卖 孩子离家出走 "
        f"{_CHILD_ZH}[^，。！？,.!?]{{0,8}}(?:走丢|走失|失踪|被拐|被人抱走|被人带走) "
        f"{_CHILD_ZH}(?:刚才|刚刚|突然|又|在[^，。,.的]{{1,8}})?(?:不见了|找不[到着]了?{_ENDS}|丢了{_ENDS}) "
        f"(?:找不[到着]|丢了)(?:我|我的|我家)?{_CHILD_ZH}(?:了|$|[，。！？,.!?])"
    ),
    Alarm.FIRE: (
        "着火 起火 失火 冒浓烟 发生火灾 煤气泄漏 燃气泄漏 天然气泄漏 闻到煤气 闻到燃气 被困电梯 困在电梯 电梯困人"
    ),
    Alarm.MEDICAL: (
        "救命 昏迷 晕倒 昏倒 休克 大出血 心脏骤停 心梗 中风了 脑梗发作 呼吸困难 喘不上气 没有呼吸 溺水 触电 煤气中毒 "
        "一氧化碳中毒 食物中毒了 吃药过量 喝农药 叫救护车 要救护车"
    ),
    Alarm.CRIME: "抢劫 被抢 被偷 入室盗窃 遭小偷 被骗 被诈骗 遇到诈骗 电信诈骗 敲诈 勒索",
}
_NOT_CALLED = (
    "(?!的|电|手机|卡|账|帐|公积|工资|社保|医保|钱|款|市|省|区|县|号|座机|微信)"  # 打 is also to telephone, to pay
)
_VIOLENCE_ZH = (
    r"家暴 家庭暴力 被[^，。！？,.!?\s]{0,6}打(?:了?(?=$|[\s，。！？、；,.!?;啊吗呢啦怎该找要想能可去报很头脸耳]|"
    r"[一两几三好多]+[次顿拳下天年])|伤|骂|残|死|得) "
    f"(?<!拨)打我{_NOT_CALLED} 打[她他]{_NOT_CALLED} 打老婆 打老公 打妻子 打(?:孩子|小孩)(?!的|疫|针|预防|流感|电) "
    "打人(?![工社民力才事口大行]) 殴打 动手打 揍我 被揍 掐我 踢我 砍人 砍我 捅我 被捅 杀人 杀我 绑架 强奸 "
    "性侵 被跟踪 持刀 威胁我"
)
_KIN = "(?:kids?|child|children|son|daughter|baby|toddler|boy|girl)"
_STOPS = r"(?=\W*$|[.,!?;]|\s*[^\x00-\x7f]|\s(?:in|at|near|and|since|help|please|what|who|where|now|today)(?![a-z]))"
_ENGLISH: Mapping[Alarm, str] = {
    Alarm.LIFE: (
        "suicide|suicidal|kill(?:ing)? myself|(?:end|ending|take|taking) my (?:own )?life|want(?:ed)? to die|wanna die|"
        "self[- ]harm|cutting myself|want to (?:hurt|harm|cut) myself|(?:don't|do not) want to live|no reason to live|"
        "not worth living|better off dead|jump off (?:a|the) (?:bridge|building|roof)"
    ),
    Alarm.CHILD: (
        "child abuse|missing (?:child|kid)|being bullied|(?:child|kid|son|daughter) (?:ran|has run) away|"
        f"{_KIN}(?: is| are|'s| got| has been| have been| has gone| went)(?: missing| lost| abducted)"
        f"{_STOPS}|{_KIN} (?:is |was |has been )?kidnapp?ed|"
        f"{_KIN} (?:has |have )?(?:disappeared|vanished)|(?:can't find|cannot find|lost) (?:my|our) {_KIN}{_STOPS}"
    ),
    Alarm.FIRE: "on fire|fire broke out|there is a fire|house fire|gas leak",
    Alarm.MEDICAL: "heart attack|not breathing|unconscious|(?:call|need) an ambulance|overdose|medical emergency",
    Alarm.CRIME: "robbed|robbery|scammed",
}
_VIOLENCE_EN = (
    "raped?|kidnapp?ed|stalking me|domestic (?:violence|abuse)|being attacked|beat(?:s|ing)? (?:me|us)(?: up)?|"
    "(?:hits?|hitting|hurts|hurting|punche[sd]|slaps|slapped|slapping|kicks|kicked|chokes|choked|strangled|assaulted|"
    "attacked|abuses|abused|threatens|threatened) (?:me|us)|"
    f"(?:beats?|beating|hits|hitting|abuses|abusing) (?:my|our) (?:{_KIN}|wife|mother|mum|mom|sister)|"
    "(?:i was|i am|i'm|i am being|i'm being|i got|i have been|i've been) (?:beaten|hit by my|assaulted|abused|attacked)"
)


def _pattern(chinese: str, english: str) -> re.Pattern[str]:
    return re.compile("|".join([*chinese.split(), rf"(?<![a-z])(?:{english})(?![a-z])"]))


_VIOLENCE = _pattern(_VIOLENCE_ZH, _VIOLENCE_EN)
_PATTERNS = (
    *((alarm, _pattern(words, _ENGLISH[alarm])) for alarm, words in _CHINESE.items()),
    (Alarm.CRIME, _VIOLENCE),
)


def alarm_of(question: str) -> Alarm | None:
    """What a question sounds like; the gravest first."""
    plain = _plain(question)
    return next((alarm for alarm, pattern in _PATTERNS if pattern.search(plain)), None)


def help_only(question: str) -> Alarm | None:
    """The alarm after which no office matter is told: somebody's life, a child, violence. Who was robbed or cheated
    without it is told as well where to report that.
    """
    alarm = alarm_of(question)
    if alarm in (Alarm.LIFE, Alarm.CHILD) or _VIOLENCE.search(_plain(question)):
        return alarm
    return None


def mark_of(alarm: Alarm) -> str:
    """The keyword that marks an entry as one for people in this danger."""
    return f"alarm:{alarm.value}"


def _plain(question: str) -> str:
    return question.casefold().replace("’", "'")
