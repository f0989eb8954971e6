"""A provider's application: what is said in it, what becomes of it, what can be wrong with it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.identity.onboarding import errors
from app.domains.identity.onboarding import model as onboarding
from app.domains.identity.onboarding.model import ApplicationState
from app.domains.identity.onboarding.service import Submitted
from app.domains.identity.organisations import errors as organisation_errors
from app.domains.identity.organisations.errors import CreditCodeFault
from app.domains.identity.organisations.model import Kind
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(ApplicationState, name="ProviderApplicationState")
strawberry.enum(CreditCodeFault)


@strawberry.input(description="What an applicant says of the organisation and of whom the desk may call.")
class ProviderApplicationInput:
    name: str = strawberry.field(description="The registered name, 2 to 100 characters.")
    credit_code: str = strawberry.field(description="统一社会信用代码, 18 characters (GB 32100).")
    kind: Kind
    contact_name: str
    contact_phone: str = strawberry.field(description="A mobile number.")
    scopes: list[str] = strawberry.field(description="verify:<purpose>, notify, webhooks.")
    purpose: str = strawberry.field(description="What the scopes are for, 10 to 1,000 characters.")
    parent: str | None = strawberry.field(default=None, description="The code of the unit it belongs to.")
    name_en: str = strawberry.field(default="", description="What it is called in English, 100 characters at most.")

    def parsed(self) -> onboarding.Form:
        return onboarding.Form(
            name=self.name,
            credit_code=self.credit_code,
            kind=self.kind,
            contact_name=self.contact_name,
            contact_phone=self.contact_phone,
            scopes=frozenset(self.scopes),
            purpose=self.purpose,
            parent=self.parent,
            name_en=self.name_en,
        )


@strawberry.type
class ProviderApplicationEvent:
    state: ApplicationState
    at: datetime


@strawberry.type(description="Once approved, `organisation` is the code in test mode, and `granted` its scopes.")
class ProviderApplication:
    number: str
    name: str
    state: ApplicationState
    history: list[ProviderApplicationEvent]
    organisation: str | None
    granted: list[str]
    answer: str | None = strawberry.field(description="Why it was rejected.")

    @classmethod
    def of(cls, application: onboarding.Application) -> ProviderApplication:
        return cls(
            number=application.number,
            name=application.form.name,
            state=application.state,
            history=[ProviderApplicationEvent(state=e.state, at=e.at) for e in application.history],
            organisation=application.organisation if application.granted else None,
            granted=sorted(application.granted),
            answer=application.answer,
        )


@strawberry.type(description="Keep `secret`, or the link: it is shown this once and is the only way back.")
class ProviderApplied:
    number: str
    secret: str
    link: str

    @classmethod
    def of(cls, done: Submitted) -> ProviderApplied:
        return cls(number=done.number, secret=done.secret, link=done.link)


@strawberry.type
class ProviderApplicationWithdrawn:
    application: ProviderApplication


@outcome(organisation_errors.CreditCodeInvalid)
@strawberry.type
class CreditCodeInvalid(UserError):
    fault: CreditCodeFault


@outcome(organisation_errors.CreditCodeTaken)
@strawberry.type(description="It is registered, or an application with it is open.")
class CreditCodeTaken(UserError):
    pass


@outcome(organisation_errors.OrganisationUnknown)
@strawberry.type
class OrganisationUnknown(UserError):
    pass


@outcome(errors.ScopeUnknown)
@strawberry.type
class ScopeUnknown(UserError):
    scope: str


@outcome(errors.ApplicationUnknown)
@strawberry.type
class ApplicationUnknown(UserError):
    pass


@outcome(errors.ApplicationMovedOn, state=ApplicationState)
@strawberry.type(description="In its present state this is not possible.")
class ApplicationMovedOn(UserError):
    state: ApplicationState
