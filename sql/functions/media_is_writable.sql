create function private.media_is_writable(
    -- of an object: <workspace_id>/<asset_id>/<file name>
    name text
)
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    select exists (
        select
        from public.content_assets
        where
            content_assets.workspace_id = private.media_workspace_id(media_is_writable.name)
            and content_assets.id = private.media_asset_id(media_is_writable.name)
            and content_assets.workspace_id in (select private.caller_editable_workspace_ids())
    );
$$;
comment on function private.media_is_writable is
'May the caller put a file there: the name is well formed, the asset exists, and she may write in its workspace.';
revoke execute on function private.media_is_writable from public, anon;
grant execute on function private.media_is_writable to authenticated, service_role;
