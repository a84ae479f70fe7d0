"""The benchmark of the console opens every page that it times."""

from __future__ import annotations

import pytest

from benchmarks.__main__ import main


def test_the_benchmark_times_topics_hints_and_the_inbox(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["console", "--topics", "3", "--examples", "90", "--messages", "20", "--rounds", "1"])

    said = capsys.readouterr().out
    assert status == 0
    assert said.splitlines()[0] == "3 topics, 90 examples, 20 messages"
    timed = ("list of topics", "a topic with 30 examples", "hints for it", "inbox, first page", "a group of the inbox")
    assert [name for name in timed if name not in said] == []
