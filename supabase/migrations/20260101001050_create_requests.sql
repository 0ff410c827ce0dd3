-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  requests that are done once, however often they are sent
-- Touches:  function private.begin_request, private.finish_request, public.begin_request,
--           public.finish_request
-- Mirrors:  sql/functions/begin_request.sql, sql/functions/finish_request.sql,
--           sql/rpc/begin_request.sql, sql/rpc/finish_request.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/begin_request.sql
create function private.begin_request(
    request_key text,
    body_hash text,
    owner text,
    lease_seconds integer
)
    returns jsonb
    language plpgsql
    volatile
    security definer  -- the table is not for callers; each reaches the keys that begin with her own name alone
    set search_path = ''
as $$
declare
    own_key text := coalesce(auth.uid()::text, 'service') || ' ' || begin_request.request_key;
    is_free boolean;
    found_row private.idempotency_keys;
begin
    insert into private.idempotency_keys as known (request_key, body_hash, owner, leased_until, created_at)
    values (
        own_key,
        begin_request.body_hash,
        begin_request.owner,
        clock_timestamp() + make_interval(secs => least(greatest(begin_request.lease_seconds, 1), 3600)),
        clock_timestamp()
    )
    on conflict on constraint idempotency_keys_pkey do update
    set
        body_hash = excluded.body_hash,
        owner = excluded.owner,
        leased_until = excluded.leased_until,
        answer = null,
        created_at = excluded.created_at
    where
        -- forgotten, if not yet swept
        known.created_at <= clock_timestamp() - interval '24 hours'
        -- whoever was at it died
        or (
            known.answer is null
            and known.leased_until <= clock_timestamp()
            and known.body_hash = excluded.body_hash
        )
    returning true
    into is_free;
    if is_free then
        return jsonb_build_object('state', 'yours');
    end if;
    select idempotency_keys.*
    into found_row
    from private.idempotency_keys
    where idempotency_keys.request_key = own_key;
    if found_row.body_hash <> begin_request.body_hash then
        return jsonb_build_object('state', 'other');
    end if;
    if found_row.answer is not null then
        return jsonb_build_object('state', 'answered', 'answer', found_row.answer);
    end if;
    return jsonb_build_object(
        'state', 'under_way',
        -- 0 also where it was given up a moment ago
        'seconds_left', greatest(coalesce(extract(epoch from found_row.leased_until - clock_timestamp()), 0), 0)
    );
end
$$;
comment on function private.begin_request is 'What public.begin_request answers, about requests of the caller.';
revoke execute on function private.begin_request from public, anon;
grant execute on function private.begin_request to authenticated, service_role;

-- sql/functions/finish_request.sql
create function private.finish_request(
    request_key text,
    owner text,
    answer text
)
    returns boolean
    language plpgsql
    volatile
    security definer  -- the table is not for callers; each reaches the keys that begin with her own name alone
    set search_path = ''
as $$
declare
    own_key text := coalesce(auth.uid()::text, 'service') || ' ' || finish_request.request_key;
begin
    if finish_request.answer is null then
        delete from private.idempotency_keys
        where
            idempotency_keys.request_key = own_key
            and idempotency_keys.owner = finish_request.owner
            and idempotency_keys.answer is null;
    else
        update private.idempotency_keys
        set answer = finish_request.answer
        where
            idempotency_keys.request_key = own_key
            and idempotency_keys.owner = finish_request.owner
            and idempotency_keys.answer is null;
    end if;
    return found;
end
$$;
comment on function private.finish_request is 'What public.finish_request does, to requests of the caller.';
revoke execute on function private.finish_request from public, anon;
grant execute on function private.finish_request to authenticated, service_role;

-- sql/rpc/begin_request.sql
create function public.begin_request(
    -- what tells this request from others of the caller
    request_key text,
    body_hash text,
    -- who would act now: a name that is used once
    owner text,
    -- whoever has not finished by then is taken for dead; clamped to 1..3600
    lease_seconds integer default 120
)
    -- {"state": "yours"}: act, then call finish_request; {"state": "other"}: the key was used for another body;
    -- {"state": "answered", "answer": "..."}; {"state": "under_way", "seconds_left": 3.5}
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select
        private.begin_request(
            begin_request.request_key,
            begin_request.body_hash,
            begin_request.owner,
            begin_request.lease_seconds
        );
$$;
comment on function public.begin_request is
'Whether a request that may be sent again is to be done now, was done, or is being done.

Answers are kept for 24 hours. Callers see their own requests alone.';
revoke execute on function public.begin_request from public, anon;
grant execute on function public.begin_request to authenticated, service_role;

-- sql/rpc/finish_request.sql
create function public.finish_request(
    request_key text,
    -- as begin_request was told
    owner text,
    -- at most 1,000,000 characters; null: nothing was done, and it may be sent again
    answer text default null
)
    -- false: too late, somebody else is at it or was
    returns boolean
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.finish_request(finish_request.request_key, finish_request.owner, finish_request.answer);
$$;
comment on function public.finish_request is
'What a request was answered, to be told again to whoever sends it again within 24 hours.';
revoke execute on function public.finish_request from public, anon;
grant execute on function public.finish_request to authenticated, service_role;
