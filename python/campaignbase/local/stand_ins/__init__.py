"""What the workers of pg_net and pg_cron do, for a Postgres that has neither. For development only."""
