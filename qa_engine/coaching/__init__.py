"""What to work on with whom, and whether it helped."""
