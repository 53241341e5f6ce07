"""Rubrics, phrase lists and the objection taxonomy: data that QA people own."""
