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
