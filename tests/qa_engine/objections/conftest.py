import pytest

from qa_engine.objections import Taxonomy, load_taxonomy
from qa_engine.rubric.load import taxonomy_path


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return load_taxonomy(taxonomy_path())
