create function public.orphaned_media(
    -- files younger than this are left out: a client may upload before it writes the row
    older_than_seconds integer default 3600,
    -- at most; values outside 1..1000 are clamped
    match_count integer default 1000
)
    -- of objects in the bucket media: <workspace_id>/<asset_id>/<file name>
    returns table (name text)
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
    select objects.name
    from storage.objects
    where
        objects.bucket_id = 'media'
        and objects.created_at <= now() - make_interval(secs => orphaned_media.older_than_seconds)
        and private.media_asset_id(objects.name) is not null
        and not exists (
            select
            from public.content_assets
            where
                content_assets.workspace_id = private.media_workspace_id(objects.name)
                and content_assets.id = private.media_asset_id(objects.name)
        )
    limit least(greatest(orphaned_media.match_count, 1), 1000);
end
$$;
comment on function public.orphaned_media is
'Files in the bucket media whose asset is no longer there, to be removed by the storage service.

Rows of storage.objects must not be deleted by SQL: the files would stay. For workers only.';
revoke execute on function public.orphaned_media from public, anon, authenticated;
grant execute on function public.orphaned_media to service_role;
