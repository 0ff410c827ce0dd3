create function public.correct_labels(
    -- an id of content or a campaign, or a beginning of at least 4 characters that only one has
    target text,
    -- {"category", "sentiment", "audience", "add_tags": [...], "remove_tags": [...]}: what is left out stays,
    -- '' clears; a removed tag stays away, also one that is not there; a campaign has a category alone
    correction jsonb
)
    -- its whole id
    returns uuid
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    key uuid := private.find_target(correct_labels.target);
    fields text[] := array(select jsonb_object_keys(correct_labels.correction));
    known constant text[] := '{category,sentiment,audience,add_tags,remove_tags}';
    tenant uuid;
    -- as the workspace spells them; a new word as it was given
    added text[];
    removed text[];
    unknown text;
begin
    if fields = '{}' or not fields <@ known then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'nothing to correct: name ' || array_to_string(known, ', ') || ', and nothing else';
    end if;
    if exists (select from public.campaigns where campaigns.id = key) then
        if fields <> '{category}' then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = 'a campaign has a category, but no sentiment, audience or tags; leave those out';
        end if;
        update public.campaigns
        set
            primary_category = private.find_category(
                campaigns.workspace_id, nullif(correct_labels.correction ->> 'category', '')
            )
        where campaigns.id = key;
    else
        select content_assets.workspace_id into tenant
        from public.content_assets
        where content_assets.id = key;
        added := array(
            select coalesce(private.find_tag(tenant, private.fold_tag(word)), word)
            from jsonb_array_elements_text(correct_labels.correction -> 'add_tags') as word
        );
        select
            array_agg(named.name) filter (where named.name is not null),
            min(named.word) filter (where named.name is null)
        into removed, unknown
        from (
            select word, private.find_tag(tenant, private.fold_tag(word)) as name
            from jsonb_array_elements_text(correct_labels.correction -> 'remove_tags') as word
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
                when 'category' = any(fields)
                    then private.find_category(tenant, nullif(correct_labels.correction ->> 'category', ''))
                else content_assets.primary_category
            end,
            sentiment = case
                when 'sentiment' = any(fields) then nullif(correct_labels.correction ->> 'sentiment', '')
                else content_assets.sentiment
            end,
            target_audience = case
                when 'audience' = any(fields) then nullif(correct_labels.correction ->> 'audience', '')
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
    perform private.confirm_labels(array[key], fields);
    if '{add_tags,remove_tags}' && fields then
        perform private.confirm_tags(key, added, removed);
    end if;
    return key;
end
$$;
comment on function public.correct_labels is
'Say what a label should be: it counts as a person''s, stays, and is learned from.';
revoke execute on function public.correct_labels from public, anon;
grant execute on function public.correct_labels to authenticated, service_role;
