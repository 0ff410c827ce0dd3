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
