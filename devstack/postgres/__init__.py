"""PostgreSQL 17, started as a new hosted project is."""

from devstack.postgres.cluster import Cluster

__all__ = ["Cluster"]
