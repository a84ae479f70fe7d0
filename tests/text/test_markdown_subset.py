"""Which Markdown a reply may use, and where its links may lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.text.markdown_subset import check_markdown


@pytest.mark.parametrize(
    "text",
    [
        "Plain words, with a dash - and an asterisk* like this.",
        "**Bold** and more.\n- one\n- two",
        "Call [{contact.phone}](tel:{contact.phone}).",
        "[Write](mailto:{contact.email}) or [book]({contact.booking_url}).",
        "The [NHS page](https://www.nhs.uk/conditions/back-pain/) says more.",
        "Text the [crisis line](https://988lifeline.org/chat/).",
        "1 in 10 people; 5 < 6 and 7 > 3.",
        "See snake_case_words and e-mail: {contact.email}",
    ],
)
def test_what_the_chat_can_show_passes(text: str) -> None:
    assert list(check_markdown(text)) == []


@pytest.mark.parametrize(
    "target",
    [
        "http://nhs.uk.evil.test",
        "https://evilnhs.uk",
        "//nhs.uk/x",
        "data:text/html,x",
        "vbscript:x",
        "sms:988",
        "mailto:desk@example.com",
        "tel:911",
        "https://[broken",
        "",
    ],
)
def test_a_link_to_anywhere_else_is_refused(target: str) -> None:
    assert list(check_markdown(f"[words]({target})"))


def test_the_line_is_counted_from_the_top_of_the_text() -> None:
    assert [line for line, _ in check_markdown("fine\n\n# no")] == [2]


@given(st.text(alphabet=st.sampled_from("ab *_-#[]()`<>!.:/{}\n1|~"), max_size=80))
def test_no_text_raises(text: str) -> None:
    lines = text.count("\n")

    assert all(0 <= line <= lines and message for line, message in check_markdown(text))
