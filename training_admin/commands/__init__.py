"""One file per command: `replay.py` holds the click command or group `command`, reached as `training-admin replay`.

A command's module is imported only when it is called, so `assess` does not wait for the web server or the database.
"""
