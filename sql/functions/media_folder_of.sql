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
