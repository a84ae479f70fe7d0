"""The people behind the desk: accounts, sessions, who did what, and what takes two of them."""
