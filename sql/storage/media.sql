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
