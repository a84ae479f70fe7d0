"""All topics as a spreadsheet in the console: what comes back is shown first, and what is applied is what was shown."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient

from frontdesk.console.keys import AUDIT, SESSIONS
from frontdesk.faq.editing import TopicFolder
from frontdesk.staff.sessions import IDLE
from tests.console.conftest import Visit
from tests.console.forms import form_in, send
from tests.console.test_topics import SCRIPT, bytes_of, project, said
from tests.disks import full_disk

Client = TestClient[Any, Any]
__all__ = ["project"]
SignIn = Callable[[str], Awaitable[Visit]]
HERE = "/topics/from-spreadsheet"
APPLY = f"{HERE}/apply"
Table = list[list[str]]


@pytest.fixture
def folder(project: Path) -> TopicFolder:
    return TopicFolder(project)


async def exported(visit: Visit, suffix: str = ".csv") -> bytes:
    async with visit._client.get(f"/topics/export{suffix}", headers=visit.headers) as answer:
        assert answer.status == 200
        assert re.fullmatch(rf'attachment; filename="topics-[\d-]+\{suffix}"', answer.headers["Content-Disposition"])
        return await answer.read()


def rows_in(data: bytes) -> Table:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def written(rows: Table, encoding: str = "utf-8-sig") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue().encode(encoding)


def with_text(rows: Table, topic: str, what: str, text: str) -> Table:
    """Return the table with another text in the first row of this kind."""
    place = next(place for place, row in enumerate(rows) if row[1:3] == [topic, what])
    return [*rows[:place], [*rows[place][:3], text], *rows[place + 1 :]]


async def show(visit: Visit, data: bytes, name: str = "topics.csv") -> tuple[int, str]:
    """Send a file and return what the page says of it."""
    await visit.open(HERE)
    fields = FormData()
    fields.add_field("form_key", visit.key)
    fields.add_field("file", io.BytesIO(data), filename=name)
    status, page, _ = await send(visit, HERE, fields)
    return status, page


# What is shown, and then made


async def test_a_table_that_comes_back_untouched_changes_nothing(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)

    for suffix in (".csv", ".xlsx"):
        status, page = await show(visit, await exported(visit, suffix), f"topics{suffix}")

        assert status == 200, said(page)
        assert re.search(r"0 added, 0 changed, 0 removed, \d{3} untouched", page)
        assert APPLY not in page
    assert bytes_of(project) == before


async def test_the_difference_is_shown_and_nothing_written_before_it_is_agreed_to(
    sign_in: SignIn, project: Path, folder: TopicFolder, console: Client
) -> None:
    visit = await sign_in("Ana")
    before, title = bytes_of(project), folder.open("cost").draft.title
    rows = with_text(rows_in(await exported(visit)), "cost", "title", "What it costs")
    rows.append(["", "location_parking", "example", "is there a rack for my bicycle"])

    status, page = await show(visit, written(rows))

    assert status == 200, said(page)
    assert "1 added, 1 changed, 0 removed" in page
    assert f"<del>{title}</del>" in page
    assert "<ins>What it costs</ins>" in page
    assert bytes_of(project) == before

    status, page, _ = await send(visit, APPLY, form_in(page, APPLY))

    assert status == 200, said(page)
    assert '<a href="/publish">Prepare a new version</a>' in page
    assert folder.open("cost").draft.title == "What it costs"
    assert folder.open("location_parking").draft.examples[-1] == "is there a rack for my bicycle"
    assert {name for name, data in bytes_of(project).items() if data != before[name]} == {"cost.yml", "location_parking.yml"}
    assert ("Ana", "spreadsheet_applied", "2 topics") in [(deed.name, deed.what, deed.subject) for deed in console.app[AUDIT].last()]


async def test_what_somebody_else_changed_after_it_was_shown_is_shown_again(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")
    rows = with_text(rows_in(await exported(visit)), "cost", "title", "What it costs")
    _, page = await show(visit, written(rows))
    there = folder.open("cost")
    folder.save("cost", replace(there.draft, owner="Zoe"), there.fingerprint)

    status, page, _ = await send(visit, APPLY, form_in(page, APPLY))

    assert status == 409
    assert "Something has changed since this was shown" in page
    assert folder.open("cost").draft.title != "What it costs"

    status, page, _ = await send(visit, APPLY, form_in(page, APPLY))

    assert status == 200, said(page)
    assert (folder.open("cost").draft.title, folder.open("cost").draft.owner) == ("What it costs", "Zoe")


async def test_a_file_shown_later_is_not_applied_by_the_page_of_the_one_before(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")
    rows = rows_in(await exported(visit))
    _, first = await show(visit, written(with_text(rows, "cost", "title", "What it costs")))
    await show(visit, written(with_text(rows, "cost", "title", "Prices")))

    status, page, _ = await send(visit, APPLY, form_in(first, APPLY))

    assert status == 409
    assert "<ins>Prices</ins>" in page
    assert folder.open("cost").draft.title not in ("What it costs", "Prices")


async def test_what_is_kept_is_of_one_person_and_goes_when_it_is_applied(sign_in: SignIn) -> None:
    ana, ben = await sign_in("Ana"), await sign_in("Ben")
    _, page = await show(ana, written(with_text(rows_in(await exported(ana)), "cost", "title", "What it costs")))
    fields = [(name, ben.key if name == "form_key" else value) for name, value in form_in(page, APPLY)]

    status, said_to_ben, _ = await send(ben, APPLY, fields)
    assert status == 409
    assert "no longer kept" in said_to_ben

    await send(ana, APPLY, form_in(page, APPLY))
    status, again, _ = await send(ana, APPLY, form_in(page, APPLY))
    assert status == 409
    assert "no longer kept" in again


async def test_a_row_that_the_check_would_refuse_stops_everything(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)
    rows = with_text(rows_in(await exported(visit)), "cost", "title", "Cures for little money")

    status, page = await show(visit, written(rows))

    assert status == 422
    assert re.search(r"row \d+, column 'text': 'Cures' promises a result", said(page))
    assert APPLY not in page
    assert bytes_of(project) == before


# Files as people send them


@pytest.mark.parametrize("formula", ['=HYPERLINK("https://evil.example","x")', "+1+1", "@SUM(A1)", "-2+3", "\t=1+1"])
async def test_a_formula_goes_out_as_text_and_comes_back_as_it_was(sign_in: SignIn, folder: TopicFolder, formula: str) -> None:
    there = folder.open("location_parking")
    folder.save(there.name, replace(there.draft, examples=(*there.draft.examples, formula)), there.fingerprint)
    visit = await sign_in("Ana")

    data = await exported(visit)

    assert [row for row in rows_in(data) for cell in row if cell[:1] in ("=", "+", "-", "@", "\t")] == []
    _, page = await show(visit, data)
    assert "0 added, 0 changed, 0 removed" in page


async def test_a_formula_that_is_typed_is_words_on_the_page(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")
    formula = '=HYPERLINK("https://evil.example","park here")'
    rows = [*rows_in(await exported(visit)), ["", "location_parking", "example", formula]]

    status, page = await show(visit, written(rows))

    assert status == 200, said(page)
    assert html.escape(formula).replace("&quot;", "&#34;") in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
async def test_other_encodings_are_read_and_a_guess_is_said(sign_in: SignIn, folder: TopicFolder, encoding: str) -> None:
    visit = await sign_in("Ana")
    rows = [["id", "topic", "what", "text"], ["", "location_parking", "example", "où est-ce que je peux laisser ma voiture"]]

    status, page = await show(visit, written(rows, encoding))

    assert status == 200, said(page)
    assert "<ins>où est-ce que je peux laisser ma voiture</ins>" in page
    assert ("Read as Windows-1252" in page) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"question,answer\nwhere,here\n", "faq.csv", "faq.csv: row 1 has no column id, topic, what, text"),
        (b"", "empty.csv", "empty.csv: row 1 has no column"),
        (b"PK\x03\x04 and no more", "topics.xlsx", "topics.xlsx is no workbook that can be read"),
        (b"\xd0\xcf\x11\xe0 old", "topics.xlsx", "is a workbook of the old kind"),
        (b"id,topic,what,text\n", "topics.pdf", "the name of topics.pdf must end in .csv or .xlsx"),
        (b"id,topic,what,text\n", "<script>alert(1)</script>.pdf", "must end in"),
        (b'id,topic,what,text\n,cost,example,"never closed\n', "topics.csv", "is a quotation mark not closed?"),
        (b"id,topic,what,text\n,cost,example,\x81\x8d\n", "topics.csv", "neither UTF-8 nor Windows-1252"),
    ],
)
async def test_a_file_that_is_no_table_of_topics_says_what_to_do(sign_in: SignIn, project: Path, data: bytes, name: str, says: str) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)

    status, page = await show(visit, data, name)

    assert status == 422
    assert says.casefold() in said(page).casefold()
    assert "/tmp/" not in page
    assert "<script>alert" not in page
    assert bytes_of(project) == before


async def test_a_hundred_thousand_rows_are_refused_with_a_way_out(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)
    rows = [
        ["id", "topic", "what", "text"],
        *(["", "cost", "example", f"way number {number} to ask what a visit costs"] for number in range(100_000)),
    ]

    status, page = await show(visit, written(rows))

    assert status == 422
    assert "more than 50,000 rows; import it in parts" in page
    assert bytes_of(project) == before


async def test_no_file_at_all_is_asked_for_again(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")
    await visit.open(HERE)

    status, page, _ = await visit.send(HERE)

    assert status == 400
    assert "Choose a file first" in page


async def test_a_broken_topic_is_named_when_a_table_is_made_or_read(sign_in: SignIn, folder: TopicFolder) -> None:
    visit = await sign_in("Ana")
    data = await exported(visit)
    folder.path("cost").write_text("nlu: [", encoding="utf-8")

    assert "cost.yml:1: the file cannot be read" in said(await visit.open("/topics/export.csv", status=409))
    status, page = await show(visit, data)
    assert status == 422
    assert "Mend the file by hand" in page


# Trouble


async def test_a_disk_that_is_full_leaves_all_files_as_they_were(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    rows = with_text(rows_in(await exported(visit)), "cost", "title", "What it costs")
    rows = with_text(rows, "location_parking", "owner", "Zoe")
    small = [rows[0], *(row for row in rows if row[1:3] in (["cost", "title"], ["location_parking", "owner"]))]
    before = bytes_of(project)
    _, page = await show(visit, written(small))
    fields = form_in(page, APPLY)

    with full_disk():
        status, page, _ = await send(visit, APPLY, fields)

    assert status == 409
    assert "all files are as they were" in page
    assert bytes_of(project) == before
    status, page, _ = await send(visit, APPLY, fields)
    assert status == 200, said(page)


async def test_script_in_every_cell_is_words(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")
    rows = rows_in(await exported(visit))
    for what in ("title", "kind", "answer", "claims", "sources", "owner", "reviewed"):
        rows = with_text(rows, "cost", what, SCRIPT)
    rows += [["", "cost", "example", SCRIPT], [SCRIPT, "cost", "example", "x"], ["", SCRIPT, "example", "x"], ["", "cost", SCRIPT, "x"]]

    _, wrong = await show(visit, written(rows), f"{SCRIPT}.csv")
    fine = [["id", "topic", "what", "text"], ["", "location_parking", "example", SCRIPT]]
    _, right = await show(visit, written(fine), f"{SCRIPT}.csv")

    assert "<script>alert" not in wrong + right
    assert "&lt;script&gt;" in wrong
    assert "<ins>&lt;script&gt;" in right


@pytest.mark.parametrize("path", [HERE, APPLY])
async def test_a_form_without_the_key_of_the_session_changes_nothing(sign_in: SignIn, project: Path, path: str) -> None:
    visit = await sign_in("Cem")
    before, visit.key = bytes_of(project), "0" * 64

    status, page, _ = await visit.send(path)

    assert status == 403
    assert "older than your session" in page
    assert bytes_of(project) == before


@pytest.mark.parametrize("path", [HERE, "/topics/export.csv", "/topics/export.xlsx"])
async def test_nobody_takes_the_topics_along_without_signing_in(console: Client, path: str) -> None:
    async with console.get(path, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/sign-in?to=")


async def test_a_table_sent_after_the_session_ended_changes_nothing(sign_in: SignIn, project: Path, console: Client) -> None:
    visit = await sign_in("Ana")
    _, page = await show(visit, written(with_text(rows_in(await exported(visit)), "cost", "title", "What it costs")))
    before = bytes_of(project)
    console.app[SESSIONS]._clock = lambda: dt.datetime.now(dt.UTC) + IDLE + dt.timedelta(minutes=1)

    status, page, _ = await send(visit, APPLY, form_in(page, APPLY))

    assert status == 403
    assert "Nothing was saved" in page
    assert bytes_of(project) == before


async def test_a_file_that_is_larger_than_any_table_is_refused_kindly(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    before = bytes_of(project)

    status, page = await show(visit, b"x" * (17 * 2**20))

    assert status == 413
    assert "Send a table in parts" in page
    assert bytes_of(project) == before
