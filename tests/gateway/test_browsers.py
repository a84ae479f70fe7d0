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


@pytest.mark.parametrize(
    "path", ["/widget/panel.js", "/widget/markdown.js", "/widget/messages.js", "/widget/client.js", "/widget/style.js"]
)
async def test_every_module_is_served(desk, path):
    assert (await desk.client.get(path)).status == 200


async def test_the_demo_page_shows_the_clinics_facts_and_runs_no_inline_script(desk, practice):
    page = await (await desk.client.get("/")).text()

    assert practice.value("clinic.name") in page
    assert "<noscript>" in page
    assert "style=" not in page
    assert "<script>" not in page
