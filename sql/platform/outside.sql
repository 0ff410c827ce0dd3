-- Stand-ins for the extensions that a plain Postgres lacks: pg_net, pg_cron and Vault, with their names and
-- signatures. Not in load.sql: our schema works without them, and most tests show that. Run as the superuser.
\ir vault.sql
\ir net.sql
\ir cron.sql
