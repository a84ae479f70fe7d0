"""Frontdesk: a clinic's website assistant on Rasa Open Source."""
