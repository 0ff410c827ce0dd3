-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  the bucket for the files of content, and who may read and write there
-- Touches:  function private.media_workspace_id, private.media_asset_id, private.media_is_writable,
--           private.media_folder_of, public.orphaned_media
-- Mirrors:  sql/functions/media_workspace_id.sql, sql/functions/media_asset_id.sql,
--           sql/functions/media_is_writable.sql, sql/functions/media_folder_of.sql,
--           sql/storage/media.sql, sql/rpc/orphaned_media.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/media_workspace_id.sql
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

-- sql/functions/media_asset_id.sql
create function private.media_asset_id(
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
        media_asset_id.name
        from '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[^/]+$'
    )::uuid;
$$;
comment on function private.media_asset_id is
'The asset that a file in the bucket media belongs to, by its name.';
revoke execute on function private.media_asset_id from public, anon;
grant execute on function private.media_asset_id to authenticated, service_role;

-- sql/functions/media_is_writable.sql
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

-- sql/functions/media_folder_of.sql
create function private.media_folder_of(object_id uuid)
    -- null when there is no such object
    returns text
    language plpgsql  -- not looked at before it runs: a project may have no storage
    stable  -- so it sees the object as it was before the statement that calls
    security definer  -- a policy that read its own table would call itself
    set search_path = ''
as $$
begin
    return (
        select split_part(objects.name, '/', 1)
        from storage.objects
        where
            objects.id = media_folder_of.object_id
            and objects.bucket_id = 'media'
    );
end
$$;
comment on function private.media_folder_of is
'The workspace folder an object lies in, while it is being moved: where it comes from.';
revoke execute on function private.media_folder_of from public, anon;
grant execute on function private.media_folder_of to authenticated, service_role;

-- sql/storage/media.sql
-- The files of content: <workspace_id>/<asset_id>/<file name>. Row level security is the platform's to switch on; its
-- service checks size and type when a file arrives, the policies say who may.
do $$
begin
    if to_regclass('storage.objects') is null then
        raise notice 'there is no storage here: the bucket media is not made';
        return;
    end if;
    if exists (select from storage.buckets where buckets.id = 'media' and buckets.public) then
        raise exception using
            message = 'a public bucket named media exists already; files of content must not be public',
            hint = 'Move its files to a bucket of another name and delete it, or make it private.';
    end if;
    insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
    values (
        'media', 'media', false, 50 * 1024 * 1024,
        -- each by name, as not every server knows image/*; no image/svg+xml, which may hold scripts
        array[
            'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/heic', 'image/tiff', 'image/bmp',
            'video/mp4', 'video/quicktime', 'video/webm', 'video/mpeg',
            'audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/wav', 'audio/webm', 'audio/flac',
            'application/pdf'
        ]
    )
    on conflict (id) do update
        set
            file_size_limit = excluded.file_size_limit,
            allowed_mime_types = excluded.allowed_mime_types;

    create policy "members can read media of their workspaces"
    on storage.objects for select to authenticated
    using (
        bucket_id = 'media'
        and split_part(objects.name, '/', 1) in (select ids::text from private.caller_workspace_ids() as ids)
    );

    create policy "editors can add media to assets of their workspaces"
    on storage.objects for insert to authenticated
    with check (bucket_id = 'media' and private.media_is_writable(objects.name));

    create policy "editors can change media of their workspaces"
    on storage.objects for update to authenticated
    using (
        bucket_id = 'media'
        and split_part(objects.name, '/', 1) in (select ids::text from private.caller_editable_workspace_ids() as ids)
    )
    with check (
        bucket_id = 'media'
        and private.media_is_writable(objects.name)
        and private.media_folder_of(objects.id) = split_part(objects.name, '/', 1)
    );

    create policy "editors can delete media of their workspaces"
    on storage.objects for delete to authenticated
    using (
        bucket_id = 'media'
        and split_part(objects.name, '/', 1) in (select ids::text from private.caller_editable_workspace_ids() as ids)
    );
end
$$;

-- sql/rpc/orphaned_media.sql
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
