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
