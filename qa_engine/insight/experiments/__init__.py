"""Script versions compared: who gets which, what was spoken, and what may be concluded when."""
