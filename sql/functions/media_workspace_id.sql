create function private.media_workspace_id(
    -- of an object: <workspace_id>/<asset_id>/<file name>
    name text
)
    -- null where the name is another's
    returns uuid
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select substring(
        media_workspace_id.name
        from '^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[^/]+$'
    )::uuid;
$$;
comment on function private.media_workspace_id is
'The workspace that a file in the bucket media belongs to, by its name.';
revoke execute on function private.media_workspace_id from public, anon;
grant execute on function private.media_workspace_id to authenticated, service_role;
