create function private.tg_social_posts__hold_unapproved()
    returns trigger
    language plpgsql
    security definer  -- must see the content whatever the caller may read
    set search_path = ''
as $$
declare
    held text := case when new.approval in ('required', 'rejected') then 'the post' end;
begin
    if
        new.status = 'deleted'
        or (new.scheduled_time is null and new.posted_time is null and new.status <> 'posted')
        -- scheduled before the approval was asked for: it stays, and waits
        or (
            tg_op = 'UPDATE'
            and (new.scheduled_time, new.posted_time, new.status, new.content_asset_id)
            is not distinct from (old.scheduled_time, old.posted_time, old.status, old.content_asset_id)
        )
    then
        return new;
    end if;
    if held is null then
        select 'its content' into held
        from public.content_assets
        where
            content_assets.workspace_id = new.workspace_id
            and content_assets.id = new.content_asset_id
            and content_assets.approval in ('required', 'rejected');
    end if;
    if held is not null then
        raise exception using
            errcode = 'check_violation',
            message = format('a post cannot be scheduled or posted while %s is not approved', held),
            hint = 'Approve it first; until then leave scheduled_time empty.';
    end if;
    return new;
end
$$;
comment on function private.tg_social_posts__hold_unapproved is
'Refuses to schedule or post what waits for approval or was rejected: the post itself or its content.';
revoke execute on function private.tg_social_posts__hold_unapproved from public, anon, authenticated, service_role;
