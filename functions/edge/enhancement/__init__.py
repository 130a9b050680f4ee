"""Better prompts: by a model on a chat worker where one is asked for and there, else by rules, else as they were.

``enhance`` answers a caller who waits (enhance-prompt); ``waiting`` does it for a job that was accepted without one.
"""

from functions.edge.enhancement.engine import enhance
from functions.edge.enhancement.result import Enhancement
from functions.edge.enhancement.wish import Wish

__all__ = ["Enhancement", "Wish", "enhance"]
