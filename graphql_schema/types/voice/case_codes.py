"""The codes of cases, for citizens and for offices alike."""

from __future__ import annotations

import strawberry

from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Confirmation, Happened, Identity
from app.domains.voice.cases.requests.model import Answer, Ask

strawberry.enum(CaseKind, description="咨询, 投诉, 建议, 求助.")
strawberry.enum(CaseChannel, description="By which way it came.")
strawberry.enum(
    Identity,
    name="CaseIdentity",
    description="NAMED: to those who handle it. CONFIDENTIAL: to the centre alone. ANONYMOUS: to nobody.",
)
strawberry.enum(CaseState, description="Where it is in the loop; handled, closed and confirmed are facts beside it.")
strawberry.enum(
    Confirmation, name="CaseConfirmation", description="What is known of the reporter's mind. UNCONFIRMED: no word."
)
strawberry.enum(Happened, name="CaseStep")
strawberry.enum(Ask, name="CaseAsk", description="What a unit asks the centre for.")
strawberry.enum(Answer, name="CaseAskAnswer", description="LAPSED: the case moved on before anybody answered.")

__all__ = ["Answer", "Ask", "CaseChannel", "CaseKind", "CaseState", "Confirmation", "Happened", "Identity"]
