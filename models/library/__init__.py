"""The example library: clips of calls, playlists of clips, what was listened to, what was proposed."""
