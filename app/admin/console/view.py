"""A room of the console: a list, a page for each row, and what can be done, over the city's own services.

A room says in its class who may look, and lists its actions, each with who may use it; nothing else can be reached.
Looking and acting are written to the audit chain before anything is shown or done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin import route

from app.admin.console.desk import Desk, address_of, viewer_of
from app.admin.console.pages import NO_STORE, PageView
from app.admin.console.parts import Action, Asked, Button, Detail, Done, Field, Finder, Listing, Reply, Said, Shown
from app.core.errors import BadInput, Forbidden
from app.core.ids import new_id
from app.core.paging import PageRequest, encode_cursor
from app.core.viewer import Viewer
from virtual_card.disclosures.errors import ReasonMissing

PAGE = 25


class RoomView(PageView):
    """A list of rows, a page for each, a search by what an index answers, and actions."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.finder: Finder | None = None
        self.actions: dict[str, Action] = {}

    # What a room gives.

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        raise HTTPException(404)

    async def detail(self, asked: Asked) -> Detail | None:
        """The page of one row; None when there is none."""
        return None

    # What comes of it.

    def offers(self, *actions: Action) -> None:
        self.actions.update((action.name, action) for action in actions)

    def button(self, name: str, target: str = "", /, *fields: Field, **values: str) -> Button:
        """The action on this row: its fields (or these, when the row decides what is asked) filled with `values`."""
        action = self.actions[name]
        asked = tuple(replace(one, value=values.get(one.name, one.value)) for one in fields or action.fields)
        first = (self.actions[action.first].label, self._doing(action.first, target)) if action.first else None
        return Button(action, self._doing(name, target), new_id(), asked, first)

    def _doing(self, name: str, target: str) -> str:
        return f"{self.here(target)}/do/{name}"

    def buttons(self, asked: Asked, target: str, *names: str) -> tuple[Button, ...]:
        """Those of the actions that this viewer may use."""
        return allowed(asked.viewer, *(self.button(name, target) for name in names))

    def next_page(self, has_next: bool, last: str | None, asked: Mapping[str, str] | None = None) -> str | None:
        if not has_next or last is None:
            return None
        return f"{self.here()}?{urlencode({**(asked or {}), 'after': encode_cursor(last)})}"

    @route("")
    async def index(self, request: Request) -> Response:
        asked = await self.asked(request, "list")
        page = PageRequest.of(PAGE, request.query_params.get("after"))
        listing = await self.listing(asked, page)
        offered = self.buttons(asked, "", *self._for_all())
        return self.page(request, "list.html", listing=listing, buttons=offered, deep=page.after is not None)

    @route("/{id}", name="one")
    async def one(self, request: Request) -> Response:
        asked = await self.asked(request, "read", request.path_params["id"])
        detail = await self.detail(asked)
        if detail is None:
            raise HTTPException(404)
        return self.page(request, "detail.html", detail=detail)

    @route("/find", methods=["POST"], name="find")
    async def find(self, request: Request) -> Response:
        """By POST: what is searched for is personal and must not stay in addresses and histories."""
        if self.finder is None:
            raise HTTPException(404)
        asked = await self._sent(request, "")
        await self.note(asked.viewer, "find", "")
        found = await self.finder.find(asked)
        if found is None:
            return JSONResponse({"message": str(self.finder.nothing)}, 404, headers=NO_STORE)
        return JSONResponse({"go": found}, headers=NO_STORE)

    @route("/do/{action}", methods=["POST"], name="do")
    async def do(self, request: Request) -> Response:
        return await self._act(request, "")

    @route("/{id}/do/{action}", methods=["POST"], name="do-one")
    async def do_one(self, request: Request) -> Response:
        return await self._act(request, request.path_params["id"])

    def _for_all(self) -> Iterable[str]:
        """Actions on no row in particular."""
        return ()

    async def _act(self, request: Request, target: str) -> Response:
        action, viewer = self.actions.get(request.path_params["action"]), viewer_of(request)
        if action is None:
            raise HTTPException(404)
        if not viewer.roles & action.roles:
            await self.note(viewer, action.name, target, admitted=False)
            raise Forbidden
        asked = await self._sent(request, target)
        try:
            _check(asked, action.fields)
        except (BadInput, ReasonMissing):  # that it was tried is recorded; what was sent may be anything
            await self.note(viewer, action.name, target)
            raise
        await self.note(viewer, action.name, target, asked["reason"] or None)
        return self._replied(request, await action.run(asked))

    async def _sent(self, request: Request, target: str) -> Asked:
        form = await request.form(max_fields=200, max_part_size=self.most_sent)
        said = {name: value for name, value in form.items() if isinstance(value, str)}
        return Asked(viewer_of(request), target, said.get("key", ""), address_of(request), said, _many(form))

    def _replied(self, request: Request, reply: Reply) -> Response:
        match reply:
            case Done(text, go):
                return JSONResponse({"done": str(text), "go": go}, headers=NO_STORE)
            case Said(text):
                return JSONResponse({"said": str(text)}, headers=NO_STORE)
            case Shown():
                html = self._environment().get_template("shown.html").render(shown=reply)
                return JSONResponse({"shown": html, "go": reply.go}, headers=NO_STORE)

    def _environment(self) -> Any:
        assert self.templates is not None
        return self.templates.env


def _many(form: FormData) -> dict[str, tuple[str, ...]]:
    return {name: tuple(v for v in form.getlist(name) if isinstance(v, str)) for name in form}


def _check(asked: Asked, fields: Sequence[Field]) -> None:
    """Only what the dialog could have sent. Raises BadInput, ReasonMissing."""
    for field in fields:
        given = asked.chosen.get(field.name, ())
        allowed = {option.value for option in field.options}
        choice = field.kind in ("select", "checks") and not field.open_
        if choice and any(value and value not in allowed for value in given):
            raise BadInput(field=str(field.label))
        if any(len(value) > field.most or _strange(value, field) for value in given):
            raise BadInput(field=str(field.label))
        if field.required and field.name == "reason" and len(asked["reason"]) < 2:
            raise ReasonMissing
        if field.required and field.kind != "checks" and not asked[field.name]:
            raise BadInput(field=str(field.label))


def _strange(value: str, field: Field) -> bool:
    return bool(value and field.pattern and not re.fullmatch(field.pattern, value))


def allowed(viewer: Viewer, *buttons: Button) -> tuple[Button, ...]:
    return tuple(one for one in buttons if viewer.roles & one.action.roles)
