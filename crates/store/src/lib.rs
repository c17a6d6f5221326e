//! Postgres: the doors to tenant tables, events, jobs, idempotency and audit.
