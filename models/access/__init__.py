"""Who may do what, and whose calls they see."""
