"""The hands of CallQA: Celery app, stage jobs, dispatcher and recovery."""
