"""The floor every function stands on: settings, auth, errors, CORS, and the clients made once a process."""
