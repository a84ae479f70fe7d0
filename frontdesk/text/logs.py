"""What may be logged where visitors' words are at hand: failures, on standard error, and nothing else."""

import logging
import sys

import structlog


def quieten() -> None:
    """Send log lines to standard error, and only failures: Rasa's own would print message text to standard output."""
    logging.basicConfig(stream=sys.stderr, level=logging.CRITICAL)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
