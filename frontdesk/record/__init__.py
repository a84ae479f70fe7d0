"""What is kept of conversations so that staff can make the answers better: redacted, for a while, and counts that outlive it."""

from frontdesk.record.record import Asked, Export, Gone, Record, StoreUnavailable
from frontdesk.record.settings import RecordMisconfigured, Settings
from frontdesk.record.turn import Feedback, Reason, Turn, Withheld

__all__ = [
    "Asked",
    "Export",
    "Feedback",
    "Gone",
    "Reason",
    "Record",
    "RecordMisconfigured",
    "Settings",
    "StoreUnavailable",
    "Turn",
    "Withheld",
]
