"""Names of people in a text: by a surname, by how a dictionary reads the words, and by what stands beside them.

A dictionary alone takes 井盖 and 温泉 for names; a surname alone, 高 in 高温. So a name is what begins with a surname
and either follows a word that announces one (我叫, 业主), or bears a title (女士), or is three characters long and
read as a name, and no street, school or river.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.core.texts.dictionaries import tagged

# The 120 most frequent (about nine in ten people), and the frequent ones of Fujian. Those that are mostly other words
# (于, 向, 时, 常, 任, 关, 方, 路, 水, 安, 应, 全, 明) count where a name is announced or written out, nowhere else.
_SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "姜范石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易贺赖龚庄游翁阮卓柯欧温倪颜詹施洪俞危池饶巫丘缪"
    "章鲁葛韦殷殳聂涂简官连纪肖闫柳祝鲍费岑滕毕邬乐齐伍元卜尤华喻柏窦"
)
_SELDOM: Final = frozenset("于向时常任关方路水安应全明文武严梅祁申莫付代单成车古国")
_DOUBLE: Final = ("欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木")
_TITLES = (
    "先生|女士|小姐|太太|老师|师傅|阿姨|大爷|大妈|大叔|大姐|大哥|叔叔|奶奶|爷爷|伯伯|医生|大夫|护士|经理|主任|队长|警官|局长|科长|"
    "处长|书记|主席|老板|总监|律师|教授|校长|园长|同学|同志|姓"
)
_TITLED = re.compile(rf"^(?:{_TITLES})")
_TITLE = re.compile(rf"^(?:{_TITLES})$")
_ANNOUNCED = re.compile(
    r"(?:我叫做?|我的名字[叫是]|名字[叫是]|姓名(?:为|是)?|名叫|叫做|联系人(?:为|是)?|投诉人(?:为|是)?|反映人|举报人|收件人|户主姓名|"
    r"法定代表人|法人(?:代表)?(?:为|是)?|负责人(?:为|是)?)\s?[:：]?\s?(?P<name>[\u4e00-\u9fff]{2,4})"
)
_SAID_OF_PEOPLE = """
业主 户主 租户 租客 房东 司机 店主 老板 经理 项目经理 物业经理 主任 医生 老师 班主任 邻居 住户 患者 病人 学生
员工 工人 包工头 负责人 同学 父亲 母亲 爸爸 妈妈 儿子 女儿 丈夫 妻子 老公 老婆 爷爷 奶奶 外公 外婆 哥哥 姐姐
弟弟 妹妹 孩子 小孩 村民 居民 市民 村长 书记 队长 城管 民警 保安 客户 顾客 乘客 车主 男子 女子 当事人 本人
工作人员 店员 校长 园长 律师 中介 护士 社工 网格员 员 我 我是 名叫 姓
"""
_ROLES: Final = frozenset(_SAID_OF_PEOPLE.split())
_PERHAPS: Final = frozenset({"nz", "m", "n", "a", "ns", "nrt", "x", "j"})  # how the rest of a name is read
# What stands after a word that only looks like a name: then it is a place or a thing.
_OF_PLACES = re.compile(
    r"^(?:路|街|巷|弄|道|大道|支路|小区|花园|社区|街道|新村|村|镇|乡|区|县|市|山|河|溪|湖|江|桥|站|公园|广场|大厦|小学|中学|大学|学校|幼儿园|"
    r"医院|纪念馆|故居|祠|庙|寺|公司|超市|酒店|饭店|餐厅|药店|市场|里|苑|园|城|府|厝|工业区|新区|码头|隧道|立交|高架|主题|牌|杯|旧居|街区)"
)
_OTHER_WORDS = """
谢谢 井盖 温泉 平安夜 毛毛虫 康复 高温 高考 高中 高中生 高空 高度 马上 周末 周边 周围 方便 方面 任何 常常 明天
万一 江边 江滨 金山 白马 石头 石子 水泥 黄金 黄色 黄线 黄灯 白天 白色 金额 金融 车主 车位 许多 成人 成本 成年
施工 施工方 康庄 文明 文化 安全 古树 古厝 单车 应该 应急 关于 关门 关闭 全部 国庆 国货 武警 严重 严格 代表 付款
莫名 申请 申诉 石材 温度 温馨 洪水 洪涝 江水 龙头 雷雨 雷电 雷声 游客 游戏 游泳 章鱼 毛病 毛坯 毛坯房 毕业
毕业生 齐全 连续 连接 易燃 余额 余震 夏天 夏季 秦皇 华人 华侨 元旦 官方 官员 乐队 乐器 简单 简直 田地 田园 田间
钟点 钟点工 钱款 金属 白蚁 白内障 黄鱼 黄牛 马桶 马路 马蜂 马蜂窝 马尾 罗源 连江 胡同 胡乱 丁字 丁字路 龙眼
柏油 柏油路 熊猫 龙卷 顾客 孔洞 陆续 康健 史无 万象 万达 万宝 万科 林业 林木 林地 杨桥 杨树 柳树 梅花 松树 石板
石板路 段落 贺卡 程度 程序 高峰 高峰期 高速 高架 高压 高压线 高档 高价 高声 高音 高龄 高楼 江河 曹操 孔子 许可
许可证 单位 单元 时间 时候 路灯 路边 路面 水管 水电 水务 方式 方向 向来 安静 安装 成绩 成功 文件 文体 明显 明确
代理 代办 余地 金钱 贾府 汤圆 蔡依 白龙 白湖 白沙 黄山 黄岐 黄河 江南 江北 沈阳 苏州 郑州 温州 徐州 马来
"""
_NO_NAMES: Final = frozenset(_OTHER_WORDS.split())
# In English and in Latin letters: after words that announce one, or with the title. `I am` and roles announce other
# things as well, so there a Chinese surname must begin or end it.
_WORD = r"[A-Z][A-Za-z'’-]*"
_IN_LATIN = re.compile(
    rf"\b(?i:my (?:full )?name is|name ?:|named|mr|mrs|ms|miss|dr)\.?\s+(?P<name>{_WORD}(?:\s{_WORD}){{0,2}})"
    r"|\b(?i:my (?:full )?name is)\s+(?P<small>[a-z]+(?:\s(?!and\b|i\b|from\b|of\b|the\b)[a-z]+)?)"
    rf"|\b(?i:i am|i'm|i’m|this is|neighbou?r|landlord|driver|owner|contact|call)\s+(?P<told>{_WORD}\s{_WORD})"
)
_LATIN = """
wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he gao lin luo zheng liang xie tang deng feng
song han cao zeng peng xiao cai pan tian dong yuan yu jiang du ye cheng su wei lu lyu ding ren shen yao fu zhong qiu
fang shi xiong jin tan dai weng ruan zhuang ke you shao wen kang lai hong ouyang situ
"""
_SURNAMES_IN_LATIN: Final = frozenset(_LATIN.split())


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Where they stand; they may overlap."""
    yield from _announced(text)
    yield from _in_latin(text)
    words = _placed(text)
    for n, (word, kind, start) in enumerate(words):
        end = start + len(word)
        before, after = words[n - 1][0] if n else "", text[end:]
        if len(word) > 1 and word not in _NO_NAMES:
            yield from _written(word, kind, start, before, after)
        if n + 1 < len(words):
            yield from _in_two(words, n)


def _announced(text: str) -> Iterator[tuple[int, int]]:
    """After `我叫` and its like comes a name, whatever else it may mean; how long, the dictionary says."""
    for one in _ANNOUNCED.finditer(text):
        name = one.group("name")
        first = tagged(name)[0][0]
        if name.startswith(_DOUBLE):
            length = 4 if len(name) == 4 and not _ends_early(name[2:]) else 3
        elif name[0] not in _SURNAMES | _SELDOM or first in _NO_NAMES:
            continue
        else:
            length = _length(name)
        yield one.start("name"), one.start("name") + min(length, len(name))


def _in_latin(text: str) -> Iterator[tuple[int, int]]:
    for one in _IN_LATIN.finditer(text):
        told = one.group("told")
        if told is None or not _SURNAMES_IN_LATIN.isdisjoint(told.lower().split()):
            yield one.span(one.lastgroup or 0)


def _length(name: str) -> int:
    """Two characters, or three: by where the words end."""
    ends = [sum(len(word) for word, _ in tagged(name)[: n + 1]) for n in range(len(name))]
    if 3 in ends and (2 not in ends or tagged(name)[-1][1].startswith("nr")):
        return 3
    return 2 if len(name) < 3 or _ends_early(name[2:]) else 3


def _ends_early(rest: str) -> bool:
    return rest[0] in "是在住家的说要有,，。电手今现反投,我你他，来不已和与向"


def _written(word: str, kind: str, start: int, before: str, after: str) -> Iterator[tuple[int, int]]:
    """A name that the dictionary reads as one word: 陈建国, 张伟, 王女士, 陈某."""
    surname = _surname(word)
    if not surname or not kind.startswith("nr") or _OF_PLACES.match(after):
        return
    rest = word[len(surname) :]
    if _TITLE.match(rest):
        yield start, start + len(surname)
    elif rest and len(rest) <= 2:
        told = _is_role(before) or _TITLED.match(after) or before in ("和", "与", "、", "叫", "是", "给", "被")
        joined = re.match(r"^(?:和|与|、|跟|及)", after)
        if len(rest) == 2 or len(surname) == 2 or told or joined or kind == "nr":
            yield start, start + len(word)


def _in_two(words: list[tuple[str, str, int]], n: int) -> Iterator[tuple[int, int]]:
    """A name of which the dictionary makes two words or three: 林 秀英, 欧阳 娜娜, 张 三; a surname with its title."""
    word, kind, start = words[n]
    if word not in _SURNAMES | _SELDOM and word not in _DOUBLE:
        return
    following, following_kind, at = words[n + 1]
    before, rest = words[n - 1][0] if n else "", "".join(one for one, _, _ in words[n + 2 :])
    if _TITLED.match(following) and word not in _SELDOM and kind not in ("p", "c", "d"):
        yield start, start + len(word)
    elif following in ("某", "某某", "××", "XX"):
        yield start, at + len(following)
    elif len(following) <= 2 and _is_han(following) and not _OF_PLACES.match(following + rest[:3]):
        read = following_kind.startswith("nr") and not _OF_PLACES.match(rest)
        told = _is_role(before) and word not in _SELDOM and following not in _NO_NAMES
        if read or (told and following_kind in _PERHAPS):
            yield start, at + len(following)


def _is_role(word: str) -> bool:
    return word in _ROLES


def _surname(word: str) -> str:
    if word.startswith(_DOUBLE):
        return word[:2]
    return word[0] if word[0] in _SURNAMES | _SELDOM else ""


def _is_han(word: str) -> bool:
    return all("\u4e00" <= one <= "\u9fff" for one in word)


def _placed(text: str) -> list[tuple[str, str, int]]:
    """Words, their kinds, and where they begin."""
    placed, at = [], 0
    for word, kind in tagged(text):
        placed.append((word, kind, at))
        at += len(word)
    return placed
