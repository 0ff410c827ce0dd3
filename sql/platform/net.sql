-- pg_net 0.20.4: the same tables and functions. What its background worker does, the program beside does
-- (campaignbase.local.stand_ins.net), woken by a notification instead of a latch.
create schema if not exists net;
grant usage on schema net to public;

do $$
begin
    if to_regtype('net.http_method') is null then
        create domain net.http_method as text
        check (value ilike 'get' or value ilike 'post' or value ilike 'delete');
        create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
        create type net.http_response as (status_code integer, headers jsonb, body text);
        create type net.http_response_result as (
            status net.request_status, message text, response net.http_response
        );
    end if;
end
$$;

-- unlogged: a crash of the server empties both
create unlogged table if not exists net.http_request_queue (
    id bigserial,
    method net.http_method not null,
    url text not null,
    headers jsonb,
    body bytea,
    timeout_milliseconds integer not null
);
create unlogged table if not exists net._http_response (
    id bigint,
    status_code integer,
    content_type text,
    headers jsonb,
    content text,
    timed_out boolean,
    error_msg text,
    created timestamptz not null default now()
);
create index if not exists _http_response_created_idx on net._http_response (created);
grant all on all tables in schema net to public;
grant all on all sequences in schema net to public;

create or replace function net.check_worker_is_up()
    returns void
    language plpgsql
as $$
begin
    if not exists (select from pg_stat_activity where backend_type = 'client backend' and application_name = 'pg_net')
    then
        raise exception using
            message = 'the pg_net background worker is not up',
            detail = 'the pg_net background worker is down due to an internal error and cannot process requests',
            hint = 'make sure that you didn''t modify any of pg_net internal tables';
    end if;
end
$$;

create or replace function net.wake()
    returns void
    language sql
as $$
    select pg_notify('pg_net', current_database());
$$;

create or replace function net.wait_until_running()
    returns void
    language plpgsql
as $$
begin
    while not exists (select from pg_stat_activity where application_name = 'pg_net') loop
        perform pg_sleep(0.05);
        perform pg_stat_clear_snapshot();
    end loop;
end
$$;

create or replace function net.worker_restart()
    returns boolean
    language sql
as $$
    select pg_notify('pg_net', 'restart') is not null;
$$;

create or replace function net._urlencode_string(string text)
    returns text
    language sql
    immutable
as $$
    select
        coalesce(
            string_agg(
                case
                    when chr(byte) ~ '[A-Za-z0-9_.~-]' then chr(byte)
                    else '%' || upper(lpad(to_hex(byte), 2, '0'))
                end,
                '' order by place
            ),
            ''
        )
    from (
        select
            get_byte(convert_to(string, 'UTF8'), place) as byte,
            place
        from generate_series(0, octet_length(convert_to(string, 'UTF8')) - 1) as place
    ) as bytes;
$$;

create or replace function net._encode_url_with_params_array(url text, params_array text[])
    returns text
    language sql
    immutable
as $$
    select
        url || case
            when cardinality(params_array) > 0
                then case when strpos(url, '?') > 0 then '&' else '?' end || array_to_string(params_array, '&')
            else ''
        end;
$$;

create or replace function net._queue(
    method text,
    url text,
    params jsonb,
    headers jsonb,
    body jsonb,
    timeout_milliseconds integer
)
    returns bigint
    language plpgsql
as $$
declare
    request_id bigint;
begin
    insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
    values (
        _queue.method,
        net._encode_url_with_params_array(
            _queue.url,
            array(
                select net._urlencode_string(param.key) || '=' || net._urlencode_string(param.value)
                from jsonb_each_text(_queue.params) as param
            )
        ),
        _queue.headers,
        convert_to(_queue.body::text, 'UTF8'),
        _queue.timeout_milliseconds
    )
    returning id into request_id;
    perform net.wake();
    return request_id;
end
$$;

create or replace function net.http_get(
    url text,
    params jsonb default '{}',
    headers jsonb default '{}',
    timeout_milliseconds integer default 5000
)
    returns bigint
    language sql
as $$
    select net._queue('GET', url, params, headers, null, timeout_milliseconds);
$$;

create or replace function net.http_post(
    url text,
    body jsonb default '{}',
    params jsonb default '{}',
    headers jsonb default '{"Content-Type": "application/json"}',
    timeout_milliseconds integer default 5000
)
    returns bigint
    language plpgsql
as $$
declare
    content_type text := (
        select header.value
        from jsonb_each_text(coalesce(http_post.headers, '{}')) as header
        where lower(header.key) = 'content-type'
        limit 1
    );
begin
    if content_type is null then
        http_post.headers := coalesce(http_post.headers, '{}') || '{"Content-Type": "application/json"}';
    elsif content_type <> 'application/json' then
        raise exception 'Content-Type header must be "application/json"';
    end if;
    return net._queue('POST', url, params, http_post.headers, body, timeout_milliseconds);
end
$$;

create or replace function net.http_delete(
    url text,
    params jsonb default '{}',
    headers jsonb default '{}',
    timeout_milliseconds integer default 5000,
    body jsonb default null
)
    returns bigint
    language sql
as $$
    select net._queue('DELETE', url, params, headers, body, timeout_milliseconds);
$$;

create or replace function net._await_response(request_id bigint)
    returns boolean
    language plpgsql
as $$
begin
    while not exists (select from net._http_response where _http_response.id = request_id) loop
        perform pg_sleep(0.05);
    end loop;
    return true;
end
$$;

create or replace function net._http_collect_response(request_id bigint, async boolean default true)
    returns net.http_response_result
    language plpgsql
as $$
declare
    found net._http_response;
begin
    if not async then
        perform net._await_response(request_id);
    end if;
    select * into found from net._http_response where _http_response.id = request_id;
    if found.id is null then
        -- one that waits and one that never was look alike, as there
        if exists (select from net.http_request_queue where http_request_queue.id = request_id) then
            return row('PENDING', 'request is pending processing', null)::net.http_response_result;
        end if;
        return row('ERROR', 'request matching request_id not found', null)::net.http_response_result;
    elsif found.error_msg is not null then
        return row('ERROR', found.error_msg, null)::net.http_response_result;
    end if;
    return row(
        'SUCCESS', 'ok', row(found.status_code, found.headers, found.content)::net.http_response
    )::net.http_response_result;
end
$$;

create or replace function net.http_collect_response(request_id bigint, async boolean default true)
    returns net.http_response_result
    language plpgsql
as $$
begin
    raise notice 'The net.http_collect_response function is deprecated.';
    return net._http_collect_response(request_id, async);
end
$$;
