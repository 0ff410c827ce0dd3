-- What hosted projects find and the embedded Postgres does not have, as far as a schema needs it: enough for
-- statements that name it. Nothing here is called but by rows that migrations insert.
create or replace function extensions.uuid_generate_v4() returns uuid language sql volatile
as 'select gen_random_uuid()';
create or replace function extensions.gen_random_bytes(integer) returns bytea language sql volatile
as $$
    select substring(string_agg(uuid_send(gen_random_uuid()), ''::bytea) from 1 for $1)
    from generate_series(0, $1 / 16)
$$;
create or replace function extensions.gen_salt(text) returns text language sql volatile
as $$ select '$stand-in$' || $1 $$;
create or replace function extensions.crypt(text, text) returns text language sql immutable
as $$ select $2 || encode(sha256(convert_to($1, 'UTF8')), 'hex') $$;
create or replace function extensions.digest(bytea, text) returns bytea language sql immutable
as 'select sha256($1)';
create or replace function extensions.digest(text, text) returns bytea language sql immutable
as $$ select sha256(convert_to($1, 'UTF8')) $$;
create or replace function extensions.moddatetime() returns trigger language plpgsql
as 'begin return new; end';
do $$
begin
    if to_regtype('extensions.citext') is null then
        create domain extensions.citext as text;
    end if;
end
$$;

create schema if not exists supabase_functions;
create or replace function supabase_functions.http_request() returns trigger language plpgsql
as 'begin return new; end';

create schema if not exists cron;
create or replace function cron.schedule(job_name text, schedule text, command text) returns bigint language sql
as 'select 1::bigint';
create or replace function cron.schedule(schedule text, command text) returns bigint language sql
as 'select 1::bigint';
create or replace function cron.unschedule(job_name text) returns boolean language sql
as 'select true';
create table if not exists cron.job (jobid bigint primary key, jobname text, schedule text, command text);

create schema if not exists net;
create or replace function net.http_post(
    url text,
    body jsonb default '{}',
    params jsonb default '{}',
    headers jsonb default '{}',
    timeout_milliseconds integer default 5000
) returns bigint language sql
as 'select 1::bigint';

create schema if not exists vault;
create or replace function vault.create_secret(
    new_secret text, new_name text default null, new_description text default ''
) returns uuid language sql
as 'select gen_random_uuid()';
