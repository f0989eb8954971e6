"""What every page of the console has: its place in the menu, who may look, and its line in the audit chain."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import CustomView

from app.admin.console.desk import Desk, address_of, viewer_of
from app.admin.console.parts import Asked
from app.admin.console.texts import Text, spoken
from app.core.viewer import Viewer
from app.domains.identity.staff.model import StaffRole

VIEWER, OPERATOR = StaffRole.VIEWER.value, StaffRole.OPERATOR.value
AUDITOR, ADMINISTRATOR = StaffRole.AUDITOR.value, StaffRole.ADMINISTRATOR.value
ANY = frozenset({VIEWER, OPERATOR, AUDITOR, ADMINISTRATOR})
OPERATORS = frozenset({OPERATOR, ADMINISTRATOR})
AUDITORS = frozenset({AUDITOR, ADMINISTRATOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})
# Sent by a page that looks again at what it shows already.
LOOK_AGAIN = "x-desk-look-again"
NO_STORE = {"cache-control": "no-store"}


class PageView(CustomView):
    """`noun` is the page's part of the address and its name in the audit chain.

    `live` pages hold nothing personal: that one looks again at itself is not recorded each time. `most_sent`: so many
    bytes may be sent to it at once, where a dialog of it takes a large file.
    """

    noun: ClassVar[str]
    label: ClassVar[Text]
    lead: ClassVar[Text] = Text("", "")
    roles: ClassVar[frozenset[str]] = ANY
    live: ClassVar[bool] = False
    most_sent: ClassVar[int] = 1_200_000

    def __init__(self, desk: Desk, path: str | None = None) -> None:
        super().__init__(menu_label=self.noun, path=path or f"/{self.noun}", route_name=self.noun)
        self.desk = desk

    def here(self, target: str = "") -> str:
        return f"/admin/{self.noun}/{quote(target, safe='~')}" if target else f"/admin/{self.noun}"

    def is_accessible(self, request: Request) -> bool:
        return bool(viewer_of(request).roles & self.roles)

    def is_active(self, request: Request) -> bool:
        path = request.scope["path"]
        return bool(path == self.here() or path.startswith(self.here() + "/"))

    def subject_of(self, target: str) -> str | None:
        """The citizen whom a look at this row concerns."""
        return None

    async def note(
        self, viewer: Viewer, verb: str, target: str, reason: str | None = None, *, admitted: bool = True
    ) -> None:
        subject = self.subject_of(target) if target else None
        action = f"desk.{self.noun}.{verb.replace('-', '_')}"
        await self.desk.note(viewer, action, target, subject=subject, reason=reason, admitted=admitted)

    async def asked(self, request: Request, verb: str, target: str = "") -> Asked:
        viewer = viewer_of(request)
        if not (self.live and LOOK_AGAIN in request.headers):
            await self.note(viewer, verb, target)
        return Asked(viewer, target, "", address_of(request), dict(request.query_params))

    def page(self, request: Request, template: str, **facts: Any) -> Response:
        assert self.templates is not None
        facts |= {"view": self, "title": self.label, "locale": spoken()}
        return self.templates.TemplateResponse(request, template, facts, headers=NO_STORE)
