"""Cross-origin requests, the widget's files, and the demo page."""

import pytest

pytestmark = pytest.mark.asyncio

CLINIC = {"Origin": "https://clinic.example"}


async def test_a_listed_website_may_read_the_answer(desk):
    preflight = await desk.client.options(
        "/v1/conversations", headers=CLINIC | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    )
    started = await desk.client.post("/v1/conversations", json={}, headers=CLINIC)

    assert preflight.status == 204
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert started.status == 201
    assert preflight.headers["Access-Control-Allow-Origin"] == started.headers["Access-Control-Allow-Origin"] == CLINIC["Origin"]
    assert started.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in started.headers


async def test_an_error_can_be_read_by_a_listed_website_too(desk):
    response = await desk.client.get("/v1/conversations/x", headers=CLINIC)

    assert response.status == 401
    assert response.headers["Access-Control-Allow-Origin"] == CLINIC["Origin"]


async def test_the_gateways_own_page_needs_no_listing_and_sends_no_origin_with_a_get(desk):
    own = str(desk.client.make_url("/")).rstrip("/")
    await desk.start({"Origin": own})

    read = await desk.call("GET", headers={"Referer": own + "/"})

    assert read.status == 200


async def test_the_transcript_is_never_kept_by_a_cache(desk):
    await desk.start()

    assert (await desk.call("GET")).headers["Cache-Control"] == "no-store"


async def test_any_website_may_load_the_modules(desk):
    response = await desk.client.get("/widget.js")

    assert response.status == 200
    assert response.content_type == "text/javascript"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = await desk.client.get("/widget.js", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status == 304


async def test_the_window_is_one_file_that_is_kept_for_ever_under_its_version(desk):
    launcher = await (await desk.client.get("/widget.js")).text()
    version = launcher.partition('version:"')[2].partition('"')[0]
    kept = await desk.client.get(f"/widget/panel.en.js?v={version}")
    asked_again = await desk.client.get("/widget/panel.en.js?v=older")

    assert (kept.status, asked_again.status) == (200, 200)
    assert "immutable" in kept.headers["Cache-Control"]
    assert asked_again.headers["Cache-Control"] == "public, max-age=300"
    assert (await desk.client.get("/widget/panel.js")).status == 404


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("gzip; q=0.0, br", False),
        ("", False),
    ],
)
async def test_a_file_is_packed_for_whoever_can_unpack_it(desk, accepted, packed):
    response = await desk.client.get("/widget.js", headers={"Accept-Encoding": accepted})

    assert (response.headers.get("Content-Encoding") == "gzip") == packed
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["ETag"].endswith('-gzip"') == packed
    again = await desk.client.get("/widget.js", headers={"Accept-Encoding": accepted, "If-None-Match": response.headers["ETag"]})
    assert again.status == 304


async def test_the_words_come_in_the_language_that_is_asked_for(desk):
    spanish, french = [await (await desk.client.get("/v1/config", params={"lang": tag})).json() for tag in ("es-MX", "fr")]

    assert (spanish["language"], spanish["strings"]["send"]) == ("es", "Enviar")
    assert (french["language"], french["strings"]["send"]) == ("en", "Send")
    assert spanish["emergency"] == french["emergency"]


async def test_the_demo_page_shows_the_clinics_facts_and_runs_no_inline_script(desk, practice):
    page = await (await desk.client.get("/")).text()

    assert practice.value("clinic.name") in page
    assert "<noscript>" in page
    assert "style=" not in page
    assert "<script>" not in page
