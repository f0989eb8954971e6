"""The console's own words: each in Chinese and English side by side, spoken in the language of the request."""

from __future__ import annotations

from collections.abc import Iterable
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


def listed(words: Iterable[object]) -> str:
    """One after the other, as the language of the request parts them."""
    return told("、", ", ").join(map(str, words))


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
    "licence_not_active": Text("证照已失效", "licence not in force"),
    "licence_unknown": Text("无此证照", "no such licence"),
    "purpose_not_for_licence": Text("证照不用于此用途", "licence not for this purpose"),
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
    "replaced": Text("已换新", "replaced"),
    "licence_number": Text("证照编号", "number of a licence"),
    "licence_facts": Text("证照内容", "what stands on a licence"),
    "licence_code": Text("证照二维码", "code of a licence"),
    "birth": Text("出生日期", "date of birth"),
    "inspection": Text("现场检查", "an inspection"),
    "benefit": Text("享受优待", "a benefit"),
    "revoked_by_issuer": Text("发证机关注销", "revoked by its issuer"),
    "error": Text("登记有误", "issued in error"),
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
    "hall": Text("服务大厅", "service hall"),
    "vaccination": Text("接种门诊", "vaccination point"),
    "registry": Text("登记处", "registry"),
    "licence": Text("电子证照", "licence"),
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
    "nurse": Text("护士", "nurse"),
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
    # an application: its steps, and how materials are there
    "begun": Text("新建草稿", "begun"),
    "moved": Text("草稿更新版本", "moved to another form"),
    "claimed": Text("领取", "taken over"),
    "correction_asked": Text("要求补正", "asked to be mended"),
    "corrected": Text("已补正", "mended"),
    "review_begun": Text("开始审查", "review begun"),
    "extended": Text("延长期限", "time extended"),
    "granted": Text("批准", "granted"),
    "visited": Text("到现场", "visited"),
    "overdue": Text("超期", "overdue"),
    "data": Text("共享数据", "shared data"),
    "upload": Text("已上传", "uploaded"),
    "bring": Text("现场出示", "shown on the visit"),
    "missing": Text("缺少", "missing"),
    "not_needed": Text("不需要", "not needed"),
    "application": Text("申请材料", "an application"),
    "case": Text("诉求内容", "a case"),
    "staff_read": Text("工作人员查看", "read by staff"),
    "push": Text("推送", "push"),
    "sms": Text("短信", "text message"),
    "inbox": Text("站内信", "inbox"),
    "webhook": Text("回调", "webhook"),
    # hand-overs and shared data
    "taken": Text("已接收", "taken"),
    "apart": Text("说法不一", "apart"),
    "promised": Text("等待对方编号", "waits for their number"),
    "realtime": Text("诉求编号", "a number"),
    "batch": Text("凭据 token", "a token"),
    "settled": Text("已办结", "settled"),
    "lost_there": Text("对方丢失", "lost there"),
    "unknown_here": Text("本市没有", "unknown here"),
    "states_apart": Text("步骤不符", "states apart"),
    "unreached": Text("未送达", "not reached"),
    "contradicted": Text("前后矛盾", "contradicted"),
    "returned": Text("退回补正", "returned"),
    "ended": Text("已终止", "ended"),
    "offered": Text("提供中", "offered"),
    "law": Text("法律依据", "by law"),
    "consent": Text("本人授权", "by consent"),
    "text": Text("文字", "text"),
    "date": Text("日期", "date"),
    "money": Text("金额", "amount"),
    "number": Text("数字", "number"),
    "yes_no": Text("是否", "yes or no"),
    "records": Text("多条记录", "records"),
    "ordinary": Text("一般", "ordinary"),
    "sensitive": Text("敏感", "sensitive"),
    "benefit_review": Text("资格复核", "reviewing benefits"),
    "school_admission": Text("入学核验", "school admission"),
    "loan_review": Text("贷款审核", "reviewing loans"),
    "shared_data": Text("数据共享", "shared data"),
    "not_now": Text("暂不可用", "not now"),
    "told": Text("已提供", "told"),
    "no_consent": Text("未授权", "no consent"),
    "no_data_access": Text("未获准", "no access"),
    "exchange_unavailable": Text("来源无响应", "source silent"),
    "subject_unknown": Text("无此人", "nobody"),
    # fields of a person
    "name": Text("姓名", "name"),
    "id_number": Text("身份证号", "ID number"),
    "photo": Text("照片", "photo"),
    "resident": Text("本市居民", "a resident"),
    # citizen credit
    "recounted": Text("已重新计分", "counted again"),
    "adjusted": Text("已加分", "points given"),
    "proposed": Text("待批准", "proposed"),
    "payment": Text("信用支付", "a payment"),
    "treatment": Text("先诊疗后付费", "a treatment"),
    "over_60": Text("年满 60 岁", "over 60"),
}


def word(code: object) -> Words:
    """What a code is called: states, kinds, roles. One that has no name yet shows as it is."""
    said = str(getattr(code, "value", code))
    return _CODES.get(said.lower(), said)
