create function private.tg_tags__rename_mirror()
    returns trigger
    language plpgsql
    security definer  -- content_assets.tags follows the tag whoever renamed it
    set search_path = ''
as $$
declare
    actor text := coalesce(current_setting('campaignbase.actor', true), '');
begin
    perform set_config('campaignbase.actor', 'mirror', true);
    perform tags.id
    from public.tags
    where
        tags.workspace_id = new.workspace_id
        and old.name = any(tags.related_tags)
    order by tags.id
    for no key update;
    update public.tags
    set related_tags = array_replace(tags.related_tags, old.name, new.name)
    where
        tags.workspace_id = new.workspace_id
        and old.name = any(tags.related_tags);
    update public.content_assets
    set tags = array_replace(content_assets.tags, old.name, new.name)
    where
        content_assets.workspace_id = new.workspace_id
        and content_assets.tags @> array[old.name];
    perform set_config('campaignbase.actor', actor, true);
    return null;
end
$$;
comment on function private.tg_tags__rename_mirror is 'Carries a tag''s new name into the arrays that show it.';
revoke execute on function private.tg_tags__rename_mirror from public, anon, authenticated, service_role;
