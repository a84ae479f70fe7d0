"""One method in a process of its own, so that times and memory are its own. Started by `benchmarks.measuring`.

`worker train` trains, stores the model and prints what it took. `worker serve` loads the model and answers, for every
line of standard input (a JSON list of messages), with a line of what it made of them; at the end of input it prints the
memory that it holds. Lines are JSON; whatever libraries print goes to standard error.
"""

import argparse
import asyncio
import json
import os
import pickle
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import yaml

from benchmarks.methods import METHODS, Method, config_of, method_named
from frontdesk.faq.names import topic_of
from frontdesk.text.logs import quieten

_FALLBACK = "nlu_fallback"


def add_parser(subparsers: Any) -> None:
    """Add `worker` to the command."""
    parser = subparsers.add_parser("worker", help="(used by the others: one method in a process of its own)")
    parser.add_argument("work", choices=("train", "serve"))
    parser.add_argument("--method", required=True, choices=[method.name for method in METHODS])
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--epochs", type=int)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do the work and return 0."""
    method = method_named(args.method)
    with _own_output() as output:
        quieten()
        if args.work == "train":
            _answer(output, _train(method, args.data, args.model, args.epochs))
        else:
            _serve(method, args.model, output)
    return 0


def _train(method: Method, data: Path, model: Path, epochs: int | None) -> dict[str, Any]:
    """Train and return seconds, seconds by component, and the most memory that was held, in MB."""
    train = _prepare_pipeline(method, epochs) if method.is_pipeline else _prepare_baseline(method)
    began = time.perf_counter()
    components = train(data, model)
    return {"seconds": time.perf_counter() - began, "components": components, "peak_mb": _memory_mb("VmHWM")}


def _prepare_pipeline(method: Method, epochs: int | None) -> Callable[[Path, Path], dict[str, float]]:
    """Return `rasa train nlu`, with Rasa imported: its import is no part of any pipeline."""
    from rasa.model_training import train_nlu

    def train(data: Path, model: Path) -> dict[str, float]:
        with tempfile.TemporaryDirectory() as room, _timed_components() as seconds:
            config = Path(room) / "config.yml"
            config.write_text(yaml.safe_dump(config_of(method, epochs)), encoding="utf-8")
            train_nlu(str(config), str(data), str(model.parent), fixed_model_name=model.name)
        return dict(seconds)

    return train


def _prepare_baseline(method: Method) -> Callable[[Path, Path], dict[str, float]]:
    from benchmarks.baselines import fit_baseline
    from benchmarks.datasets import read_examples

    def train(data: Path, model: Path) -> dict[str, float]:
        baseline = fit_baseline(method.name, read_examples(data), with_answers=method.needs_answers)
        model.write_bytes(pickle.dumps(baseline))
        return {}

    return train


@contextmanager
def _timed_components() -> Iterator[dict[str, float]]:
    """Add up the seconds of each component while Rasa trains; Rasa offers no hook where `train_nlu` is called."""
    from rasa.engine.graph import GraphNode

    seconds: defaultdict[str, float] = defaultdict(float)
    call = GraphNode.__call__

    def timed(node: Any, *inputs: Any) -> Any:
        began = time.perf_counter()
        try:
            return call(node, *inputs)
        finally:
            seconds[node._component_class.__name__] += time.perf_counter() - began

    GraphNode.__call__ = timed
    try:
        yield seconds
    finally:
        GraphNode.__call__ = call


def _serve(method: Method, model: Path, output: TextIO) -> None:
    parse = _load_pipeline(model) if method.is_pipeline else _load_baseline(model)
    _answer(output, {"ready": True})
    for line in sys.stdin:
        parsed = []
        for text in json.loads(line):
            began = time.perf_counter()
            outcome = parse(text)
            ms = (time.perf_counter() - began) * 1000
            label, confidence = first_place(outcome) if isinstance(outcome, dict) else outcome
            parsed.append({"label": label, "confidence": confidence, "ms": ms})
        _answer(output, parsed)
    _answer(output, {"resident_mb": _memory_mb("VmRSS")})


def _load_pipeline(model: Path) -> Callable[[str], dict[str, Any]]:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    loop = asyncio.new_event_loop()
    return lambda text: dict(loop.run_until_complete(agent.parse_message(text)))


def _load_baseline(model: Path) -> Callable[[str], tuple[str, float]]:
    baseline = pickle.loads(model.read_bytes())  # noqa: S301 - written by `worker train` a moment ago
    return lambda text: tuple(baseline.parse(text))


def first_place(parsed: dict[str, Any]) -> tuple[str, float]:
    """Return the label in first place of what Rasa made of a message, without `faq/`, and how sure the pipeline is of it.

    A fallback classifier puts its own intent first; what was first before is what counts here, as it does for every method
    without one. Where a response selector chooses the topic, both must be right, so their confidences are multiplied.
    """
    ranking = parsed.get("intent_ranking") or [parsed["intent"]]
    first = ranking[0]
    confidence = parsed["intent"]["confidence"]
    if first["name"] == _FALLBACK and len(ranking) > 1:
        first = ranking[1]
        confidence = first["confidence"]
    selectors = parsed.get("response_selector") or {}
    if first["name"] in selectors.get("all_retrieval_intents", ()):
        chosen = (selectors.get(first["name"]) or selectors["default"])["response"]
        return topic_of(chosen["intent_response_key"] or first["name"]), confidence * chosen["confidence"]
    return topic_of(str(first["name"])), float(confidence)


def _memory_mb(field: str) -> float:
    """Return a field of this process's status in MB (Linux): VmRSS is held now, VmHWM the most that ever was."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


@contextmanager
def _own_output() -> Iterator[TextIO]:
    """Yield standard output for this module alone, and send what others print to standard error."""
    own = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(own, "w", encoding="utf-8") as output:
        yield output


def _answer(output: TextIO, value: Any) -> None:
    output.write(json.dumps(value) + "\n")
    output.flush()
