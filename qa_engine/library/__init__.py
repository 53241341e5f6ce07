"""The example library: what of a call may be heard and read by others, and which moments are worth keeping."""
