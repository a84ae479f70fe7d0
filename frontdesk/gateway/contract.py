"""The OpenAPI document, and request bodies checked against it.

The document is the only source of the request schemas. It uses what OpenAPI 3.0 and JSON Schema
have in common, so that jsonschema reads it as it stands.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator, RefResolver

from frontdesk.gateway.errors import InvalidBody

_FILE = Path(__file__).with_name("openapi.yml")


@cache
def load_document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document


@cache
def validator(schema: str) -> Draft4Validator:
    """Return a validator for one of the document's schemas."""
    document = load_document()
    return Draft4Validator(document["components"]["schemas"][schema], resolver=RefResolver("", document))


def parse_body(raw: bytes, schema: str) -> dict[str, Any]:
    """Return the body of a request.

    Raises:
        InvalidBody: When it is not JSON, or not what `schema` describes. The detail names the place and
            the rule, and never repeats what was sent.
    """
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as err:
        raise InvalidBody("not JSON") from err
    problem = next(iter(validator(schema).iter_errors(body)), None)
    if problem is not None:
        place = ".".join(str(part) for part in problem.absolute_path)
        raise InvalidBody(f"{place or 'body'}: {problem.validator}")
    return dict(body)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
