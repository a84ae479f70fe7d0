"""What can go wrong with the clinic's facts.

PracticeError
"""


class PracticeError(Exception):
    """Raised when `clinic/practice.yml` cannot be used; the message names the file and the key."""
