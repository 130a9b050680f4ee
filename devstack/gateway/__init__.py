"""The one public port: what Kong or Envoy is in front of a Supabase project."""
