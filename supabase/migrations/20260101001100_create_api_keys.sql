-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  keys of programs: made and revoked by owners, looked up and logged by the API
-- Touches:  function private.api_scopes, private.create_api_key, private.revoke_api_key,
--           public.create_api_key, public.revoke_api_key, public.find_api_key,
--           public.log_api_requests
-- Mirrors:  sql/functions/api_scopes.sql, sql/functions/create_api_key.sql,
--           sql/functions/revoke_api_key.sql, sql/rpc/create_api_key.sql,
--           sql/rpc/revoke_api_key.sql, sql/rpc/find_api_key.sql, sql/rpc/log_api_requests.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/api_scopes.sql
create function private.api_scopes()
    returns text[]
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select array[
        'campaigns:read', 'campaigns:write', 'content:read', 'content:write', 'embeddings:read',
        'operations:read', 'posts:read', 'posts:write', 'rules:read', 'rules:write', 'search:read',
        'vocabulary:read', 'vocabulary:write'
    ];
$$;
comment on function private.api_scopes is 'What an API key may be for; those that end in :read suffice a viewer.';
revoke execute on function private.api_scopes from public, anon, authenticated, service_role;

-- sql/functions/create_api_key.sql
create function private.create_api_key(
    workspace_id uuid,
    name text,
    role text,
    scopes text[],
    prefix text,
    token_hash text,
    expires_at timestamptz
)
    returns jsonb
    language plpgsql
    security definer  -- keys are written by functions only; ownership is checked below
    set search_path = ''
as $$
#variable_conflict use_column
declare
    most constant integer := 100;  -- good ones, of a workspace
    made public.api_keys;
    refused text;
begin
    perform private.check_owner(create_api_key.workspace_id);
    if create_api_key.prefix !~ '^[0-9A-Za-z]{8}$' or create_api_key.token_hash !~ '^[0-9a-f]{64}$' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'prefix or token_hash is not of an API key',
            hint = 'Programs make keys: campaignbase keys create, or POST /api-keys.';
    end if;
    if coalesce(cardinality(create_api_key.scopes), 0) = 0 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'an API key needs a scope',
            hint = format('They are %s.', array_to_string(private.api_scopes(), ', '));
    end if;
    select scope into refused
    from unnest(create_api_key.scopes) as scope
    where scope is null or scope <> all(private.api_scopes())
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('scope %L is not known', refused),
            hint = format('They are %s.', array_to_string(private.api_scopes(), ', '));
    end if;
    select scope into refused
    from unnest(create_api_key.scopes) as scope
    where create_api_key.role = 'viewer' and scope not like '%:read'
    order by scope
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('scope %L is more than a viewer may do', refused),
            hint = 'Make the role editor, or leave the scope out.';
    end if;
    if create_api_key.expires_at <= clock_timestamp() then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('expires_at %s is past', create_api_key.expires_at);
    end if;
    -- two at once meet here
    perform from public.workspaces where workspaces.id = create_api_key.workspace_id for no key update;
    if
        (
            select count(*)
            from public.api_keys
            where
                api_keys.workspace_id = create_api_key.workspace_id
                and api_keys.revoked_at is null
                and (api_keys.expires_at is null or api_keys.expires_at > clock_timestamp())
        ) >= most
    then
        raise exception using
            errcode = 'PT429',
            message = format('the workspace has %s API keys, which is as many as it may have', most),
            hint = 'Revoke one that is no longer used.';
    end if;

    insert into public.api_keys (workspace_id, name, prefix, role, scopes, created_by, created_at, expires_at)
    values (
        create_api_key.workspace_id,
        btrim(create_api_key.name, e' \t\r\n'),
        create_api_key.prefix,
        create_api_key.role,
        (select array_agg(distinct scope order by scope) from unnest(create_api_key.scopes) as scope),
        (select auth.uid()),
        clock_timestamp(),
        create_api_key.expires_at
    )
    returning * into made;
    insert into private.api_key_secrets (key_id, workspace_id, token_hash, signing_key)
    values (
        made.id,
        made.workspace_id,
        create_api_key.token_hash,
        encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex')
    );
    insert into public.api_key_log (workspace_id, key_id, event, actor_id, created_at)
    values (made.workspace_id, made.id, 'created', made.created_by, made.created_at);
    return to_jsonb(made);
end
$$;
comment on function private.create_api_key is 'What public.create_api_key does, for an owner or the service.';
revoke execute on function private.create_api_key from public, anon;
grant execute on function private.create_api_key to authenticated, service_role;

-- sql/functions/revoke_api_key.sql
create function private.revoke_api_key(key_id uuid)
    returns jsonb
    language plpgsql
    security definer  -- keys are written by functions only; ownership is checked below
    set search_path = ''
as $$
declare
    held public.api_keys;
begin
    select * into held
    from public.api_keys
    where
        api_keys.id = revoke_api_key.key_id
        and (
            private.caller_is_service()
            or api_keys.workspace_id in (select private.caller_owned_workspace_ids())
        )
    for update;
    if not found then
        raise exception using
            errcode = 'PT404',
            message = format('no API key %s in a workspace you own', revoke_api_key.key_id);
    end if;
    if held.revoked_at is not null then
        return to_jsonb(held);
    end if;
    update public.api_keys
    set
        revoked_at = clock_timestamp(),
        revoked_by = (select auth.uid())
    where api_keys.id = held.id
    returning * into held;
    insert into public.api_key_log (workspace_id, key_id, event, actor_id, created_at)
    values (held.workspace_id, held.id, 'revoked', held.revoked_by, held.revoked_at);
    return to_jsonb(held);
end
$$;
comment on function private.revoke_api_key is 'What public.revoke_api_key does, for an owner or the service.';
revoke execute on function private.revoke_api_key from public, anon;
grant execute on function private.revoke_api_key to authenticated, service_role;

-- sql/rpc/create_api_key.sql
create function public.create_api_key(
    workspace_id uuid,
    name text,
    -- editor or viewer
    role text,
    -- of private.api_scopes
    scopes text[],
    -- 8 letters or digits: what follows cb_
    prefix text,
    -- sha256 of the whole key, in hex; the key itself stays with who made it
    token_hash text,
    -- null: never
    expires_at timestamptz default null
)
    -- as its table holds it
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.create_api_key(
        create_api_key.workspace_id,
        create_api_key.name,
        create_api_key.role,
        create_api_key.scopes,
        create_api_key.prefix,
        create_api_key.token_hash,
        create_api_key.expires_at
    );
$$;
comment on function public.create_api_key is
'Let a program ask the REST API about one workspace, by a key that the caller has made. For owners.

At most 100 good keys a workspace.';
revoke execute on function public.create_api_key from public, anon;
grant execute on function public.create_api_key to authenticated, service_role;

-- sql/rpc/revoke_api_key.sql
create function public.revoke_api_key(key_id uuid)
    -- as its table holds it
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.revoke_api_key(revoke_api_key.key_id);
$$;
comment on function public.revoke_api_key is
'End an API key, at once and for good; it stays listed. Twice is as good as once. For owners.';
revoke execute on function public.revoke_api_key from public, anon;
grant execute on function public.revoke_api_key to authenticated, service_role;

-- sql/rpc/find_api_key.sql
create function public.find_api_key(
    -- sha256 of the whole key, in hex
    token_hash text
)
    -- the key as its table holds it, with "signing_key" and "expired"; null: there is none
    returns jsonb
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        to_jsonb(api_keys) || jsonb_build_object(
            'signing_key', api_key_secrets.signing_key,
            'expired', coalesce(api_keys.expires_at <= clock_timestamp(), false)
        )
    from private.api_key_secrets
    inner join public.api_keys on api_key_secrets.key_id = api_keys.id
    where api_key_secrets.token_hash = find_api_key.token_hash;
$$;
comment on function public.find_api_key is
'Whose key that is, also one that was revoked or has expired. For services only.';
revoke execute on function public.find_api_key from public, anon, authenticated;
grant execute on function public.find_api_key to service_role;

-- sql/rpc/log_api_requests.sql
create function public.log_api_requests(
    -- [{"id": null or the line's, "key_id", "method", "route", "status", "request_id", "address", "seconds_ago"}]
    requests jsonb
)
    -- how many were written: those of a key that is gone are not, nor those that are there
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    moment timestamptz := clock_timestamp();
    written integer;
begin
    insert into public.api_key_log
    (id, workspace_id, key_id, event, method, route, status, request_id, address, created_at)
    select
        coalesce(request.id, gen_random_uuid()),
        api_keys.workspace_id,
        api_keys.id,
        'request',
        request.method,
        request.route,
        request.status,
        request.request_id,
        request.address,
        moment - make_interval(secs => request.seconds_ago)
    from jsonb_to_recordset(log_api_requests.requests) as request (
        id uuid,
        key_id uuid,
        method text,
        route text,
        status integer,
        request_id text,
        address text,
        seconds_ago float
    )
    inner join public.api_keys on request.key_id = api_keys.id
    -- told twice, because the first answer was lost
    on conflict on constraint api_key_log_pkey do nothing;
    get diagnostics written = row_count;
    with used as (
        select
            request.key_id,
            moment - make_interval(secs => min(request.seconds_ago)) as used_at
        from jsonb_to_recordset(log_api_requests.requests) as request (key_id uuid, seconds_ago float)
        group by request.key_id
    ),
    locked as (
        select
            api_keys.id,
            used.used_at
        from public.api_keys
        inner join used on api_keys.id = used.key_id
        -- in one order for everybody
        order by api_keys.id
        for no key update of api_keys
    )
    update public.api_keys
    set last_used_at = greatest(api_keys.last_used_at, locked.used_at)
    from locked
    where api_keys.id = locked.id;
    -- what is old goes in small bites, while new comes
    delete from public.api_key_log
    where
        api_key_log.id in (
            select old.id
            from public.api_key_log as old
            where old.event = 'request' and old.created_at < moment - interval '90 days'
            order by old.created_at
            limit 1000
            for update skip locked
        );
    return written;
end
$$;
comment on function public.log_api_requests is
'Write down what API keys were used for, a batch in one call, and forget what is older than 90 days.

For services only.';
revoke execute on function public.log_api_requests from public, anon, authenticated;
grant execute on function public.log_api_requests to service_role;
