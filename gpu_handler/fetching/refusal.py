"""Its own file, for all parts of this folder raise it."""


class PictureRefused(Exception):
    """The picture cannot be used, now or later. The text is a sentence for the user, with no URL in it."""
