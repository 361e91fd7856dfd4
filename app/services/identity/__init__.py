"""Who is at the door: accounts, second factors, sessions, machines, and limits on guessing."""
