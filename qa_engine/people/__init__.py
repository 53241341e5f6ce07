"""Who is in which team, where and when, from a people file."""
