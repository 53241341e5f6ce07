"""The memory of CallQA: settings, SQLModel tables, their queries and migrations."""
