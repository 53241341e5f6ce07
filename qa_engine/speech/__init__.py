"""Sound → transcript and acoustic signals: media → activity → engine → cleanup → turns and roles → signals.

Nothing is imported here: a score needs the arithmetic of signals, and no recogniser or decoder (58 MiB) with it.
"""
