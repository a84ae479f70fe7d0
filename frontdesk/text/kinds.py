"""The few words by which files, messages and the chat window tell answers and alarms apart."""

KINDS = ("article", "evidence", "safety", "clinic")
"""What a paragraph of an answer is: from our article, from research, a precaution, or a fact of the clinic."""

TIERS = ("crisis", "emergency", "doctor", "practitioner")
"""How urgent an alarm is, strongest first. Practitioner does not replace an answer, it adds to it."""

ALARMING = TIERS[:3]
"""The tiers that replace an answer."""
