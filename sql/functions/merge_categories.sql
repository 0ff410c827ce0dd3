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
