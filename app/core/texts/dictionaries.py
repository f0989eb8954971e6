"""The dictionaries: words of Chinese, and how they sound. Fifty megabytes and half a second of loading, so they
are read when the first text is, and a process without an index does without them.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

# Words in which a character is not read as it mostly is. The dictionary's own forty-seven thousand phrases would say
# the same of these, at a cost of forty megabytes in each process.
_READINGS = """
yin-hang 银行, hang-ye 行业, hang-zhang 行长, tong-hang 同行, hang-qing 行情, shang-hang 商行
chang-le 长乐, chang-qi 长期, chang-tu 长途, chang-du 长度, yan-chang 延长, chang-jiang 长江, te-chang 特长
chang-cheng 长城, chang-shou 长寿, chang-jiu 长久, chang-sha 长沙, chang-ting 长汀, chang-tai 长泰
chong-xin 重新, chong-ban 重办, chong-fu 重复, chong-qing 重庆, chong-zhi 重置, chong-jian 重建, chong-ming 重名
chong-xiu 重修, chong-zu 重组
huan-kuan 还款, huan-dai 还贷, huan-qing 还清, chang-huan 偿还, tui-huan 退还, fan-huan 返还, gui-huan 归还
fa-huan 发还, jiao-huan 交还, huan-yuan 还原, huan-qian 还钱, huan-zhai 还债
kuai-ji 会计, cai-kuai 财会
tiao-jie 调解, tiao-zheng 调整, tiao-jie 调节, tiao-ji 调剂, tiao-jia 调价, tiao-xiu 调休, kong-tiao 空调, xie-tiao 协调
yin-yue 音乐, yue-qi 乐器, yue-dui 乐队
bu-ji 补给, gong-ji 供给, ji-fu 给付
chu-chai 出差, chai-lv 差旅, jiao-dui 校对, mo-shou 没收, pian-yi 便宜, tan-xing 弹性, jue-se 角色, bo-ruo 薄弱
shou-du 首都, du-shi 都市, cheng-du 成都
ning-de 宁德, ning-hua 宁化, ning-xia 宁夏, nan-ning 南宁, xia-men 厦门
"""


@cache
def _words() -> Any:
    import rjieba  # noqa: PLC0415  (see above)

    return rjieba


@cache
def _readings() -> Any:
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    import pypinyin  # noqa: PLC0415  (see above)

    words = (entry.split() for entry in _READINGS.replace("\n", ",").split(",") if entry.strip())
    pypinyin.load_phrases_dict({han: [[one] for one in said.split("-")] for said, han in words})
    return pypinyin


def load() -> None:
    """Read them now: a second, for a thread."""
    _words()
    _readings()


def words(han: str) -> list[str]:
    """Of a run of Chinese characters, one after the other."""
    found: list[str] = _words().cut(han)
    return found


def tagged(text: str) -> list[tuple[str, str]]:
    """Its words, one after the other, each with its part of speech (`nr` is the name of a person, most of the time)."""
    found: list[tuple[str, str]] = _words().tag(text)
    return found


def words_and_parts(han: str) -> list[str]:
    """As `words`, and of longer words the words within them."""
    found: list[str] = _words().cut_for_search(han)
    return found


def readings(word: str) -> list[str]:
    """Syllables without tones, ü as v; what is no known character stands for itself."""
    found: list[str] = _readings().lazy_pinyin(word, errors=list)
    return found
