"""Whether the scores are right: back-tests of rubrics before they judge anybody."""
