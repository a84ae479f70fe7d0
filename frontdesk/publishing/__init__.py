"""From a change of the data to what visitors meet: train a draft, try it on real questions, publish it, take it back."""
