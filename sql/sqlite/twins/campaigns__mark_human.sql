-- twin of: private.tg_campaigns__mark_human, private.tg_campaigns__record_human,
--   public.campaigns._200_mark_human, public.campaigns._600_record_human
create trigger campaigns__mark_human_insert
after insert on campaigns
when
    not exists (select 1 from acting)
    and (
        new.primary_category is not null or new.category_source is not null or new.confirmed_at is not null
        or new.label_state <> 'queued'
    )
begin
    -- also for programs that leave foreign keys off
    select raise(abort, 'primary_category is not a category of this workspace')
    where
        new.primary_category is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and name = new.primary_category
        );
    update campaigns
    set
        label_state = 'queued',
        category_source = case when new.primary_category is not null then 'human' end,
        confirmed_at = case
            when new.primary_category is not null then strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
        end
    where id = new.id;
    insert into record_human
    select new.workspace_id, null, new.id, 'category', new.primary_category, null
    where new.primary_category is not null;
end;

create trigger campaigns__mark_human_update
after update of primary_category on campaigns
when
    not exists (select 1 from acting)
    and new.primary_category is not old.primary_category
    -- the old name is gone: its category was renamed and this is the cascade, not a correction
    and (
        old.primary_category is null
        or exists (
            select 1
            from categories
            where workspace_id = old.workspace_id and name = old.primary_category
        )
    )
begin
    select raise(abort, 'primary_category is not a category of this workspace')
    where
        new.primary_category is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and name = new.primary_category
        );
    update campaigns
    set
        category_source = 'human',
        confirmed_at = case
            when new.primary_category is not null then strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
        end,
        label_state = case
            when label_state = 'queued' then 'queued'
            when new.primary_category is null then 'review'
            else 'labeled'
        end
    where id = new.id;
    insert into record_human
    values (new.workspace_id, null, new.id, 'category', new.primary_category, old.primary_category);
end;
