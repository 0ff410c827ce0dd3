-- The same on projects made before, on self-hosted ones and under older command lines: everything.
-- Not in load.sql: tests run it on top, to show that our grants do not depend on the default.
alter default privileges for role postgres in schema public
    grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on functions to anon, authenticated, service_role;
