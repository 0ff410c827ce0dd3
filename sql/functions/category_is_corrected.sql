create function private.category_is_corrected(
    workspace_id uuid,
    old_name text,
    new_name text
)
    -- false when nothing changed, and when the old name is gone: the cascade of renaming the category
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    select
        category_is_corrected.new_name is distinct from category_is_corrected.old_name
        and (
            category_is_corrected.old_name is null
            or exists (
                select
                from public.categories
                where
                    categories.workspace_id = category_is_corrected.workspace_id
                    and categories.name = category_is_corrected.old_name
            )
        );
$$;
comment on function private.category_is_corrected is
'Was the category of a row changed by whoever updates it, and not by renaming the category?';
revoke execute on function private.category_is_corrected from public, anon, authenticated, service_role;
