"""Safety texts in the console: one person proposes, another one approves, and nothing gets past the check."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from frontdesk.console.keys import AUDIT, PROPOSALS, SESSIONS
from frontdesk.safety import Guard
from frontdesk.staff.proposals import State
from frontdesk.staff.sessions import IDLE
from tests.console.conftest import ROOT, Visit
from tests.console.forms import changed, form_in, send
from tests.disks import full_disk

Client = TestClient[Any, Any]
SignIn = Callable[[str], Awaitable[Visit]]
SCRIPT = '<script>alert("x")</script>{{ 7*7 }}'
CARDS = (ROOT / "clinic" / "safety" / "cards.yml").read_text(encoding="utf-8")
MEDICINE = "/safety/variants.medicine.replaces"
OLD = "Please tell the clinic and your prescriber before you come. Do not stop or skip your medicine."
NEW = "Please tell the clinic and your pharmacist before you come. Do not stop or skip your medicine."


@pytest.fixture(autouse=True)
def _one_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the rules once for all of these tests, in the check too: no test changes one, and to read them takes seconds."""
    loaded = _guard()
    monkeypatch.setattr("frontdesk.console.safety_desk.Guard.load", lambda _: loaded)


_GUARDS: list[Guard] = []


def _guard() -> Guard:
    if not _GUARDS:
        _GUARDS.append(Guard.load(ROOT / "clinic" / "safety"))
    return _GUARDS[0]


def text_of(project: Path) -> str:
    return (project / "clinic" / "safety" / "cards.yml").read_text(encoding="utf-8")


def said(page: str) -> str:
    """Return the words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def deeds(console: Client) -> list[tuple[str, str, str]]:
    return [(deed.name, deed.what, deed.subject) for deed in console.app[AUDIT].last()]


async def propose(visit: Visit, after: str, address: str = MEDICINE, **more: str) -> tuple[int, str, str]:
    fields = form_in(await visit.open(address), f"{address}/propose")
    return await send(visit, f"{address}/propose", changed(fields, after=after, **more))


def waiting(console: Client, after: str = NEW, by: str = "Ana") -> str:
    """Make a proposal, and return the address of its page."""
    return f"/safety/proposals/{console.app[PROPOSALS].propose('variants.medicine.replaces', OLD, after, by).id}"


async def test_the_page_shows_every_card_and_every_rule_with_its_signature(sign_in: SignIn) -> None:
    page = await (await sign_in("Ana")).open("/safety")

    words = said(page)
    assert len(re.findall(r'href="/safety/(?:tiers|variants)\.', page)) == 15
    for rule in _guard().rules:
        assert f">{rule.id.replace('_', ' ')}</th>" in page
        assert rule.must_fire[0] in words
        assert rule.must_not_fire[0] in words
        assert rule.source in words
    assert words.count("not signed") == 15 + len(_guard().rules)


async def test_a_text_is_shown_as_visitors_see_it_and_after_which_rules(sign_in: SignIn) -> None:
    page = await (await sign_in("Ana")).open("/safety/tiers.crisis.text")

    words = said(page)
    assert "Call or text [988](tel:988)" in words
    assert "[Call 988]" in words
    assert "self harm: " in words
    assert "data-replies" in page


async def test_one_proposes_another_approves_and_the_file_changes_only_then(sign_in: SignIn, project: Path, console: Client) -> None:
    ana, ben = await sign_in("Ana"), await sign_in("Ben")

    status, page, to = await propose(ana, NEW, note="they ask the pharmacist")

    assert status == 303, said(page)
    page = await ana.open(to)
    assert "Nothing has changed for visitors" in page
    assert "somebody else decides" in page
    assert "<del>prescriber</del><ins>pharmacist</ins>" in page
    assert text_of(project) == CARDS

    assert "proposed by Ana" in said(await ben.open("/safety"))
    address = to.split("?")[0]
    assert "they ask the pharmacist" in said(await ben.open(address))
    status, page, to = await ben.send(f"{address}/approve")

    assert status == 303, said(page)
    assert "a clinician must read and sign it again" in said(await ben.open(to))
    assert text_of(project) == CARDS.replace("your prescriber before", "your pharmacist before")
    subject = "variants.medicine.replaces, proposal 1"
    assert [deed for deed in deeds(console) if "safety" in deed[1]] == [
        ("Ben", "safety_text_approved", subject),
        ("Ana", "safety_text_proposed", subject),
    ]


async def test_an_approved_text_loses_its_signature_and_the_pages_say_so(sign_in: SignIn, project: Path, console: Client) -> None:
    path = project / "clinic" / "safety" / "cards.yml"
    unsigned = "    reviewed_by: null\n    reviewed_on: null\n"
    today = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    path.write_text(CARDS.replace(unsigned, f"    reviewed_by: Jane Doe, MD\n    reviewed_on: {today}\n"), "utf-8")
    address = waiting(console)
    ben = await sign_in("Ben")

    assert "An approved change takes it out" in said(await ben.open(MEDICINE))
    assert "The signature of Jane Doe, MD goes" in said(await ben.open(address))
    status, page, _ = await ben.send(f"{address}/approve")

    assert status == 303, said(page)
    assert "Signature: not signed." in said(await ben.open(MEDICINE))
    assert text_of(project).count("\n    reviewed_by: Jane Doe, MD") == 14


@pytest.mark.parametrize("who", ["Ben", "Cem"])
async def test_nobody_approves_or_declines_their_own(sign_in: SignIn, project: Path, console: Client, who: str) -> None:
    address = waiting(console, by=who)
    visit = await sign_in(who)
    page = await visit.open(address)
    assert "Approve" not in said(page)

    for what in ("approve", "decline"):
        status, page, _ = await visit.send(f"{address}/{what}")
        assert status == 409
        assert "You proposed this yourself" in page

    assert text_of(project) == CARDS
    status, _, _ = await visit.send(f"{address}/withdraw")
    assert status == 303
    assert console.app[PROPOSALS].get(1).state is State.WITHDRAWN


@pytest.mark.parametrize("what", ["approve", "decline"])
async def test_an_editor_decides_nothing(sign_in: SignIn, project: Path, console: Client, what: str) -> None:
    address = waiting(console, by="Ben")
    visit = await sign_in("Ana")

    status, page, _ = await visit.send(f"{address}/{what}")

    assert status == 403
    assert "takes the role &#39;publisher&#39;" in page
    assert text_of(project) == CARDS
    assert console.app[PROPOSALS].get(1).state is State.OPEN


async def test_a_declined_proposal_changes_nothing_and_says_why(sign_in: SignIn, project: Path, console: Client) -> None:
    address = waiting(console)
    visit = await sign_in("Ben")
    await visit.open(address)

    status, _, to = await visit.send(f"{address}/decline", reason="The clinician said otherwise.")

    assert status == 303
    assert "The clinician said otherwise." in said(await visit.open(to))
    assert text_of(project) == CARDS
    assert ("Ben", "safety_text_declined", "variants.medicine.replaces, proposal 1") in deeds(console)
    status, page, _ = await visit.send(f"{address}/approve")
    assert status == 409
    assert "declined already, by Ben" in page


async def test_a_proposal_whose_text_has_changed_meanwhile_is_outdated(sign_in: SignIn, project: Path, console: Client) -> None:
    address = waiting(console)
    path = project / "clinic" / "safety" / "cards.yml"
    path.write_text(CARDS.replace("your prescriber before", "your doctor before"), "utf-8")
    visit = await sign_in("Ben")

    assert "outdated" in said(await visit.open("/safety"))
    page = await visit.open(address)
    assert "cannot be approved any more" in page
    assert f'action="{address}/approve"' not in page
    status, page, _ = await visit.send(f"{address}/approve")

    assert status == 409
    assert "another one by now" in page
    assert "your doctor before" in text_of(project)
    assert console.app[PROPOSALS].get(1).state is State.OPEN


async def test_of_two_proposals_for_one_text_only_one_can_be_approved(sign_in: SignIn, project: Path, console: Client) -> None:
    first, second = waiting(console), waiting(console, after=OLD.replace("clinic", "team"))
    visit = await sign_in("Ben")
    await visit.open(first)

    assert (await visit.send(f"{first}/approve"))[0] == 303
    assert (await visit.send(f"{second}/approve"))[0] == 409
    assert text_of(project) == CARDS.replace("your prescriber before", "your pharmacist before")


@pytest.mark.parametrize(
    ("address", "after", "says"),
    [
        ("/safety/tiers.emergency.text", "This could be an emergency. Please call an ambulance now.", "has no link to dial"),
        ("/safety/tiers.practitioner.text", "Your {contact.fax}, please.", "{contact.fax} is no fact of the clinic"),
        (MEDICINE, "You have no red flags. Tell the clinic.", "no red flags"),
        (MEDICINE, " \n ", "A card without words helps nobody"),
        (MEDICINE, OLD, "That is the text of now"),
        (MEDICINE, "a " * 2500, "too long for somebody in need"),
    ],
    ids=["no emergency number", "no fact", "a word that nobody may read", "nothing", "the same", "too long"],
)
async def test_what_the_check_would_refuse_is_not_proposed_and_not_lost(
    sign_in: SignIn, console: Client, address: str, after: str, says: str
) -> None:
    visit = await sign_in("Ana")

    status, page, _ = await propose(visit, after, address)

    assert status == 422
    assert says in said(page)
    assert dict(form_in(page, f"{address}/propose"))["after"] == after
    assert console.app[PROPOSALS].open() == []


async def test_what_the_check_refuses_by_now_is_not_approved(sign_in: SignIn, project: Path, console: Client) -> None:
    address = waiting(console, after="You have no red flags. Tell the clinic.")
    visit = await sign_in("Ben")
    await visit.open(address)

    status, page, _ = await visit.send(f"{address}/approve")

    assert status == 409
    assert "no red flags" in said(page.split("Word by word")[0])
    assert text_of(project) == CARDS
    assert console.app[PROPOSALS].get(1).state is State.OPEN


async def test_a_text_that_was_changed_while_another_was_written_shows_both(sign_in: SignIn, project: Path, console: Client) -> None:
    visit = await sign_in("Ana")
    fields = changed(form_in(await visit.open(MEDICINE), f"{MEDICINE}/propose"), after=NEW)
    path = project / "clinic" / "safety" / "cards.yml"
    path.write_text(CARDS.replace("your prescriber before", "your doctor before"), "utf-8")

    status, page, _ = await send(visit, f"{MEDICINE}/propose", fields)

    assert status == 409
    assert "your doctor before" in said(page)
    again = form_in(page, f"{MEDICINE}/propose")
    assert dict(again)["after"] == NEW
    assert console.app[PROPOSALS].open() == []
    status, page, _ = await send(visit, f"{MEDICINE}/propose", again)
    assert status == 303, said(page)


async def test_what_was_written_for_a_text_that_is_gone_is_shown_to_be_copied(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    fields = changed(form_in(await visit.open(MEDICINE), f"{MEDICINE}/propose"), after=NEW)
    (project / "clinic" / "safety" / "cards.yml").write_text(CARDS.replace("\n  medicine:", "\n  medicines:"), "utf-8")

    status, page, _ = await send(visit, f"{MEDICINE}/propose", fields)

    assert status == 409
    assert NEW in said(page)


async def test_a_disk_that_is_full_when_a_text_is_approved_leaves_the_file_whole_and_the_proposal_open(
    sign_in: SignIn, project: Path, console: Client
) -> None:
    address = waiting(console)
    visit = await sign_in("Ben")
    await visit.open(address)

    with full_disk():
        status, page, _ = await visit.send(f"{address}/approve")

    assert status == 409
    assert "Nothing was saved, and all files are as they were" in page
    assert text_of(project) == CARDS
    assert console.app[PROPOSALS].get(1).state is State.OPEN


async def test_a_file_that_is_broken_by_hand_says_where(sign_in: SignIn, project: Path, console: Client) -> None:
    address = waiting(console)
    (project / "clinic" / "safety" / "cards.yml").write_text("tiers:\n\tcrisis: 1\n", "utf-8")
    visit = await sign_in("Ben")

    for page in ("/safety", MEDICINE, address):
        assert "cards.yml:2: the file cannot be read as YAML: there is a tab here" in said(await visit.open(page, status=409))
    status, page, _ = await visit.send(f"{address}/approve")
    assert status == 409


async def test_script_in_every_field_is_words(sign_in: SignIn, project: Path, console: Client) -> None:
    scripted = CARDS.replace(OLD, SCRIPT).replace("reviewed_by: null", f"reviewed_by: '{SCRIPT}'")
    (project / "clinic" / "safety" / "cards.yml").write_text(scripted, "utf-8")
    made = console.app[PROPOSALS].propose("variants.medicine.replaces", SCRIPT, f"{SCRIPT} more", "Ana", SCRIPT)
    console.app[PROPOSALS].propose(SCRIPT, SCRIPT, SCRIPT, "Ana", SCRIPT)
    address = f"/safety/proposals/{made.id}"
    visit = await sign_in("Ben")

    pages = [await visit.open(path) for path in ("/safety", MEDICINE, address, "/safety/proposals/2")]
    pages.append((await propose(visit, f"{SCRIPT} {{contact.fax}}", note=SCRIPT))[1])
    _, _, to = await visit.send(f"{address}/decline", reason=SCRIPT)
    pages.append(await visit.open(to))

    assert [page for page in pages if "<script>" in page] == []
    assert all("&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;{{ 7*7 }}" in page for page in pages)


@pytest.mark.parametrize("path", ["/safety", MEDICINE, "/safety/proposals/1"])
async def test_nobody_sees_a_safety_text_without_signing_in(console: Client, path: str) -> None:
    async with console.get(path, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/sign-in?to=")


@pytest.mark.parametrize(
    "path", [f"{MEDICINE}/propose", "/safety/proposals/1/approve", "/safety/proposals/1/decline", "/safety/proposals/1/withdraw"]
)
async def test_a_form_without_the_key_of_the_session_changes_nothing(sign_in: SignIn, project: Path, console: Client, path: str) -> None:
    waiting(console)
    visit = await sign_in("Cem")
    visit.key = "0" * 64

    status, page, _ = await visit.send(path, after=NEW, seen=OLD)

    assert status == 403
    assert "older than your session" in page
    assert text_of(project) == CARDS
    assert [proposal.state for proposal in console.app[PROPOSALS].open()] == [State.OPEN]


async def test_what_was_written_before_the_session_ended_is_kept_on_the_page(sign_in: SignIn, console: Client) -> None:
    visit = await sign_in("Ana")
    fields = changed(form_in(await visit.open(MEDICINE), f"{MEDICINE}/propose"), after="Half an hour of work.")
    console.app[SESSIONS]._clock = lambda: dt.datetime.now(dt.UTC) + IDLE + dt.timedelta(minutes=1)

    status, page, _ = await send(visit, f"{MEDICINE}/propose", fields)

    assert status == 403
    assert "Half an hour of work.</textarea>" in page
    assert console.app[PROPOSALS].open() == []


@pytest.mark.parametrize(
    "path",
    ["/safety/tiers.nothing.text", "/safety/tiers.crisis.actions", "/safety/..%2fcards", "/safety/proposals/7", "/safety/proposals/x"],
)
async def test_an_address_that_leads_nowhere_says_so_kindly(sign_in: SignIn, path: str) -> None:
    assert "Back to the first page" in await (await sign_in("Ana")).open(path, status=404)
