-- What a table, sequence or function made in `public` grants by itself on a hosted project since
-- October 2026: nothing the Data API could use; these remainders stay, and so does Postgres' own
-- default that everybody may execute a function.
alter default privileges for role postgres in schema public
    grant truncate, references, trigger on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant update on sequences to anon, authenticated, service_role;
