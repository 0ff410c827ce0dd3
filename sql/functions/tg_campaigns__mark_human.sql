create function private.tg_campaigns__mark_human()
    returns trigger
    language plpgsql
    security definer  -- writes machine columns that the caller may not
    set search_path = ''
as $$
begin
    if
        tg_op = 'UPDATE' and
        private.campaign_text(
            new.name, new.content_style, new.visual_style, new.hashtag_strategy, new.cta_pattern
        ) is distinct from private.campaign_text(
            old.name, old.content_style, old.visual_style, old.hashtag_strategy, old.cta_pattern
        )
    then
        new.label_state := 'queued';
    end if;
    if private.acting_machine() then
        return new;
    end if;
    -- another name of a category, such as that of one merged into it
    if
        new.primary_category is not null
        and (tg_op = 'INSERT' or new.primary_category is distinct from old.primary_category)
        and not exists (
            select
            from public.categories
            where
                categories.workspace_id = new.workspace_id
                and categories.name = new.primary_category
        )
    then
        new.primary_category := coalesce(
            private.category_of_alias(new.workspace_id, new.primary_category), new.primary_category
        );
    end if;
    if tg_op = 'INSERT' then
        new.label_state := 'queued';
        new.category_source := case when new.primary_category is not null then 'human' end;
        new.confirmed_at := case when new.primary_category is not null then clock_timestamp() end;
        return new;
    end if;
    if private.category_is_corrected(old.workspace_id, old.primary_category, new.primary_category) then
        new.category_source := 'human';
        new.confirmed_at := case when new.primary_category is not null then clock_timestamp() end;
        if new.label_state <> 'queued' then
            new.label_state := case when new.primary_category is null then 'review' else 'labeled' end;
        end if;
    end if;
    return new;
end
$$;
comment on function private.tg_campaigns__mark_human is
'Marks the category a person gives a campaign as hers, and a changed text as waiting.';
revoke execute on function private.tg_campaigns__mark_human from public, anon, authenticated, service_role;
