"""The console's own words: each in Chinese and English side by side, spoken in the language of the request."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from app.core.clock import CITY_TIME
from app.core.messages import CHINESE, Locale

_SPOKEN: ContextVar[Locale] = ContextVar("console_language", default=CHINESE)


def speak(locale: Locale) -> None:
    """From here on, in this request."""
    _SPOKEN.set(locale)


def spoken() -> Locale:
    return _SPOKEN.get()


@dataclass(frozen=True, slots=True)
class Text:
    """Prints as the language of the request says, so that menus and tables can be made once, at the start."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if _SPOKEN.get() == CHINESE else self.en

    def __bool__(self) -> bool:
        return bool(self.zh)


Words: TypeAlias = Text | str


def told(zh: str, en: str) -> str:
    """For templates: the one of the two that is asked for."""
    return zh if _SPOKEN.get() == CHINESE else en


def moment(at: datetime) -> str:
    """As people of the city read it, to the second."""
    return f"{at.astimezone(CITY_TIME):%Y-%m-%d %H:%M:%S}"


def minute(at: datetime) -> str:
    """The time of day, for what is but a moment off."""
    return f"{at.astimezone(CITY_TIME):%H:%M}"


_CODES: dict[str, Text] = {
    # states
    "active": Text("正常", "active"),
    "suspended": Text("已停用", "suspended"),
    "revoked": Text("已注销", "revoked"),
    "expired": Text("已过期", "expired"),
    "open": Text("待处理", "open"),
    "upheld": Text("成立", "upheld"),
    "rejected": Text("已驳回", "rejected"),
    "draft": Text("草稿", "draft"),
    "submitted": Text("已提交", "submitted"),
    "in_review": Text("审核中", "in review"),
    "approved": Text("已批准", "approved"),
    "live": Text("正式", "live"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "requested": Text("已申请", "requested"),
    "running": Text("进行中", "running"),
    "sending": Text("发送中", "sending"),
    "paused": Text("已暂停", "paused"),
    "cancelled": Text("已取消", "cancelled"),
    "done": Text("完成", "done"),
    "finished": Text("已完成", "finished"),
    "failed": Text("失败", "failed"),
    "pending": Text("待处理", "pending"),
    "waiting": Text("等待中", "waiting"),
    "dead": Text("死信", "dead letter"),
    "delivered": Text("已送达", "delivered"),
    "sent": Text("已发出", "sent"),
    "bounced": Text("退回", "bounced"),
    "read": Text("已读", "read"),
    "ready": Text("已就绪", "ready"),
    "disabled": Text("已停用", "disabled"),
    "accepted": Text("已接受", "accepted"),
    "executed": Text("已执行", "carried out"),
    "published": Text("已发布", "published"),
    "planned": Text("已安排", "planned"),
    "cooling": Text("冷静期", "cooling off"),
    "erasing": Text("删除中", "being erased"),
    "erased": Text("已删除", "erased"),
    "released": Text("已释放", "released"),
    "making": Text("生成中", "being made"),
    "residence": Text("住址", "residence"),
    "masked_name": Text("脱敏姓名", "masked name"),
    "under_18": Text("未满 18 岁", "under 18"),
    "sex": Text("性别", "sex"),
    "birth_month": Text("出生年月", "month of birth"),
    "card_number": Text("卡号", "card number"),
    "lost": Text("已失效", "lost"),
    "test": Text("测试", "test"),
    "retired": Text("已退役", "retired"),
    "destroyed": Text("已销毁", "destroyed"),
    # why a code was refused, and what else is counted
    "code_unknown": Text("无此码", "unknown"),
    "code_malformed": Text("格式不对", "malformed"),
    "code_expired": Text("已过期", "expired"),
    "code_used": Text("已用过", "used before"),
    "code_for_other_purpose": Text("用途不符", "for another purpose"),
    "card_not_active": Text("卡不可用", "card not active"),
    "no_card": Text("无卡", "no card"),
    "forbidden": Text("无权限", "not allowed"),
    "rate_limited": Text("太频繁", "too often"),
    "unauthenticated": Text("未登录", "not signed in"),
    "other": Text("其他", "other"),
    "signed_in": Text("成功", "signed in"),
    "otp_wrong": Text("验证码错误", "wrong code"),
    "otp_no_longer_valid": Text("验证码失效", "code over"),
    "credentials_wrong": Text("凭据错误", "wrong credentials"),
    "staff_locked": Text("已锁定", "locked"),
    "password_change_needed": Text("须换密码", "password to change"),
    "provider": Text("单位", "provider"),
    "desk": Text("运行台", "desk"),
    "correction": Text("更正申请", "a correction"),
    "dispute": Text("查询异议", "a dispute"),
    "unregistered": Text("设备已注销", "unregistered"),
    "retry": Text("稍后重试", "to be tried again"),
    "blocked": Text("渠道拒绝本市账户", "refused to the city's account"),
    "gone": Text("已撤除", "gone"),
    "throttled": Text("被限流", "throttled"),
    "refused": Text("被拒绝", "refused"),
    "timeout": Text("超时", "timed out"),
    "unreachable": Text("连不上", "unreachable"),
    "tls_failed": Text("证书错误", "TLS failed"),
    "target_refused": Text("地址不允许", "target refused"),
    "dropped": Text("已放弃", "dropped"),
    # a card and its events
    "personal": Text("本人卡", "personal"),
    "minor": Text("儿童卡", "a child's"),
    "elder": Text("长者卡", "an elder's"),
    "issued": Text("发卡", "issued"),
    "loss_reported": Text("挂失", "loss reported"),
    "found": Text("已找回", "found again"),
    "replaced": Text("换新卡", "replaced"),
    "fraud": Text("涉嫌诈骗", "fraud"),
    "investigation": Text("核查中", "under investigation"),
    "cleared": Text("核查无误", "cleared"),
    "misuse": Text("被冒用", "misuse"),
    "deceased": Text("持卡人去世", "holder deceased"),
    "moved_away": Text("迁出本市", "moved away"),
    "ops": Text("运行人员", "ops staff"),
    # kinds of organisations
    "government": Text("政府", "government"),
    "department": Text("部门", "department"),
    "service_hall": Text("政务大厅", "service hall"),
    "hospital": Text("医院", "hospital"),
    "transit": Text("公共交通", "public transport"),
    "library": Text("图书馆", "library"),
    "utility": Text("公用事业", "utility"),
    "merchant": Text("商户", "merchant"),
    "community": Text("社区", "community"),
    "patrol": Text("巡查", "patrol"),
    "gate": Text("门禁", "gate"),
    "province": Text("省级", "province"),
    "city": Text("市级", "city"),
    "county": Text("县区级", "county"),
    "township": Text("乡镇级", "township"),
    # roles
    "viewer": Text("查看员", "viewer"),
    "operator": Text("操作员", "operator"),
    "auditor": Text("审计员", "auditor"),
    "administrator": Text("管理员", "administrator"),
    "seat": Text("坐席", "seat"),
    "handler": Text("经办员", "handler"),
    "supervisor": Text("督办员", "supervisor"),
    "grid_officer": Text("网格员", "grid officer"),
    "cashier": Text("收银员", "cashier"),
    "citizen": Text("市民", "citizen"),
    "provider_client": Text("单位程序", "provider's program"),
    "provider_staff": Text("单位人员", "provider's staff"),
    "anonymous": Text("未登录", "anonymous"),
    # what messages are about
    "account": Text("账号安全", "account"),
    "card": Text("市民卡", "card"),
    "lookups": Text("查询提醒", "look-ups"),
    "family": Text("家人", "family"),
    "news": Text("城市通知", "news"),
    # assurance, sex, channels
    "phone": Text("手机号", "phone"),
    "real_name": Text("实名", "real name"),
    "female": Text("女", "female"),
    "male": Text("男", "male"),
    "online_code": Text("在线二维码", "online code"),
    "staff_read": Text("工作人员查看", "read by staff"),
    "push": Text("推送", "push"),
    "sms": Text("短信", "text message"),
    "inbox": Text("站内信", "inbox"),
    "webhook": Text("回调", "webhook"),
    # fields of a person
    "name": Text("姓名", "name"),
    "id_number": Text("身份证号", "ID number"),
    "photo": Text("照片", "photo"),
    "resident": Text("本市居民", "a resident"),
    "over_60": Text("年满 60 岁", "over 60"),
}


def word(code: object) -> Words:
    """What a code is called: states, kinds, roles. One that has no name yet shows as it is."""
    said = str(getattr(code, "value", code))
    return _CODES.get(said.lower(), said)
