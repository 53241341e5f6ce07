"""`python -m api.cli`, the same as `callqa`."""

from api.cli import main

main()
