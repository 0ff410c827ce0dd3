-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  rows that keep themselves: workspace, sources, history, queue, counters, costs
-- Touches:  function private.tg__set_updated_at, private.tg__check_embedding,
--           private.tg__fill_workspace, private.find_tag, private.is_label, private.resolve_tags,
--           private.resolve_audience, private.category_of_alias, private.record_human,
--           private.category_is_corrected, private.audience_is_corrected, private.evict_tags,
--           private.keep_tag_groups, private.link_tags, private.applied_tags, private.queue_job,
--           private.tg__dequeue, private.tg__enqueue_label, private.tg__bump_vocabulary,
--           private.tg_categories__two_levels, private.tg_categories__refuse_used,
--           private.tg_tags__refuse_used, private.tg_campaigns__mark_human,
--           private.tg_campaigns__record_human, private.tg_campaigns__enqueue,
--           private.tg_content_assets__mark_human, private.tg_content_assets__record_human,
--           private.tg_content_assets__check_golden, private.tg_content_assets__requeue,
--           private.tg_content_assets__reset_posts, private.tg_content_assets__enqueue,
--           private.tg_content_assets__enqueue_edited, private.tg_content_assets__count_usage,
--           private.tg_content_asset_tags__count_usage, private.tg_content_asset_tags__mirror,
--           private.tg_tags__rename_mirror, private.tg_automation_rules__validate,
--           private.tg_automation_rules__name_tags, private.rename_in_rules,
--           private.tg__rename_in_rules, private.tg__stamp_approval, private.tg__reset_approval,
--           private.tg__record_approval, private.tg_social_posts__hold_unapproved,
--           private.sum_campaign_cost, private.tg_content_assets__sum_cost,
--           private.tg_social_posts__sum_cost, private.default_vocabulary,
--           private.tg_workspaces__fill_vocabulary, private.tg_workspaces__check_timezone,
--           private.tg_campaigns__check_plan, private.tg__remember_removed,
--           private.tg__forget_removed
-- Mirrors:  sql/functions/tg__set_updated_at.sql, sql/functions/tg__check_embedding.sql,
--           sql/functions/tg__fill_workspace.sql, sql/functions/find_tag.sql,
--           sql/functions/is_label.sql, sql/functions/resolve_tags.sql,
--           sql/functions/resolve_audience.sql, sql/functions/category_of_alias.sql,
--           sql/functions/record_human.sql, sql/functions/category_is_corrected.sql,
--           sql/functions/audience_is_corrected.sql, sql/functions/evict_tags.sql,
--           sql/functions/keep_tag_groups.sql, sql/functions/link_tags.sql,
--           sql/functions/applied_tags.sql, sql/functions/queue_job.sql,
--           sql/functions/tg__dequeue.sql, sql/functions/tg__enqueue_label.sql,
--           sql/functions/tg__bump_vocabulary.sql, sql/functions/tg_categories__two_levels.sql,
--           sql/functions/tg_categories__refuse_used.sql, sql/functions/tg_tags__refuse_used.sql,
--           sql/functions/tg_campaigns__mark_human.sql,
--           sql/functions/tg_campaigns__record_human.sql, sql/functions/tg_campaigns__enqueue.sql,
--           sql/functions/tg_content_assets__mark_human.sql,
--           sql/functions/tg_content_assets__record_human.sql,
--           sql/functions/tg_content_assets__check_golden.sql,
--           sql/functions/tg_content_assets__requeue.sql,
--           sql/functions/tg_content_assets__reset_posts.sql,
--           sql/functions/tg_content_assets__enqueue.sql,
--           sql/functions/tg_content_assets__enqueue_edited.sql,
--           sql/functions/tg_content_assets__count_usage.sql,
--           sql/functions/tg_content_asset_tags__count_usage.sql,
--           sql/functions/tg_content_asset_tags__mirror.sql,
--           sql/functions/tg_tags__rename_mirror.sql,
--           sql/functions/tg_automation_rules__validate.sql,
--           sql/functions/tg_automation_rules__name_tags.sql, sql/functions/rename_in_rules.sql,
--           sql/functions/tg__rename_in_rules.sql, sql/functions/tg__stamp_approval.sql,
--           sql/functions/tg__reset_approval.sql, sql/functions/tg__record_approval.sql,
--           sql/functions/tg_social_posts__hold_unapproved.sql,
--           sql/functions/sum_campaign_cost.sql, sql/functions/tg_content_assets__sum_cost.sql,
--           sql/functions/tg_social_posts__sum_cost.sql, sql/functions/default_vocabulary.sql,
--           sql/functions/tg_workspaces__fill_vocabulary.sql,
--           sql/functions/tg_workspaces__check_timezone.sql,
--           sql/functions/tg_campaigns__check_plan.sql, sql/functions/tg__remember_removed.sql,
--           sql/functions/tg__forget_removed.sql, sql/triggers/workspaces.sql,
--           sql/triggers/categories.sql, sql/triggers/tag_groups.sql, sql/triggers/tags.sql,
--           sql/triggers/campaigns.sql, sql/triggers/content_assets.sql,
--           sql/triggers/content_asset_tags.sql, sql/triggers/social_posts.sql,
--           sql/triggers/automation_rules.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/tg__set_updated_at.sql
create function private.tg__set_updated_at()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end
$$;
comment on function private.tg__set_updated_at is 'Stamps the time of the write.';
revoke execute on function private.tg__set_updated_at from public, anon, authenticated, service_role;

-- sql/functions/tg__check_embedding.sql
create function private.tg__check_embedding()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    raise exception using
        errcode = 'check_violation',
        message = format(
            'embedding of a row in %s must have length 1, not %s',
            tg_table_name, round(extensions.vector_norm(new.embedding)::numeric, 4)
        ),
        hint = 'Divide the vector by its Euclidean length; null where there is nothing to embed.';
end
$$;
comment on function private.tg__check_embedding is
'Refuses a vector that is not of unit length; the trigger asks, this only says so.';
revoke execute on function private.tg__check_embedding from public, anon, authenticated, service_role;

-- sql/functions/tg__fill_workspace.sql
create function private.tg__fill_workspace()
    returns trigger
    language plpgsql
    security definer  -- a member may not list workspaces beyond her own, this only counts them
    set search_path = ''
as $$
declare
    candidates uuid[];
begin
    if tg_op = 'UPDATE' then
        if new.workspace_id is distinct from old.workspace_id then
            raise exception using
                errcode = 'check_violation',
                message = format('workspace_id of a row in %s cannot be changed', tg_table_name),
                hint = 'Insert a copy into the other workspace and delete this row.';
        elsif new.id is distinct from old.id then
            -- jobs and the answers of workers know a row by it
            raise exception using
                errcode = 'check_violation',
                message = format('id of a row in %s cannot be changed', tg_table_name),
                hint = 'Insert a copy with the other id and delete this row.';
        end if;
        return new;
    end if;
    if new.workspace_id is not null then
        return new;
    end if;
    if private.caller_is_service() and (select auth.uid()) is null then
        select array_agg(workspaces.id order by workspaces.created_at, workspaces.id)
        into candidates
        from (select id, created_at from public.workspaces order by created_at, id limit 20) as workspaces;
    else
        select array_agg(ids order by ids) into candidates from private.caller_workspace_ids() as ids;
    end if;
    if coalesce(cardinality(candidates), 0) <> 1 then
        raise exception using
            errcode = 'not_null_violation',
            message = format(
                'workspace_id of a new row in %s is missing and cannot be guessed: %s to choose from',
                tg_table_name, coalesce(cardinality(candidates), 0) || ' workspaces'
            ),
            detail = 'workspaces: ' || coalesce(array_to_string(candidates, ', '), 'none'),
            hint = case
                when candidates is null then 'Make a workspace first, or accept an invitation into one.'
                else 'Name one: set workspace_id.'
            end;
    end if;
    new.workspace_id := candidates[1];
    return new;
end
$$;
comment on function private.tg__fill_workspace is
'Fills a missing workspace_id when there is only one to choose, and keeps it and the id for ever.';
revoke execute on function private.tg__fill_workspace from public, anon, authenticated, service_role;

-- sql/functions/find_tag.sql
create function private.find_tag(
    workspace_id uuid,
    -- from fold_tag
    folded_name text
)
    -- the tag's own name; null when no tag is called that
    returns text
    language sql
    stable
    set search_path = ''
as $$
    -- a tag's own name before another's alias, which costs a look at every alias of the workspace
    select
        coalesce(
            (
                select tags.name
                from public.tags
                where
                    tags.workspace_id = find_tag.workspace_id
                    and tags.folded_name = find_tag.folded_name
            ),
            (
                select tags.name
                from public.tags
                where
                    tags.workspace_id = find_tag.workspace_id
                    and find_tag.folded_name in (select private.fold_tag(alias) from unnest(tags.aliases) as alias)
                order by tags.name
                limit 1
            )
        );
$$;
comment on function private.find_tag is 'The tag that a folded word means, by its own name or by an alias.';
revoke execute on function private.find_tag from public, anon;
grant execute on function private.find_tag to authenticated, service_role;

-- sql/functions/is_label.sql
create function private.is_label(
    workspace_id uuid,
    -- category or tag
    kind text,
    -- from fold_tag
    folded_name text
)
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    select
        exists (
            select
            from public.tags
            where
                is_label.kind = 'tag'
                and tags.workspace_id = is_label.workspace_id
                and is_label.folded_name in (
                    select private.fold_tag(word) from unnest(array_append(tags.aliases, tags.name)) as word
                )
        )
        or exists (
            select
            from public.categories
            where
                is_label.kind = 'category'
                and categories.workspace_id = is_label.workspace_id
                and is_label.folded_name in (
                    select private.fold_tag(word)
                    from unnest(array_append(categories.aliases, categories.name)) as word
                )
        );
$$;
comment on function private.is_label is 'Does a folded word mean a category or tag, by its name or by an alias?';
revoke execute on function private.is_label from public, anon, authenticated, service_role;

-- sql/functions/resolve_tags.sql
create function private.resolve_tags(
    workspace_id uuid,
    names text[],
    -- given to tags that are new; null for none
    new_tag_type text default null,
    -- false: a word that was refused or removed as a tag is left out, unless it is one again
    asked boolean default true
)
    -- canonical names, in the order given, each once
    returns text[]
    language plpgsql
    security definer  -- a person's new word becomes a tag whatever she may insert herself
    set search_path = ''
as $$
declare
    resolved text[];
    unwanted text[] := '{}';
begin
    -- a file asks for nothing: what a person took out of the vocabulary stays out
    if not resolve_tags.asked or current_setting('campaignbase.door', true) = 'import' then
        unwanted := array(
            select label_proposals.folded_name
            from public.label_proposals
            where
                label_proposals.workspace_id = resolve_tags.workspace_id
                and label_proposals.kind = 'tag'
                and label_proposals.state <> 'open'
                and label_proposals.folded_name in (
                    select private.fold_tag(btrim(word)) from unnest(resolve_tags.names) as word
                )
        );
    end if;
    loop
        -- a tag that is locked keeps its name until this commits; one that was just renamed is no longer found
        perform tags.id
        from public.tags
        where
            tags.workspace_id = resolve_tags.workspace_id
            and tags.name in (
                select private.find_tag(resolve_tags.workspace_id, private.fold_tag(btrim(word)))
                from unnest(resolve_tags.names) as word
                where private.fold_tag(btrim(word)) <> ''
            )
        order by tags.id
        for key share;
        exit when not exists (
            select
            from unnest(resolve_tags.names) as word
            where
                private.fold_tag(btrim(word)) <> ''
                and private.fold_tag(btrim(word)) <> all(unwanted)
                and private.find_tag(resolve_tags.workspace_id, private.fold_tag(btrim(word))) is null
        );
        -- new words are added one writer at a time: two that bring the same ones in another order would deadlock
        perform
        from public.workspaces
        where workspaces.id = resolve_tags.workspace_id
        for no key update;
        insert into public.tags (workspace_id, name, tag_type)
        select
            resolve_tags.workspace_id,
            wanted.name,
            resolve_tags.new_tag_type
        from (
            select distinct on (private.fold_tag(btrim(word)))
                btrim(word) as name,
                private.fold_tag(btrim(word)) as folded_name
            from unnest(resolve_tags.names) with ordinality as words (word, place)
            where
                private.fold_tag(btrim(word)) <> ''
                and private.fold_tag(btrim(word)) <> all(unwanted)
            order by private.fold_tag(btrim(word)), place
        ) as wanted
        where private.find_tag(resolve_tags.workspace_id, wanted.folded_name) is null
        order by wanted.folded_name
        on conflict do nothing;
    end loop;

    select coalesce(array_agg(found.name order by found.place), '{}')
    into resolved
    from (
        select
            named.name,
            min(named.place) as place
        from (
            select
                private.find_tag(resolve_tags.workspace_id, private.fold_tag(btrim(words.word))) as name,
                words.place
            from unnest(resolve_tags.names) with ordinality as words (word, place)
            where private.fold_tag(btrim(words.word)) <> ''
        ) as named
        where named.name is not null
        group by named.name
    ) as found;
    return resolved;
end
$$;
comment on function private.resolve_tags is
'The workspace''s own names for words a person wrote: folded, aliases followed, unknown words made tags, blanks dropped.';
revoke execute on function private.resolve_tags from public, anon, authenticated, service_role;

-- sql/functions/resolve_audience.sql
create function private.resolve_audience(
    workspace_id uuid,
    word text,
    -- who named it, for the error: "rule 'x': "
    speaker text default ''
)
    -- the workspace's own name for it; null for a blank
    returns text
    language plpgsql
    security definer  -- a person's new word becomes a tag whatever she may insert herself
    set search_path = ''
as $$
declare
    own_name constant text
    := (private.resolve_tags(resolve_audience.workspace_id, array[resolve_audience.word], 'audience'))[1];
    meant public.tags;
    nearest text;
begin
    select tags.*
    into meant
    from public.tags
    where
        tags.workspace_id = resolve_audience.workspace_id
        and tags.name = own_name;
    if meant.name is null or meant.tag_type = 'audience' then
        return meant.name;
    end if;

    -- who may not see the vocabulary learns nothing of it: row level security refuses the row, or its foreign key does
    if
        not private.caller_is_service()
        and resolve_audience.workspace_id not in (select ids from private.caller_workspace_ids() as ids)
    then
        return meant.name;
    end if;
    select string_agg(near.name, ', ' order by near.distance, near.name collate "C")
    into nearest
    from (
        select
            tags.name,
            coalesce(tags.embedding operator(extensions.<=>) meant.embedding, 2) as distance
        from public.tags
        where
            tags.workspace_id = resolve_audience.workspace_id
            and tags.tag_type = 'audience'
        order by 2, tags.name collate "C"
        limit 3
    ) as near;
    raise exception using
        errcode = 'check_violation',
        message = format(
            '%starget audience ''%s'' is tag ''%s'' (%s), not a tag of type audience',
            resolve_audience.speaker,
            btrim(resolve_audience.word),
            meant.name,
            coalesce('type ' || meant.tag_type, 'no type')
        ),
        hint = coalesce('Nearest audiences: ' || nearest || '. Name one', 'Name another word')
        || format(', or give tag ''%s'' the type audience.', meant.name);
end
$$;
comment on function private.resolve_audience is
'The workspace''s own name for an audience a person wrote; an unknown word becomes one, a tag of another type is refused.';
revoke execute on function private.resolve_audience from public, anon, authenticated, service_role;

-- sql/functions/category_of_alias.sql
create function private.category_of_alias(
    workspace_id uuid,
    name text
)
    -- null for a word that is nobody's other name
    returns text
    language sql
    stable
    set search_path = ''
as $$
    select categories.name
    from public.categories
    where
        categories.workspace_id = category_of_alias.workspace_id
        and categories.aliases <> '{}'
        and btrim(regexp_replace(lower(category_of_alias.name), '[[:space:]_-]+', '_', 'g'), '_') in (
            select btrim(regexp_replace(lower(alias), '[[:space:]_-]+', '_', 'g'), '_')
            from unnest(categories.aliases) as alias
        )
    order by categories.name collate "C"
    limit 1;
$$;
comment on function private.category_of_alias is
'The category that has this other name; case, spaces, hyphens and underscores make no other one.';
revoke execute on function private.category_of_alias from public, anon;
grant execute on function private.category_of_alias to authenticated, service_role;

-- sql/functions/record_human.sql
create function private.record_human(
    workspace_id uuid,
    content_asset_id uuid,
    campaign_id uuid,
    field text,
    label text,
    previous_label text,
    -- null for the usual one
    reason text default null
)
    returns void
    language sql
    security definer  -- history is written by functions only
    set search_path = ''
as $$
    insert into public.categorizations
    (workspace_id, content_asset_id, campaign_id, field, label, previous_label, source, judged_id, reasons,
        outcome, vocabulary_version, decided_by, created_at)
    select
        record_human.workspace_id,
        record_human.content_asset_id,
        record_human.campaign_id,
        record_human.field,
        record_human.label,
        record_human.previous_label,
        'human',
        case when last.source is distinct from 'human' then last.id end,
        jsonb_build_array(
            case
                when record_human.reason is not null then record_human.reason
                when record_human.label is not null and record_human.label = record_human.previous_label
                    then 'confirmed by a person'
                when record_human.label is not null then 'set by a person'
                when record_human.previous_label is null then 'left empty by a person'
                else 'cleared by a person'
            end
        ),
        'applied',
        workspaces.vocabulary_version,
        (select auth.uid()),
        -- not when the transaction began: a machine may have answered since, and this is said of its answer
        clock_timestamp()
    from public.workspaces
    left join lateral (
        select
            categorizations.id,
            categorizations.source
        from public.categorizations
        where
            categorizations.workspace_id = record_human.workspace_id
            and (
                categorizations.content_asset_id = record_human.content_asset_id
                or categorizations.campaign_id = record_human.campaign_id
            )
            and categorizations.field = record_human.field
            and categorizations.outcome <> 'kept_human'
            -- of other fields a machine that is silent writes nothing, so its last word may be an old one
            and (record_human.field = 'category' or record_human.previous_label is not null)
        order by categorizations.created_at desc, categorizations.id desc
        limit 1
    ) as last on true
    where workspaces.id = record_human.workspace_id;
$$;
comment on function private.record_human is
'Adds a person''s decision to the history, with the machine''s answer that it confirms or corrects.';
revoke execute on function private.record_human from public, anon, authenticated, service_role;

-- sql/functions/category_is_corrected.sql
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

-- sql/functions/audience_is_corrected.sql
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

-- sql/functions/evict_tags.sql
create function private.evict_tags(asset_ids uuid[])
    -- what a machine had put there
    returns table (content_asset_id uuid, name text)
    language sql
    volatile
    set search_path = ''
as $$
    with
    ranked as (
        select
            links.content_asset_id,
            links.tag_id,
            links.source,
            tags.name,
            tag_groups.max_tags,
            -- in the order in which content_assets.tags shows them
            row_number() over (
                partition by links.content_asset_id, tag_groups.id
                order by (links.source = 'human') desc, links.score desc nulls last, tags.name collate "C"
            ) as place
        from public.content_asset_tags as links
        inner join public.tags on links.tag_id = tags.id
        inner join public.tag_groups
            on
                tags.workspace_id = tag_groups.workspace_id
                and tags.tag_group = tag_groups.name
        where
            links.content_asset_id = any(evict_tags.asset_ids)
            and links.state = 'applied'
    )
    delete from public.content_asset_tags as links
    using ranked
    where
        links.content_asset_id = ranked.content_asset_id
        and links.tag_id = ranked.tag_id
        and ranked.place > ranked.max_tags
        and ranked.source <> 'human'
    returning ranked.content_asset_id, ranked.name;
$$;
comment on function private.evict_tags is
'Takes the weakest of a machine''s tags away where content has more of a group than that allows.';
revoke execute on function private.evict_tags from public, anon, authenticated;
grant execute on function private.evict_tags to service_role;

-- sql/functions/keep_tag_groups.sql
create function private.keep_tag_groups(
    -- as private.link_tags takes them; the links are written
    changes jsonb
)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    crowded record;
begin
    select
        tag_groups.name,
        tag_groups.max_tags,
        string_agg(tags.name, ', ' order by tags.name collate "C") as names
    into crowded
    from (
        select distinct
            changed.id,
            tags.workspace_id,
            tags.tag_group
        from jsonb_to_recordset(keep_tag_groups.changes)
            as changed (workspace_id uuid, id uuid, tags text[], old_tags text[])
        inner join public.tags
            on
                changed.workspace_id = tags.workspace_id
                and tags.name = any(changed.tags)
                and tags.name <> all(changed.old_tags)
        where tags.tag_group is not null
    ) as touched
    inner join public.tag_groups
        on
            touched.workspace_id = tag_groups.workspace_id
            and touched.tag_group = tag_groups.name
    inner join public.tags
        on
            touched.workspace_id = tags.workspace_id
            and touched.tag_group = tags.tag_group
    inner join public.content_asset_tags as links
        on
            touched.id = links.content_asset_id
            and tags.id = links.tag_id
    where
        links.state = 'applied'
        and links.source = 'human'
    group by links.content_asset_id, tag_groups.id
    having count(*) > tag_groups.max_tags
    limit 1;
    if crowded.name is not null then
        raise exception using
            errcode = 'check_violation',
            message = format(
                'content would have more tags of group ''%s'' than that allows: at most %s, not %s',
                crowded.name, crowded.max_tags, crowded.names
            ),
            hint = 'Take one away in the same edit.';
    end if;
    update public.content_assets
    set
        tags = array(
            select word
            from unnest(content_assets.tags) with ordinality as shown (word, place)
            where word <> all(evicted.names)
            order by place
        )
    from (
        select
            gone.content_asset_id,
            array_agg(gone.name) as names
        from private.evict_tags(
            array(
                select (changed ->> 'id')::uuid
                from jsonb_array_elements(keep_tag_groups.changes) as changed
            )
        ) as gone
        group by gone.content_asset_id
    ) as evicted
    where content_assets.id = evicted.content_asset_id;
end
$$;
comment on function private.keep_tag_groups is
'A person''s tag drives a machine''s out of a full group; one too many of her own is refused.';
revoke execute on function private.keep_tag_groups from public, anon, authenticated, service_role;

-- sql/functions/link_tags.sql
create function private.link_tags(
    -- [{"workspace_id", "id" of the asset, "tags", "old_tags": names}]
    changes jsonb
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- The counters of every tag that comes or goes, in one order for everybody and before the first is counted:
    -- the insert below counts its new links and its changed ones apart.
    perform tags.id
    from public.tags
    where
        tags.id in (
            select tags.id
            from jsonb_to_recordset(link_tags.changes) as changed (workspace_id uuid, tags text[], old_tags text[])
            inner join public.tags
                on
                    changed.workspace_id = tags.workspace_id
                    and tags.name = any(changed.tags || changed.old_tags)
            where (tags.name = any(changed.tags)) <> (tags.name = any(changed.old_tags))
        )
        -- those that a full group may lose
        or exists (
            select
            from jsonb_to_recordset(link_tags.changes) as changed (workspace_id uuid, tags text[], old_tags text[])
            inner join public.tags as added
                on
                    changed.workspace_id = added.workspace_id
                    and added.name = any(changed.tags)
                    and added.name <> all(changed.old_tags)
            where
                tags.workspace_id = added.workspace_id
                and tags.tag_group = added.tag_group
        )
    order by tags.id
    for no key update;
    if not found then
        return;
    end if;

    -- the array is written already; the links must not write it again
    perform set_config('campaignbase.actor', 'mirror', true);
    insert into public.content_asset_tags
    (workspace_id, content_asset_id, tag_id, source, score, reason, state)
    select
        changed.workspace_id,
        changed.id,
        tags.id,
        'human',
        null,
        case when tags.name = any(changed.tags) then 'added by a person' else 'removed by a person' end,
        case when tags.name = any(changed.tags) then 'applied' else 'rejected' end
    from jsonb_to_recordset(link_tags.changes)
        as changed (workspace_id uuid, id uuid, tags text[], old_tags text[])
    inner join public.tags
        on
            changed.workspace_id = tags.workspace_id
            and tags.name = any(changed.tags || changed.old_tags)
    where (tags.name = any(changed.tags)) <> (tags.name = any(changed.old_tags))
    order by changed.id, tags.id
    on conflict on constraint content_asset_tags_pkey do update
        set
            source = excluded.source,
            score = excluded.score,
            reason = excluded.reason,
            state = excluded.state,
            updated_at = clock_timestamp();
    perform private.keep_tag_groups(link_tags.changes);
    perform set_config('campaignbase.actor', '', true);
end
$$;
comment on function private.link_tags is
'Turns people''s edits of tag arrays into links: what is new is theirs, what is missing is refused for good.';
revoke execute on function private.link_tags from public, anon, authenticated, service_role;

-- sql/functions/applied_tags.sql
create function private.applied_tags(content_asset_id uuid)
    -- a person's first, then by score, then by name
    returns text[]
    language sql
    stable
    set search_path = ''
as $$
    select
        coalesce(
            array_agg(
                tags.name
                order by
                    (content_asset_tags.source = 'human') desc,
                    content_asset_tags.score desc nulls last,
                    tags.name collate "C"
            ),
            '{}'
        )
    from public.content_asset_tags
    inner join public.tags on content_asset_tags.tag_id = tags.id
    where
        content_asset_tags.content_asset_id = applied_tags.content_asset_id
        and content_asset_tags.state = 'applied';
$$;
comment on function private.applied_tags is
'What content_assets.tags mirrors: names of the applied tags in their order.';
revoke execute on function private.applied_tags from public, anon, authenticated;
grant execute on function private.applied_tags to service_role;

-- sql/functions/queue_job.sql
create function private.queue_job(
    workspace_id uuid,
    kind text,
    target_id uuid,
    -- null when there is nothing to read
    content_hash text
)
    returns void
    language sql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
    insert into private.jobs (workspace_id, kind, target_id, content_hash)
    values (queue_job.workspace_id, queue_job.kind, queue_job.target_id, queue_job.content_hash)
    on conflict on constraint jobs_target_is_unique do update
        set
            state = 'waiting',
            content_hash = excluded.content_hash,
            attempt = jobs.attempt + 1,
            failures = 0,
            run_at = clock_timestamp(),
            leased_by = null,
            last_error = null,
            embedding_until = null,
            updated_at = clock_timestamp();
$$;
comment on function private.queue_job is
'Makes the one job of a target wait, also one that is leased or dead; the fence moves, so an answer still under way is stale.';
revoke execute on function private.queue_job from public, anon, authenticated, service_role;

-- sql/functions/tg__dequeue.sql
create function private.tg__dequeue()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
begin
    delete from private.jobs
    using old_rows
    where
        jobs.target_id = old_rows.id
        and jobs.kind = any(string_to_array(tg_argv[0], ','));
    return null;
end
$$;
comment on function private.tg__dequeue is 'Removes the jobs of deleted rows. Argument: the kinds, joined by commas.';
revoke execute on function private.tg__dequeue from public, anon, authenticated, service_role;

-- sql/functions/tg__enqueue_label.sql
create function private.tg__enqueue_label()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
declare
    old_text text;
    new_text text := private.label_text(new.name, new.description, new.keywords);
begin
    if tg_op = 'UPDATE' then
        old_text := private.label_text(old.name, old.description, old.keywords);
        if new_text is not distinct from old_text then
            return null;
        end if;
    end if;
    perform private.queue_job(new.workspace_id, tg_argv[0], new.id, private.content_hash(new_text));
    return null;
end
$$;
comment on function private.tg__enqueue_label is
'Queues the vector of a category or tag that is new or whose name, description or keywords changed. Argument: the kind of job.';
revoke execute on function private.tg__enqueue_label from public, anon, authenticated, service_role;

-- sql/functions/tg__bump_vocabulary.sql
create function private.tg__bump_vocabulary()
    returns trigger
    language plpgsql
    security definer  -- vocabulary_version is a machine column
    set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        update public.workspaces
        set vocabulary_version = workspaces.vocabulary_version + edited.labels
        from (select workspace_id, count(*) as labels from new_rows group by workspace_id) as edited
        where workspaces.id = edited.workspace_id;
    elsif tg_op = 'DELETE' then
        update public.workspaces
        set vocabulary_version = workspaces.vocabulary_version + edited.labels
        from (select workspace_id, count(*) as labels from old_rows group by workspace_id) as edited
        where workspaces.id = edited.workspace_id;
    elsif tg_table_name = 'categories' then
        update public.workspaces
        set vocabulary_version = workspaces.vocabulary_version + edited.labels
        from (
            select
                new_rows.workspace_id,
                count(*) as labels
            from new_rows
            inner join old_rows on new_rows.id = old_rows.id
            where
                (
                    new_rows.name, new_rows.parent_id, new_rows.description, new_rows.keywords, new_rows.examples,
                    new_rows.counter_examples, new_rows.aliases, new_rows.manual_only
                ) is distinct from (
                    old_rows.name, old_rows.parent_id, old_rows.description, old_rows.keywords, old_rows.examples,
                    old_rows.counter_examples, old_rows.aliases, old_rows.manual_only
                )
            group by new_rows.workspace_id
        ) as edited
        where workspaces.id = edited.workspace_id;
    else
        update public.workspaces
        set vocabulary_version = workspaces.vocabulary_version + edited.labels
        from (
            select
                new_rows.workspace_id,
                count(*) as labels
            from new_rows
            inner join old_rows on new_rows.id = old_rows.id
            where
                (
                    new_rows.name, new_rows.tag_type, new_rows.tag_group, new_rows.description, new_rows.keywords,
                    new_rows.examples, new_rows.counter_examples, new_rows.aliases, new_rows.manual_only
                ) is distinct from (
                    old_rows.name, old_rows.tag_type, old_rows.tag_group, old_rows.description, old_rows.keywords,
                    old_rows.examples, old_rows.counter_examples, old_rows.aliases, old_rows.manual_only
                )
            group by new_rows.workspace_id
        ) as edited
        where workspaces.id = edited.workspace_id;
    end if;
    return null;
end
$$;
comment on function private.tg__bump_vocabulary is
'Counts edited labels, one each; their counters and vectors are no edits.';
revoke execute on function private.tg__bump_vocabulary from public, anon, authenticated, service_role;

-- sql/functions/tg_categories__two_levels.sql
create function private.tg_categories__two_levels()
    returns trigger
    language plpgsql
    security definer  -- the parent counts whatever the caller may see
    set search_path = ''
as $$
begin
    if new.parent_id is null then
        return new;
    end if;
    -- nobody gives the parent a parent meanwhile
    perform categories.id
    from public.categories
    where categories.id = new.parent_id
    for share;
    if
        exists (
            select
            from public.categories
            where
                categories.id = new.parent_id
                and categories.parent_id is not null
        )
        or exists (
            select
            from public.categories
            where categories.parent_id = new.id
        )
    then
        raise exception using
            errcode = 'check_violation',
            message = format('category %L would be on a third level; categories have two', new.name),
            hint = 'Give it a parent that has no parent itself, and no children of its own.';
    end if;
    return new;
end
$$;
comment on function private.tg_categories__two_levels is 'Keeps the tree of categories at two levels.';
revoke execute on function private.tg_categories__two_levels from public, anon, authenticated, service_role;

-- sql/functions/tg_categories__refuse_used.sql
create function private.tg_categories__refuse_used()
    returns trigger
    language plpgsql
    security definer  -- content counts whatever the caller may see
    set search_path = ''
as $$
begin
    -- when the workspace itself goes, everything goes
    if
        exists (select from public.workspaces where workspaces.id = old.workspace_id)
        and (
            exists (
                select
                from public.content_assets
                where
                    content_assets.workspace_id = old.workspace_id
                    and content_assets.primary_category = old.name
            )
            or exists (
                select
                from public.campaigns
                where
                    campaigns.workspace_id = old.workspace_id
                    and campaigns.primary_category = old.name
            )
        )
    then
        raise exception using
            errcode = 'foreign_key_violation',
            message = format('category %s is in use and cannot be deleted', old.name),
            hint = 'File its content and campaigns under another category first.';
    end if;
    return old;
end
$$;
comment on function private.tg_categories__refuse_used is 'Keeps a category that content or campaigns are filed under.';
revoke execute on function private.tg_categories__refuse_used from public, anon, authenticated, service_role;

-- sql/functions/tg_tags__refuse_used.sql
create function private.tg_tags__refuse_used()
    returns trigger
    language plpgsql
    security definer  -- content counts whatever the caller may see
    set search_path = ''
as $$
begin
    -- when the workspace itself goes, everything goes
    if
        exists (select from public.workspaces where workspaces.id = old.workspace_id)
        and exists (
            select
            from public.content_assets
            where
                content_assets.workspace_id = old.workspace_id
                and content_assets.target_audience = old.name
        )
    then
        raise exception using
            errcode = 'foreign_key_violation',
            message = format(
                'tag %s is the target audience of content and cannot %s',
                old.name,
                case when tg_op = 'DELETE' then 'be deleted' else 'get another type' end
            ),
            hint = 'Give that content another target audience first.';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end
$$;
comment on function private.tg_tags__refuse_used is
'Keeps a tag that is the target audience of content, and its type.';
revoke execute on function private.tg_tags__refuse_used from public, anon, authenticated, service_role;

-- sql/functions/tg_campaigns__mark_human.sql
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

-- sql/functions/tg_campaigns__record_human.sql
create function private.tg_campaigns__record_human()
    returns trigger
    language plpgsql
    security definer  -- writes history, which callers may only read
    set search_path = ''
as $$
declare
    before_category text;
begin
    if private.acting_machine() then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        before_category := old.primary_category;
    end if;
    if private.category_is_corrected(new.workspace_id, before_category, new.primary_category) then
        perform private.record_human(new.workspace_id, null, new.id, 'category', new.primary_category, before_category);
    end if;
    return null;
end
$$;
comment on function private.tg_campaigns__record_human is
'Writes the category a person gave a campaign into the history.';
revoke execute on function private.tg_campaigns__record_human from public, anon, authenticated, service_role;

-- sql/functions/tg_campaigns__enqueue.sql
create function private.tg_campaigns__enqueue()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
declare
    old_text text;
    new_text text := private.campaign_text(
        new.name, new.content_style, new.visual_style, new.hashtag_strategy, new.cta_pattern
    );
begin
    if tg_op = 'UPDATE' then
        old_text := private.campaign_text(
            old.name, old.content_style, old.visual_style, old.hashtag_strategy, old.cta_pattern
        );
        if new_text is not distinct from old_text then
            return null;
        end if;
    end if;
    perform private.queue_job(new.workspace_id, 'categorize_campaign', new.id, private.content_hash(new_text));
    return null;
end
$$;
comment on function private.tg_campaigns__enqueue is 'Queues a campaign that is new or whose text changed.';
revoke execute on function private.tg_campaigns__enqueue from public, anon, authenticated, service_role;

-- sql/functions/tg_content_assets__mark_human.sql
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

-- sql/functions/tg_content_assets__record_human.sql
create function private.tg_content_assets__record_human()
    returns trigger
    language plpgsql
    security definer  -- writes links and history, which callers may only read
    set search_path = ''
as $$
declare
    changes jsonb;
    imported boolean := tg_op = 'UPDATE' and current_setting('campaignbase.door', true) = 'import';
begin
    if private.acting_machine() then
        return null;
    end if;
    -- one branch an operation: a transition table of the other operation does not exist
    if tg_op = 'INSERT' then
        select
            jsonb_agg(
                jsonb_build_object(
                    'workspace_id', new_rows.workspace_id,
                    'id', new_rows.id,
                    'category', new_rows.primary_category,
                    'sentiment', new_rows.sentiment,
                    'audience', new_rows.target_audience,
                    'tags', new_rows.tags,
                    'old_tags', '[]'::jsonb
                )
                order by new_rows.id
            )
        into changes
        from new_rows
        where
            new_rows.primary_category is not null
            or new_rows.sentiment is not null
            or new_rows.target_audience is not null
            or new_rows.tags <> '{}';
    else
        select
            jsonb_agg(
                jsonb_build_object(
                    'workspace_id', new_rows.workspace_id,
                    'id', new_rows.id,
                    'category', new_rows.primary_category,
                    'old_category', old_rows.primary_category,
                    'sentiment', new_rows.sentiment,
                    'old_sentiment', old_rows.sentiment,
                    'audience', new_rows.target_audience,
                    'old_audience', old_rows.target_audience,
                    'tags', new_rows.tags,
                    'old_tags', old_rows.tags
                )
                order by new_rows.id
            )
        into changes
        from new_rows
        inner join old_rows on new_rows.id = old_rows.id
        where
            (new_rows.primary_category, new_rows.sentiment, new_rows.target_audience, new_rows.tags)
            is distinct from (old_rows.primary_category, old_rows.sentiment, old_rows.target_audience, old_rows.tags);
    end if;
    if changes is null then
        return null;
    end if;

    perform private.record_human(
        changed.workspace_id, changed.id, null, field.name, field.label, field.old_label,
        case when imported then 'taken from an imported file' end
    )
    from jsonb_to_recordset(changes) as changed (
        workspace_id uuid, id uuid, category text, old_category text, sentiment text, old_sentiment text,
        audience text, old_audience text, tags text[], old_tags text[]
    )
    cross join lateral (
        values
        (
            'category',
            changed.category,
            changed.old_category,
            private.category_is_corrected(changed.workspace_id, changed.old_category, changed.category)
        ),
        (
            'sentiment',
            changed.sentiment,
            changed.old_sentiment,
            changed.sentiment is distinct from changed.old_sentiment
        ),
        (
            'audience',
            changed.audience,
            changed.old_audience,
            private.audience_is_corrected(changed.workspace_id, changed.old_audience, changed.audience)
        ),
        (
            'tags',
            nullif(array_to_string(changed.tags, ', '), ''),
            nullif(array_to_string(changed.old_tags, ', '), ''),
            -- another order is no decision
            not (changed.tags @> changed.old_tags and changed.tags <@ changed.old_tags)
        )
    ) as field (name, label, old_label, by_hand)
    where field.by_hand;

    perform private.link_tags(changes);
    return null;
end
$$;
comment on function private.tg_content_assets__record_human is
'Writes what people decided into the history, and their edits of tag arrays into the links: added, or refused for good.';
revoke execute on function private.tg_content_assets__record_human from public, anon, authenticated, service_role;

-- sql/functions/tg_content_assets__check_golden.sql
create function private.tg_content_assets__check_golden()
    returns trigger
    language plpgsql
    security definer  -- sees all of the workspace, whoever writes
    set search_path = ''
as $$
declare
    other record;
begin
    -- one after the other in a workspace, so that two who write at once see each other
    perform pg_advisory_xact_lock(hashtextextended('golden ' || new.workspace_id, 0));
    select
        content_assets.id,
        content_assets.primary_category as category,
        mine.primary_category as own_category
    into other
    from public.content_assets as mine
    inner join public.content_assets
        on
            mine.workspace_id = content_assets.workspace_id
            and mine.id <> content_assets.id
            and mine.primary_category <> content_assets.primary_category
    -- a category that is being renamed has its old name on some rows still
    inner join public.categories
        on
            content_assets.workspace_id = categories.workspace_id
            and content_assets.primary_category = categories.name
    where
        mine.id = new.id
        and mine.golden
        and mine.confirmed_at is not null
        and content_assets.golden
        and content_assets.confirmed_at is not null
        and private.asset_text(mine.content, mine.prompt, mine.alt_text, mine.file_path)
        = private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        )
    order by content_assets.id
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'golden rows contradict each other: %s is ''%s'', and %s with the same text is ''%s''',
                new.id, other.own_category, other.id, other.category
            ),
            hint = 'Give both the same category, or take one out of the golden set.';
    end if;
    return null;
end
$$;
comment on function private.tg_content_assets__check_golden is
'Two golden rows with the same text and different categories cannot both be right.';
revoke execute on function private.tg_content_assets__check_golden from public, anon, authenticated, service_role;

-- sql/functions/tg_content_assets__requeue.sql
create function private.tg_content_assets__requeue()
    returns trigger
    language plpgsql
    security definer  -- writes machine columns that the caller may not
    set search_path = ''
as $$
begin
    if
        private.asset_text(new.content, new.prompt, new.alt_text, new.file_path)
        is distinct from private.asset_text(old.content, old.prompt, old.alt_text, old.file_path)
    then
        new.label_state := 'queued';
        new.revision_count := old.revision_count + 1;
    end if;
    return new;
end
$$;
comment on function private.tg_content_assets__requeue is
'Counts a change of the text and marks the row as waiting for labels.';
revoke execute on function private.tg_content_assets__requeue from public, anon, authenticated, service_role;

-- sql/functions/tg_content_assets__reset_posts.sql
create function private.tg_content_assets__reset_posts()
    returns trigger
    language plpgsql
    security definer  -- writes machine columns that the caller may not
    set search_path = ''
as $$
begin
    update public.social_posts
    set
        approval = 'required',
        approval_note = 'its content changed since it was ' || social_posts.approval
    where
        social_posts.workspace_id = new.workspace_id
        and social_posts.content_asset_id = new.id
        and social_posts.approval in ('approved', 'rejected')
        and social_posts.status in ('scheduled', 'failed');
    return null;
end
$$;
comment on function private.tg_content_assets__reset_posts is
'Posts that were approved or rejected and publish something else now wait for approval again.';
revoke execute on function private.tg_content_assets__reset_posts from public, anon, authenticated, service_role;

-- sql/functions/tg_content_assets__enqueue.sql
create function private.tg_content_assets__enqueue()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
begin
    insert into private.jobs (workspace_id, kind, target_id, content_hash)
    select
        new_rows.workspace_id,
        'categorize_content',
        new_rows.id,
        private.content_hash(
            private.asset_text(new_rows.content, new_rows.prompt, new_rows.alt_text, new_rows.file_path)
        )
    from new_rows
    order by new_rows.id
    on conflict on constraint jobs_target_is_unique do nothing;
    return null;
end
$$;
comment on function private.tg_content_assets__enqueue is 'Queues every inserted asset, a statement at a time.';
revoke execute on function private.tg_content_assets__enqueue from public, anon, authenticated, service_role;

-- sql/functions/tg_content_assets__enqueue_edited.sql
create function private.tg_content_assets__enqueue_edited()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
declare
    old_text text := private.asset_text(old.content, old.prompt, old.alt_text, old.file_path);
    new_text text := private.asset_text(new.content, new.prompt, new.alt_text, new.file_path);
begin
    if new_text is distinct from old_text then
        perform private.queue_job(new.workspace_id, 'categorize_content', new.id, private.content_hash(new_text));
    end if;
    return null;
end
$$;
comment on function private.tg_content_assets__enqueue_edited is
'Queues an asset whose text changed; an equal text does nothing.';
revoke execute on function private.tg_content_assets__enqueue_edited from public, anon, authenticated, service_role;

-- sql/functions/tg_content_assets__count_usage.sql
create function private.tg_content_assets__count_usage()
    returns trigger
    language plpgsql
    security definer  -- usage_count is a machine column
    set search_path = ''
as $$
declare
    changed_ids uuid[];
    changes integer[];
begin
    -- one branch an operation: a transition table of the other operation does not exist
    if tg_op = 'INSERT' then
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select categories.id, count(*)::integer as change
            from new_rows
            inner join public.categories
                on
                    new_rows.workspace_id = categories.workspace_id
                    and new_rows.primary_category = categories.name
            group by categories.id
        ) as delta;
    elsif tg_op = 'DELETE' then
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select categories.id, -count(*)::integer as change
            from old_rows
            inner join public.categories
                on
                    old_rows.workspace_id = categories.workspace_id
                    and old_rows.primary_category = categories.name
            group by categories.id
        ) as delta;
    else
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select sides.id, sum(sides.change)::integer as change
            from (
                select old_category.id as old_id, new_category.id as new_id
                from old_rows
                inner join new_rows on old_rows.id = new_rows.id
                left join public.categories as old_category
                    on
                        old_rows.workspace_id = old_category.workspace_id
                        and old_rows.primary_category = old_category.name
                left join public.categories as new_category
                    on
                        new_rows.workspace_id = new_category.workspace_id
                        and new_rows.primary_category = new_category.name
                where
                    old_rows.primary_category is distinct from new_rows.primary_category
                    -- the old name is gone: a rename, after which the counter is still right
                    and (old_rows.primary_category is null or old_category.id is not null)
            ) as moved
            cross join lateral (values (moved.old_id, -1), (moved.new_id, 1)) as sides (id, change)
            where sides.id is not null
            group by sides.id
            having sum(sides.change) <> 0
        ) as delta;
    end if;
    if changed_ids is null then
        return null;
    end if;
    -- in one order for everybody, so that two batches wait for each other instead of deadlocking
    perform categories.id
    from public.categories
    where categories.id = any(changed_ids)
    order by categories.id
    for no key update;
    update public.categories
    set usage_count = categories.usage_count + delta.change
    from unnest(changed_ids, changes) as delta (id, change)
    where categories.id = delta.id;
    return null;
end
$$;
comment on function private.tg_content_assets__count_usage is
'Keeps categories.usage_count equal to the assets filed there.';
revoke execute on function private.tg_content_assets__count_usage from public, anon, authenticated, service_role;

-- sql/functions/tg_content_asset_tags__count_usage.sql
create function private.tg_content_asset_tags__count_usage()
    returns trigger
    language plpgsql
    security definer  -- usage_count is a machine column
    set search_path = ''
as $$
declare
    changed_ids uuid[];
    changes integer[];
begin
    -- one branch an operation: a transition table of the other operation does not exist
    if tg_op = 'INSERT' then
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select new_rows.tag_id as id, count(*)::integer as change
            from new_rows
            where new_rows.state = 'applied'
            group by new_rows.tag_id
        ) as delta;
    elsif tg_op = 'DELETE' then
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select old_rows.tag_id as id, -count(*)::integer as change
            from old_rows
            where old_rows.state = 'applied'
            group by old_rows.tag_id
        ) as delta;
    else
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select sides.id, sum(sides.change)::integer as change
            from (
                select old_rows.tag_id as id, -1 as change from old_rows where old_rows.state = 'applied'
                union all
                select new_rows.tag_id, 1 from new_rows where new_rows.state = 'applied'
            ) as sides
            group by sides.id
            having sum(sides.change) <> 0
        ) as delta;
    end if;
    if changed_ids is null then
        return null;
    end if;
    -- in one order for everybody, so that two batches wait for each other instead of deadlocking
    perform tags.id
    from public.tags
    where tags.id = any(changed_ids)
    order by tags.id
    for no key update;
    update public.tags
    set usage_count = tags.usage_count + delta.change
    from unnest(changed_ids, changes) as delta (id, change)
    where tags.id = delta.id;
    return null;
end
$$;
comment on function private.tg_content_asset_tags__count_usage is
'Keeps tags.usage_count equal to the links that apply the tag.';
revoke execute on function private.tg_content_asset_tags__count_usage from public, anon, authenticated, service_role;

-- sql/functions/tg_content_asset_tags__mirror.sql
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

-- sql/functions/tg_tags__rename_mirror.sql
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

-- sql/functions/tg_automation_rules__validate.sql
create function private.tg_automation_rules__validate()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
declare
    category text := coalesce(new.actions ->> 'add_category', new.actions ->> 'category');
    webhook text := new.actions ->> 'webhook';
    error text := private.rule_error(new.rule_type, new.conditions, new.actions, new.name);
begin
    -- a category that went away since does not stop other edits of the rule
    if tg_op = 'UPDATE' and category = coalesce(old.actions ->> 'add_category', old.actions ->> 'category') then
        category := null;
    end if;
    if error is null and category is not null then
        perform
        from public.categories
        where
            categories.workspace_id = new.workspace_id
            and categories.name = category;
        if not found then
            error := format('rule ''%s'': unknown category ''%s''', new.name, category);
        end if;
    end if;
    if error is null and webhook is not null then
        perform
        from public.webhook_endpoints
        where
            webhook_endpoints.workspace_id = new.workspace_id
            and webhook_endpoints.name = webhook;
        if not found then
            error := format('rule ''%s'': unknown webhook ''%s''', new.name, webhook);
        end if;
    end if;
    if error is not null then
        raise exception using errcode = 'invalid_parameter_value', message = error;
    end if;
    return new;
end
$$;
comment on function private.tg_automation_rules__validate is
'Refuses a rule that cannot be read, and one that names a category or a webhook that is not there.';
revoke execute on function private.tg_automation_rules__validate from public, anon, authenticated, service_role;

-- sql/functions/tg_automation_rules__name_tags.sql
create function private.tg_automation_rules__name_tags()
    returns trigger
    language plpgsql
    security definer  -- a person's new word becomes a tag whatever she may insert herself
    set search_path = ''
as $$
declare
    added jsonb := coalesce(new.actions -> 'add_tags', '[]');
    audience constant text := new.actions ->> 'set_audience';
begin
    if jsonb_typeof(added) = 'string' then
        added := jsonb_build_array(added);
    end if;
    if new.enabled then
        perform private.resolve_tags(
            new.workspace_id,
            array(select words.word from jsonb_array_elements_text(added) as words (word)),
            null,
            -- a rename that passes through, and a rule that is switched on, ask for no tag that was removed
            not private.acting_machine() and (tg_op = 'INSERT' or new.actions is distinct from old.actions)
        );
    end if;
    if
        audience is not null
        and not private.acting_machine()
        and (
            (new.enabled and private.find_tag(new.workspace_id, private.fold_tag(btrim(audience))) is null)
            -- a tag that got another type since stops neither its rename nor other edits of the rule
            or (
                private.find_tag(new.workspace_id, private.fold_tag(btrim(audience))) is not null
                and (
                    tg_op = 'INSERT'
                    or new.actions -> 'set_audience' is distinct from old.actions -> 'set_audience'
                )
            )
        )
    then
        perform private.resolve_audience(new.workspace_id, audience, format('rule ''%s'': ', new.name));
    end if;
    return null;
end
$$;
comment on function private.tg_automation_rules__name_tags is
'Makes tags of the words that a rule adds and the workspace does not have yet: a person wrote them.

A rule that is switched off makes none: machines use every tag there is.
Refuses a target audience that is a tag of another type.';
revoke execute on function private.tg_automation_rules__name_tags from public, anon, authenticated, service_role;

-- sql/functions/rename_in_rules.sql
create function private.rename_in_rules(
    workspace_id uuid,
    -- else categories
    are_tags boolean,
    old_name text,
    new_name text
)
    -- how many rules named it
    returns integer
    language plpgsql
    set search_path = ''
as $$
declare
    fields constant text[] := case
        when are_tags then array['tag', 'target_audience', 'add_tags', 'remove_tags', 'set_audience']
        else array['category', 'add_category']
    end;
    actor text := coalesce(current_setting('campaignbase.actor', true), '');
    changed integer;
begin
    perform set_config('campaignbase.actor', 'rename', true);
    update public.automation_rules
    set
        conditions = renamed.conditions,
        actions = renamed.actions
    from (
        select
            automation_rules.id,
            private.rule_renamed(
                automation_rules.conditions, fields, rename_in_rules.old_name, rename_in_rules.new_name, are_tags
            ) as conditions,
            private.rule_renamed(
                automation_rules.actions, fields, rename_in_rules.old_name, rename_in_rules.new_name, are_tags
            ) as actions
        from public.automation_rules
        where automation_rules.workspace_id = rename_in_rules.workspace_id
    ) as renamed
    where
        automation_rules.id = renamed.id
        and (automation_rules.conditions, automation_rules.actions)
        is distinct from (renamed.conditions, renamed.actions);
    get diagnostics changed = row_count;
    perform set_config('campaignbase.actor', actor, true);
    return changed;
end
$$;
comment on function private.rename_in_rules is
'Carries the new name of a category or tag into the rules that name it, or the name of the one it was merged into.';
revoke execute on function private.rename_in_rules from public, anon, authenticated, service_role;

-- sql/functions/tg__rename_in_rules.sql
create function private.tg__rename_in_rules()
    returns trigger
    language plpgsql
    security definer  -- rules follow the label whoever renamed it
    set search_path = ''
as $$
begin
    perform private.rename_in_rules(new.workspace_id, tg_table_name = 'tags', old.name, new.name);
    return null;
end
$$;
comment on function private.tg__rename_in_rules is
'Carries the new name of a category or tag into the rules that name it.';
revoke execute on function private.tg__rename_in_rules from public, anon, authenticated, service_role;

-- sql/functions/tg__stamp_approval.sql
create function private.tg__stamp_approval()
    returns trigger
    language plpgsql
    security definer  -- asks who calls, whatever role the write runs as
    set search_path = ''
as $$
begin
    new.approval_at := clock_timestamp();
    if private.acting_machine() then
        new.approval_by := null;
    else
        new.approval_by := (select auth.uid());
        new.approval_rule := null;
    end if;
    return new;
end
$$;
comment on function private.tg__stamp_approval is
'Says of an approval that changes when and by whom: by a rule where one of our functions writes it, else by the caller.';
revoke execute on function private.tg__stamp_approval from public, anon, authenticated, service_role;

-- sql/functions/tg__reset_approval.sql
create function private.tg__reset_approval()
    returns trigger
    language plpgsql
    security definer  -- writes machine columns that the caller may not
    set search_path = ''
as $$
begin
    new.approval := 'required';
    new.approval_at := clock_timestamp();
    new.approval_by := (select auth.uid());
    new.approval_note := 'changed since it was ' || old.approval;
    return new;
end
$$;
comment on function private.tg__reset_approval is
'What was approved or rejected and says something else now waits for approval again.';
revoke execute on function private.tg__reset_approval from public, anon, authenticated, service_role;

-- sql/functions/tg__record_approval.sql
create function private.tg__record_approval()
    returns trigger
    language plpgsql
    security definer  -- history is written by functions only, and private.jobs is not for callers
    set search_path = ''
as $$
begin
    insert into public.approvals
    (workspace_id, content_asset_id, social_post_id, previous_approval, approval, rule, note, decided_by)
    values (
        new.workspace_id,
        case when tg_table_name = 'content_assets' then new.id end,
        case when tg_table_name = 'social_posts' then new.id end,
        case tg_op when 'INSERT' then 'none' else old.approval end,
        new.approval,
        new.approval_rule,
        new.approval_note,
        new.approval_by
    );
    -- what waited for a person may be scheduled now
    if
        tg_table_name = 'content_assets'
        and new.approval = 'approved'
        and not private.acting_machine()
        and exists (
            select
            from public.content_assets
            where
                content_assets.id = new.id
                and content_assets.label_state <> 'queued'
        )
        and exists (
            select
            from public.automation_rules
            where
                automation_rules.workspace_id = new.workspace_id
                and automation_rules.rule_type = 'scheduling'
                and automation_rules.enabled
        )
    then
        perform private.queue_content(array[new.id]);
    end if;
    return null;
end
$$;
comment on function private.tg__record_approval is
'Writes each change of an approval into the history, and lets the rules that schedule look again at what was approved.';
revoke execute on function private.tg__record_approval from public, anon, authenticated, service_role;

-- sql/functions/tg_social_posts__hold_unapproved.sql
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

-- sql/functions/sum_campaign_cost.sql
create function private.sum_campaign_cost(campaign_ids uuid[])
    returns void
    language plpgsql
    security definer  -- actual_cost is a machine column
    set search_path = ''
as $$
begin
    -- in one order for everybody, so that two batches wait for each other instead of deadlocking
    perform campaigns.id
    from public.campaigns
    where campaigns.id = any(sum_campaign_cost.campaign_ids)
    order by campaigns.id
    for no key update;
    update public.campaigns
    set actual_cost = summed.cost
    from (
        select
            spending.campaign_id,
            sum(spending.cost) as cost
        from (
            select content_assets.campaign_id, coalesce(content_assets.generation_cost, 0) as cost
            from public.content_assets
            where content_assets.campaign_id = any(sum_campaign_cost.campaign_ids)
            union all
            select social_posts.campaign_id, coalesce(social_posts.posting_cost, 0)
            from public.social_posts
            where social_posts.campaign_id = any(sum_campaign_cost.campaign_ids)
            union all
            select unnest(sum_campaign_cost.campaign_ids), 0
        ) as spending
        group by spending.campaign_id
    ) as summed
    where
        campaigns.id = summed.campaign_id
        and campaigns.actual_cost is distinct from summed.cost;
end
$$;
comment on function private.sum_campaign_cost is
'Sets actual_cost of the campaigns to the generation cost of their content and the posting cost of their posts.';
revoke execute on function private.sum_campaign_cost from public, anon, authenticated, service_role;

-- sql/functions/tg_content_assets__sum_cost.sql
create function private.tg_content_assets__sum_cost()
    returns trigger
    language plpgsql
    security definer  -- actual_cost is a machine column
    set search_path = ''
as $$
declare
    campaign_ids uuid[];
begin
    -- one branch an operation: a transition table of the other operation does not exist
    if tg_op = 'INSERT' then
        select array_agg(distinct new_rows.campaign_id)
        into campaign_ids
        from new_rows
        where
            new_rows.campaign_id is not null
            and new_rows.generation_cost <> 0;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct old_rows.campaign_id)
        into campaign_ids
        from old_rows
        where
            old_rows.campaign_id is not null
            and old_rows.generation_cost <> 0;
    else
        select array_agg(distinct sides.campaign_id)
        into campaign_ids
        from old_rows
        inner join new_rows on old_rows.id = new_rows.id
        cross join lateral (values (old_rows.campaign_id), (new_rows.campaign_id)) as sides (campaign_id)
        where
            sides.campaign_id is not null
            and (old_rows.campaign_id, old_rows.generation_cost)
            is distinct from (new_rows.campaign_id, new_rows.generation_cost);
    end if;
    if campaign_ids is not null then
        perform private.sum_campaign_cost(campaign_ids);
    end if;
    return null;
end
$$;
comment on function private.tg_content_assets__sum_cost is
'Keeps campaigns.actual_cost in step with the generation cost.';
revoke execute on function private.tg_content_assets__sum_cost from public, anon, authenticated, service_role;

-- sql/functions/tg_social_posts__sum_cost.sql
create function private.tg_social_posts__sum_cost()
    returns trigger
    language plpgsql
    security definer  -- actual_cost is a machine column
    set search_path = ''
as $$
declare
    campaign_ids uuid[];
begin
    -- one branch an operation: a transition table of the other operation does not exist
    if tg_op = 'INSERT' then
        select array_agg(distinct new_rows.campaign_id)
        into campaign_ids
        from new_rows
        where
            new_rows.campaign_id is not null
            and new_rows.posting_cost <> 0;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct old_rows.campaign_id)
        into campaign_ids
        from old_rows
        where
            old_rows.campaign_id is not null
            and old_rows.posting_cost <> 0;
    else
        select array_agg(distinct sides.campaign_id)
        into campaign_ids
        from old_rows
        inner join new_rows on old_rows.id = new_rows.id
        cross join lateral (values (old_rows.campaign_id), (new_rows.campaign_id)) as sides (campaign_id)
        where
            sides.campaign_id is not null
            and (old_rows.campaign_id, old_rows.posting_cost)
            is distinct from (new_rows.campaign_id, new_rows.posting_cost);
    end if;
    if campaign_ids is not null then
        perform private.sum_campaign_cost(campaign_ids);
    end if;
    return null;
end
$$;
comment on function private.tg_social_posts__sum_cost is 'Keeps campaigns.actual_cost in step with the posting cost.';
revoke execute on function private.tg_social_posts__sum_cost from public, anon, authenticated, service_role;

-- sql/functions/default_vocabulary.sql
-- Generated from sql/data/default_vocabulary.json by `make migrations`: edit there.
create function private.default_vocabulary()
    returns jsonb
    language sql
    immutable
    set search_path = ''
as $$
select $json${
  "version": 1,
  "categories": [
    {"name": "recruitment", "parent": null,
     "description": "Attracting talent in general: careers pages, employee referrals, talent pools, recruiters, open applications and resumes, before any one vacancy is named.",
     "keywords": ["careers page", "career site", "talent pool", "talent community", "talent network", "recruiter", "recruiting", "recruitment team", "referral bonus", "employee referral", "open application", "refer a friend to work", "send us your resume", "career change", "future colleagues", "hiring managers"],
     "examples": ["Not seeing the right role today? Join our talent community and our recruiters will write to you first when something fits.", "Know a great nurse? Our employee referral bonus just went up to $2,000.", "Thinking about a career change? Meet our recruiting team on the careers page and ask them anything."],
     "counter_examples": ["Hiring: senior accountant, Denver, $78k, start in May. -> job_opening", "Fridays here end with a barbecue on the roof. -> workplace_culture"]},
    {"name": "job_opening", "parent": "recruitment",
     "description": "Concrete vacancies to apply for: job title, location, hourly pay or salary, shifts, full-time or part-time, requirements and how to apply.",
     "keywords": ["hiring", "we're hiring", "now hiring", "job opening", "open role", "open position", "vacancy", "full-time", "part-time", "per hour", "hourly pay", "salary range", "sign-on bonus", "apply today", "cover letter", "years of experience", "join our team as"],
     "examples": ["We're hiring a line cook in Portland. $22 an hour, two days off in a row, staff meal every shift. Apply today.", "Open role: Senior Backend Engineer (Go, Postgres), remote in the EU, EUR 75-90k. Send your CV to our team lead.", "CDL-A drivers wanted for regional runs. Home every weekend, $1,450 a week, sign-on bonus paid in 30 days."],
     "counter_examples": ["Meet Ana, who grew from barista to regional manager in six years. -> workplace_culture", "Our summer internship takes twelve students every year. -> early_careers"]},
    {"name": "workplace_culture", "parent": "recruitment",
     "description": "Life inside the company: colleagues, team rituals, benefits and perks, employee spotlights, office life, parental leave, how people work together and grow.",
     "keywords": ["our culture", "company culture", "work culture", "our colleagues", "coworkers", "teammates", "life at", "day in the life", "employee spotlight", "meet the team", "team lunch", "team offsite", "offsite", "parental leave", "work-life balance", "flexible hours", "great place to work", "perks", "onboarding buddy", "four-day week"],
     "examples": ["Employee spotlight: Priya joined us on the help desk in 2019. Today she runs the whole support team, and still answers one ticket every Friday.", "What our offsite looked like: no slides, one lake, 34 colleagues and a very bad volleyball match.", "Twenty weeks of parental leave for every parent, because no deadline beats a first smile."],
     "counter_examples": ["We are looking for a support lead, apply by Friday. -> job_opening", "Our founder started in a garage with one sewing machine. -> brand_story"]},
    {"name": "early_careers", "parent": "recruitment",
     "description": "Internships, apprenticeships, trainee and graduate programs, mentors, working students and campus recruiting at the start of a working life.",
     "keywords": ["internship", "intern", "apprenticeship", "apprentice", "graduate program", "graduate scheme", "new-grad", "trainee", "trainee program", "working student", "campus recruiting", "first job", "entry-level", "summer intern"],
     "examples": ["Applications for our summer internship are open: ten weeks, paid, a mentor of your own and a real project with your name on it.", "Start an apprenticeship in electrical installation with us this September. No experience needed, just curiosity and good shoes.", "Graduating in June? Our two-year graduate program rotates you through finance, operations and sales."],
     "counter_examples": ["We're hiring a tax manager with eight years of experience. -> job_opening", "Students save 20% on every plan with a valid ID. -> offer"]},
    {"name": "launch", "parent": null,
     "description": "Introducing a new product, collection, book, app, service or location: brand new, available now, unveiled, coming soon, pre-order, grand opening.",
     "keywords": ["introducing", "meet the new", "brand new", "just launched", "launching", "now available", "available now", "out now", "has landed", "new arrival", "new collection", "new product", "pre-order", "coming soon", "first look", "unveiling", "grand opening", "our newest"],
     "examples": ["Introducing the Ember 2: our lightest camping stove yet. Boils a liter in under three minutes. Available now.", "Our spring collection has landed. Linen, in seven colors we could not stop wearing.", "Coming soon: a second bakery, on Mill Street. Doors open March 3."],
     "counter_examples": ["Version 4.2 adds dark mode and faster search. -> feature_update", "The Ember 2 is 25% off this week. -> offer"]},
    {"name": "feature_update", "parent": "launch",
     "description": "Software and device updates for existing users: new feature, release notes, version, integration, dark mode, bug fixes, redesign, firmware, dashboard improvements.",
     "keywords": ["new feature", "feature update", "release notes", "changelog", "what's new", "now supports", "you can now", "dark mode", "integration", "integrates with", "beta", "rolled out", "rolling out", "shipped", "bug fixes", "redesigned", "dashboard", "version"],
     "examples": ["You asked, we shipped: you can now export any report to a spreadsheet in one click.", "Release notes 3.8: faster sync, keyboard shortcuts and the fix for that calendar bug.", "New integration: send approved invoices straight from your dashboard to your bank."],
     "counter_examples": ["Meet our first smartwatch, in stores Monday. -> launch", "The dashboard will be offline for maintenance on Sunday. -> service_notice"]},
    {"name": "event", "parent": null,
     "description": "Events to attend in person: conference, trade fair, festival, concert, workshop, open house, market, tasting or meetup, with date, venue, tickets, doors and line-up.",
     "keywords": ["conference", "meetup", "trade show", "trade fair", "expo", "open house", "open studio", "festival", "concert", "tickets", "early-bird", "doors open", "booth", "free entry", "keynote", "line-up", "stalls", "venue", "rsvp"],
     "examples": ["See you in Lisbon! Find us at booth B14 from Tuesday to Thursday, coffee is on us.", "Open house this Saturday, 11 to 3. Tour the studio, try the wheel, take home a bowl.", "Tickets for the harbor jazz festival are on sale. Three nights, two stages, one river."],
     "counter_examples": ["Join our live online session from your desk on Tuesday. -> webinar", "Thank you to the 600 people who came last weekend! -> event_recap"]},
    {"name": "webinar", "parent": "event",
     "description": "Online sessions: webinar, livestream, virtual workshop, online demo, masterclass or Q&A on Zoom, with speakers, registration and recording.",
     "keywords": ["webinar", "live webinar", "online session", "online workshop", "virtual workshop", "virtual event", "livestream", "live demo", "on-demand", "on-demand recording", "recording", "replay", "zoom", "live q&a", "masterclass", "register for the webinar", "save your seat"],
     "examples": ["Live webinar, May 14 at 11 a.m. ET: five ways to cut cloud spend without slowing your team. Save your seat.", "Bring your questions: our analysts host an online Q&A on the new reporting rules this Thursday.", "Missed it? Watch the recording of last week's virtual workshop on demand."],
     "counter_examples": ["Our conference returns to Chicago in June, tickets on sale now. -> event", "Read our guide to cloud costs. -> education"]},
    {"name": "event_recap", "parent": "event",
     "description": "Looking back at a past event: recap, highlights, photos, aftermovie, crowd, visitors, speakers and volunteers of last weekend's festival or conference.",
     "keywords": ["recap", "event recap", "recap reel", "highlights", "highlight reel", "aftermovie", "photos from", "photos are up", "takeaways", "key takeaways", "that's a wrap", "what a night", "what a weekend", "thank you to everyone who came", "sold-out crowd", "visitors", "attendees", "last weekend", "see you next year"],
     "examples": ["That's a wrap! 420 guests, 18 talks and one unforgettable closing song. Photos are up on our page.", "Three takeaways from last week's summit, written on the train home.", "What a night. Thank you to everyone who came to our tenth anniversary dinner."],
     "counter_examples": ["Two weeks left until the summit, get your ticket. -> event", "Watch the replay of yesterday's online session. -> webinar"]},
    {"name": "offer", "parent": null,
     "description": "Discounts and deals: sale, percent off, coupon or promo code, bundle, free shipping, half price, buy one get one, loyalty points, clearance.",
     "keywords": ["10% off", "20% off", "25% off", "30% off", "50% off", "percent off", "discount", "flash sale", "sale ends", "clearance", "promo code", "coupon", "use code", "free shipping", "free delivery", "buy one get one", "two for one", "half price", "loyalty points"],
     "examples": ["Flash sale: 30% off all running shoes until Sunday midnight. Use code RUN30.", "Buy two bags of beans, get the third one free. This month only.", "Free shipping on every order over $40, no code needed."],
     "counter_examples": ["Try the app free for 14 days. -> free_trial", "Tag a friend and win a pair of running shoes. -> giveaway"]},
    {"name": "free_trial", "parent": "offer",
     "description": "Free trials and samples: free plan, trial period, first class or month free, demo account, no credit card required, cancel anytime.",
     "keywords": ["free trial", "trial period", "trial", "14-day", "try for free", "try it free", "free month", "first month free", "free plan", "free account", "first class free", "first class is free", "free sample", "no credit card", "no card required", "cancel anytime", "risk-free"],
     "examples": ["Start your 14-day free trial. No credit card, no sales call, cancel anytime.", "Your first yoga class is free. Bring a towel, we have the mats.", "Not sure? Use every feature for a month on us, then decide."],
     "counter_examples": ["Subscribe today and pay half price for a year. -> offer", "You can now invite guests on the free plan. -> feature_update"]},
    {"name": "giveaway", "parent": "offer",
     "description": "Giveaways, contests, raffles, sweepstakes and competitions with prizes to win, entry rules and a draw of winners.",
     "keywords": ["giveaway", "enter to win", "chance to win", "could win", "sweepstakes", "raffle", "raffle ticket", "prize draw", "first prize", "grand prize", "prizes", "contest", "competition", "winners", "no purchase necessary", "tag a friend", "how to enter"],
     "examples": ["GIVEAWAY! Win a weekend for two at the lake. To enter: follow us, like this post and tag a friend.", "Send us your best trail photo by June 30 for a chance to win the new backpack.", "Raffle tickets are $5 and first prize is a mountain bike."],
     "counter_examples": ["We won the national design award! -> company_milestone", "Everyone gets a free tote with orders over $60. -> offer"]},
    {"name": "brand_story", "parent": null,
     "description": "Origins and craft: founders, family history, heritage, mission and values, grandmother's recipe, handmade by craftspeople, generations of makers and growers.",
     "keywords": ["our story", "how it all started", "our mission", "our values", "why we exist", "founding story", "founder", "founded", "grandmother", "grandfather", "family-owned", "family-run", "family business", "generations", "third generation", "handmade", "handcrafted", "made by hand", "artisan", "heritage"],
     "examples": ["It started with one oven and my grandmother's rye. Three generations later, we still get up at 3 a.m.", "Why we exist: nobody should need a law degree to read an insurance policy.", "Every bag is cut, sewn and signed by one person. This one was made by Marta."],
     "counter_examples": ["We turned 25 today! -> company_milestone", "Our new bag comes in four colors, out now. -> launch"]},
    {"name": "social_impact", "parent": "brand_story",
     "description": "Good causes: sustainability, climate, carbon, recycling, renewable energy, donations, charity, shelters, food banks, trees planted, volunteers and inclusion.",
     "keywords": ["sustainability", "sustainable", "carbon", "climate", "recycled", "recycling", "renewable", "compost", "trees planted", "donate", "donated", "donation", "charity", "fundraiser", "volunteer", "volunteering", "shelter", "food bank"],
     "examples": ["For every pair sold this month we donate one to a shelter in our city.", "We cut packaging plastic by 41% last year. Here is what worked and what did not.", "Forty volunteers, six hours, 1.2 tons of trash out of the river."],
     "counter_examples": ["Thanks to our community for ten great years. -> company_milestone", "Come to our charity concert on May 4, doors at seven. -> event"]},
    {"name": "company_milestone", "parent": "brand_story",
     "description": "Company news and honors: anniversary, award, funding round, investors, certification, acquisition, partnership, new chief executive, millionth customer.",
     "keywords": ["anniversary", "years in business", "our award", "award-winning", "award for", "finalist", "shortlisted", "nominated", "funding", "funding round", "series a", "series b", "investors", "acquisition", "acquired", "partnership", "proud to announce", "milestone", "iso 27001", "appointed"],
     "examples": ["Ten years, 40 colleagues and one very tired coffee machine: today is our anniversary.", "We raised a $12M Series A to bring fair payroll to every small team.", "Proud to announce that our lab is now ISO 27001 certified."],
     "counter_examples": ["We have a new product for small teams, try it today. -> launch", "My father opened this shop in 1974 with a borrowed ladder. -> brand_story"]},
    {"name": "education", "parent": null,
     "description": "Useful knowledge: how-to guides, step by step instructions, tips, tutorials, recipes, explainers, checklists, myths and common mistakes for beginners.",
     "keywords": ["how to", "pro tip", "tips for", "step by step", "guide", "explained in", "explainer", "beginner", "common mistakes", "mistakes to avoid", "myth", "checklist", "did you know", "cheat sheet", "instructions", "tutorial"],
     "examples": ["How to keep basil alive past week two: water from below, cut above the second pair of leaves, never the fridge.", "Myth: you need a 20% down payment. Here is what lenders really ask for.", "Five mistakes to avoid in your first email campaign."],
     "counter_examples": ["Our survey of 900 shops shows basil sales up 12%. -> industry_insight", "Our gardening workshop takes place on Saturday. -> event"]},
    {"name": "industry_insight", "parent": "education",
     "description": "Market research and analysis: survey results, reports, statistics, trends, forecasts, benchmarks, analysts, regulation and industry commentary.",
     "keywords": ["annual report", "new report", "survey", "we surveyed", "respondents", "research", "findings", "trend", "forecast", "benchmark", "whitepaper", "statistics", "median", "analysts", "year over year", "regulation", "industry data"],
     "examples": ["We surveyed 1,200 retailers: 64% plan to cut the number of delivery options next year.", "The 2025 benchmark report is out: median open rate 38%, down two points year over year.", "Three trends that will shape commercial kitchens over the next five years."],
     "counter_examples": ["Five tips to raise your open rate. -> education", "How one retailer cut returns by 31% with our software. -> case_study"]},
    {"name": "community", "parent": null,
     "description": "Conversation with followers: polls, votes, comments, challenges, fan and reader photos, hashtags, shout-outs to neighbors and local groups.",
     "keywords": ["tell us", "in the comments", "comment below", "poll", "vote", "our followers", "followers", "our community", "reader photo", "fan photo", "fan art", "fan of the week", "photo of the week", "shout-out", "challenge", "caption this", "debate"],
     "examples": ["Window seat or aisle? Settle this in the comments.", "Reader photo of the week: Tom and his sourdough named Clint Yeastwood. Show us yours!", "A shout-out to our neighbors at the flower shop, who kept our door free of snow all winter."],
     "counter_examples": ["Comment to win a flight! -> giveaway", "'Best flight I ever had', says Tom. -> testimonial"]},
    {"name": "seasonal_greeting", "parent": "community",
     "description": "Holiday greetings and good wishes: Christmas, New Year, Easter, Eid, Ramadan, Diwali, Hanukkah, Thanksgiving, Mother's Day, Women's Day.",
     "keywords": ["happy new year", "happy holidays", "happy easter", "happy thanksgiving", "happy diwali", "eid mubarak", "ramadan", "diwali", "hanukkah", "merry christmas", "christmas", "season's greetings", "warmest wishes", "best wishes", "from our family to yours", "mother's day", "father's day", "women's day", "lunar new year", "halloween"],
     "examples": ["Happy New Year from all of us at the workshop. May your drawers close softly.", "Eid Mubarak to everyone celebrating with family and friends today.", "Warmest wishes for a quiet, bright holiday season."],
     "counter_examples": ["Mother's Day sale: all bouquets 15% off. -> offer", "We are closed from December 24 to January 2. -> service_notice"]},
    {"name": "testimonial", "parent": null,
     "description": "Customer reviews: star ratings, praise, quotes, fan letters and recommendations from happy customers, patients and guests in their own words.",
     "keywords": ["testimonial", "review", "star review", "five stars", "5 stars", "highly recommend", "would recommend", "happy customer", "customer says", "in their own words", "what people are saying", "could not be happier", "changed my life", "member since", "verified buyer"],
     "examples": ["\"I had given up on my knees. Eight weeks later I took the stairs without thinking.\" Carol, member since March", "★★★★★ \"Arrived a day early, fits perfectly, and the handwritten note made my week.\"", "What people are saying about the new clinic: 'Nobody rushed me.'"],
     "counter_examples": ["How a 60-bed hospital cut waiting times by a third in one quarter. -> case_study", "Leave us a review in the comments, what do you think? -> community"]},
    {"name": "case_study", "parent": "testimonial",
     "description": "Customer success with measured results: case study of a client company, the challenge, the solution, costs cut, hours saved, sales increased by percent.",
     "keywords": ["case study", "success story", "customer story", "client story", "our client", "client results", "before switching", "cut costs", "reduced", "increased by", "roi", "return on investment", "within six months", "within one quarter", "the challenge", "the result", "the outcome"],
     "examples": ["Case study: how a chain of 14 dental clinics cut no-shows by 38% in one quarter.", "Before switching, the warehouse counted stock by hand on Sundays. Now the Sunday shift is gone and errors fell by 72%.", "The challenge: three languages, one inbox. The result: first replies in nine minutes. Read the full story."],
     "counter_examples": ["\"Love it, five stars!\" Jamie, Leeds -> testimonial", "Industry no-show rates rose to 19% this year. -> industry_insight"]},
    {"name": "service_notice", "parent": null,
     "description": "Operational notices: changed opening hours, temporary closure, outage, scheduled maintenance, delivery delays, product recall, price or policy changes, apologies.",
     "keywords": ["closed", "closing early", "opening hours", "holiday hours", "new hours", "closure", "outage", "downtime", "maintenance", "scheduled maintenance", "service disruption", "delay", "delayed", "recall", "faulty", "we apologize", "sorry for the inconvenience", "price change", "rescheduled"],
     "examples": ["We are closed on Monday for inventory and back on Tuesday at 8.", "Scheduled maintenance: the booking portal is offline on Sunday from 2 to 4 a.m. UTC.", "Because of the storm, deliveries in the north are delayed by one day. We are sorry for the wait."],
     "counter_examples": ["We now support bookings in Spanish. -> feature_update", "Our shop on Mill Street opens for the first time tomorrow. -> launch"]}
  ],
  "tags": [
    {"name": "software", "tag_type": "industry", "aliases": ["saas", "information_technology", "it_industry"],
     "description": "Software, apps, cloud services, developer tools and IT companies.",
     "keywords": ["software", "platform", "app", "saas", "api", "cloud", "dashboard", "database", "open source", "source code", "developer", "devops", "cybersecurity"],
     "examples": ["Our API now answers in 40 ms.", "One dashboard for every invoice your team sends."], "counter_examples": ["New espresso machine with a touch screen. -> food_and_beverage"]},
    {"name": "retail", "tag_type": "industry", "aliases": ["e_commerce", "shopping"],
     "description": "Shops and online stores, shelves, shopping, stock, checkout and store staff.",
     "keywords": ["store", "shop", "shopping", "retail", "retailer", "in-store", "checkout", "shelves", "e-commerce", "cashier", "storefront"],
     "examples": ["Two new stores open their doors this month.", "Click and collect, ready in an hour."], "counter_examples": ["A linen dress cut for long evenings. -> fashion"]},
    {"name": "hospitality", "tag_type": "industry", "aliases": ["restaurants", "hotels", "gastronomy"],
     "description": "Hotels, restaurants, bars and cafes, guests, rooms, kitchens and service staff.",
     "keywords": ["hotel", "restaurant", "bar", "guests", "kitchen", "chef", "menu", "brunch", "barista", "line cook", "cooks", "dishwasher", "bistro", "front desk", "check-in"],
     "examples": ["Our chef rewrites the menu every Thursday.", "Rooms with a view of the harbor from $140."], "counter_examples": ["Granola in a bag you can reseal. -> food_and_beverage"]},
    {"name": "food_and_beverage", "tag_type": "industry", "aliases": ["food_and_drink", "groceries"],
     "description": "Things to eat and drink sold as products: coffee, bread, snacks, wine, beer, groceries.",
     "keywords": ["coffee", "espresso", "beans", "roastery", "roasted", "bakery", "bread", "sourdough", "chocolate", "wine", "beer", "snack", "tea", "organic", "flavor"],
     "examples": ["A washed Ethiopian that tastes like apricot jam.", "Rye, spelt and one very stubborn baguette."], "counter_examples": ["Book a table for Sunday brunch. -> hospitality"]},
    {"name": "healthcare", "tag_type": "industry", "aliases": ["health_sector", "medical_sector"],
     "description": "Clinics, hospitals, dentists, care homes, patients, nursing, therapy and medical devices.",
     "keywords": ["clinic", "hospital", "patients", "nurse", "doctor", "dentist", "dental", "medical", "therapy", "care home", "pharmacy"],
     "examples": ["Evening appointments for people who work days.", "Registered nurses, nights, Ward 4."], "counter_examples": ["A protein bar with fewer ingredients. -> food_and_beverage"]},
    {"name": "finance", "tag_type": "industry", "aliases": ["banking", "financial_services", "fintech", "insurance"],
     "description": "Banking, insurance, investing, accounting, payments, loans and taxes.",
     "keywords": ["banking", "bank account", "insurance", "loan", "mortgage", "invest", "investing", "accounting", "bookkeeping", "bookkeeper", "tax", "payments", "fintech", "savings"],
     "examples": ["File your taxes in one coffee break.", "A savings account that explains itself."], "counter_examples": ["Save 20% on headphones. -> retail"]},
    {"name": "real_estate", "tag_type": "industry", "aliases": ["realty", "property_market"],
     "description": "Homes and offices for sale or rent, listings, viewings, agents and property management.",
     "keywords": ["real estate", "listing", "bedroom", "apartment", "condo", "realtor", "property", "viewing", "lease", "square feet"],
     "examples": ["Three bedrooms, two baths and a very old pear tree.", "Open house on Elm Street, Sunday 1 to 3."], "counter_examples": ["We renovate kitchens in ten days. -> construction"]},
    {"name": "construction", "tag_type": "industry", "aliases": ["building_trade", "skilled_trades"],
     "description": "Building, renovation and trades: carpenters, electricians, roofers, plumbers, contractors.",
     "keywords": ["construction", "contractor", "renovation", "remodel", "carpenter", "electrician", "plumber", "roofing", "roofer", "building site", "drywall", "scaffolding"],
     "examples": ["New roof in two days, cleaned up by Friday.", "Electricians wanted for the hospital extension."], "counter_examples": ["A condo with a view of the park. -> real_estate"]},
    {"name": "education_sector", "tag_type": "industry", "aliases": ["academia", "e_learning"],
     "description": "Schools, universities, language courses, tutoring, e-learning platforms.",
     "keywords": ["school", "university", "college", "course", "classroom", "curriculum", "tutor", "tutoring", "bootcamp", "language course", "campus", "bachelor", "e-learning"],
     "examples": ["Evening Spanish courses for complete beginners.", "Our bootcamp starts its ninth cohort."], "counter_examples": ["How to clean a chain in five minutes. -> how_to"]},
    {"name": "manufacturing", "tag_type": "industry", "aliases": ["industrial", "factories"],
     "description": "Factories and industrial production: machines, plants, assembly, tooling, materials.",
     "keywords": ["factory", "manufacturing", "machinery", "machinists", "robots", "robotics", "automation", "cnc", "assembly line", "production plant", "production line", "warehouse robots", "tooling", "steel"],
     "examples": ["Line 3 now runs on heat we used to throw away.", "CNC machinists, second shift, full benefits."], "counter_examples": ["Handmade earrings from a kitchen table. -> fashion"]},
    {"name": "logistics", "tag_type": "industry", "aliases": ["transportation", "trucking", "supply_chain"],
     "description": "Transport and delivery: trucking, freight, warehouses, couriers, shipping, fleets.",
     "keywords": ["logistics", "freight", "trucking", "truck", "truck driver", "cdl", "warehouse", "courier", "fleet", "shipping", "supply chain", "parcel"],
     "examples": ["Home every weekend, late-model trucks, no-touch freight.", "Same-day courier inside the ring road."], "counter_examples": ["Test drive the new wagon. -> automotive"]},
    {"name": "automotive", "tag_type": "industry", "aliases": ["auto_industry", "car_industry"],
     "description": "Cars, motorcycles and bikes with engines: dealers, repair shops, electric vehicles, tires.",
     "keywords": ["car", "dealership", "test drive", "electric vehicle", "ev", "tires", "auto repair", "mechanic", "oil change", "motorcycle", "hybrid", "charging"],
     "examples": ["Winter tires fitted while you wait.", "Test drive the electric wagon this weekend."], "counter_examples": ["CDL drivers for regional runs. -> logistics"]},
    {"name": "fashion", "tag_type": "industry", "aliases": ["apparel", "clothing"],
     "description": "Clothing, shoes, jewelry and accessories.",
     "keywords": ["fashion", "dress", "shoes", "boots", "sneakers", "jacket", "denim", "linen", "jewelry", "handbag", "outfit", "wardrobe", "knitwear", "tailor"],
     "examples": ["Knitwear for people who walk to work.", "The denim jacket, now in ecru."], "counter_examples": ["A serum for dry skin. -> beauty"]},
    {"name": "beauty", "tag_type": "industry", "aliases": ["cosmetics", "skincare"],
     "description": "Skincare, cosmetics, hair, salons and fragrance.",
     "keywords": ["skincare", "skin", "serum", "makeup", "lipstick", "cosmetics", "salon", "hair", "haircut", "fragrance", "spf", "moisturizer", "nails"],
     "examples": ["A sunscreen that does not sting your eyes.", "Fresh cut? Two chairs are free on Friday."], "counter_examples": ["A twenty-minute mobility routine. -> fitness"]},
    {"name": "fitness", "tag_type": "industry", "aliases": ["gyms", "sports_industry"],
     "description": "Gyms, yoga, running, training plans, sports and sportswear in use.",
     "keywords": ["gym", "workout", "yoga", "running", "runner", "training plan", "coach", "marathon", "pilates", "strength", "cycling", "fitness", "sport"],
     "examples": ["Six weeks to your first 10K.", "Open gym until 11 p.m., every day."], "counter_examples": ["Physical therapy after surgery. -> healthcare"]},
    {"name": "travel", "tag_type": "industry", "aliases": ["tourism", "vacation"],
     "description": "Trips and tourism: flights, tours, cruises, beaches, cities, luggage and holidays away from home.",
     "keywords": ["travel", "trip", "flight", "beach", "vacation", "guided tour", "tours", "itinerary", "island", "passport", "luggage", "destination", "road trip"],
     "examples": ["Eleven days, four islands, one backpack.", "Flights to Porto from 49 euros."], "counter_examples": ["Front desk agent, night shift. -> hospitality"]},
    {"name": "nonprofit", "tag_type": "industry", "aliases": ["charity", "ngo"],
     "description": "Charities, foundations, associations, shelters, museums and public-interest groups.",
     "keywords": ["nonprofit", "charity", "charitable", "shelter", "donate", "donation", "volunteer", "association", "museum", "fundraiser", "ngo", "food bank"],
     "examples": ["Every ten dollars is a warm meal.", "The shelter needs foster homes for six puppies."], "counter_examples": ["We donate 1% of sales. -> pride"]},
    {"name": "job_seekers", "tag_type": "audience", "aliases": ["applicants", "candidates"],
     "description": "People looking for work or a better job: applicants, candidates, career changers.",
     "keywords": ["hiring", "apply", "apply now", "resume", "cv", "candidate", "job", "career", "interview", "salary", "vacancy"],
     "examples": ["Send your resume by Friday.", "Tired of your commute? We have three open roles."], "counter_examples": ["Hire your next engineer in nine days. -> executives"]},
    {"name": "small_business_owners", "tag_type": "audience", "aliases": ["entrepreneurs", "freelancers", "smb"],
     "description": "Owners of shops, studios, agencies and one-person companies, freelancers included.",
     "keywords": ["small business", "small firms", "business owner", "shop owners", "freelancer", "invoice", "self-employed", "side hustle", "sole trader", "entrepreneur"],
     "examples": ["Chasing late invoices should not be your evening job.", "For every shop owner who is also the accountant."], "counter_examples": ["Board-ready reports for the CFO. -> executives"]},
    {"name": "developers", "tag_type": "audience", "aliases": ["programmers", "software_engineers"],
     "description": "People who write software: engineers, data people, operations.",
     "keywords": ["developer", "engineer", "api", "sdk", "coding", "github", "python", "typescript", "postgres", "cli", "open source", "docs"],
     "examples": ["One import, and your tests run in parallel.", "The SDK is on GitHub, issues welcome."], "counter_examples": ["Build a website without code. -> small_business_owners"]},
    {"name": "parents", "tag_type": "audience", "aliases": ["moms", "dads", "mums"],
     "description": "Mothers, fathers and families with babies, toddlers or school children.",
     "keywords": ["parents", "mom", "dad", "kids", "baby", "toddler", "families", "daycare", "lunchbox", "stroller"],
     "examples": ["Lunchboxes that survive second grade.", "Strollers half off, naps not included."], "counter_examples": ["Take your puppy to work day. -> pet_owners"]},
    {"name": "students", "tag_type": "audience", "aliases": ["pupils", "undergraduates"],
     "description": "Pupils, college and university students, recent graduates.",
     "keywords": ["student", "campus", "semester", "exam", "graduate", "dorm", "internship", "thesis", "freshman", "scholarship"],
     "examples": ["Finals week? We are open until 2 a.m.", "Show your student ID and save."], "counter_examples": ["Lesson plans for busy teachers. -> teachers"]},
    {"name": "teachers", "tag_type": "audience", "aliases": ["educators"],
     "description": "Teachers, trainers, professors and school staff.",
     "keywords": ["teacher", "classroom", "lesson plan", "educator", "professor", "grading", "school year", "homeroom", "principal"],
     "examples": ["Free lesson plans on tides and the moon.", "Grading done before dinner."], "counter_examples": ["Cheap laptops for your first semester. -> students"]},
    {"name": "marketers", "tag_type": "audience", "aliases": ["marketing_teams", "marketing_people"],
     "description": "Marketing, brand, social media, content and growth people, agencies.",
     "keywords": ["marketer", "marketing", "campaign", "seo", "open rate", "ad spend", "brand awareness", "content calendar", "newsletter", "agency", "conversion", "click-through"],
     "examples": ["Your content calendar, filled before Monday.", "Why open rates lie, and what to watch instead."], "counter_examples": ["Quarterly numbers the board will read. -> executives"]},
    {"name": "executives", "tag_type": "audience", "aliases": ["decision_makers", "c_level", "c_suite"],
     "description": "Leaders with budgets: founders of larger firms, C-level, directors, heads of department, HR leaders.",
     "keywords": ["executive", "ceo", "cfo", "cto", "leadership", "leaders", "board meeting", "enterprise", "strategy", "decision makers", "hr leaders"],
     "examples": ["What 300 CFOs cut first.", "A one-page brief for your next board meeting."], "counter_examples": ["Send your first invoice in two minutes. -> small_business_owners"]},
    {"name": "home_buyers", "tag_type": "audience", "aliases": ["house_hunters", "renters", "first_time_buyers"],
     "description": "People looking to buy or rent a home.",
     "keywords": ["home buyer", "first-time buyer", "down payment", "open house", "bedrooms", "move-in ready", "mortgage", "renters", "for rent", "for sale", "dream home"],
     "examples": ["Move-in ready, five minutes from the train.", "First-time buyer? Start with this checklist."], "counter_examples": ["Paint your hallway in a weekend. -> homeowners"]},
    {"name": "homeowners", "tag_type": "audience", "aliases": ["house_owners", "hobby_gardeners"],
     "description": "People who live in and look after their own house or garden.",
     "keywords": ["homeowner", "garden", "gardening", "renovate", "renovation", "roof", "kitchen remodel", "gutters", "lawn", "heating", "solar panels", "diy", "home improvement"],
     "examples": ["Clean the gutters before the first frost.", "What a heat pump costs in an old house."], "counter_examples": ["Two-bedroom condo, open house Sunday. -> home_buyers"]},
    {"name": "pet_owners", "tag_type": "audience", "aliases": ["dog_owners", "cat_owners", "pet_parents"],
     "description": "People with dogs, cats and other animals at home.",
     "keywords": ["dog", "puppy", "cat", "kitten", "pet", "vet", "leash", "treats", "litter", "paws"],
     "examples": ["A raincoat for dogs who hate raincoats.", "Why your cat ignores the expensive bed."], "counter_examples": ["Toddler-proof your stairs. -> parents"]},
    {"name": "bargain_hunters", "tag_type": "audience", "aliases": ["deal_seekers", "shoppers"],
     "description": "Shoppers who look for the best price: deals, coupons, outlet, clearance.",
     "keywords": ["deal", "discount", "coupon", "promo code", "clearance", "half price", "cheap", "bargain", "outlet", "lowest price", "free shipping", "sale"],
     "examples": ["Last sizes, half price.", "Stack the coupon with free shipping."], "counter_examples": ["A numbered edition for members only. -> exclusivity"]},
    {"name": "travelers", "tag_type": "audience", "aliases": ["tourists", "travellers", "holidaymakers"],
     "description": "People planning or taking a trip, for pleasure or work.",
     "keywords": ["traveler", "traveling", "passengers", "backpackers", "tourists", "business travel", "itinerary", "boarding", "jet lag", "getaway", "weekend trip"],
     "examples": ["What to pack for eleven days in one bag.", "Landing late? Check in by phone."], "counter_examples": ["Things to do in your own neighborhood. -> local_residents"]},
    {"name": "healthcare_professionals", "tag_type": "audience", "aliases": ["medical_staff", "clinicians"],
     "description": "Nurses, doctors, dentists, therapists, caregivers and practice managers.",
     "keywords": ["nurse", "rn", "physician", "dentists", "therapists", "caregiver", "clinicians", "medical staff", "practice manager", "scrubs"],
     "examples": ["Twelve-hour shifts deserve better shoes.", "Charting in half the clicks."], "counter_examples": ["Book your checkup online. -> local_residents"]},
    {"name": "fitness_enthusiasts", "tag_type": "audience", "aliases": ["athletes", "sporty_people"],
     "description": "People who train: runners, cyclists, lifters, yogis, hikers.",
     "keywords": ["runner", "cyclists", "lifters", "hikers", "athletes", "marathon", "personal best", "trail run", "workout", "gym", "reps"],
     "examples": ["Your long run starts with dry socks.", "Three drills for a stronger squat."], "counter_examples": ["Grab a chair, happy hour starts at five. -> local_residents"]},
    {"name": "existing_customers", "tag_type": "audience", "aliases": ["current_customers", "loyal_customers"],
     "description": "Current customers, members, subscribers and app users with an account.",
     "keywords": ["your account", "subscribers", "subscription", "our customers", "our users", "your plan", "loyalty program", "reward points", "app update", "account settings", "billing", "member benefits"],
     "examples": ["Members get early access from Thursday.", "Update your app to see the new map."], "counter_examples": ["New here? Your first class is free. -> bargain_hunters"]},
    {"name": "local_residents", "tag_type": "audience", "aliases": ["townspeople", "neighborhood_residents"],
     "description": "Neighbors and regulars of one town or quarter.",
     "keywords": ["neighborhood", "neighbors", "downtown", "main street", "our town", "locals", "around the corner", "city hall", "farmers market", "around here"],
     "examples": ["Rain or shine, the farmers market is on.", "Neighbors, the bridge is closed until May."], "counter_examples": ["Flights to Porto from 49 euros. -> travelers"]},
    {"name": "excitement", "tag_type": "emotion", "aliases": ["enthusiasm", "hype"],
     "description": "High energy and anticipation: can't wait, finally here, thrilled.",
     "keywords": ["excited", "exciting", "thrilled", "can't wait", "finally here", "it's here", "big news", "stoked", "woohoo", "get ready"],
     "examples": ["It's finally here!", "We can't wait to show you this."], "counter_examples": ["Only three left, order now. -> urgency"]},
    {"name": "urgency", "tag_type": "emotion", "aliases": ["scarcity", "time_pressure"],
     "description": "Pressure of time or stock: deadline, last chance, final hours, limited spots, ending tonight.",
     "keywords": ["last chance", "hurry", "ends tonight", "ends today", "ends sunday", "final hours", "today only", "limited spots", "limited stock", "while supplies last", "deadline", "act now", "countdown"],
     "examples": ["Ends tonight at midnight.", "Four seats left."], "counter_examples": ["We can't wait for Saturday! -> excitement"]},
    {"name": "trust", "tag_type": "emotion", "aliases": ["credibility", "reassurance", "confidence"],
     "description": "Reassurance and credibility: guarantees, safety, expertise, honesty.",
     "keywords": ["trusted", "trust", "guarantee", "guaranteed", "certified", "money-back", "secure", "reliable", "honest", "proven", "licensed", "insured", "warranty"],
     "examples": ["30 days to change your mind, no questions.", "Licensed, insured, on time."], "counter_examples": ["Thank you for ten years with us. -> gratitude"]},
    {"name": "joy", "tag_type": "emotion", "aliases": ["happiness", "delight"],
     "description": "Happiness, celebration and delight.",
     "keywords": ["happy", "happiness", "joy", "delight", "delighted", "celebrate", "celebration", "smile", "cheers", "laughter"],
     "examples": ["Nothing beats a full table on a Sunday.", "Small things that make us smile."], "counter_examples": ["We won the award! -> pride"]},
    {"name": "pride", "tag_type": "emotion", "aliases": ["achievement"],
     "description": "Being proud of an achievement, a team or a craft.",
     "keywords": ["proud", "pride", "honored", "award", "achievement", "milestone", "we did it", "accomplished", "recognized", "record-breaking"],
     "examples": ["Proud of this team.", "We did it: 10,000 repairs."], "counter_examples": ["Thank you for your votes. -> gratitude"]},
    {"name": "gratitude", "tag_type": "emotion", "aliases": ["thankfulness", "appreciation"],
     "description": "Saying thank you to customers, team, guests or partners.",
     "keywords": ["thank you", "thanks", "grateful", "gratitude", "appreciate", "thankful", "thanks to you", "owe you"],
     "examples": ["Thank you for ten years with us.", "None of this without you."], "counter_examples": ["Proud of our new factory. -> pride"]},
    {"name": "curiosity", "tag_type": "emotion", "aliases": ["intrigue", "teaser"],
     "description": "A teaser that makes people want to know more: secrets, hints, surprises.",
     "keywords": ["guess", "guess what", "secret", "surprise", "curious", "ever wondered", "wonder", "what if", "sneak peek", "hint", "stay tuned", "mystery"],
     "examples": ["Something is growing behind this door.", "Ever wondered what happens to returned shoes?"], "counter_examples": ["How to patch a tire in five steps. -> how_to"]},
    {"name": "nostalgia", "tag_type": "emotion", "aliases": ["throwback", "retro"],
     "description": "Looking back warmly: childhood, old times, throwbacks, family recipes.",
     "keywords": ["remember", "remember when", "throwback", "tbt", "old days", "childhood", "grandmother", "grandfather", "back then", "vintage", "memories", "decades"],
     "examples": ["Remember the smell of your grandmother's hallway?", "Throwback to our first van."], "counter_examples": ["Founded in 1998, 40 employees. -> trust"]},
    {"name": "empathy", "tag_type": "emotion", "aliases": ["compassion", "understanding_tone"],
     "description": "Compassion for worry, grief or stress: comfort, listening, mental health, gentle support.",
     "keywords": ["you are not alone", "we hear you", "mental health", "grief", "loneliness", "anxiety", "struggling", "comfort", "compassion", "tough times", "be kind", "self-care"],
     "examples": ["Some mornings are heavy. We get it.", "Grief has no schedule, and neither do we."], "counter_examples": ["Fed up with slow laptops? -> frustration"]},
    {"name": "frustration", "tag_type": "emotion", "aliases": ["pain_point", "annoyance"],
     "description": "Naming a pain the reader knows: annoyed, fed up, tired of, wasted hours.",
     "keywords": ["tired of", "fed up", "sick of", "frustrated", "frustrating", "annoying", "headache", "wasting", "wasted", "struggle", "nightmare", "no more", "stop losing"],
     "examples": ["Fed up with calling three times?", "No more Sunday nights in spreadsheets."], "counter_examples": ["Some mornings are heavy. We get it. -> empathy"]},
    {"name": "inspiration", "tag_type": "emotion", "aliases": ["motivation", "encouragement"],
     "description": "Encouragement to start, dream, grow or keep going.",
     "keywords": ["dream", "inspire", "inspired", "inspiring", "believe", "you can do it", "keep going", "courage", "start today", "anything is possible", "imagine", "never give up"],
     "examples": ["You do not need a plan. You need a first page.", "Start where you are."], "counter_examples": ["Get ready, doors open at six! -> excitement"]},
    {"name": "humor", "tag_type": "emotion", "aliases": ["funny", "playful"],
     "description": "Jokes, puns, irony and playful exaggeration.",
     "keywords": ["joke", "funny", "lol", "pun", "kidding", "just kidding", "oops", "plot twist", "asking for a friend", "meme"],
     "examples": ["Our coffee is stronger than your Wi-Fi.", "Plot twist: the intern was right."], "counter_examples": ["Small things that make us smile. -> joy"]},
    {"name": "exclusivity", "tag_type": "emotion", "aliases": ["vip", "luxury"],
     "description": "For a chosen few: members only, invitation, limited edition, early access, VIP.",
     "keywords": ["exclusive", "exclusively", "members only", "invitation only", "invite-only", "limited edition", "early access", "vip", "numbered", "private sale", "insiders", "handpicked"],
     "examples": ["Two hundred numbered bottles.", "Early access for members from Thursday."], "counter_examples": ["Only today: 20% off. -> urgency"]},
    {"name": "serenity", "tag_type": "emotion", "aliases": ["calm_mood", "coziness", "relaxation"],
     "description": "Quiet, slow, restful and cozy moods.",
     "keywords": ["calm", "quiet", "relax", "relaxing", "unwind", "peaceful", "breathe", "cozy", "gentle", "stillness", "rest", "serene"],
     "examples": ["A quiet room, a warm cup, nothing else.", "Breathe out. The weekend is here."], "counter_examples": ["Guaranteed safe payments. -> trust"]},
    {"name": "open_question", "tag_type": "format", "aliases": ["audience_question"],
     "description": "A question to the audience stands at the center: rhetorical, trivia, riddle or opinion.",
     "keywords": ["ever wondered", "what do you think", "question of the day", "trivia", "quiz", "riddle", "guess", "your opinion", "agree or disagree", "which one"],
     "examples": ["Which one would you pick?", "When did you last take a real lunch break?"], "counter_examples": ["Vote A or B below. -> poll"]},
    {"name": "poll", "tag_type": "format", "aliases": ["voting", "this_or_that"],
     "description": "The reader picks between given options: vote, A or B, this or that.",
     "keywords": ["poll", "vote", "vote below", "cast your vote", "this or that", "a or b", "option a", "option b", "pick one", "team a", "yes or no"],
     "examples": ["A: window. B: aisle. Vote below.", "This or that: cone or cup?"], "counter_examples": ["What do you think of our new logo? -> open_question"]},
    {"name": "how_to", "tag_type": "format", "aliases": ["tutorial", "instructions", "step_by_step"],
     "description": "Instructions in steps that let the reader do something.",
     "keywords": ["how to", "step 1", "step 2", "step one", "step by step", "in three steps", "here's how", "follow these steps", "tutorial", "instructions"],
     "examples": ["Step 1: water from below.", "Here's how to patch a tire in the rain."], "counter_examples": ["Seven books we loved this year. -> listicle"]},
    {"name": "listicle", "tag_type": "format", "aliases": ["list_post", "checklist"],
     "description": "Several numbered or bulleted points, tips or items.",
     "keywords": ["top 5", "top 10", "three things", "five things", "3 tips", "5 tips", "five tips", "five mistakes", "three reasons", "reasons why", "checklist", "things to", "ways to"],
     "examples": ["Five things we learned from 400 returns.", "1. Rest 2. Water 3. Salt"], "counter_examples": ["Step 1: loosen the bolt. -> how_to"]},
    {"name": "announcement", "tag_type": "format", "aliases": ["breaking_news", "news_item"],
     "description": "News stated up front: announcing, introducing, big news, we are opening.",
     "keywords": ["announcing", "announce", "announcement", "we're opening", "big news", "introducing", "now open", "starting today", "as of today", "from today", "it's official"],
     "examples": ["It's official: we are moving to Mill Street.", "Starting today, we deliver on Sundays."], "counter_examples": ["Two days left to register. -> reminder"]},
    {"name": "quotation", "tag_type": "format", "aliases": ["customer_quote", "pull_quote"],
     "description": "Someone's words in quotation marks, with or without a name.",
     "keywords": ["said", "in her words", "in his words", "in their words", "as our founder says", "as my boss said", "quote", "quoted"],
     "examples": ["\"It just works.\" Dana, baker", "As my first boss said: measure, then cut."], "counter_examples": ["How Dana's bakery doubled orders. -> storytelling"]},
    {"name": "storytelling", "tag_type": "format", "aliases": ["narrative", "brand_narrative"],
     "description": "Narrative post with a character, a moment and a turn: anecdote, memory, confession, journey.",
     "keywords": ["once upon a time", "years ago", "it all started", "true story", "anecdote", "plot twist", "chapter", "confession", "journey", "that night", "one rainy morning", "ever since"],
     "examples": ["It started with one oven and a borrowed ladder.", "Years ago a customer called at midnight."], "counter_examples": ["\"It just works.\" Dana, baker -> quotation"]},
    {"name": "statistic", "tag_type": "format", "aliases": ["data_point", "key_figure"],
     "description": "A number or data point carries the message.",
     "keywords": ["percent", "survey", "surveyed", "on average", "out of 10", "in 10", "one in three", "two thirds", "doubled", "tripled", "year over year", "data shows", "median"],
     "examples": ["64% of shops plan to cut delivery options.", "One in three returns is a size problem."], "counter_examples": ["Save 20% this weekend. -> bargain_hunters"]},
    {"name": "reminder", "tag_type": "format", "aliases": ["nudge", "save_the_date"],
     "description": "Nudge about a date or deadline announced earlier: save the date, days left, last call.",
     "keywords": ["reminder", "friendly reminder", "don't forget", "last call", "days left", "calendar reminder", "mark your calendar", "save the date", "due date"],
     "examples": ["Don't forget: doors open at six tomorrow.", "Three days left to send your photos."], "counter_examples": ["It's official: we are moving. -> announcement"]},
    {"name": "behind_the_scenes", "tag_type": "format", "aliases": ["bts", "making_of", "backstage"],
     "description": "A look at how things are made or what happens backstage.",
     "keywords": ["behind the scenes", "backstage", "how it's made", "workshop tour", "making of", "work in progress", "studio tour", "factory tour", "rehearsal", "sneak peek", "before opening hours"],
     "examples": ["5 a.m. in the bakery, before the lights go on.", "How we dye one meter of indigo cloth."], "counter_examples": ["How to dye cloth at home. -> how_to"]},
    {"name": "comparison", "tag_type": "format", "aliases": ["versus", "pros_and_cons"],
     "description": "Two or more options set side by side: versus, better than, differences.",
     "keywords": ["vs", "versus", "compared", "compare", "comparison", "difference between", "side by side", "instead of", "pros and cons", "or should you"],
     "examples": ["Lease or buy? The numbers side by side.", "Wool versus down: which one for rain?"], "counter_examples": ["Cone or cup? Vote below. -> poll"]},
    {"name": "before_and_after", "tag_type": "format", "aliases": ["transformation", "then_and_now"],
     "description": "A change shown as two states: before and after, then and now.",
     "keywords": ["before and after", "before & after", "then and now", "transformation", "makeover", "glow-up", "unrecognizable", "restored", "renovated", "swipe"],
     "examples": ["Swipe to see the same kitchen, eleven days apart.", "Before: 40 spreadsheets. After: one."], "counter_examples": ["Wool versus down. -> comparison"]},
    {"name": "call_to_action", "tag_type": "format", "aliases": ["cta"],
     "description": "Direct request for a next step: apply, book, register, order, download, subscribe.",
     "keywords": ["apply now", "book now", "book online", "sign up", "register", "shop now", "order now", "download", "learn more", "link in bio", "rsvp", "subscribe", "enroll"],
     "examples": ["Book your table, link in bio.", "Download the guide."], "counter_examples": ["Which one would you pick? -> open_question"]},
    {"name": "press_release", "tag_type": "format", "aliases": ["media_release", "news_release"],
     "description": "Formal news text with city, date line, company boilerplate and media contact.",
     "keywords": ["press release", "for immediate release", "media contact", "about the company", "press contact", "newsroom", "announced today", "headquartered in", "spokesperson", "investor relations"],
     "examples": ["BERLIN, May 3. The company announced today ...", "Media contact: press@example.com"], "counter_examples": ["It's official: we are moving! -> announcement"]},
    {"name": "faq", "tag_type": "format", "aliases": ["q_and_a", "questions_and_answers"],
     "description": "Frequent questions with their answers.",
     "keywords": ["faq", "frequently asked", "you asked", "your questions", "your questions answered", "ask us anything", "common questions", "q&a"],
     "examples": ["Q: Can I pause? A: Any time.", "You asked, we answer: shipping to islands."], "counter_examples": ["Which one would you pick? -> open_question"]}
  ],
  "rules": [
    {"name": "internships and graduate programs", "rule_type": "categorization", "priority": 95,
     "conditions": {"matches_regex": "\\b(internships?|apprenticeships?|graduate (program|scheme)|working students?)\\b", "any": [{"matches_regex": "\\b(apply|applications?|applicants?|send us your (cv|resume))\\b"}, {"contains_phrase": "now open"}]},
     "actions": {"add_category": "early_careers"}},
    {"name": "we're hiring", "rule_type": "categorization", "priority": 90,
     "conditions": {"any": [{"matches_regex": "\\b(we're|we are|now) (now |currently |still |also )?hiring\\b"}, {"contains_phrase": "apply now", "matches_regex": "\\b(per hour|an hour|full[- ]time|part[- ]time|salary|sign[- ]on bonus)\\b"}], "max_word_count": 80, "not": {"matches_regex": "\\b(internships?|apprenticeships?|graduate (program|scheme)|working students?|courses?|webinars?)\\b"}},
     "actions": {"add_category": "job_opening"}},
    {"name": "register for the webinar", "rule_type": "categorization", "priority": 80,
     "conditions": {"matches_regex": "\\bwebinars?\\b", "max_word_count": 100, "any": [{"matches_regex": "\\b(register|registration|sign up|join us|join the)\\b"}, {"matches_regex": "\\b(save|reserve|claim) your (seat|spot|place)\\b"}]},
     "actions": {"add_category": "webinar"}},
    {"name": "enter to win", "rule_type": "categorization", "priority": 70,
     "conditions": {"any": [{"contains_phrase": ["enter to win", "chance to win"]}, {"contains_keyword": "giveaway", "matches_regex": "\\b(enter|win|wins|prizes?|tag)\\b"}]},
     "actions": {"add_category": "giveaway"}},
    {"name": "start your free trial", "rule_type": "categorization", "priority": 65,
     "conditions": {"any": [{"contains_phrase": "free trial", "matches_regex": "\\b(start|begin|get|claim|grab|activate|sign up)\\b"}, {"matches_regex": "\\b[0-9]{1,2}[- ]day free trial\\b"}], "not": {"contains_keyword": "clinical"}},
     "actions": {"add_category": "free_trial"}},
    {"name": "use code at checkout", "rule_type": "categorization", "priority": 60,
     "conditions": {"matches_regex": "\\b(use|with|enter) (the |our |this )?((promo|discount|coupon) )?code:? [a-z0-9]{3,20}\\b", "any": [{"matches_regex": "\\b(off|save|discount|half price)\\b"}, {"matches_regex": "\\bfree (shipping|delivery)\\b"}], "not": {"matches_regex": "\\b(tickets?|webinars?|conference|giveaway|raffle)\\b"}},
     "actions": {"add_category": "offer"}},
    {"name": "last chance is urgent", "rule_type": "tagging", "priority": 50,
     "conditions": {"any": [{"matches_regex": "\\b(last chance|final hours|today only|while (supplies|stocks) last)\\b"}, {"matches_regex": "\\bends? (tonight|today|tomorrow|at midnight|this (friday|saturday|sunday|weekend))\\b"}, {"matches_regex": "\\bonly [0-9]{1,3} ((spots|seats|places|tickets) )?left\\b"}]},
     "actions": {"add_tags": ["urgency"]}},
    {"name": "vacancies speak to job seekers", "rule_type": "tagging", "priority": 40,
     "conditions": {"category": ["job_opening", "recruitment"]},
     "actions": {"set_audience": "job_seekers"}}
  ]
}$json$::jsonb
$$;
comment on function private.default_vocabulary is
'Categories, tags and rules every new workspace starts with: sql/data/default_vocabulary.json.';

-- sql/functions/tg_workspaces__fill_vocabulary.sql
create function private.tg_workspaces__fill_vocabulary()
    returns trigger
    language plpgsql
    security definer  -- whoever creates a workspace gets it filled
    set search_path = ''
as $$
declare
    vocabulary jsonb := private.default_vocabulary();
begin
    insert into public.categories
    (workspace_id, name, description, keywords, examples, counter_examples)
    select
        new.id,
        category.name,
        category.description,
        coalesce(category.keywords, '{}'),
        coalesce(category.examples, '{}'),
        coalesce(category.counter_examples, '{}')
    from jsonb_to_recordset(vocabulary -> 'categories') as category
        (name text, description text, keywords text[], examples text[], counter_examples text[]);

    update public.categories
    set parent_id = parents.id
    from jsonb_to_recordset(vocabulary -> 'categories') as category (name text, parent text)
    inner join public.categories as parents
        on
            parents.workspace_id = new.id
            and parents.name = category.parent
    where
        categories.workspace_id = new.id
        and categories.name = category.name;

    insert into public.tags
    (workspace_id, name, tag_type, description, keywords, examples, counter_examples, aliases)
    select
        new.id,
        tag.name,
        tag.tag_type,
        tag.description,
        coalesce(tag.keywords, '{}'),
        coalesce(tag.examples, '{}'),
        coalesce(tag.counter_examples, '{}'),
        coalesce(tag.aliases, '{}')
    from jsonb_to_recordset(vocabulary -> 'tags') as tag
        (
            name text, tag_type text, description text, keywords text[], examples text[],
            counter_examples text[], aliases text[]
        );

    insert into public.automation_rules
    (workspace_id, name, rule_type, conditions, actions, priority)
    select
        new.id,
        rule.name,
        rule.rule_type,
        rule.conditions,
        rule.actions,
        coalesce(rule.priority, 0)
    from jsonb_to_recordset(vocabulary -> 'rules') as rule
        (name text, rule_type text, conditions jsonb, actions jsonb, priority integer);
    return null;
end
$$;
comment on function private.tg_workspaces__fill_vocabulary is
'Gives a new workspace the default categories, tags and rules.';
revoke execute on function private.tg_workspaces__fill_vocabulary from public, anon, authenticated, service_role;

-- sql/functions/tg_workspaces__check_timezone.sql
create function private.tg_workspaces__check_timezone()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    if btrim(new.timezone) = '' then
        return new;  -- the table's own check says so
    end if;
    -- abbreviations and offsets are no zones: they know no summer, and UTC+3 is west of Greenwich
    if
        new.timezone <> 'UTC'
        and not exists (select from pg_catalog.pg_timezone_names as zones where zones.name = new.timezone)
    then
        raise exception using
            errcode = 'check_violation',
            message = format('unknown time zone ''%s''', left(new.timezone, 100)),
            hint = 'Name one as Europe/Berlin or America/New_York, or UTC.';
    end if;
    return new;
end
$$;
comment on function private.tg_workspaces__check_timezone is
'Refuses a time zone that is none: posting times are read in it.';
revoke execute on function private.tg_workspaces__check_timezone from public, anon, authenticated, service_role;

-- sql/functions/tg_campaigns__check_plan.sql
create function private.tg_campaigns__check_plan()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
declare
    wrong_time text := (
        select min(listed.time)
        from unnest(new.optimal_times) as listed (time)
        where
            lower(listed.time)
            !~ '^((mon|tue|wed|thu|fri|sat|sun) )?([01]?[0-9]|2[0-3]):[0-5][0-9]$'
    );
    wrong_platform text := (
        select min(coalesce(listed.platform, 'null') collate "C")
        from unnest(new.target_platforms) as listed (platform)
        where coalesce(listed.platform, '') !~ '^[a-z][a-z0-9_]*$'
    );
begin
    if wrong_time is not null then
        raise exception using
            errcode = 'check_violation',
            message = format('optimal time ''%s'' is none', left(wrong_time, 100)),
            hint = 'Write 09:00, or mon 09:00; it is read in the time zone of the workspace.';
    end if;
    if wrong_platform is not null then
        raise exception using
            errcode = 'check_violation',
            message = format('target platform ''%s'' is not lower_snake_case', left(wrong_platform, 100)),
            hint = 'Write it as posts do, such as linkedin or instagram_reels.';
    end if;
    return new;
end
$$;
comment on function private.tg_campaigns__check_plan is
'Refuses an optimal time that is no time of day, and a platform that no post can have.';
revoke execute on function private.tg_campaigns__check_plan from public, anon, authenticated, service_role;

-- sql/functions/tg__remember_removed.sql
create function private.tg__remember_removed()
    returns trigger
    language plpgsql
    security definer  -- proposals are written by functions only
    set search_path = ''
as $$
begin
    -- a label that was merged into another one is an alias of that
    if current_setting('campaignbase.actor', true) = 'merge' then
        return null;
    end if;
    insert into public.label_proposals (workspace_id, kind, name, state)
    select distinct on (gone.workspace_id, gone.folded_name)
        gone.workspace_id,
        tg_argv[0],
        gone.name,
        'removed'
    from (
        select
            old_rows.workspace_id,
            said.word as name,
            private.fold_tag(said.word) as folded_name,
            said.word <> old_rows.name as is_alias
        from old_rows
        -- when the workspace itself goes, everything goes
        inner join public.workspaces on old_rows.workspace_id = workspaces.id
        -- its other names mean nothing any more, those of labels merged into it too
        cross join lateral unnest(array_prepend(old_rows.name, old_rows.aliases)) as said (word)
    ) as gone
    where
        gone.folded_name <> ''
        and (
            not gone.is_alias
            or (
                char_length(gone.name) <= 100
                and gone.name ~ '^[^\x01-\x1f\x7f]*$'
                and not private.is_label(gone.workspace_id, tg_argv[0], gone.folded_name)
            )
        )
    order by gone.workspace_id, gone.folded_name, gone.is_alias, gone.name collate "C"
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = clock_timestamp();
    if tg_argv[0] = 'tag' then
        perform tags.id
        from public.tags
        inner join old_rows on tags.workspace_id = old_rows.workspace_id
        where old_rows.name = any(tags.related_tags)
        order by tags.id
        for no key update of tags;
        update public.tags
        set
            related_tags = array(
                select word
                from unnest(tags.related_tags) with ordinality as kept (word, place)
                where word not in (
                    select old_rows.name from old_rows where old_rows.workspace_id = tags.workspace_id
                )
                order by place
            )
        from old_rows
        where
            tags.workspace_id = old_rows.workspace_id
            and old_rows.name = any(tags.related_tags);
    end if;
    return null;
end
$$;
comment on function private.tg__remember_removed is
'Remembers labels that were deleted, with their other names, so that no proposal and no import brings them back.
Argument: category or tag.';
revoke execute on function private.tg__remember_removed from public, anon, authenticated, service_role;

-- sql/functions/tg__forget_removed.sql
create function private.tg__forget_removed()
    returns trigger
    language plpgsql
    security definer  -- proposals are written by functions only
    set search_path = ''
as $$
begin
    delete from public.label_proposals
    where
        label_proposals.workspace_id = new.workspace_id
        and label_proposals.kind = tg_argv[0]
        and label_proposals.folded_name in (
            select private.fold_tag(word) from unnest(array_append(new.aliases, new.name)) as word
        );
    return null;
end
$$;
comment on function private.tg__forget_removed is
'A word that became a label, or another name of one, is no proposal, and no longer removed: somebody asked for it.
Argument: category or tag.';
revoke execute on function private.tg__forget_removed from public, anon, authenticated, service_role;

-- sql/triggers/workspaces.sql
create trigger _150_check_timezone
before insert or update of timezone on public.workspaces
for each row execute function private.tg_workspaces__check_timezone();

create trigger _400_set_updated_at
before update on public.workspaces
for each row execute function private.tg__set_updated_at();

create trigger _500_fill_vocabulary
after insert on public.workspaces
for each row execute function private.tg_workspaces__fill_vocabulary();

-- sql/triggers/categories.sql
create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.categories
for each row execute function private.tg__fill_workspace();

create trigger _200_two_levels
before insert or update of parent_id on public.categories
for each row execute function private.tg_categories__two_levels();

create trigger _300_check_embedding
before insert or update of embedding on public.categories
for each row
when (abs(extensions.vector_norm(new.embedding) - 1) > 0.01)
execute function private.tg__check_embedding();

create trigger _400_set_updated_at
before update of
name, parent_id, description, keywords, examples, counter_examples, aliases, manual_only on public.categories
for each row execute function private.tg__set_updated_at();

create trigger _500_enqueue
after insert or update of name, description, keywords on public.categories
for each row execute function private.tg__enqueue_label('embed_category');

create trigger _510_dequeue
after delete on public.categories
referencing old table as old_rows
for each statement execute function private.tg__dequeue('embed_category');

create trigger _600_bump_vocabulary_insert
after insert on public.categories
referencing new table as new_rows
for each statement execute function private.tg__bump_vocabulary();

create trigger _600_bump_vocabulary_update
after update on public.categories
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg__bump_vocabulary();

create trigger _600_bump_vocabulary_delete
after delete on public.categories
referencing old table as old_rows
for each statement execute function private.tg__bump_vocabulary();

create trigger _700_rename_in_rules
after update of name on public.categories
for each row
when (old.name is distinct from new.name)
execute function private.tg__rename_in_rules();

create trigger _050_refuse_used
before delete on public.categories
for each row execute function private.tg_categories__refuse_used();

create trigger _620_remember_removed
after delete on public.categories
referencing old table as old_rows
for each statement execute function private.tg__remember_removed('category');

create trigger _620_forget_removed
after insert or update of name, aliases on public.categories
for each row execute function private.tg__forget_removed('category');

-- sql/triggers/tag_groups.sql
create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.tag_groups
for each row execute function private.tg__fill_workspace();

create trigger _400_set_updated_at
before update of name, min_tags, max_tags on public.tag_groups
for each row execute function private.tg__set_updated_at();

-- sql/triggers/tags.sql
create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.tags
for each row execute function private.tg__fill_workspace();

create trigger _300_check_embedding
before insert or update of embedding on public.tags
for each row
when (abs(extensions.vector_norm(new.embedding) - 1) > 0.01)
execute function private.tg__check_embedding();

create trigger _400_set_updated_at
before update of
name, tag_type, tag_group, description, keywords, examples, counter_examples, aliases, manual_only on public.tags
for each row execute function private.tg__set_updated_at();

create trigger _500_enqueue
after insert or update of name, description, keywords on public.tags
for each row execute function private.tg__enqueue_label('embed_tag');

create trigger _510_dequeue
after delete on public.tags
referencing old table as old_rows
for each statement execute function private.tg__dequeue('embed_tag');

create trigger _600_bump_vocabulary_insert
after insert on public.tags
referencing new table as new_rows
for each statement execute function private.tg__bump_vocabulary();

create trigger _600_bump_vocabulary_update
after update on public.tags
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg__bump_vocabulary();

create trigger _600_bump_vocabulary_delete
after delete on public.tags
referencing old table as old_rows
for each statement execute function private.tg__bump_vocabulary();

create trigger _700_rename_mirror
after update of name on public.tags
for each row
when (old.name is distinct from new.name)
execute function private.tg_tags__rename_mirror();

create trigger _710_rename_in_rules
after update of name on public.tags
for each row
when (old.name is distinct from new.name)
execute function private.tg__rename_in_rules();

create trigger _050_refuse_used
before delete on public.tags
for each row execute function private.tg_tags__refuse_used();

create trigger _060_refuse_retyped
before update of tag_type on public.tags
for each row
when (old.tag_type = 'audience' and new.tag_type is distinct from 'audience')
execute function private.tg_tags__refuse_used();

create trigger _620_remember_removed
after delete on public.tags
referencing old table as old_rows
for each statement execute function private.tg__remember_removed('tag');

create trigger _620_forget_removed
after insert or update of name, aliases on public.tags
for each row execute function private.tg__forget_removed('tag');

-- sql/triggers/campaigns.sql
create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.campaigns
for each row execute function private.tg__fill_workspace();

create trigger _150_check_plan
before insert or update of optimal_times, target_platforms on public.campaigns
for each row execute function private.tg_campaigns__check_plan();

create trigger _200_mark_human
before insert or update on public.campaigns
for each row execute function private.tg_campaigns__mark_human();

create trigger _300_check_embedding
before insert or update of embedding on public.campaigns
for each row
when (abs(extensions.vector_norm(new.embedding) - 1) > 0.01)
execute function private.tg__check_embedding();

create trigger _400_set_updated_at
before update on public.campaigns
for each row execute function private.tg__set_updated_at();

create trigger _500_enqueue
after insert or update of name, content_style, visual_style, hashtag_strategy, cta_pattern on public.campaigns
for each row execute function private.tg_campaigns__enqueue();

create trigger _510_dequeue
after delete on public.campaigns
referencing old table as old_rows
for each statement execute function private.tg__dequeue('categorize_campaign');

create trigger _600_record_human
after insert or update on public.campaigns
for each row execute function private.tg_campaigns__record_human();

-- sql/triggers/content_assets.sql
create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.content_assets
for each row execute function private.tg__fill_workspace();

create trigger _200_mark_human
before insert or update on public.content_assets
for each row execute function private.tg_content_assets__mark_human();

create trigger _250_stamp_approval
before update on public.content_assets
for each row
when (
    (old.approval, old.approval_rule) is distinct from (new.approval, new.approval_rule)
)
execute function private.tg__stamp_approval();

create trigger _260_reset_approval
before update of content, prompt, alt_text, file_path, file_url on public.content_assets
for each row
when (
    old.approval in ('approved', 'rejected')
    and new.approval = old.approval
    and (old.content, old.prompt, old.alt_text, old.file_path, old.file_url)
    is distinct from (new.content, new.prompt, new.alt_text, new.file_path, new.file_url)
)
execute function private.tg__reset_approval();

create trigger _300_requeue
before update of content, prompt, alt_text, file_path on public.content_assets
for each row execute function private.tg_content_assets__requeue();

create trigger _300_check_embedding
before insert or update of embedding on public.content_assets
for each row
when (abs(extensions.vector_norm(new.embedding) - 1) > 0.01)
execute function private.tg__check_embedding();

create trigger _400_set_updated_at
before update on public.content_assets
for each row execute function private.tg__set_updated_at();

create trigger _500_enqueue
after insert on public.content_assets
referencing new table as new_rows
for each statement execute function private.tg_content_assets__enqueue();

create trigger _500_enqueue_edited
after update of content, prompt, alt_text, file_path on public.content_assets
for each row execute function private.tg_content_assets__enqueue_edited();

create trigger _510_dequeue
after delete on public.content_assets
referencing old table as old_rows
for each statement execute function private.tg__dequeue('categorize_content');

create trigger _600_record_human_insert
after insert on public.content_assets
referencing new table as new_rows
for each statement execute function private.tg_content_assets__record_human();

create trigger _600_record_human_update
after update on public.content_assets
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_content_assets__record_human();

create trigger _650_record_approval
after update on public.content_assets
for each row
when (
    (old.approval, old.approval_rule) is distinct from (new.approval, new.approval_rule)
)
execute function private.tg__record_approval();

create trigger _660_reset_posts
after update of content, prompt, alt_text, file_path, file_url on public.content_assets
for each row
when (
    (old.content, old.prompt, old.alt_text, old.file_path, old.file_url)
    is distinct from (new.content, new.prompt, new.alt_text, new.file_path, new.file_url)
)
execute function private.tg_content_assets__reset_posts();

create trigger _700_count_usage_insert
after insert on public.content_assets
referencing new table as new_rows
for each statement execute function private.tg_content_assets__count_usage();

create trigger _700_count_usage_update
after update on public.content_assets
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_content_assets__count_usage();

create trigger _700_count_usage_delete
after delete on public.content_assets
referencing old table as old_rows
for each statement execute function private.tg_content_assets__count_usage();

create trigger _800_sum_cost_insert
after insert on public.content_assets
referencing new table as new_rows
for each statement execute function private.tg_content_assets__sum_cost();

create trigger _800_sum_cost_update
after update on public.content_assets
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_content_assets__sum_cost();

create trigger _800_sum_cost_delete
after delete on public.content_assets
referencing old table as old_rows
for each statement execute function private.tg_content_assets__sum_cost();

create trigger _650_check_golden_insert
after insert on public.content_assets
for each row when (new.golden)
execute function private.tg_content_assets__check_golden();

create trigger _650_check_golden_update
after update of golden, primary_category, confirmed_at, content, prompt, alt_text, file_path
on public.content_assets
for each row when (new.golden)
execute function private.tg_content_assets__check_golden();

-- sql/triggers/content_asset_tags.sql
create trigger _700_count_usage_insert
after insert on public.content_asset_tags
referencing new table as new_rows
for each statement execute function private.tg_content_asset_tags__count_usage();

create trigger _700_count_usage_update
after update on public.content_asset_tags
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_content_asset_tags__count_usage();

create trigger _700_count_usage_delete
after delete on public.content_asset_tags
referencing old table as old_rows
for each statement execute function private.tg_content_asset_tags__count_usage();

create trigger _800_mirror_insert
after insert on public.content_asset_tags
referencing new table as new_rows
for each statement execute function private.tg_content_asset_tags__mirror();

create trigger _800_mirror_update
after update on public.content_asset_tags
referencing new table as new_rows
for each statement execute function private.tg_content_asset_tags__mirror();

create trigger _800_mirror_delete
after delete on public.content_asset_tags
referencing old table as old_rows
for each statement execute function private.tg_content_asset_tags__mirror();

-- sql/triggers/social_posts.sql
create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.social_posts
for each row execute function private.tg__fill_workspace();

create trigger _250_stamp_approval
before update on public.social_posts
for each row
when (
    (old.approval, old.approval_rule) is distinct from (new.approval, new.approval_rule)
)
execute function private.tg__stamp_approval();

create trigger _260_reset_approval
before update of post_text, media_urls, hashtags, mentions, content_asset_id on public.social_posts
for each row
when (
    old.approval in ('approved', 'rejected')
    and new.approval = old.approval
    and (old.post_text, old.media_urls, old.hashtags, old.mentions, old.content_asset_id)
    is distinct from (new.post_text, new.media_urls, new.hashtags, new.mentions, new.content_asset_id)
)
execute function private.tg__reset_approval();

create trigger _270_hold_unapproved
before insert or update on public.social_posts
for each row execute function private.tg_social_posts__hold_unapproved();

create trigger _400_set_updated_at
before update on public.social_posts
for each row execute function private.tg__set_updated_at();

create trigger _650_record_approval
after update on public.social_posts
for each row
when (
    (old.approval, old.approval_rule) is distinct from (new.approval, new.approval_rule)
)
execute function private.tg__record_approval();

create trigger _800_sum_cost_insert
after insert on public.social_posts
referencing new table as new_rows
for each statement execute function private.tg_social_posts__sum_cost();

create trigger _800_sum_cost_update
after update on public.social_posts
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_social_posts__sum_cost();

create trigger _800_sum_cost_delete
after delete on public.social_posts
referencing old table as old_rows
for each statement execute function private.tg_social_posts__sum_cost();

-- sql/triggers/automation_rules.sql
create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.automation_rules
for each row execute function private.tg__fill_workspace();

create trigger _200_validate
before insert or update of rule_type, conditions, actions on public.automation_rules
for each row execute function private.tg_automation_rules__validate();

create trigger _400_set_updated_at
before update of name, rule_type, conditions, actions, priority, enabled on public.automation_rules
for each row execute function private.tg__set_updated_at();

create trigger _500_name_tags
after insert or update of actions, enabled on public.automation_rules
for each row execute function private.tg_automation_rules__name_tags();
