"""Forms as people work on them: drafts with their history, releases, and back-tests before a release."""
