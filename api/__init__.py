"""The doors of CallQA: JSON API, pages and command line."""
