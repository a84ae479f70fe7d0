"""What the console's parts are stored under, and what a request carries."""

from aiohttp import web
from jinja2 import Environment

from frontdesk.console.conversations import Conversations
from frontdesk.console.drafting import Drafting
from frontdesk.console.inbox import Inbox
from frontdesk.console.safety_desk import SafetyDesk
from frontdesk.console.settings import Settings
from frontdesk.console.topics import TopicDesk
from frontdesk.console.trying import Trying
from frontdesk.faq.editing import TopicFolder
from frontdesk.practice.editing import PracticeFile
from frontdesk.publishing.shelf import Shelf
from frontdesk.record.record import Record
from frontdesk.safety.editing import CardsFile
from frontdesk.staff.audit import Audit
from frontdesk.staff.people import People, Person
from frontdesk.staff.proposals import Proposals
from frontdesk.staff.sessions import Sessions

SETTINGS = web.AppKey("settings", Settings)
TEMPLATES = web.AppKey("templates", Environment)
PEOPLE = web.AppKey("people", People)
SESSIONS = web.AppKey("sessions", Sessions)
AUDIT = web.AppKey("audit", Audit)
SHELF = web.AppKey("shelf", Shelf)
DRAFTING = web.AppKey("drafting", Drafting)
TRYING = web.AppKey("trying", Trying)
CONVERSATIONS = web.AppKey("conversations", Conversations)
TOPICS = web.AppKey("topics", TopicFolder)
DESK = web.AppKey("desk", TopicDesk)
FACTS = web.AppKey("facts", PracticeFile)
CARDS = web.AppKey("cards", CardsFile)
SAFETY = web.AppKey("safety", SafetyDesk)
PROPOSALS = web.AppKey("proposals", Proposals)
SHEETS = web.AppKey("sheets", dict[str, tuple[str, bytes]])
"""The spreadsheet that each person has shown last, with its name, until it is applied."""
RECORD = web.AppKey("record", Record)
MODELS_SECRET = web.AppKey("models_secret", str)
"""What Rasa shows to be given the model."""
INBOX = web.AppKey("inbox", Inbox)

PERSON = web.RequestKey("person", Person)
"""Who is signed in; absent on the pages that need nobody."""
FORM_KEY = web.RequestKey("form_key", str)
"""What every form of this session must send back."""
