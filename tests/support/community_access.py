"""Of each operation of the community: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.estate_access import (
    CITIZEN_MAY_ESTATES,
    ESTATE_SCOPES,
    MOST_OF_ESTATES,
    PROVIDER_MAY_ESTATES,
    TAKES_ESTATE_ID,
)
from tests.support.family_visit_access import (
    CITIZEN_MAY_FAMILY_VISITS,
    FAMILY_VISIT_SCOPES,
    MOST_OF_FAMILY_VISITS,
    PROVIDER_MAY_FAMILY_VISITS,
    TAKES_FAMILY_VISIT_ID,
)
from tests.support.surroundings_access import (
    CITIZEN_MAY_EMERGENCIES,
    MOST_OF_EMERGENCIES,
    PROVIDER_MAY_EMERGENCIES,
    TAKES_EMERGENCY_ID,
)
from tests.support.together_access import (
    CITIZEN_MAY_TOGETHER,
    MOST_OF_TOGETHER,
    PROVIDER_MAY_TOGETHER,
    TAKES_TOGETHER_ID,
    TOGETHER_SCOPES,
)
from tests.support.volunteer_access import (
    CITIZEN_MAY_VOLUNTEER,
    MOST_OF_VOLUNTEERS,
    PROVIDER_MAY_VOLUNTEER,
    TAKES_VOLUNTEER_ID,
    VOLUNTEER_SCOPES,
)

# What providers' operations ask for; by the scope's own name.
COMMUNITY_SCOPES: tuple[str, ...] = (*TOGETHER_SCOPES, *FAMILY_VISIT_SCOPES, *ESTATE_SCOPES, *VOLUNTEER_SCOPES)

CITIZEN_MAY_COMMUNITY: Mapping[str, str] = {
    **CITIZEN_MAY_TOGETHER,
    **CITIZEN_MAY_FAMILY_VISITS,
    **CITIZEN_MAY_ESTATES,
    **CITIZEN_MAY_VOLUNTEER,
    **CITIZEN_MAY_EMERGENCIES,
}
PROVIDER_MAY_COMMUNITY: Mapping[str, str] = {
    **PROVIDER_MAY_TOGETHER,
    **PROVIDER_MAY_FAMILY_VISITS,
    **PROVIDER_MAY_ESTATES,
    **PROVIDER_MAY_VOLUNTEER,
    **PROVIDER_MAY_EMERGENCIES,
}
TAKES_COMMUNITY_ID: Mapping[str, tuple[str, str]] = {
    **TAKES_TOGETHER_ID,
    **TAKES_FAMILY_VISIT_ID,
    **TAKES_ESTATE_ID,
    **TAKES_VOLUNTEER_ID,
    **TAKES_EMERGENCY_ID,
}
MOST_OF_COMMUNITY: Mapping[str, int] = {
    **MOST_OF_TOGETHER,
    **MOST_OF_FAMILY_VISITS,
    **MOST_OF_ESTATES,
    **MOST_OF_VOLUNTEERS,
    **MOST_OF_EMERGENCIES,
}
