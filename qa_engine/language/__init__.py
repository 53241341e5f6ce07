"""What is said, understood before any rubric: normal form, phrases, mood, stages, objections."""
