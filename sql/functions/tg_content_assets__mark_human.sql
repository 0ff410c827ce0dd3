create function private.tg_content_assets__mark_human()
    returns trigger
    language plpgsql
    security definer  -- writes machine columns that the caller may not
    set search_path = ''
as $$
begin
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
        new.sentiment_source := case when new.sentiment is not null then 'human' end;
        new.tags := case when new.tags = '{}' then '{}' else private.resolve_tags(new.workspace_id, new.tags) end;
        if new.target_audience is not null then
            new.target_audience := private.resolve_audience(new.workspace_id, new.target_audience);
        end if;
        new.audience_source := case when new.target_audience is not null then 'human' end;
        return new;
    end if;

    if private.category_is_corrected(old.workspace_id, old.primary_category, new.primary_category) then
        new.category_source := 'human';
        new.confirmed_at := case when new.primary_category is not null then clock_timestamp() end;
        if old.label_state <> 'queued' then
            new.label_state := case when new.primary_category is null then 'review' else 'labeled' end;
        end if;
    end if;
    if new.sentiment is distinct from old.sentiment then
        new.sentiment_source := 'human';
    end if;
    if private.audience_is_corrected(old.workspace_id, old.target_audience, new.target_audience) then
        if new.target_audience is not null then
            new.target_audience := private.resolve_audience(new.workspace_id, new.target_audience);
        end if;
        new.audience_source := 'human';
    end if;
    if new.tags is distinct from old.tags then
        new.tags := private.resolve_tags(new.workspace_id, coalesce(new.tags, '{}'));
    end if;
    return new;
end
$$;
comment on function private.tg_content_assets__mark_human is
'Marks each label a person writes as hers, and turns her words for tags and audience into the workspace''s own.';
revoke execute on function private.tg_content_assets__mark_human from public, anon, authenticated, service_role;
