-- Hosted, `postgres` may create `vector` itself; here only a superuser may, so it is made beforehand.
create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to postgres, dashboard_user;

create extension if not exists vector with schema extensions;
