create function private.tg_content_asset_tags__mirror()
    returns trigger
    language plpgsql
    security definer  -- content_assets.tags follows the links whoever changed them
    set search_path = ''
as $$
declare
    changed_ids uuid[];
    actor text := coalesce(current_setting('campaignbase.actor', true), '');
begin
    -- whoever set the actor writes the array itself, once
    if actor <> '' then
        return null;
    end if;
    if tg_op = 'DELETE' then
        select array_agg(distinct content_asset_id) into changed_ids from old_rows;
    else
        select array_agg(distinct content_asset_id) into changed_ids from new_rows;
    end if;
    if changed_ids is null then
        return null;
    end if;
    perform set_config('campaignbase.actor', 'mirror', true);
    perform content_assets.id
    from public.content_assets
    where content_assets.id = any(changed_ids)
    order by content_assets.id
    for no key update;
    update public.content_assets
    set tags = private.applied_tags(content_assets.id)
    where
        content_assets.id = any(changed_ids)
        and content_assets.tags is distinct from private.applied_tags(content_assets.id);
    perform set_config('campaignbase.actor', actor, true);
    return null;
end
$$;
comment on function private.tg_content_asset_tags__mirror is
'Copies the applied links into content_assets.tags when links change by another way than the array or the worker.';
revoke execute on function private.tg_content_asset_tags__mirror from public, anon, authenticated, service_role;
