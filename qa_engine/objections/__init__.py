"""Objections of the customer and how the agent handled them: taxonomy in `rubrics/objections.yaml`."""

from qa_engine.objections.detect import find_objections
from qa_engine.objections.taxonomy import BadTaxonomy, Taxonomy, load_taxonomy, parse_taxonomy

__all__ = ["BadTaxonomy", "Taxonomy", "find_objections", "load_taxonomy", "parse_taxonomy"]
