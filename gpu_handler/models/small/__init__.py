"""Small models the project makes itself: the real architectures at a size any machine runs."""
