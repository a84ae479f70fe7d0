"""Topics in the console: what the list says, what a save writes, and that nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from multidict import MultiDict

from frontdesk.console.inbox import State
from frontdesk.console.insights import TopicUse
from frontdesk.console.keys import AUDIT, INBOX, RECORD, SESSIONS, TOPICS
from frontdesk.console.topic_forms import draft_of, fields_of, read_fields
from frontdesk.console.topic_preview import preview_of
from frontdesk.console.topics import Mark, TopicDesk, choose_topics, git_author, list_topics
from frontdesk.editing.history import is_author
from frontdesk.faq.editing import Draft, TopicFolder
from frontdesk.practice import load_practice
from frontdesk.record import Feedback
from frontdesk.record.record import Record
from frontdesk.staff.sessions import IDLE
from frontdesk.wire import to_wire
from tests.console.conftest import ROOT, Visit
from tests.console.forms import changed, form_in, send
from tests.disks import full_disk
from tests.record.visits import answered, missed

Client = TestClient[Any, Any]
SignIn = Callable[[str], Awaitable[Visit]]
SCRIPT = '<script>alert("x")</script>{{ 7*7 }}'
PARKING = "/topics/location_parking"
QUESTIONS = """
do you sell gift cards
gift card?
can I buy a visit for my sister
is there a voucher I could give to a friend
I'd like to pay for somebody else's treatment as a present
vouchers
Where can one get a gift certificate from you
my mum's birthday is coming up and she has a sore back, can I get her something
christmas present idea, do you do certificates
how do gift cards work at your clinic
can a gift card be sent by email
buy giftcard
does the voucher run out some day
how long is a certificate good for
i got a voucher from my boss, how do i use it
can two visits go on one card
present for my wife who never treats herself
do your gift vouchers cover the first appointment
Could you print me a certificate that I pick up later
is a gift card any amount or one visit
giving a treatment to my neighbor as a thank you
lost my gift card what now
may I hand my voucher on to my brother
what happens to the rest of the money on a gift card
do u do gift vouchers for couples
""".strip()


SOME = ("cost", "does_it_hurt", "hours", "location_parking", "sciatica_disc", "telehealth")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with some of the topics, which are read the sooner."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "clinic", folder / "clinic")
    (folder / "data" / "faq").mkdir(parents=True)
    (folder / "data" / "nlu").mkdir()
    for name in SOME:
        shutil.copy(ROOT / "data" / "faq" / f"{name}.yml", folder / "data" / "faq")
    return folder


@pytest.fixture
def folder(project: Path) -> TopicFolder:
    return TopicFolder(project)


def bytes_of(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / "data" / "faq").iterdir()}


def said(page: str) -> str:
    """Return the words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def in_list(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/topics/(\w+)">', page)


def deeds(console: Client) -> list[tuple[str, str, str]]:
    return [(deed.name, deed.what, deed.subject) for deed in console.app[AUDIT].last()]


# The list


async def test_the_list_holds_every_topic(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")

    assert sorted(in_list(await visit.open("/topics"))) == folder.names()


async def test_words_are_looked_for_in_titles_answers_and_examples(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")

    assert in_list(await visit.open("/topics?words=garage+PARK")) == ["location_parking"]
    assert "No topic is like that" in await visit.open("/topics?words=xylophone")


async def test_the_list_is_narrowed_by_kind_and_owner(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")
    there = folder.open("location_parking")
    folder.save(there.name, replace(there.draft, owner="Zoe"), there.fingerprint)
    of_research = [name for name in folder.names() if "evidence" in folder.open(name).draft.kinds]

    assert sorted(in_list(await visit.open("/topics?kind=evidence"))) == of_research
    assert in_list(await visit.open("/topics?owner=Zoe")) == ["location_parking"]


def test_a_topic_says_why_it_is_worth_a_look(folder: TopicFolder) -> None:
    today = dt.date(2026, 11, 24)
    there = folder.open("location_parking")
    old = replace(there.draft, review_by=today - dt.timedelta(days=1), examples=there.draft.examples[:30])
    folder.save(there.name, old, there.fingerprint)
    uses = [TopicUse("location_parking", 9, 4, 2), TopicUse("cost", 9, 4, 3), TopicUse("hours", 9, 7, 3)]

    rows = list_topics(TopicDesk(folder).entries(), uses, today)

    marks = {row.entry.name: row.marks for row in rows}
    assert marks["location_parking"] == (Mark.OVERDUE, Mark.THIN)
    assert marks["cost"] == (Mark.OFTEN_WRONG,)
    assert marks["hours"] == ()
    assert marks["telehealth"] == (Mark.NEVER_ASKED,)
    assert [row.entry.name for row in choose_topics(rows, mark=Mark.OFTEN_WRONG)] == ["cost"]


async def test_what_visitors_asked_and_thought_of_it_stands_in_the_list(sign_in: SignIn, record: Record) -> None:
    now = dt.datetime.now(dt.UTC)
    record.add([answered(f"c{number}", "how much is it", at=now) for number in range(4)])
    record.add([Feedback(f"c{number}", "cost", number == 0, now) for number in range(4)])
    visit = await sign_in("Ana")

    page = await visit.open("/topics?mark=often_wrong")

    assert in_list(page) == ["cost"]
    assert "<td>4</td>\n    <td>1 of 4</td>" in page


async def test_a_changed_file_is_noticed_without_a_restart(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")
    await visit.open("/topics")
    path = folder.path("location_parking")
    path.write_text(path.read_text(encoding="utf-8").replace("title: ", "title: New ", 1), encoding="utf-8")

    page = await visit.open("/topics?words=garage+park")

    assert ">New " in page


# One topic


@pytest.mark.parametrize("name", TopicFolder(ROOT).names())
def test_a_form_that_comes_back_untouched_means_what_the_file_says(name: str) -> None:
    draft = TopicFolder(ROOT).open(name).draft
    fields = fields_of(draft)
    sent = MultiDict[Any](
        [
            *((part, getattr(fields, part).replace("\n", "\r\n")) for part in ("title", "answer", "examples", "owner", "clinician")),
            *((part, getattr(fields, part)) for part in ("reviewed", "review_by")),
            *(("kind", kind) for kind in fields.kinds),
            *((part, one) for part in ("claims", "sources") for one in sorted(getattr(fields, part))),
        ]
    )

    assert draft_of(read_fields(sent), draft) == (draft, [])


async def test_a_page_that_is_saved_untouched_writes_nothing(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)

    for name in ("location_parking", "does_it_hurt", "cost"):
        page = await visit.open(f"/topics/{name}")
        status, _, to = await send(visit, f"/topics/{name}", form_in(page, f"/topics/{name}"))

        assert (status, to) == (303, f"/topics/{name}?saved=same")
        assert "nothing was written" in await visit.open(to)
    assert bytes_of(project) == before


async def test_a_save_changes_what_was_changed_and_leads_to_a_new_version(
    sign_in: SignIn, project: Path, folder: TopicFolder, console: Client
) -> None:
    visit = await sign_in("Ana")
    before, draft = bytes_of(project), folder.open("location_parking").draft
    page = await visit.open(PARKING)
    fields = changed(form_in(page, PARKING), examples="\n".join([*draft.examples, "is there a rack for my bicycle"]))

    status, _, to = await send(visit, PARKING, fields)

    assert status == 303
    assert '<a href="/publish">Prepare a new version</a>' in await visit.open(to)
    assert folder.open("location_parking").draft == replace(draft, examples=(*draft.examples, "is there a rack for my bicycle"))
    assert {name for name, data in bytes_of(project).items() if data != before[name]} == {"location_parking.yml"}
    assert ("Ana", "topic_saved", "location_parking") in deeds(console)


async def test_the_page_shows_what_each_claim_and_source_says(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")

    page = said(await visit.open("/topics/cost"))

    assert "The page names Dr. Sarah Thomas as the author." in page
    assert "Advises against acupuncture for low back pain and sciatica" in page


async def test_another_answer_takes_the_signature_off_and_says_so(sign_in: SignIn, folder: TopicFolder) -> None:
    there = folder.open("does_it_hurt")
    folder.save(there.name, replace(there.draft, clinician="Dr. Lee, LAc"), there.fingerprint)
    visit = await sign_in("Ana")
    fields = form_in(await visit.open("/topics/does_it_hurt"), "/topics/does_it_hurt")
    answer = dict(fields)["answer"]

    status, page, to = await send(visit, "/topics/does_it_hurt", changed(fields, answer=answer.replace(". ", ". Please ask us. ", 1)))

    assert status == 303, said(page)
    assert "the signature was taken off" in await visit.open(to)
    assert folder.open("does_it_hurt").draft.clinician == ""


async def test_each_paragraph_keeps_its_kind_and_a_new_one_must_be_given_one(sign_in: SignIn, folder: TopicFolder) -> None:
    name = next(name for name in folder.names() if len(set(folder.open(name).draft.kinds)) > 1)
    draft = folder.open(name).draft
    visit = await sign_in("Ana")
    fields = form_in(await visit.open(f"/topics/{name}"), f"/topics/{name}")
    assert [value for field, value in fields if field == "kind"] == list(draft.kinds)

    more = changed(fields, answer=f"{draft.answer}\n\nAsk the front desk.")
    status, page, _ = await send(visit, f"/topics/{name}", more)

    assert status == 422
    assert [value for field, value in form_in(page, f"/topics/{name}") if field == "kind"] == [*draft.kinds, ""]

    again = changed(form_in(page, f"/topics/{name}"), kind=[*draft.kinds, "clinic"])
    status, page, _ = await send(visit, f"/topics/{name}", again)

    assert status == 303, said(page)
    assert folder.open(name).draft.kinds == (*draft.kinds, "clinic")


async def test_what_the_check_would_refuse_is_not_saved_and_stays_in_the_form(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)
    fields = changed(form_in(await visit.open(PARKING), PARKING), answer="Parking is free and this cures your back.", title="")

    status, page, _ = await send(visit, PARKING, fields)

    assert status == 422
    assert "It is not saved yet" in page
    assert "promises a result" in page
    assert dict(form_in(page, PARKING))["answer"] == "Parking is free and this cures your back."
    assert bytes_of(project) == before


async def test_what_was_wrong_in_the_file_already_does_not_stop_a_save_elsewhere_in_it(sign_in: SignIn, folder: TopicFolder) -> None:
    path = folder.path("location_parking")
    path.write_text(
        re.sub(r"title: .*", "title: A title that is longer than any button of a phone is wide", path.read_text("utf-8")), "utf-8"
    )
    visit = await sign_in("Ana")
    fields = form_in(await visit.open(PARKING), PARKING)

    status, page, _ = await send(visit, PARKING, changed(fields, owner="Zoe"))

    assert status == 303, said(page)
    assert folder.open("location_parking").draft.owner == "Zoe"


async def test_a_day_that_cannot_be_read_is_named_and_kept(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")
    fields = changed(form_in(await visit.open(PARKING), PARKING), review_by="24.11.2027")

    status, page, _ = await send(visit, PARKING, fields)

    assert status == 422
    assert "'24.11.2027' is no day" in said(page)
    assert dict(form_in(page, PARKING))["review_by"] == "24.11.2027"


async def test_hints_come_while_one_writes_and_say_where(sign_in: SignIn, folder: TopicFolder, project: Path) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)
    examples = [*folder.open("location_parking").draft.examples, "how much is it"]
    fields = changed(form_in(await visit.open(PARKING), PARKING), examples="\n".join(examples))

    status, fragment, _ = await send(visit, f"{PARKING}/hints", fields)

    assert status == 200
    assert f"Ways to ask, number {len(examples)} (must be mended): 'how much is it' is also an example of cost" in said(fragment)
    assert "<html" not in fragment
    assert bytes_of(project) == before


async def test_check_does_the_same_without_scripts(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)
    fields = changed(
        form_in(await visit.open(PARKING), PARKING), title="A title that is longer than any button of a phone is wide", check="1"
    )

    status, page, _ = await send(visit, PARKING, fields)

    assert status == 200
    assert "shorten it to 40" in page
    assert dict(form_in(page, PARKING))["title"].startswith("A title that is longer")
    assert bytes_of(project) == before


@pytest.mark.parametrize("name", TopicFolder(ROOT).names())
def test_the_preview_is_told_what_the_chat_window_is_told(name: str) -> None:
    practice, there = load_practice(ROOT / "clinic"), TopicFolder(ROOT).open(name)
    kinds = there.draft.kinds
    filled = [practice.fill_reporting(part) for part in re.split(r"\n\s*\n", there.draft.answer)]
    kept = [
        (part.text, kind)
        for part, kind in zip(filled, kinds if len(kinds) == len(filled) else kinds * len(filled), strict=True)
        if part.text
    ]
    kind: object = [kind for _, kind in kept] if len(kinds) > 1 else kinds[0]

    shown = json.loads(preview_of(there.draft, ROOT / "clinic").replies.data)["messages"]

    told = to_wire([{"text": "\n\n".join(text for text, _ in kept), "metadata": {"kind": kind}}])
    assert shown == told


# Two people, and a disk


async def test_the_second_of_two_people_sees_both_versions_and_loses_nothing(sign_in: SignIn, folder: TopicFolder) -> None:
    ana, ben = await sign_in("Ana"), await sign_in("Ben")
    fields = form_in(await ana.open(PARKING), PARKING)
    theirs = form_in(await ben.open(PARKING), PARKING)
    examples = dict(fields)["examples"]
    await send(ben, PARKING, changed(theirs, owner="Ben's desk", examples=f"{examples}\nben's way to ask"))

    status, page, _ = await send(ana, PARKING, changed(fields, owner="Ana's desk", examples=f"{examples}\nana's way to ask"))

    assert status == 409
    words = said(page)
    assert "somebody else has saved this topic since you opened it" in words.casefold()
    assert "Ben's desk" in words
    assert "ben's way to ask" in words
    mine = dict(form_in(page, PARKING))
    assert (mine["owner"], mine["examples"].splitlines()[-1]) == ("Ana's desk", "ana's way to ask")
    assert folder.open("location_parking").draft.owner == "Ben's desk"

    status, page, _ = await send(ana, PARKING, form_in(page, PARKING))

    assert status == 303, said(page)
    assert folder.open("location_parking").draft.owner == "Ana's desk"


async def test_what_was_written_for_a_topic_that_is_gone_can_be_added_as_a_new_one(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")
    fields = changed(form_in(await visit.open(PARKING), PARKING), owner="Ana's desk")
    folder.retire("location_parking", folder.open("location_parking").fingerprint)

    status, page, _ = await send(visit, PARKING, fields)

    assert status == 409
    assert "renamed or retired by somebody else" in page
    again = form_in(page, "/topics/new-topic")
    status, page, to = await send(visit, "/topics/new-topic", again)
    assert (status, to) == (303, "/topics/location_parking?saved=new"), said(page)
    assert folder.open("location_parking").draft.owner == "Ana's desk"


async def test_a_disk_that_is_full_in_the_middle_of_a_save_leaves_the_file_whole_and_the_text_on_the_page(
    sign_in: SignIn, project: Path
) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)
    fields = changed(form_in(await visit.open(PARKING), PARKING), owner="Ana's desk")
    await send(visit, f"{PARKING}/hints", fields)

    with full_disk():
        status, page, _ = await send(visit, PARKING, fields)

    assert status == 409
    assert "Nothing was saved, and all files are as they were" in page
    assert dict(form_in(page, PARKING))["owner"] == "Ana's desk"
    assert bytes_of(project) == before


async def test_a_file_that_is_broken_by_hand_says_where_and_the_others_stay_editable(sign_in: SignIn, folder: TopicFolder) -> None:
    folder.path("cost").write_text('version: "3.1"\nnlu:\n\t- intent: faq/cost\n', encoding="utf-8")
    visit = await sign_in("Ana")

    assert in_list(await visit.open("/topics?mark=broken")) == ["cost"]
    page = said(await visit.open("/topics/cost", status=409))
    assert "cost.yml:3: the file cannot be read as YAML: there is a tab here" in page

    fields = form_in(await visit.open(PARKING), PARKING)
    status, page, _ = await send(visit, PARKING, changed(fields, owner="Zoe"))
    assert status == 303, said(page)
    status, page, _ = await send(visit, f"{PARKING}/hints", fields)
    assert status == 200


async def test_a_file_that_was_broken_meanwhile_keeps_what_was_written_for_it(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")
    fields = changed(form_in(await visit.open(PARKING), PARKING), owner="Ana's desk")
    folder.path("location_parking").write_text("nlu: [", encoding="utf-8")

    status, page, _ = await send(visit, PARKING, fields)

    assert status == 409
    assert "Mend the file by hand" in page
    assert dict(form_in(page, PARKING))["owner"] == "Ana's desk"
    assert folder.path("location_parking").read_text("utf-8") == "nlu: ["


# A new topic


async def test_a_topic_that_is_started_from_the_inbox_takes_its_question_out_of_it(
    sign_in: SignIn, record: Record, folder: TopicFolder, console: Client
) -> None:
    record.add(
        [
            missed("c1", "do you sell gift cards"),
            missed("c2", "Do you sell gift cards?"),
            missed("c3", "do you sell gift cards, I'm [name]"),
        ]
    )
    visit = await sign_in("Ana")
    await visit.open("/inbox")
    group = re.search(r'href="(/topics/new-topic\?group=\d+)"', await visit.open("/inbox/1"))

    page = await visit.open(html.unescape(group[1]))
    fields = form_in(page, "/topics/new-topic")
    assert dict(fields)["examples"] == "do you sell gift cards"
    answer = "You can buy a gift card at the front desk. It is good for any visit."
    status, page, to = await send(
        visit, "/topics/new-topic", changed(fields, name="gift_cards", title="Gift cards", answer=answer, examples=QUESTIONS)
    )

    assert (status, to) == (303, "/topics/gift_cards?saved=new"), said(page)
    assert folder.open("gift_cards").draft.examples == tuple(QUESTIONS.splitlines())
    assert [group.topic for group in console.app[INBOX].page(State.NEW_TOPIC).groups] == ["gift_cards"]
    assert ("Ana", "topic_added", "gift_cards") in deeds(console)


async def test_a_topic_with_too_few_ways_to_ask_is_not_added_and_not_lost(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")
    fields = changed(form_in(await visit.open("/topics/new-topic"), "/topics/new-topic"), name="gift_cards", examples="gift card?")

    status, page, _ = await send(visit, "/topics/new-topic", fields)

    assert status == 422
    assert "there are 1 examples; add 24 more" in page
    assert dict(form_in(page, "/topics/new-topic"))["examples"] == "gift card?"
    assert "gift_cards" not in folder.names()


@pytest.mark.parametrize(("name", "says"), [("../secrets", "cannot name a topic"), ("", "cannot name a topic"), ("cost", "already")])
async def test_a_new_topic_takes_no_name_that_leads_elsewhere_or_is_taken(sign_in: SignIn, project: Path, name: str, says: str) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)
    answer = "You can buy a gift card at the front desk. It is good for any visit."
    typed = {"name": name, "title": "Gift cards", "answer": answer, "examples": QUESTIONS}
    fields = changed(form_in(await visit.open("/topics/new-topic"), "/topics/new-topic"), **typed)

    status, page, _ = await send(visit, "/topics/new-topic", fields)

    assert status in (409, 422)
    assert says in page
    assert bytes_of(project) == before


# Another name, two made one, gone


async def test_a_topic_gets_another_name_and_the_page_says_what_still_has_the_old_one(
    sign_in: SignIn, folder: TopicFolder, console: Client
) -> None:
    visit = await sign_in("Ben")
    draft = folder.open("cost").draft
    page = await visit.open("/topics/cost/move")
    assert "clinic/golden.yml" in page

    status, page, _ = await send(visit, "/topics/cost/rename", changed(form_in(page, "/topics/cost/rename"), to="price"))

    assert status == 200
    assert "clinic/golden.yml" in page
    assert folder.open("price").draft == draft
    assert "cost" not in folder.names()
    assert ("Ben", "topic_renamed", "cost to price") in deeds(console)


async def test_two_topics_become_one_and_nothing_that_was_said_is_lost(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ben")
    gone, stays = folder.open("cost").draft, folder.open("location_parking").draft
    page = await visit.open("/topics/cost/merge?into=location_parking")

    status, page, _ = await send(visit, "/topics/cost/merge", form_in(page, "/topics/cost/merge"))

    assert status == 200
    assert gone.answer.splitlines()[0] in html.unescape(page)
    merged = folder.open("location_parking").draft
    assert merged.answer == stays.answer
    assert set(merged.examples) == {*stays.examples, *gone.examples}
    assert (folder.archive / "cost.yml").is_file()


async def test_a_topic_that_is_retired_shows_its_ways_to_ask_and_is_kept(sign_in: SignIn, folder: TopicFolder, console: Client) -> None:
    visit = await sign_in("Ben")
    example = folder.open("cost").draft.examples[0]
    console.app[RECORD].add([answered("a", "what would a visit set me back")])
    page = await visit.open("/topics/cost/move")

    status, page, _ = await send(visit, "/topics/cost/retire", form_in(page, "/topics/cost/retire"))

    assert status == 200
    assert example in page
    assert "retired/cost.yml" in page
    assert "cost" not in folder.names()
    assert "what would a visit set me back" in await visit.open("/inbox")
    assert ("Ben", "topic_retired", "cost") in deeds(console)


@pytest.mark.parametrize("what", ["rename", "retire"])
async def test_a_topic_that_somebody_has_changed_meanwhile_is_not_moved(sign_in: SignIn, folder: TopicFolder, what: str) -> None:
    visit = await sign_in("Ben")
    fields = form_in(await visit.open("/topics/cost/move"), f"/topics/cost/{what}")
    there = folder.open("cost")
    folder.save("cost", replace(there.draft, owner="Zoe"), there.fingerprint)

    status, page, _ = await send(visit, f"/topics/cost/{what}", changed(fields, to="price") if what == "rename" else fields)

    assert status == 409
    assert "changed by somebody else" in page
    assert folder.open("cost").draft.owner == "Zoe"


# Abuse


MOVES = (("/topics/cost/rename", {"to": "price"}), ("/topics/cost/merge", {"into": "location_parking"}), ("/topics/cost/retire", {}))
FORMS = (PARKING, f"{PARKING}/hints", "/topics/new-topic", "/topics/new-topic/hints", *(path for path, _ in MOVES))


@pytest.mark.parametrize(("path", "fields"), MOVES)
async def test_an_editor_neither_renames_nor_merges_nor_retires(sign_in: SignIn, project: Path, path: str, fields: dict[str, str]) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)
    seen = TopicFolder(project).open("cost").fingerprint
    into = TopicFolder(project).open("location_parking").fingerprint

    status, page, _ = await visit.send(path, seen=seen, seen_into=into, **fields)

    assert status == 403
    assert "takes the role &#39;publisher&#39;" in page
    assert bytes_of(project) == before
    assert "Somebody with the role “publisher”" in await visit.open("/topics/cost/move")


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_without_the_key_of_the_session_changes_nothing(sign_in: SignIn, project: Path, path: str) -> None:
    visit = await sign_in("Cem")
    before, visit.key = bytes_of(project), "0" * 64

    status, page, _ = await visit.send(path, title="x")

    assert status == 403
    assert "older than your session" in page
    assert bytes_of(project) == before


@pytest.mark.parametrize("path", ["/topics", PARKING, f"{PARKING}/move", "/topics/new-topic", "/widget/bubbles.js"])
async def test_nobody_sees_a_topic_without_signing_in(console: Client, path: str) -> None:
    async with console.get(path, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/sign-in?to=")


async def test_what_was_written_before_the_session_ended_is_kept_on_the_page(sign_in: SignIn, project: Path, console: Client) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)
    fields = changed(form_in(await visit.open(PARKING), PARKING), answer="Half an hour of work.\n\nAnd more.")
    console.app[SESSIONS]._clock = lambda: dt.datetime.now(dt.UTC) + IDLE + dt.timedelta(minutes=1)

    status, page, _ = await send(visit, PARKING, fields)

    assert status == 403
    assert "Half an hour of work.\r\n\r\nAnd more.</textarea>" in page
    assert bytes_of(project) == before


async def test_script_in_every_field_is_words(sign_in: SignIn, folder: TopicFolder) -> None:
    draft = folder.open("location_parking").draft
    scripted = Draft(
        title=SCRIPT,
        kinds=(SCRIPT,),
        answer=SCRIPT,
        examples=(SCRIPT, *draft.examples),
        owner=SCRIPT,
        reviewed=draft.reviewed,
        review_by=draft.review_by,
        claims=(SCRIPT,),
        sources=(SCRIPT,),
        clinician=SCRIPT,
    )
    folder.save("location_parking", scripted, folder.open("location_parking").fingerprint)
    visit = await sign_in("Ben")

    pages = [await visit.open(path) for path in ("/topics", PARKING, f"{PARKING}/move", f"{PARKING}/merge?into=cost")]
    fields = form_in(pages[1], PARKING)
    pages += [(await send(visit, path, changed(fields, check="1")))[1] for path in (PARKING, f"{PARKING}/hints")]
    pages.append((await send(visit, PARKING, changed(fields, seen="0" * 64, owner=f"{SCRIPT}2")))[1])
    pages.append((await send(visit, f"{PARKING}/retire", form_in(pages[2], f"{PARKING}/retire")))[1])

    assert [page for page in pages if "<script>" in page] == []
    assert all("&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;{{ 7*7 }}" in page for page in pages)
    assert [dict(fields)[part] for part in ("title", "answer", "owner", "clinician")] == [SCRIPT] * 4


@pytest.mark.parametrize(
    "path", ["/topics/nothing_here", "/topics/NO", "/topics/..%2fcost", "/topics/cost/merge?into=../x", "/widget/demo.js"]
)
async def test_an_address_that_leads_nowhere_says_so_kindly(sign_in: SignIn, path: str) -> None:
    visit = await sign_in("Ana")

    assert "Back to the first page" in await visit.open(path, status=404)


async def test_the_chat_windows_modules_are_served_and_nothing_else_of_its_folder(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")

    assert await visit.open("/widget/markdown.js") == (ROOT / "widget" / "markdown.js").read_text("utf-8")
    await visit.open("/widget/tsconfig.json", status=404)
    await visit.open("/widget/..%2fpyproject.toml", status=404)


@pytest.mark.parametrize("name", ["Ana", "Ana Ruiz", "J. O'Neill-Smith", "Зоя"])
def test_everybody_who_can_have_an_account_can_be_the_author_of_a_commit(name: str) -> None:
    assert is_author(git_author(name))


@pytest.mark.parametrize("kinds", [(), ("clinic",), ("clinic", "safety"), ("gossip",)])
@pytest.mark.parametrize("answer", ["", "One.", "One.\n\nTwo.", "{prices.no_such_fact}"])
def test_a_preview_is_made_of_whatever_is_typed(folder: TopicFolder, kinds: tuple[str, ...], answer: str) -> None:
    draft = replace(folder.open("cost").draft, answer=answer, kinds=kinds)

    shown = preview_of(draft, folder.root / "clinic").replies.lines

    assert " ".join(shown).split() == [word for word in answer.split() if "{" not in word]


# Git


def git(project: Path, *command: str) -> str:
    return subprocess.run(["git", "-C", str(project), *command], capture_output=True, text=True, check=True).stdout


async def test_where_commits_are_made_each_change_is_one_in_the_name_of_who_made_it(
    sign_in: SignIn, project: Path, console: Client
) -> None:
    console.app[TOPICS]._commits = True
    git(project, "init", "--quiet")
    visit = await sign_in("Ben")

    fields = form_in(await visit.open(PARKING), PARKING)
    await send(visit, PARKING, changed(fields, owner="Zoe"))
    await send(visit, "/topics/cost/retire", form_in(await visit.open("/topics/cost/move"), "/topics/cost/retire"))

    assert git(project, "log", "--format=%an <%ae> %s").splitlines() == [
        "Ben <ben@frontdesk.invalid> FAQ: Retire cost",
        "Ben <ben@frontdesk.invalid> FAQ: Change location_parking",
    ]


async def test_a_change_that_git_does_not_take_is_saved_and_the_page_says_so(sign_in: SignIn, folder: TopicFolder, console: Client) -> None:
    console.app[TOPICS]._commits = True
    visit = await sign_in("Ben")
    fields = form_in(await visit.open(PARKING), PARKING)

    _, _, to = await send(visit, PARKING, changed(fields, owner="Zoe"))
    _, page, _ = await send(visit, "/topics/cost/retire", form_in(await visit.open("/topics/cost/move"), "/topics/cost/retire"))

    assert "no commit was made of it in git" in await visit.open(to)
    assert "no commit was made of them in git" in page
    assert folder.open("location_parking").draft.owner == "Zoe"
