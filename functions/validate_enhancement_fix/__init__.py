"""``/functions/v1/validate-enhancement-fix``: how well an enhancement kept and bettered its prompt."""
