create function private.audience_is_corrected(
    workspace_id uuid,
    old_name text,
    new_name text
)
    -- false when nothing changed, and when the old name is gone: the cascade of renaming the tag
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    select
        audience_is_corrected.new_name is distinct from audience_is_corrected.old_name
        and (
            audience_is_corrected.old_name is null
            or exists (
                select
                from public.tags
                where
                    tags.workspace_id = audience_is_corrected.workspace_id
                    and tags.name = audience_is_corrected.old_name
            )
        );
$$;
comment on function private.audience_is_corrected is
'Was the target audience of a row changed by whoever updates it, and not by renaming the tag?';
revoke execute on function private.audience_is_corrected from public, anon, authenticated, service_role;
