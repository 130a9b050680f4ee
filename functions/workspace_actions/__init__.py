"""``POST /functions/v1/workspace-actions``: save, clear, discard and copy back what was generated."""
