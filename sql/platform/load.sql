-- Stand-ins for what Supabase provides, for a plain Postgres. Never shipped. Run as the superuser
-- `supabase_admin` in every database; each file may run again.
\ir roles.sql
\ir database.sql
\ir default_privileges.sql
\ir extensions.sql
\ir auth_users.sql
\ir auth_functions.sql
\ir storage.sql
\ir realtime.sql
