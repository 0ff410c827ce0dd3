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
