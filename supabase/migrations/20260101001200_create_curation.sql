-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  a vocabulary that stays clean: labels merged, in groups, proposed, remembered when
--           removed
-- Touches:  function private.check_editor, private.close_vocabulary, private.joined_aliases,
--           private.merge_tags, private.merge_categories, public.merge_tags,
--           public.merge_categories, private.promote_proposal, private.refuse_proposal,
--           public.list_proposals, public.promote_proposal, public.refuse_proposal,
--           public.promote_due, public.suggest_merges, public.mark_distinct,
--           public.refresh_related_tags, public.save_tag_group, public.remove_tag_group; view
--           public.tag_group_gaps
-- Mirrors:  sql/functions/check_editor.sql, sql/functions/close_vocabulary.sql,
--           sql/functions/joined_aliases.sql, sql/functions/merge_tags.sql,
--           sql/functions/merge_categories.sql, sql/rpc/merge_tags.sql,
--           sql/rpc/merge_categories.sql, sql/functions/promote_proposal.sql,
--           sql/functions/refuse_proposal.sql, sql/rpc/list_proposals.sql,
--           sql/rpc/promote_proposal.sql, sql/rpc/refuse_proposal.sql, sql/rpc/promote_due.sql,
--           sql/rpc/suggest_merges.sql, sql/rpc/mark_distinct.sql,
--           sql/rpc/refresh_related_tags.sql, sql/rpc/save_tag_group.sql,
--           sql/rpc/remove_tag_group.sql, sql/views/tag_group_gaps.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/check_editor.sql
create function private.check_editor(workspace_id uuid)
    returns void
    language plpgsql
    stable
    set search_path = ''
as $$
begin
    if
        not private.caller_is_service()
        and not coalesce(
            check_editor.workspace_id in (select private.caller_editable_workspace_ids()), false
        )
    then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format(
                'only an editor of workspace %s may do that', coalesce(check_editor.workspace_id::text, 'null')
            ),
            hint = 'Ask an owner of the workspace for the role editor.';
    end if;
end
$$;
comment on function private.check_editor is
'Refuses a caller who neither edits the workspace nor is the service.';
revoke execute on function private.check_editor from public, anon, authenticated, service_role;

-- sql/functions/close_vocabulary.sql
create function private.close_vocabulary(workspace_id uuid)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    perform private.check_editor(close_vocabulary.workspace_id);
    perform pg_advisory_xact_lock(
        hashtext('campaignbase.vocabulary'), hashtext(close_vocabulary.workspace_id::text)
    );
end
$$;
comment on function private.close_vocabulary is
'Lets one editor merge labels: waits for the batches under way, and others wait until the transaction ends.';
revoke execute on function private.close_vocabulary from public, anon, authenticated, service_role;

-- sql/functions/joined_aliases.sql
create function private.joined_aliases(
    -- of the label that stays
    name text,
    aliases text[],
    -- of the one that goes into it
    gone_name text,
    gone_aliases text[]
)
    -- each word once, in the order given
    returns text[]
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        coalesce(array_agg(listed.word order by listed.place), '{}')
    from (
        select
            words.word,
            words.place,
            row_number() over (partition by private.fold_tag(words.word) order by words.place) as turn
        from unnest(
            joined_aliases.aliases || joined_aliases.gone_name || joined_aliases.gone_aliases
        ) with ordinality as words (word, place)
        where private.fold_tag(words.word) <> private.fold_tag(joined_aliases.name)
    ) as listed
    where listed.turn = 1;
$$;
comment on function private.joined_aliases is
'The other names of a label that another one was merged into: its own, the name of the other, and its other names.';
revoke execute on function private.joined_aliases from public, anon, authenticated, service_role;

-- sql/functions/merge_tags.sql
create function private.merge_tags(
    workspace_id uuid,
    -- names; of the tag that stays also another name of it
    source text,
    target text
)
    -- {"kept": name of the tag that stays, "assets", "campaigns", "rules": how many were changed}
    returns jsonb
    language plpgsql
    volatile
    security definer  -- writes links, arrays and rules, whoever may merge; membership is checked
    set search_path = ''
as $$
#variable_conflict use_column
declare
    gone public.tags;
    stays public.tags;
    asset_ids uuid[];
    rules integer;
begin
    perform private.close_vocabulary(merge_tags.workspace_id);
    -- nothing is waited for while a row is held, so that a merge is part of no deadlock: who edits now goes first
    for turn in 1..200 loop
        begin
            select tags.* into stays
            from public.tags
            where
                tags.workspace_id = merge_tags.workspace_id
                and tags.name = private.find_tag(
                    merge_tags.workspace_id, private.fold_tag(btrim(merge_tags.target))
                );
            select tags.* into gone
            from public.tags
            where
                tags.workspace_id = merge_tags.workspace_id
                and tags.folded_name = private.fold_tag(btrim(merge_tags.source));
            if stays.id is null then
                raise exception using
                    errcode = 'PT404',
                    message = format('no tag ''%s''', merge_tags.target),
                    hint = 'see: campaignbase tags';
            elsif gone.id is null and private.fold_tag(btrim(merge_tags.source)) in (
                select private.fold_tag(alias) from unnest(stays.aliases) as alias
            )
            then
                -- somebody else merged them already
                return jsonb_build_object('kept', stays.name, 'assets', 0, 'campaigns', 0, 'rules', 0);
            elsif gone.id is null then
                raise exception using
                    errcode = 'PT404',
                    message = format('no tag ''%s''', merge_tags.source)
                    || coalesce(
                        '; that is another name of '''
                        || private.find_tag(merge_tags.workspace_id, private.fold_tag(btrim(merge_tags.source)))
                        || '''',
                        ''
                    ),
                    hint = 'see: campaignbase tags';
            elsif gone.id = stays.id then
                raise exception using
                    errcode = 'invalid_parameter_value',
                    message = format('''%s'' and ''%s'' are the same tag', merge_tags.source, stays.name),
                    hint = 'Name two tags.';
            end if;

            perform tags.id
            from public.tags
            where
                tags.id in (gone.id, stays.id)
                or (tags.workspace_id = merge_tags.workspace_id and gone.name = any(tags.related_tags))
                or (tags.workspace_id = merge_tags.workspace_id and gone.id = any(tags.distinct_from))
                -- those that a full group may lose
                or (
                    tags.workspace_id = merge_tags.workspace_id
                    and tags.tag_group in (stays.tag_group, gone.tag_group)
                )
            order by tags.id
            for update nowait;
            perform workspaces.id
            from public.workspaces
            where workspaces.id = merge_tags.workspace_id
            for no key update nowait;
            asset_ids := array(
                select links.content_asset_id
                from public.content_asset_tags as links
                where links.tag_id = gone.id
                union
                select content_assets.id
                from public.content_assets
                where
                    content_assets.workspace_id = merge_tags.workspace_id
                    and content_assets.target_audience = gone.name
            );
            perform content_assets.id
            from public.content_assets
            where content_assets.id = any(asset_ids)
            order by content_assets.id
            for no key update nowait;
            perform automation_rules.id
            from public.automation_rules
            where automation_rules.workspace_id = merge_tags.workspace_id
            order by automation_rules.id
            for no key update nowait;
            perform jobs.id
            from private.jobs
            where
                jobs.kind = 'embed_tag'
                and jobs.target_id = gone.id
            for update nowait;
            -- as they are now that nobody else can change them
            select tags.* into gone from public.tags where tags.id = gone.id;
            select tags.* into stays from public.tags where tags.id = stays.id;
            if gone.id is not null and stays.id is not null then
                exit;
            end if;
            -- one of them was removed or merged meanwhile
            raise lock_not_available;
        exception
            when lock_not_available then
                if turn = 200 then
                    raise exception using
                        errcode = 'serialization_failure',
                        message = format('tag ''%s'' is being edited all the time', merge_tags.source),
                        hint = 'Try again.';
                end if;
                perform pg_sleep(0.01 + random() * 0.04);
        end;
    end loop;

    if
        stays.tag_type is distinct from 'audience'
        and exists (
            select
            from public.content_assets
            where
                content_assets.workspace_id = merge_tags.workspace_id
                and content_assets.target_audience = gone.name
        )
    then
        raise exception using
            errcode = 'check_violation',
            message = format(
                'tag ''%s'' is the target audience of content, and ''%s'' is not of type audience',
                gone.name, stays.name
            ),
            hint = format('Give tag ''%s'' the type audience first.', stays.name);
    end if;

    perform set_config('campaignbase.actor', 'merge', true);
    -- its place in a group, and what it is not
    update public.tags
    set
        tag_group = coalesce(tags.tag_group, gone.tag_group),
        distinct_from = array(
            select known.id
            from (
                select unnest(stays.distinct_from || gone.distinct_from) as id
                union
                select other.id
                from public.tags as other
                where
                    other.workspace_id = merge_tags.workspace_id
                    and gone.id = any(other.distinct_from)
            ) as known
            where known.id not in (gone.id, stays.id)
            order by known.id
        )
    where tags.id = stays.id;
    update public.tags
    set distinct_from = array_remove(tags.distinct_from, gone.id)
    where
        tags.workspace_id = merge_tags.workspace_id
        and gone.id = any(tags.distinct_from);
    -- A person's word beats a machine's; else that on the tag that stays does: what is refused stays refused.
    delete from public.content_asset_tags as own
    using public.content_asset_tags as other
    where
        own.tag_id = stays.id
        and own.source <> 'human'
        and other.content_asset_id = own.content_asset_id
        and other.tag_id = gone.id
        and other.source = 'human';
    delete from public.content_asset_tags as other
    using public.content_asset_tags as own
    where
        other.tag_id = gone.id
        and own.content_asset_id = other.content_asset_id
        and own.tag_id = stays.id;
    update public.content_asset_tags
    set tag_id = stays.id
    where content_asset_tags.tag_id = gone.id;
    perform private.evict_tags(asset_ids);
    -- one UPDATE an asset: each further one is another insert into the vector index
    update public.content_assets
    set
        tags = private.applied_tags(content_assets.id),
        target_audience = case
            when content_assets.target_audience = gone.name then stays.name
            else content_assets.target_audience
        end
    where
        content_assets.id = any(asset_ids)
        and (
            content_assets.target_audience = gone.name
            or content_assets.tags is distinct from private.applied_tags(content_assets.id)
        );
    rules := private.rename_in_rules(merge_tags.workspace_id, true, gone.name, stays.name);
    update public.tags
    set
        aliases = case
            when tags.id = stays.id then private.joined_aliases(stays.name, stays.aliases, gone.name, gone.aliases)
            else tags.aliases
        end,
        related_tags = array(
            select named.name
            from (
                select
                    case when word = gone.name then stays.name else word end as name,
                    place
                from unnest(tags.related_tags) with ordinality as listed (word, place)
            ) as named
            where named.name <> tags.name
            group by named.name
            order by min(named.place)
        )
    where
        tags.id = stays.id
        or (tags.workspace_id = merge_tags.workspace_id and gone.name = any(tags.related_tags));
    delete from public.tags where tags.id = gone.id;
    perform set_config('campaignbase.actor', '', true);
    return jsonb_build_object(
        'kept', stays.name, 'assets', cardinality(asset_ids), 'campaigns', 0, 'rules', rules
    );
end
$$;
comment on function private.merge_tags is 'What public.merge_tags does, for an editor or the service.';
revoke execute on function private.merge_tags from public, anon;
grant execute on function private.merge_tags to authenticated, service_role;

-- sql/functions/merge_categories.sql
create function private.merge_categories(
    workspace_id uuid,
    -- names; of the category that stays also another name of it
    source text,
    target text
)
    -- {"kept": name of the category that stays, "assets", "campaigns", "rules": how many were changed}
    returns jsonb
    language plpgsql
    volatile
    security definer  -- writes content, campaigns and rules, whoever may merge; membership is checked
    set search_path = ''
as $$
#variable_conflict use_column
declare
    gone public.categories;
    stays public.categories;
    assets integer;
    filed integer;
    rules integer;
begin
    perform private.close_vocabulary(merge_categories.workspace_id);
    -- as in private.merge_tags: nothing is waited for while a row is held
    for turn in 1..200 loop
        begin
            select categories.* into stays
            from public.categories
            where
                categories.workspace_id = merge_categories.workspace_id
                and categories.name = private.find_category(merge_categories.workspace_id, merge_categories.target);
            select categories.* into gone
            from public.categories
            where
                categories.workspace_id = merge_categories.workspace_id
                and categories.name = merge_categories.source;
            if stays.id is null then
                raise exception using
                    errcode = 'PT404',
                    message = format('no category ''%s''', merge_categories.target),
                    hint = 'see: campaignbase categories';
            elsif
                gone.id is null
                and private.category_of_alias(merge_categories.workspace_id, merge_categories.source) = stays.name
            then
                -- somebody else merged them already
                return jsonb_build_object('kept', stays.name, 'assets', 0, 'campaigns', 0, 'rules', 0);
            elsif gone.id is null then
                raise exception using
                    errcode = 'PT404',
                    message = format('no category ''%s''', merge_categories.source)
                    || coalesce(
                        '; that is another name of '''
                        || private.category_of_alias(merge_categories.workspace_id, merge_categories.source)
                        || '''',
                        ''
                    ),
                    hint = 'see: campaignbase categories';
            elsif gone.id = stays.id then
                raise exception using
                    errcode = 'invalid_parameter_value',
                    message = format('''%s'' and ''%s'' are the same category', merge_categories.source, stays.name),
                    hint = 'Name two categories.';
            end if;

            perform categories.id
            from public.categories
            where
                categories.id in (gone.id, stays.id)
                or (
                    categories.workspace_id = merge_categories.workspace_id
                    and (categories.parent_id = gone.id or gone.id = any(categories.distinct_from))
                )
            order by categories.id
            for update nowait;
            perform workspaces.id
            from public.workspaces
            where workspaces.id = merge_categories.workspace_id
            for no key update nowait;
            perform content_assets.id
            from public.content_assets
            where
                content_assets.workspace_id = merge_categories.workspace_id
                and content_assets.primary_category = gone.name
            order by content_assets.id
            for no key update nowait;
            perform campaigns.id
            from public.campaigns
            where
                campaigns.workspace_id = merge_categories.workspace_id
                and campaigns.primary_category = gone.name
            order by campaigns.id
            for no key update nowait;
            perform automation_rules.id
            from public.automation_rules
            where automation_rules.workspace_id = merge_categories.workspace_id
            order by automation_rules.id
            for no key update nowait;
            perform trained_head_labels.head_id
            from private.trained_head_labels
            where trained_head_labels.category_id in (gone.id, stays.id)
            for no key update nowait;
            perform jobs.id
            from private.jobs
            where
                jobs.kind = 'embed_category'
                and jobs.target_id = gone.id
            for update nowait;
            -- as they are now that nobody else can change them
            select categories.* into gone from public.categories where categories.id = gone.id;
            select categories.* into stays from public.categories where categories.id = stays.id;
            if gone.id is not null and stays.id is not null then
                exit;
            end if;
            -- one of them was removed or merged meanwhile
            raise lock_not_available;
        exception
            when lock_not_available then
                if turn = 200 then
                    raise exception using
                        errcode = 'serialization_failure',
                        message = format('category ''%s'' is being edited all the time', merge_categories.source),
                        hint = 'Try again.';
                end if;
                perform pg_sleep(0.01 + random() * 0.04);
        end;
    end loop;

    if
        stays.parent_id is not null
        and stays.parent_id <> gone.id
        and exists (
            select
            from public.categories
            where
                categories.workspace_id = merge_categories.workspace_id
                and categories.parent_id = gone.id
        )
    then
        raise exception using
            errcode = 'check_violation',
            message = format(
                'category ''%s'' has categories below it and ''%s'' is itself below another;'
                ' categories have two levels',
                gone.name, stays.name
            ),
            hint = 'Move those below it first, or merge into a category of the first level.';
    end if;

    perform set_config('campaignbase.actor', 'merge', true);
    -- whose category it is and who confirmed it stays as it is: a merge is no correction
    update public.content_assets
    set primary_category = stays.name
    where
        content_assets.workspace_id = merge_categories.workspace_id
        and content_assets.primary_category = gone.name;
    get diagnostics assets = row_count;
    update public.campaigns
    set primary_category = stays.name
    where
        campaigns.workspace_id = merge_categories.workspace_id
        and campaigns.primary_category = gone.name;
    get diagnostics filed = row_count;
    rules := private.rename_in_rules(merge_categories.workspace_id, false, gone.name, stays.name);
    -- what a head learned of the one that goes counts for the one that stays, where it knows nothing of that
    update private.trained_head_labels
    set category_id = stays.id
    where
        trained_head_labels.category_id = gone.id
        and not exists (
            select
            from private.trained_head_labels as own
            where
                own.head_id = trained_head_labels.head_id
                and own.category_id = stays.id
        );
    update public.categories
    set
        parent_id = case when categories.parent_id = gone.id then null else categories.parent_id end,
        aliases = private.joined_aliases(stays.name, stays.aliases, gone.name, gone.aliases),
        distinct_from = array(
            select known.id
            from (
                select unnest(stays.distinct_from || gone.distinct_from) as id
                union
                select other.id
                from public.categories as other
                where
                    other.workspace_id = merge_categories.workspace_id
                    and gone.id = any(other.distinct_from)
            ) as known
            where known.id not in (gone.id, stays.id)
            order by known.id
        )
    where categories.id = stays.id;
    update public.categories
    set distinct_from = array_remove(categories.distinct_from, gone.id)
    where
        categories.workspace_id = merge_categories.workspace_id
        and gone.id = any(categories.distinct_from);
    update public.categories
    set parent_id = stays.id
    where
        categories.workspace_id = merge_categories.workspace_id
        and categories.parent_id = gone.id;
    delete from public.categories where categories.id = gone.id;
    perform set_config('campaignbase.actor', '', true);
    return jsonb_build_object('kept', stays.name, 'assets', assets, 'campaigns', filed, 'rules', rules);
end
$$;
comment on function private.merge_categories is 'What public.merge_categories does, for an editor or the service.';
revoke execute on function private.merge_categories from public, anon;
grant execute on function private.merge_categories to authenticated, service_role;

-- sql/rpc/merge_tags.sql
create function public.merge_tags(
    workspace_id uuid,
    -- the name of the tag that goes
    source text,
    -- the name of the one that stays
    target text
)
    -- {"kept": name of the tag that stays, "assets", "campaigns", "rules": how many were changed}
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.merge_tags(merge_tags.workspace_id, merge_tags.source, merge_tags.target);
$$;
comment on function public.merge_tags is
'Make two tags one: whatever has the one that goes has the other from now on, rules included. For editors.

Its name stays known as another name of the one that stays. The history keeps the names it had. Merging what is merged
already changes nothing.';
revoke execute on function public.merge_tags from public, anon;
grant execute on function public.merge_tags to authenticated, service_role;

-- sql/rpc/merge_categories.sql
create function public.merge_categories(
    workspace_id uuid,
    -- the name of the category that goes
    source text,
    -- the name of the one that stays
    target text
)
    -- {"kept": name of the category that stays, "assets", "campaigns", "rules": how many were changed}
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.merge_categories(merge_categories.workspace_id, merge_categories.source, merge_categories.target);
$$;
comment on function public.merge_categories is
'Make two categories one: whatever has the one that goes has the other from now on, rules included. For editors.

Its name stays known as another name of the one that stays. The history keeps the names it had. Merging what is merged
already changes nothing.';
revoke execute on function public.merge_categories from public, anon;
grant execute on function public.merge_categories to authenticated, service_role;

-- sql/functions/promote_proposal.sql
create function private.promote_proposal(proposal_id uuid)
    -- name of the label
    returns text
    language plpgsql
    volatile
    security definer  -- proposals are written by functions only; membership is checked
    set search_path = ''
as $$
declare
    wanted public.label_proposals;
    label text;
begin
    select label_proposals.* into wanted
    from public.label_proposals
    where label_proposals.id = promote_proposal.proposal_id;
    if wanted.id is null then
        raise exception using
            errcode = 'PT404',
            message = format('no proposal %s', coalesce(promote_proposal.proposal_id::text, 'null')),
            hint = 'see: campaignbase tags proposals';
    end if;
    perform private.check_editor(wanted.workspace_id);
    -- the content in which it was met gets it; rows first, as everybody locks them
    perform private.queue_content(
        array(
            select label_proposal_uses.content_asset_id
            from public.label_proposal_uses
            where label_proposal_uses.proposal_id = wanted.id
            order by label_proposal_uses.content_asset_id
        )
    );
    if wanted.kind = 'tag' then
        -- meanwhile a tag, or another name of one
        label := private.find_tag(wanted.workspace_id, wanted.folded_name);
        if label is null then
            insert into public.tags (workspace_id, name)
            values (wanted.workspace_id, wanted.name)
            on conflict do nothing;
        end if;
    else
        insert into public.categories (workspace_id, name)
        values (wanted.workspace_id, wanted.name)
        on conflict do nothing;
    end if;
    delete from public.label_proposals where label_proposals.id = wanted.id;
    return coalesce(label, wanted.name);
end
$$;
comment on function private.promote_proposal is 'What public.promote_proposal does, for an editor or the service.';
revoke execute on function private.promote_proposal from public, anon;
grant execute on function private.promote_proposal to authenticated, service_role;

-- sql/functions/refuse_proposal.sql
create function private.refuse_proposal(proposal_id uuid)
    -- the word
    returns text
    language plpgsql
    volatile
    security definer  -- proposals are written by functions only; membership is checked
    set search_path = ''
as $$
declare
    wanted public.label_proposals;
begin
    select label_proposals.* into wanted
    from public.label_proposals
    where label_proposals.id = refuse_proposal.proposal_id;
    if wanted.id is null then
        raise exception using
            errcode = 'PT404',
            message = format('no proposal %s', coalesce(refuse_proposal.proposal_id::text, 'null')),
            hint = 'see: campaignbase tags proposals';
    end if;
    perform private.check_editor(wanted.workspace_id);
    update public.label_proposals
    set
        state = 'refused',
        updated_at = clock_timestamp()
    where label_proposals.id = wanted.id;
    delete from public.label_proposal_uses where label_proposal_uses.proposal_id = wanted.id;
    return wanted.name;
end
$$;
comment on function private.refuse_proposal is 'What public.refuse_proposal does, for an editor or the service.';
revoke execute on function private.refuse_proposal from public, anon;
grant execute on function private.refuse_proposal to authenticated, service_role;

-- sql/rpc/list_proposals.sql
create function public.list_proposals(
    workspace_id uuid,
    -- open, refused or removed
    state text default 'open',
    -- rows to return; values outside 1..200 are clamped
    match_count integer default 50,
    -- these alone, in whatever spelling; null: all
    words text[] default null
)
    -- the most used first
    returns table (
        id uuid,
        kind text,
        name text,
        state text,
        uses bigint,
        -- beginnings of up to three texts, the newest first
        examples text[],
        created_at timestamptz,
        last_used_at timestamptz
    )
    language sql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
    select
        label_proposals.id,
        label_proposals.kind,
        label_proposals.name,
        label_proposals.state,
        coalesce(evidence.uses, 0),
        array(
            select
                left(
                    private.asset_text(
                        content_assets.content, content_assets.prompt, content_assets.alt_text,
                        content_assets.file_path
                    ),
                    200
                )
            from public.label_proposal_uses as used
            inner join public.content_assets on used.content_asset_id = content_assets.id
            where used.proposal_id = label_proposals.id
            order by used.created_at desc, used.content_asset_id
            limit 3
        ),
        label_proposals.created_at,
        evidence.last_used_at
    from public.label_proposals
    left join (
        select
            label_proposal_uses.proposal_id,
            count(*) as uses,
            max(label_proposal_uses.created_at) as last_used_at
        from public.label_proposal_uses
        where label_proposal_uses.workspace_id = list_proposals.workspace_id
        group by label_proposal_uses.proposal_id
    ) as evidence on label_proposals.id = evidence.proposal_id
    where
        label_proposals.workspace_id = list_proposals.workspace_id
        and label_proposals.state = list_proposals.state
        and (
            list_proposals.words is null
            or label_proposals.folded_name in (
                select private.fold_tag(said.word) from unnest(list_proposals.words) as said (word)
            )
        )
    order by 5 desc, label_proposals.name collate "C"
    limit least(greatest(coalesce(list_proposals.match_count, 50), 1), 200);
$$;
comment on function public.list_proposals is
'Words that may become labels, with how often machines met them and where; or those that were refused or removed.';
revoke execute on function public.list_proposals from public, anon;
grant execute on function public.list_proposals to authenticated, service_role;

-- sql/rpc/promote_proposal.sql
create function public.promote_proposal(proposal_id uuid)
    -- the word
    returns text
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.promote_proposal(promote_proposal.proposal_id);
$$;
comment on function public.promote_proposal is
'Make a proposed word a label; the content in which machines met it is labeled again. For editors.

A word that was refused or removed is a label again: somebody asks for it.';
revoke execute on function public.promote_proposal from public, anon;
grant execute on function public.promote_proposal to authenticated, service_role;

-- sql/rpc/refuse_proposal.sql
create function public.refuse_proposal(proposal_id uuid)
    -- the word
    returns text
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.refuse_proposal(refuse_proposal.proposal_id);
$$;
comment on function public.refuse_proposal is
'Say that a proposed word shall be no label; it is not proposed again. For editors.';
revoke execute on function public.refuse_proposal from public, anon;
grant execute on function public.refuse_proposal to authenticated, service_role;

-- sql/rpc/promote_due.sql
create function public.promote_due()
    -- the word that became a tag; null: none is due
    returns text
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    due uuid;
begin
    -- one at a time: its content is locked before the workspace, as everybody does
    select label_proposals.id into due
    from public.label_proposals
    inner join public.workspaces on label_proposals.workspace_id = workspaces.id
    inner join public.label_proposal_uses as used on label_proposals.id = used.proposal_id
    where
        label_proposals.kind = 'tag'
        and label_proposals.state = 'open'
        and workspaces.promote_after is not null
    group by label_proposals.id, workspaces.promote_after
    having count(*) >= workspaces.promote_after
    order by label_proposals.id
    limit 1;
    if due is null then
        return null;
    end if;
    -- a person may refuse it at this very moment
    perform label_proposals.id
    from public.label_proposals
    where
        label_proposals.id = due
        and label_proposals.state = 'open'
    for no key update;
    if not found then
        return null;
    end if;
    return private.promote_proposal(due);
end
$$;
comment on function public.promote_due is
'Make a tag of a word that machines met as often as workspaces.promote_after says, one a call. For workers.';
revoke execute on function public.promote_due from public, anon, authenticated;
grant execute on function public.promote_due to service_role;

-- sql/rpc/suggest_merges.sql
create function public.suggest_merges(
    workspace_id uuid,
    -- category or tag
    kind text,
    -- rows to return; values outside 1..100 are clamped
    match_count integer default 20
)
    -- the likest first
    returns table (
        -- the less used: what would go
        source_id uuid,
        source text,
        target_id uuid,
        target text,
        source_count integer,
        target_count integer,
        -- cosine of what they say of themselves; null without vectors
        similarity double precision,
        -- of tags: content that has both; of categories: how often people moved content from one to the other
        together bigint
    )
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
#variable_conflict use_column
begin
    return query
    with
    -- taken out of TOAST once, not once a pair
    label as materialized (
        select
            tags.id,
            tags.name,
            tags.usage_count,
            tags.distinct_from,
            tags.tag_type = 'audience' as is_audience,
            extensions.subvector(tags.embedding, 1, 1536) as embedding
        from public.tags
        where
            tags.workspace_id = suggest_merges.workspace_id
            and suggest_merges.kind = 'tag'
        union all
        select
            categories.id,
            categories.name,
            categories.usage_count,
            categories.distinct_from,
            false,
            extensions.subvector(categories.embedding, 1, 1536)
        from public.categories
        where
            categories.workspace_id = suggest_merges.workspace_id
            and suggest_merges.kind = 'category'
    ),
    used as materialized (
        select
            one.tag_id as one_id,
            other.tag_id as other_id,
            count(*) as together
        from public.content_asset_tags as one
        inner join public.content_asset_tags as other
            on
                one.content_asset_id = other.content_asset_id
                and one.tag_id < other.tag_id
        where
            suggest_merges.kind = 'tag'
            and one.workspace_id = suggest_merges.workspace_id
            and one.state = 'applied'
            and other.state = 'applied'
        group by one.tag_id, other.tag_id
        union all
        select
            least(one.id, other.id),
            greatest(one.id, other.id),
            count(*)
        from public.categorizations
        inner join label as one on categorizations.previous_label = one.name
        inner join label as other on categorizations.label = other.name
        where
            suggest_merges.kind = 'category'
            and categorizations.workspace_id = suggest_merges.workspace_id
            and categorizations.field = 'category'
            and categorizations.source = 'human'
            and one.id <> other.id
        group by 1, 2
    ),
    pair as (
        select
            one.id as one_id,
            other.id as other_id,
            one.name as one_name,
            other.name as other_name,
            one.usage_count as one_count,
            other.usage_count as other_count,
            1 - (one.embedding operator(extensions.<=>) other.embedding) as similarity,
            coalesce(used.together, 0) as together
        from label as one
        inner join label as other on one.id < other.id
        left join used
            on
                one.id = used.one_id
                and other.id = used.other_id
        where
            one.is_audience is not distinct from other.is_audience
            and other.id <> all(one.distinct_from)
            and one.id <> all(other.distinct_from)
    )
    select
        case when pair.one_count <= pair.other_count then pair.one_id else pair.other_id end,
        case when pair.one_count <= pair.other_count then pair.one_name else pair.other_name end,
        case when pair.one_count <= pair.other_count then pair.other_id else pair.one_id end,
        case when pair.one_count <= pair.other_count then pair.other_name else pair.one_name end,
        least(pair.one_count, pair.other_count),
        greatest(pair.one_count, pair.other_count),
        pair.similarity,
        pair.together
    from pair
    where
        pair.similarity >= 0.8
        -- of tags: nearly always together; of categories: mistaken for each other
        or (
            pair.together >= 3
            and (
                suggest_merges.kind = 'category'
                or pair.together >= 0.8 * (pair.one_count + pair.other_count - pair.together)
            )
        )
    order by coalesce(pair.similarity, 0) desc, pair.together desc, 2, 4
    limit least(greatest(coalesce(suggest_merges.match_count, 20), 1), 100);
end
$$;
comment on function public.suggest_merges is
'Pairs of labels that may be one: alike in what they say of themselves, or in how they are used.

What a person said are not the same is left out; see mark_distinct.';
revoke execute on function public.suggest_merges from public, anon;
grant execute on function public.suggest_merges to authenticated, service_role;

-- sql/rpc/mark_distinct.sql
create function public.mark_distinct(
    workspace_id uuid,
    -- category or tag
    kind text,
    -- names
    one text,
    other text
)
    returns void
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    ids uuid[];
    changed integer;
begin
    if mark_distinct.kind = 'tag' then
        ids := array(
            select tags.id
            from public.tags
            where
                tags.workspace_id = mark_distinct.workspace_id
                and tags.name in (
                    private.find_tag(mark_distinct.workspace_id, private.fold_tag(btrim(mark_distinct.one))),
                    private.find_tag(mark_distinct.workspace_id, private.fold_tag(btrim(mark_distinct.other)))
                )
            order by tags.id
        );
    else
        ids := array(
            select categories.id
            from public.categories
            where
                categories.workspace_id = mark_distinct.workspace_id
                and categories.name in (
                    private.find_category(mark_distinct.workspace_id, mark_distinct.one),
                    private.find_category(mark_distinct.workspace_id, mark_distinct.other)
                )
            order by categories.id
        );
    end if;
    if cardinality(ids) <> 2 then
        raise exception using
            errcode = 'PT404',
            message = format(
                '''%s'' and ''%s'' are not two labels that are there', mark_distinct.one, mark_distinct.other
            ),
            hint = 'see: campaignbase tags, campaignbase categories';
    end if;
    -- the one with the lower id remembers it, so that only one row is changed
    if mark_distinct.kind = 'tag' then
        update public.tags
        set distinct_from = array_append(array_remove(tags.distinct_from, ids[2]), ids[2])
        where tags.id = ids[1];
    else
        update public.categories
        set distinct_from = array_append(array_remove(categories.distinct_from, ids[2]), ids[2])
        where categories.id = ids[1];
    end if;
    get diagnostics changed = row_count;
    if changed = 0 then
        raise exception using
            errcode = 'insufficient_privilege',
            message = 'the vocabulary may be read but not changed by you',
            hint = 'Ask an owner of the workspace for the role editor.';
    end if;
end
$$;
comment on function public.mark_distinct is
'Say that two labels are not the same, so that no merge of them is suggested again. For editors.';
revoke execute on function public.mark_distinct from public, anon;
grant execute on function public.mark_distinct to authenticated, service_role;

-- sql/rpc/refresh_related_tags.sql
create function public.refresh_related_tags()
    -- name of the workspace whose tags were looked at; null: none has changed enough
    returns text
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    home record;
    wanted jsonb;
begin
    -- another word, or one use in a hundred more or less
    select workspaces.id, workspaces.name, workspaces.vocabulary_version, counted.uses
    into home
    from public.workspaces
    cross join lateral (
        select coalesce(sum(tags.usage_count), 0) as uses
        from public.tags
        where tags.workspace_id = workspaces.id
    ) as counted
    where
        workspaces.related_version is distinct from workspaces.vocabulary_version
        or abs(counted.uses - workspaces.related_uses) * 100 > workspaces.related_uses
    order by workspaces.id
    limit 1;
    if home.id is null then
        return null;
    end if;
    with
    label as materialized (
        select
            tags.id,
            tags.name,
            tags.usage_count,
            extensions.subvector(tags.embedding, 1, 1536) as embedding
        from public.tags
        where tags.workspace_id = home.id
    ),
    scored as (
        select
            one.tag_id as one_id,
            other.tag_id as other_id,
            count(*) as together,
            null::double precision as similarity
        from public.content_asset_tags as one
        inner join public.content_asset_tags as other
            on
                one.content_asset_id = other.content_asset_id
                and one.tag_id <> other.tag_id
        where
            one.workspace_id = home.id
            and one.state = 'applied'
            and other.state = 'applied'
        group by one.tag_id, other.tag_id
        having count(*) >= 2
        union all
        select
            one.id,
            other.id,
            null,
            1 - (one.embedding operator(extensions.<=>) other.embedding)
        from label as one
        inner join label as other on one.id <> other.id
        where 1 - (one.embedding operator(extensions.<=>) other.embedding) >= 0.6
    ),
    ranked as (
        select
            likes.one_id,
            likes.name,
            row_number() over (partition by likes.one_id order by likes.score desc, likes.name collate "C") as place
        from (
            select
                scored.one_id,
                other.name,
                max(
                    coalesce(
                        scored.similarity,
                        scored.together / sqrt(greatest(one.usage_count, 1)::float8 * greatest(other.usage_count, 1))
                    )
                ) as score
            from scored
            inner join label as one on scored.one_id = one.id
            inner join label as other on scored.other_id = other.id
            group by scored.one_id, other.name
        ) as likes
        where likes.score >= 0.2
    )
    select jsonb_agg(jsonb_build_object('id', found.id, 'names', found.names))
    into wanted
    from (
        select
            label.id,
            coalesce(
                array_agg(ranked.name order by ranked.place) filter (where ranked.place <= 8), '{}'
            ) as names
        from label
        left join ranked on label.id = ranked.one_id
        group by label.id
    ) as found;

    -- in one order for everybody
    perform tags.id
    from public.tags
    where tags.workspace_id = home.id
    order by tags.id
    for no key update;
    update public.tags
    set related_tags = given.names
    from jsonb_to_recordset(wanted) as given (id uuid, names text[])
    where
        tags.id = given.id
        and tags.related_tags <> given.names;
    update public.workspaces
    set
        related_version = home.vocabulary_version,
        related_uses = home.uses
    where workspaces.id = home.id;
    return home.name;
end
$$;
comment on function public.refresh_related_tags is
'Find out anew which tags belong together, for one workspace whose words or uses have changed. For workers.

Two are related when content has both, or when they mean nearly the same; related_tags holds at most eight names.';
revoke execute on function public.refresh_related_tags from public, anon, authenticated;
grant execute on function public.refresh_related_tags to service_role;

-- sql/rpc/save_tag_group.sql
create function public.save_tag_group(
    workspace_id uuid,
    name text,
    min_tags integer,
    -- null: as many as you like
    max_tags integer,
    -- names of the tags that belong to it, in any spelling; those that do not leave it
    tags text[]
)
    -- names of its tags
    returns text[]
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    members text[];
    unknown text;
begin
    select
        array_agg(distinct meant.name) filter (where meant.name is not null),
        min(meant.word) filter (where meant.name is null)
    into members, unknown
    from (
        select
            word,
            private.find_tag(save_tag_group.workspace_id, private.fold_tag(btrim(word))) as name
        from unnest(save_tag_group.tags) as word
    ) as meant;
    members := coalesce(members, '{}');
    insert into public.tag_groups (workspace_id, name, min_tags, max_tags)
    values (
        save_tag_group.workspace_id, save_tag_group.name, save_tag_group.min_tags, save_tag_group.max_tags
    )
    on conflict on constraint tag_groups_name_is_unique do update
        set
            min_tags = excluded.min_tags,
            max_tags = excluded.max_tags;
    if unknown is not null then
        raise exception using
            errcode = 'PT404',
            message = format('no tag ''%s''', unknown),
            hint = 'see: campaignbase tags';
    end if;
    perform tags.id
    from public.tags
    where
        tags.workspace_id = save_tag_group.workspace_id
        and (tags.tag_group = save_tag_group.name or tags.name = any(members))
    order by tags.id
    for no key update;
    update public.tags
    set tag_group = case when tags.name = any(members) then save_tag_group.name end
    where
        tags.workspace_id = save_tag_group.workspace_id
        and (tags.tag_group = save_tag_group.name) is distinct from (tags.name = any(members))
        and (tags.tag_group = save_tag_group.name or tags.name = any(members));
    return members;
end
$$;
comment on function public.save_tag_group is
'Make or change a group of tags: content has at least min_tags and at most max_tags of them. For editors.

Content that is there stays as it is until it is labeled again; tag_group_gaps shows what does not fit.';
revoke execute on function public.save_tag_group from public, anon;
grant execute on function public.save_tag_group to authenticated, service_role;

-- sql/rpc/remove_tag_group.sql
create function public.remove_tag_group(
    workspace_id uuid,
    name text
)
    -- false: there is none of that name
    returns boolean
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
begin
    perform tags.id
    from public.tags
    where
        tags.workspace_id = remove_tag_group.workspace_id
        and tags.tag_group = remove_tag_group.name
    order by tags.id
    for no key update;
    update public.tags
    set tag_group = null
    where
        tags.workspace_id = remove_tag_group.workspace_id
        and tags.tag_group = remove_tag_group.name;
    delete from public.tag_groups
    where
        tag_groups.workspace_id = remove_tag_group.workspace_id
        and tag_groups.name = remove_tag_group.name;
    return found;
end
$$;
comment on function public.remove_tag_group is 'Remove a group of tags; its tags stay. For editors.';
revoke execute on function public.remove_tag_group from public, anon;
grant execute on function public.remove_tag_group to authenticated, service_role;

-- sql/views/tag_group_gaps.sql
create view public.tag_group_gaps
with (security_invoker = true)
as
select
    content_assets.workspace_id,
    content_assets.id as content_asset_id,
    tag_groups.name as tag_group,
    tag_groups.min_tags,
    tag_groups.max_tags,
    count(tags.id) as tag_count
from public.content_assets
inner join public.tag_groups on content_assets.workspace_id = tag_groups.workspace_id
left join public.content_asset_tags as links
    on
        content_assets.id = links.content_asset_id
        and links.state = 'applied'
left join public.tags
    on
        links.tag_id = tags.id
        and tag_groups.name = tags.tag_group
where content_assets.label_state in ('labeled', 'review')
group by
    content_assets.workspace_id,
    content_assets.id,
    tag_groups.name,
    tag_groups.min_tags,
    tag_groups.max_tags
having
    count(tags.id) < tag_groups.min_tags
    or count(tags.id) > tag_groups.max_tags;
comment on view public.tag_group_gaps is
'Content that has fewer or more tags of a group than that asks for: a person took one away, no tag of the group may be
given by a machine, or the group is younger than the content.';
comment on column public.tag_group_gaps.tag_count is 'How many tags of the group it has.';
grant select on public.tag_group_gaps to authenticated, service_role;
