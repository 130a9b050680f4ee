"""Workers that are called over HTTP: what all of them have in common, and one package each."""
