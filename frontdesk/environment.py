"""Settings that must stand before the first import, in every process of the project.

Imported at interpreter start through `environment.pth`, so that `rasa train`, `rasa shell` and
`python -m pytest` typed by hand are as quiet and private as `make up`. It imports the standard library
only, and whatever the operator has set already wins (`frontdesk up` makes some of these from its ports).
"""

import os
import warnings
from typing import Any

_DEFAULTS = {
    # Rasa reports usage to its makers unless told otherwise.
    "RASA_TELEMETRY_ENABLED": "false",
    # TensorFlow: errors only; the oneDNN notice and the CPU feature notice are not ours.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    # SQLAlchemy 1.4 (Rasa's pin) announces 2.0 at import.
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # Where endpoints.yml finds the action server and the data; other values make room for a second copy.
    "FRONTDESK_ACTIONS_URL": "http://127.0.0.1:5055/webhook",
    "FRONTDESK_DATA_DIR": "var",
    # No model hub, ever: the encoder comes from the package index.
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}

_NOT_OURS = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)
# Said whatever one does: the first by Rasa's imports, the second by Rasa whenever a domain has slots.
_REMARKS = ("pkg_resources is deprecated", "Slot auto-fill has been removed")
_show = warnings.showwarning


def show_warning(message: Any, category: type[Warning], filename: str, *rest: Any, **more: Any) -> None:
    """Print a warning unless it is a deprecation that installed packages raise about each other.

    A filter would not do: Sanic and Rasa put their own in front of every filter that stands when they are imported.
    """
    of_a_library = "site-packages" in filename or filename.startswith("<frozen")
    if of_a_library and (issubclass(category, _NOT_OURS) or any(remark in str(message) for remark in _REMARKS)):
        return
    _show(message, category, filename, *rest, **more)


def apply_defaults() -> None:
    """Set the defaults above where nothing is set, and keep library deprecations off the screen."""
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    warnings.showwarning = show_warning


apply_defaults()
