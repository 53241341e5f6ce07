"""The mind of CallQA: pure functions on plain values. No database, HTTP, Celery, clock or globals."""
