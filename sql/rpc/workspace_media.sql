create function public.workspace_media(
    workspace_id uuid,
    -- the name of the last one there was; null: from the first one
    after text default null
)
    -- of objects in the bucket media: <workspace_id>/<asset_id>/<file name>, by name; at most 1,000
    returns table (name text, size bigint, content_type text)
    language plpgsql  -- not looked at before it runs: a project may have no storage
    stable
    security invoker
    set search_path = ''
as $$
begin
    if to_regclass('storage.objects') is null then
        return;
    end if;
    return query
    select
        objects.name,
        (objects.metadata ->> 'size')::bigint,
        objects.metadata ->> 'mimetype'
    from storage.objects
    where
        objects.bucket_id = 'media'
        -- "0" comes right after "/"
        and objects.name collate "C" > coalesce(workspace_media.after, workspace_media.workspace_id || '/')
        and objects.name collate "C" < workspace_media.workspace_id || '0'
        and private.media_asset_id(objects.name) is not null
    order by objects.name collate "C"
    limit 1000;
end
$$;
comment on function public.workspace_media is
'Files in the bucket media of one workspace, with size and type: what an export lists. For the service only.';
revoke execute on function public.workspace_media from public, anon, authenticated;
grant execute on function public.workspace_media to service_role;
