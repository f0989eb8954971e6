"""Follow-ups of family doctors."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.domains.appointments.contracts.model import MemberRole
from app.domains.identity.organisations.model import Tree
from app.domains.life.health.follow_ups import model
from app.domains.life.health.follow_ups.model import FollowUpKind, PlanState
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id

strawberry.enum(FollowUpKind, description="What is looked at.")
strawberry.enum(PlanState, name="FollowUpState", description="MISSED: a week past its day.")


@strawberry.type(description="One that was done.")
class FollowUp:
    id: strawberry.ID
    at: datetime
    was_due: date
    result: str | None = strawberry.field(description="In the centre's words.")
    by: str | None = strawberry.field(description="Who did it, where the team names its members.")
    by_role: MemberRole | None

    @classmethod
    def of(cls, one: model.FollowUp, locale: str) -> FollowUp:
        return cls(
            id=global_id("FollowUp", one.id),
            at=one.at,
            was_due=one.was_due,
            result=one.result,
            by=one.by.name.within(locale) or None,
            by_role=MemberRole(one.by.role) if one.by.role else None,
        )


@strawberry.type(description="One thing that a centre looks at with a patient every so many days.")
class FollowUpPlan:
    id: strawberry.ID
    organisation: OrganisationName
    contract_id: strawberry.ID
    kind: FollowUpKind
    every_days: int
    due: date = strawberry.field(description="The day of the next one.")
    state: PlanState
    done: int
    missed: int

    @classmethod
    def of(cls, one: model.Plan, tree: Tree, today: date) -> FollowUpPlan:
        return cls(
            id=global_id("FollowUpPlan", one.id),
            organisation=OrganisationName.of(one.organisation, tree),
            contract_id=global_id("FamilyDoctorContract", one.contract),
            kind=one.kind,
            every_days=one.every_days,
            due=one.due,
            state=one.state_on(today),
            done=one.done,
            missed=one.missed,
        )


@strawberry.type(description="What a patient has missed.")
class OverdueFollowUp:
    masked_name: str
    plan: FollowUpPlan

    @classmethod
    def of(cls, one: model.Overdue, tree: Tree, today: date) -> OverdueFollowUp:
        return cls(masked_name=one.masked_name, plan=FollowUpPlan.of(one.plan, tree, today))


@strawberry.type
class FollowUpPlanMade:
    plan: FollowUpPlan


@strawberry.type
class FollowUpPlanEnded:
    plan: FollowUpPlan


@strawberry.type
class FollowUpRecorded:
    follow_up: FollowUp
