"""Accounts, one's own password and second factor, and the audit log."""

from __future__ import annotations

import asyncio

from aiohttp import web

from frontdesk.console.keys import AUDIT, PEOPLE, PERSON, SESSIONS
from frontdesk.console.middleware import require_role, set_session
from frontdesk.console.pages import render
from frontdesk.staff.people import Role, SignInRefused, StaffError

routes = web.RouteTableDef()


@routes.get("/people")
async def show(request: web.Request) -> web.Response:
    """Show the accounts and what was done last."""
    require_role(request, Role.ADMIN)
    return _people(request)


@routes.post("/people")
async def add(request: web.Request) -> web.StreamResponse:
    """Make an account."""
    require_role(request, Role.ADMIN)
    form = await request.post()
    try:
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        added = await asyncio.to_thread(request.app[PEOPLE].add, name, password, _role(form.get("role")))
    except StaffError as err:
        return _people(request, status=400, problem=str(err))
    request.app[AUDIT].note(request[PERSON].name, "account_made", added.name)
    raise web.HTTPSeeOther("/people")


@routes.post("/people/change")
async def change(request: web.Request) -> web.StreamResponse:
    """Give somebody another role or password, take a second factor off, or take the account away; never one's own."""
    require_role(request, Role.ADMIN)
    form = await request.post()
    people, name, what = request.app[PEOPLE], str(form.get("name", "")), form.get("what")
    if name.casefold() == request[PERSON].name.casefold():
        return _people(request, status=400, problem="Another admin must change your account, so that one is always left.")
    try:
        if what == "role":
            people.change(name, role=_role(form.get("role")))
        elif what == "password":
            await asyncio.to_thread(people.change, name, password=str(form.get("password", "")))
        elif what == "totp":
            people.stop_totp(name)
        elif what == "remove":
            people.remove(name)
        else:
            raise web.HTTPBadRequest(text="There is no such change.")
    except StaffError as err:
        return _people(request, status=400, problem=str(err))
    request.app[AUDIT].note(request[PERSON].name, f"account_{what}", name)
    raise web.HTTPSeeOther("/people")


@routes.get("/account")
async def account(request: web.Request) -> web.Response:
    """Show one's own account."""
    return _account(request)


@routes.post("/account/password")
async def change_password(request: web.Request) -> web.StreamResponse:
    """Change one's own password; it takes the old one, and ends every other session."""
    form = await request.post()
    people, name = request.app[PEOPLE], request[PERSON].name
    try:
        await asyncio.to_thread(people.sign_in, name, str(form.get("old", "")), str(form.get("code", "")))
        await asyncio.to_thread(people.change, name, password=str(form.get("new", "")))
    except StaffError as err:
        return _account(request, status=400, problem=str(err))
    request.app[AUDIT].note(name, "password_changed")
    response = web.Response(status=303, headers={"Location": "/account"})
    set_session(request, response, request.app[SESSIONS].start(request[PERSON]))
    return response


@routes.post("/account/totp")
async def confirm_totp(request: web.Request) -> web.StreamResponse:
    """Ask for a code at every sign-in from now on."""
    form = await request.post()
    try:
        request.app[PEOPLE].confirm_totp(request[PERSON].name, str(form.get("secret", "")), str(form.get("code", "")))
    except SignInRefused:
        return _account(request, status=400, problem="That code does not fit. Is the clock of the phone right?")
    request.app[AUDIT].note(request[PERSON].name, "second_factor_on")
    raise web.HTTPSeeOther("/account")


def _people(request: web.Request, *, status: int = 200, problem: str = "") -> web.Response:
    everybody, deeds = request.app[PEOPLE].all(), request.app[AUDIT].last()
    return render(request, "people.html", status=status, problem=problem, people=everybody, roles=list(Role), deeds=deeds)


def _account(request: web.Request, *, status: int = 200, problem: str = "") -> web.Response:
    secret, address = request.app[PEOPLE].start_totp(request[PERSON].name)
    return render(request, "account.html", status=status, problem=problem, secret=secret, address=address)


def _role(value: object) -> Role:
    try:
        return Role(str(value))
    except ValueError:
        raise web.HTTPBadRequest(text=f"A role is {', '.join(Role)}.") from None
