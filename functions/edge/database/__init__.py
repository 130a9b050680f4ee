"""The database seam: call a SQL function by name. Every change of state is one of them, and so is every read."""

from functions.edge.database.opening import open_database
from functions.edge.database.protocol import Database, DatabaseError, DatabaseUnavailable
from functions.edge.database.scripted import ScriptedDatabase

__all__ = ["Database", "DatabaseError", "DatabaseUnavailable", "ScriptedDatabase", "open_database"]
