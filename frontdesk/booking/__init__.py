"""Booking: openings, appointments, the clinic's own system behind them, and what visitors say about them."""
