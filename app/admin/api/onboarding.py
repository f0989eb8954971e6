"""Providers' applications: looked through, decided on; and the test citizens of a provider."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.clients import Secret
from app.admin.api.desk import (
    ADMINISTRATORS,
    ANY,
    OPERATORS,
    After,
    Body,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.core.paging import PageRequest
from app.domains.identity.citizens.model import Sex, mask_name, mask_phone
from app.domains.identity.onboarding.model import Application, ApplicationState, Form
from app.domains.identity.onboarding.service import Admitted, Submitted
from app.domains.identity.organisations.model import Kind
from virtual_card.trials.model import AT_ONCE, Trial

router = desk_router("applications")
Scopes = Annotated[tuple[str, ...], Field(min_length=1, max_length=50)]
State = Annotated[ApplicationState | None, Query(description="Only those in this state.")]


class NewApplication(Body):
    """`contact_phone` is a mobile number; `parent` the code of a unit."""

    name: str = Field(max_length=100)
    name_en: str = Field(default="", max_length=100)
    credit_code: str = Field(max_length=40)
    kind: Kind
    contact_name: str = Field(max_length=100)
    contact_phone: str = Field(max_length=40)
    scopes: Scopes
    purpose: str = Field(max_length=2000)
    parent: str | None = Field(default=None, max_length=40)


class Approval(Body):
    """`scopes` among those applied for; `parent`, when it shall hang elsewhere than applied for."""

    scopes: Scopes
    parent: str | None = Field(default=None, max_length=40)


class GoingLive(Body):
    scopes: Scopes


class Rejection(Body):
    """`reason` is for the applicant to read."""

    reason: str = Field(max_length=1000)


class NewTestCitizens(Body):
    count: int = Field(ge=1, le=AT_ONCE)


class Step(Reply):
    """`actor` is a member of staff; null is the applicant."""

    state: ApplicationState
    at: datetime
    actor: str | None


class Listed(Reply):
    """Whom to call is masked; the one application tells it."""

    number: str
    state: ApplicationState
    name: str
    name_en: str
    credit_code: str
    kind: Kind
    parent: str | None
    contact_name: str
    contact_phone: str
    wanted: list[str]
    granted: list[str]
    history: list[Step]


class Shown(Listed):
    purpose: str
    answer: str | None


class Entered(Reply):
    """`link` is for the applicant, who follows the application by it; shown this once."""

    number: str
    link: str


class Admission(Reply):
    """`organisation` is the code; the client's secret is shown this once."""

    application: Shown
    organisation: str
    client: Secret


class TestPerson(Reply):
    id: str
    name: str
    sex: Sex
    birth_month: str
    card_number: str


@router.get("/applications")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)], state: State = None, first: First = 20, after: After = None
) -> Rows[Listed]:
    """Newest first."""
    found = await desk.services.onboarding.waiting(state, PageRequest.of(first, after))
    return Rows[Listed].of(found, _listed, key=lambda one: str(one.number))


@router.post("/applications", status_code=201)
async def enter(body: NewApplication, key: Key, desk: Annotated[Desk, allowed("enter", *OPERATORS)]) -> Entered:
    """On behalf of a provider that wrote or called."""
    form = Form(**{**body.model_dump(), "scopes": frozenset(body.scopes)})
    done: Submitted = await desk.services.onboarding.apply(desk.viewer, form, key)
    return Entered(number=done.number, link=done.link)


@router.get("/applications/{number}")
async def one(number: Id, desk: Annotated[Desk, allowed("show", *OPERATORS)]) -> Shown:
    """With whom to call, and what for."""
    return _shown(await desk.services.onboarding.one(number))


@router.post("/applications/{number}/links", status_code=201)
async def renew_link(number: Id, key: Key, desk: Annotated[Desk, allowed("renew_link", *OPERATORS)]) -> Entered:
    """Another link, for an applicant who lost his; the one before shows nothing any more."""
    made = await desk.services.onboarding.renew_link(desk.viewer, number, key)
    return Entered(number=made.number, link=made.link)


@router.post("/applications/{number}/review")
async def review(number: Id, key: Key, desk: Annotated[Desk, allowed("review", *OPERATORS)]) -> Shown:
    """Take it up; the applicant sees that somebody did."""
    return _shown(await desk.services.onboarding.take_up(desk.viewer, number, key))


@router.post("/applications/{number}/approval", status_code=201)
async def approve(
    number: Id, body: Approval, key: Key, desk: Annotated[Desk, allowed("approve", *ADMINISTRATORS)]
) -> Admission:
    """For tests: makes the organisation in test mode and its first client."""
    onboarding = desk.services.onboarding
    return _admission(await onboarding.approve(desk.viewer, number, body.scopes, key, parent=body.parent))


@router.post("/applications/{number}/live", status_code=201)
async def go_live(
    number: Id, body: GoingLive, key: Key, desk: Annotated[Desk, allowed("go_live", *ADMINISTRATORS)]
) -> Admission:
    """From tests to life, with these scopes: a live client is made; the test client stays as it is."""
    return _admission(await desk.services.onboarding.go_live(desk.viewer, number, body.scopes, key))


@router.post("/applications/{number}/rejection")
async def reject(
    number: Id, body: Rejection, key: Key, desk: Annotated[Desk, allowed("reject", *ADMINISTRATORS)]
) -> Shown:
    """For good; what was made for tests is suspended."""
    return _shown(await desk.services.onboarding.reject(desk.viewer, number, body.reason, key))


@router.get("/organisations/{code}/test-citizens")
async def test_citizens(code: Id, desk: Annotated[Desk, allowed("test_citizens", *ANY)]) -> list[TestPerson]:
    """At most fifty."""
    return [_person(trial) for trial in await desk.services.trials.of(code)]


@router.post("/organisations/{code}/test-citizens", status_code=201)
async def make_test_citizens(
    code: Id, body: NewTestCitizens, key: Key, desk: Annotated[Desk, allowed("make_test_citizens", *OPERATORS)]
) -> list[TestPerson]:
    """For the provider to try its calls by, in test mode."""
    made = await desk.services.trials.make_for(desk.viewer, code, body.count, key)
    return [_person(trial) for trial in made]


def _listed(application: Application) -> Listed:
    shown = _shown(application)
    masked = mask_name(shown.contact_name), mask_phone(shown.contact_phone)
    return Listed.model_validate(shown.model_copy(update={"contact_name": masked[0], "contact_phone": masked[1]}))


def _shown(application: Application) -> Shown:
    form = application.form
    return Shown(
        number=application.number,
        state=application.state,
        name=form.name,
        name_en=form.name_en,
        credit_code=form.credit_code,
        kind=form.kind,
        parent=form.parent,
        contact_name=form.contact_name,
        contact_phone=form.contact_phone,
        wanted=sorted(form.scopes),
        granted=sorted(application.granted),
        history=[Step.model_validate(event) for event in application.history],
        purpose=form.purpose,
        answer=application.answer,
    )


def _admission(done: Admitted) -> Admission:
    made = done.client
    secret = Secret(client_id=made.client, secret_id=made.id, client_secret=made.secret)
    return Admission(application=_shown(done.application), organisation=done.application.organisation, client=secret)


def _person(trial: Trial) -> TestPerson:
    return TestPerson.model_validate(trial)
