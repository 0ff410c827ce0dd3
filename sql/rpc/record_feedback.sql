create function public.record_feedback(
    -- an id of content or a campaign, or a beginning of at least 4 characters that only one has
    target text,
    -- {"category", "sentiment", "audience", "add_tags": [...], "remove_tags": [...], "confirm": [...]}: what is
    -- left out stays, '' clears, null is refused; a removed tag stays away, also one that is not there; confirm names
    -- fields (category, sentiment, audience, tags) that are right as they stand; a campaign has a category alone
    feedback jsonb
)
    -- its whole id
    returns uuid
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    key uuid := private.find_target(record_feedback.target);
    fields text[];
    known constant text[] := '{category,sentiment,audience,add_tags,remove_tags,confirm}';
    -- fields that are right as they stand
    right_ones text[];
    unclear text;
    tenant uuid;
    wanted text;  -- category
    -- as the workspace spells them; a new word as it was given
    added text[];
    removed text[];
    unknown text;
begin
    if jsonb_typeof(record_feedback.feedback) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'feedback: expected an object such as {"category": "offer"}, got %s',
                coalesce(left(record_feedback.feedback::text, 60), 'null')
            );
    end if;
    fields := array(select jsonb_object_keys(record_feedback.feedback));
    if fields = '{}' or not fields <@ known then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'nothing to correct: name ' || array_to_string(known, ', ') || ', and nothing else';
    end if;
    select
        format(
            '%s: expected %s, got %s',
            given.field,
            case when given.is_list then 'a list of texts' else 'a text' end,
            left(given.value::text, 60)
        )
    into unclear
    from (
        select
            stated.key as field,
            stated.value,
            stated.key in ('add_tags', 'remove_tags', 'confirm') as is_list
        from jsonb_each(record_feedback.feedback) as stated
    ) as given
    where
        not given.is_list and jsonb_typeof(given.value) <> 'string'
        or given.is_list and (
            jsonb_typeof(given.value) <> 'array'
            or given.value @? 'strict $[*] ? (@.type() != "string")'
        )
    order by given.field
    limit 1;
    if unclear is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = unclear,
            hint = 'Leave out what stays; an empty text clears.';
    end if;
    right_ones := array(select jsonb_array_elements_text(record_feedback.feedback -> 'confirm'));
    select min(field) into unclear
    from unnest(right_ones) as field
    where
        field <> all('{category,sentiment,audience,tags}'::text[])
        or field = any(fields);
    if unclear is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'confirm ''%s'': name fields of category, sentiment, audience, tags that are not corrected as well',
                unclear
            );
    end if;
    select target.workspace_id into tenant
    from (
        select content_assets.workspace_id
        from public.content_assets
        where content_assets.id = key
        union all
        select campaigns.workspace_id
        from public.campaigns
        where campaigns.id = key
    ) as target;
    wanted := private.find_category(tenant, nullif(record_feedback.feedback ->> 'category', ''));
    if
        wanted is not null
        and not exists (
            select
            from public.categories
            where
                categories.workspace_id = tenant
                and categories.name = wanted
        )
    then
        raise exception using
            errcode = 'foreign_key_violation',
            message = format('unknown category ''%s''', left(wanted, 100)),
            hint = 'see: campaignbase categories';
    end if;
    if exists (select from public.campaigns where campaigns.id = key) then
        if array_remove(fields, 'confirm') || right_ones <> '{category}' then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = 'a campaign has a category, but no sentiment, audience or tags; leave those out';
        end if;
        update public.campaigns
        set
            primary_category = case
                when 'category' = any(fields) then wanted
                else campaigns.primary_category
            end
        where campaigns.id = key;
    else
        -- before the row, as who renames a tag locks them
        perform private.hold_tags(
            tenant,
            array(
                select word
                from jsonb_array_elements_text(record_feedback.feedback -> 'add_tags') as word
                union all
                select word
                from jsonb_array_elements_text(record_feedback.feedback -> 'remove_tags') as word
            )
        );
        added := array(
            select coalesce(private.find_tag(tenant, private.fold_tag(word)), word)
            from jsonb_array_elements_text(record_feedback.feedback -> 'add_tags') as word
        );
        select
            array_agg(named.name) filter (where named.name is not null),
            min(named.word) filter (where named.name is null)
        into removed, unknown
        from (
            select word, private.find_tag(tenant, private.fold_tag(word)) as name
            from jsonb_array_elements_text(record_feedback.feedback -> 'remove_tags') as word
        ) as named;
        removed := coalesce(removed, '{}');
        if unknown is not null then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('unknown tag ''%s'', so there is nothing to keep away', unknown),
                hint = 'see: campaignbase tags';
        elsif added && removed then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format(
                    'tag ''%s'' is both to be added and to be removed; decide for one',
                    (select min(word) from unnest(added) as word where word = any(removed))
                );
        end if;
        update public.content_assets
        set
            primary_category = case
                when 'category' = any(fields) then wanted
                else content_assets.primary_category
            end,
            sentiment = case
                when 'sentiment' = any(fields) then nullif(record_feedback.feedback ->> 'sentiment', '')
                else content_assets.sentiment
            end,
            target_audience = case
                when 'audience' = any(fields) then nullif(record_feedback.feedback ->> 'audience', '')
                else content_assets.target_audience
            end,
            tags = case
                when not '{add_tags,remove_tags}' && fields then content_assets.tags
                else array(
                    select word
                    from unnest(content_assets.tags) with ordinality as kept (word, place)
                    where word <> all(removed)
                    order by place
                ) || array(
                    select word
                    from unnest(added) with ordinality as fresh (word, place)
                    where word <> all(content_assets.tags)
                    order by place
                )
            end
        where content_assets.id = key;
    end if;
    if not found then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s may be read but not changed by you', key),
            hint = 'Ask an owner of the workspace for the role editor.';
    end if;
    -- what stood there already is hers too from now on
    perform private.confirm_labels(array[key], fields || right_ones);
    if 'tags' = any(right_ones) then
        select content_assets.tags || added into added
        from public.content_assets
        where content_assets.id = key;
    end if;
    if '{add_tags,remove_tags}' && fields or 'tags' = any(right_ones) then
        perform private.confirm_tags(key, added, removed);
    end if;
    return key;
end
$$;
comment on function public.record_feedback is
'Say what a label should be, or that it is right as it stands: it counts as a person''s, stays, and is learned from.

What a machine had said there is kept beside it: see the view corrections.';
revoke execute on function public.record_feedback from public, anon;
grant execute on function public.record_feedback to authenticated, service_role;
