"""The people behind the desk: accounts, sessions, and who did what."""
