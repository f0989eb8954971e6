"""What departments know of a person of the seeded city: put together from his household, age and kin.

What is invented beyond that (amounts, plates, dates) follows from the ID number, so that it is the same each time.
A value is a list of records; a single one has the name `value`. An empty list: the department has nothing of him.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

from mocks.city import PEOPLE, household_of
from mocks.people import Person, Sex

Records = list[dict[str, str]]

_TODAY = date.today
_RELATIONS = {
    "head": "户主",
    "spouse": "配偶",
    "child": "子女",
    "parent": "父母",
    "grandchild": "孙子女",
    "grandparent": "祖父母",
    "sibling": "兄弟姐妹",
}
_BY_KEY = {person.key: person for person in PEOPLE}


def of(field: str, person: Person) -> Records:
    """The value of one `set.field`; of one that nobody offers, none."""
    found = _FIELDS.get(field)
    return found(person) if found else []


def _one(text: str | int) -> Records:
    return [{"value": str(text)}]


def _dice(person: Person, what: str, sides: int) -> int:
    """Always the same throw for the same person and question."""
    return int.from_bytes(hashlib.sha256(f"{person.id_number}/{what}".encode()).digest()[:4]) % sides


def _age(person: Person) -> int:
    today, born = _TODAY(), person.born
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _works(person: Person) -> bool:
    return 22 <= _age(person) < 60


def _shown(person: Person) -> dict[str, str]:
    return {"name": person.name, "id_number": person.id_number, "born": person.born.isoformat()}


def _identity(person: Person) -> Records:
    sex = "女" if person.sex is Sex.FEMALE else "男"
    return [{**_shown(person), "sex": sex, "division": household_of(person).division}]


def _members(person: Person) -> Records:
    return [
        {**_shown(one), "relation": _RELATIONS.get(one.relation, "其他")}
        for one in PEOPLE
        if one.household == person.household
    ]


def _married(person: Person) -> Records:
    if person.spouse:
        return _one("已婚")
    return _one("未婚") if _age(person) >= 20 else []


def _spouse(person: Person) -> Records:
    if not person.spouse:
        return []
    other = _BY_KEY[person.spouse]
    later = max(person.born, other.born)
    couple = min(person, other, key=lambda one: one.id_number)
    since = date(later.year + 24 + _dice(couple, "wedding", 4), 1 + _dice(couple, "month", 12), 6)
    return [{**_shown(other), "registered_on": since.isoformat()}]


def _birth(person: Person) -> Records:
    """His own record when he is a child; of a parent, those of the children."""
    children = [one for one in PEOPLE if person.key in one.parents and _age(one) < 18]
    born = [person] if _age(person) < 18 else children
    return [
        {
            **_shown(one),
            "certificate": f"{one.born:%y}35{_dice(one, 'birth', 10_000_000):07d}",
            "parents": "、".join(_BY_KEY[parent].name for parent in one.parents),
        }
        for one in born
    ]


def _death(person: Person) -> Records:
    return []  # nobody of the seeded city has died


def _contributions(person: Person) -> Records:
    if not _works(person):
        return []
    base, today = 4_000 + _dice(person, "wage", 90) * 100, _TODAY()
    months = [divmod(today.year * 12 + today.month - 1 - n, 12) for n in range(1, 13)]
    return [
        {"month": f"{year}-{month + 1:02d}", "base": f"{base}.00", "paid": f"{base * 8 / 100:.2f}"}
        for year, month in months
    ]


def _insured(person: Person) -> Records:
    if _works(person):
        return _one("正常参保")
    return _one("领取养老待遇") if _age(person) >= 60 else []


def _employment(person: Person) -> Records:
    if not _works(person):
        return []
    return [{"occupation": person.story_zh, "since": f"{person.born.year + 23}-07-01", "kind": "单位就业"}]


def _enrolled_in_medical(person: Person) -> Records:
    kind = "职工基本医疗保险" if _works(person) or _age(person) >= 60 else "城乡居民基本医疗保险"
    return [{"kind": kind, "status": "正常参保", "since": f"{max(person.born.year, 2012)}-01-01"}]


def _medical_account(person: Person) -> Records:
    return _one(f"{_dice(person, 'medical', 800_000) / 100:.2f}") if _works(person) else []


def _fund_account(person: Person) -> Records:
    if not _works(person):
        return []
    number = f"35010{_dice(person, 'fund', 10_000_000):07d}"
    return [{"account": number, "status": "正常缴存", "balance": f"{_dice(person, 'saved', 20_000_000) / 100:.2f}"}]


def _fund_loans(person: Person) -> Records:
    if not (_works(person) and person.spouse and _dice(person, "loan", 3) == 0):
        return []
    return [
        {"granted_on": f"{person.born.year + 30}-05-01", "left": f"{200_000 + _dice(person, 'left', 300) * 1000}.00"}
    ]


def _property(person: Person) -> Records:
    """The flat a household lives in is its head's, and the spouse's."""
    home = household_of(person)
    head = next(one for one in PEOPLE if one.id_number == home.head)
    if person.key not in (head.key, head.spouse):
        return []
    number = f"闽（2016）福州市不动产权第 {9_000_000 + _dice(head, 'flat', 99_999)} 号"
    area = f"{60 + _dice(head, 'area', 80)}.{_dice(head, 'cm', 90) + 10}"
    shared = "共同共有" if head.spouse else "单独所有"
    return [{"certificate": number, "place": home.address, "area_m2": area, "share": shared}]


def _restrictions(person: Person) -> Records:
    flat = _property(person)
    if not flat or not _fund_loans(person):
        return []
    return [{"certificate": flat[0]["certificate"], "kind": "抵押", "holder": "住房公积金中心"}]


def _enrolment(person: Person) -> Records:
    pupils = [one for one in PEOPLE if (one is person or person.key in one.parents) and 6 <= _age(one) < 18]
    return [{**_shown(one), "stage": "小学" if _age(one) < 12 else "中学", "status": "在读"} for one in pupils]


def _diploma(person: Person) -> Records:
    if _age(person) < 23:
        return []
    degree = ("高中", "大学专科", "大学本科", "硕士研究生")[_dice(person, "degree", 4)]
    return [{"degree": degree, "year": str(person.born.year + 22)}]


def _businesses(person: Person) -> Records:
    if not _works(person) or not any(word in person.story_zh for word in ("店", "老板", "摊", "公司", "创业")):
        return []
    return [{"name": f"福州市{person.name[0]}记商行", "kind": "个体工商户", "status": "存续"}]


def _shares(person: Person) -> Records:
    return [{"name": one["name"], "share": "100%"} for one in _businesses(person)]


def _income(person: Person) -> Records:
    if not _works(person):
        return []
    monthly = 4_000 + _dice(person, "wage", 90) * 100
    year = _TODAY().year - 1
    return [
        {"year": str(year), "income": f"{monthly * 12}.00", "tax": f"{max(0, monthly * 12 - 60_000) * 3 // 100}.00"}
    ]


def _clearance(person: Person) -> Records:
    return _one("yes") if _age(person) >= 18 else []


def _vehicles(person: Person) -> Records:
    if not _works(person) or _dice(person, "car", 2):
        return []
    return [{"plate": f"闽A·{_dice(person, 'plate', 90_000) + 10_000}", "kind": "小型轿车", "status": "正常"}]


def _driver(person: Person) -> Records:
    if not 18 <= _age(person) < 70 or _dice(person, "driver", 3) == 2:
        return []
    return [{"class": "C1", "since": f"{person.born.year + 20}-03-15", "status": "正常"}]


def _rarely(what: str, oneof: int, value: str) -> Callable[[Person], Records]:
    def told(person: Person) -> Records:
        return _one(value) if _age(person) >= 18 and _dice(person, what, oneof) == 0 else []

    return told


def _disability(person: Person) -> Records:
    return [{"kind": "肢体", "degree": "二级"}] if "行动不便" in person.story_zh else []


def _address(person: Person) -> Records:
    return _one(household_of(person).address)


def _unemployed(person: Person) -> Records:
    return _one("yes") if "待业" in person.story_zh else _one("no") if _works(person) else []


_FIELDS: dict[str, Callable[[Person], Records]] = {
    "resident.identity": _identity,
    "resident.address": _address,
    "household.members": _members,
    "household.address": _address,
    "marriage.status": _married,
    "marriage.spouse": _spouse,
    "birth.record": _birth,
    "death.record": _death,
    "social_security.contributions": _contributions,
    "social_security.status": _insured,
    "employment.record": _employment,
    "employment.unemployment": _unemployed,
    "medical_insurance.enrolment": _enrolled_in_medical,
    "medical_insurance.account": _medical_account,
    "housing_fund.account": _fund_account,
    "housing_fund.loans": _fund_loans,
    "property.holdings": _property,
    "property.restrictions": _restrictions,
    "education.enrolment": _enrolment,
    "education.diploma": _diploma,
    "business.registration": _businesses,
    "business.shareholders": _shares,
    "tax.income": _income,
    "tax.clearance": _clearance,
    "vehicle.holdings": _vehicles,
    "vehicle.licence": _driver,
    "disability.status": _disability,
    "veteran.status": _rarely("veteran", 9, "退役军人"),
    "low_income.status": _rarely("low income", 12, "低收入家庭"),
}
