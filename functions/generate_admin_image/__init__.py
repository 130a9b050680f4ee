"""``POST /functions/v1/generate-admin-image``: an admin's image, free of charge and before everybody else's."""
