"""What staff see of what visitors asked: what needs a better answer, and how it goes."""
