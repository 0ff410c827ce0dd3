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
