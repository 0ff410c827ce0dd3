create function public.correct_labels(
    -- an id of content or a campaign, or a beginning of at least 4 characters that only one has
    target text,
    -- {"category", "sentiment", "audience", "add_tags": [...], "remove_tags": [...]}: what is left out stays,
    -- '' clears; a campaign has a category alone
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
    added text[] := array(select jsonb_array_elements_text(correct_labels.correction -> 'add_tags'));
    removed text[] := array(
        select private.fold_tag(word)
        from jsonb_array_elements_text(correct_labels.correction -> 'remove_tags') as word
    );
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
        set primary_category = nullif(correct_labels.correction ->> 'category', '')
        where campaigns.id = key;
    else
        update public.content_assets
        set
            primary_category = case
                when 'category' = any(fields) then nullif(correct_labels.correction ->> 'category', '')
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
            tags = array(
                select word
                from unnest(content_assets.tags) with ordinality as kept (word, place)
                where private.fold_tag(word) <> all(removed)
                order by place
            ) || array(
                select word
                from unnest(added) with ordinality as fresh (word, place)
                where
                    word <> all(content_assets.tags)
                    or private.fold_tag(word) = any(removed)
                order by place
            )
        where content_assets.id = key;
    end if;
    if not found then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s may be read but not changed by you', key),
            hint = 'Ask an owner of the workspace for the role editor.';
    end if;
    return key;
end
$$;
comment on function public.correct_labels is
'Say what a label should be: it counts as a person''s, stays, and is learned from.';
revoke execute on function public.correct_labels from public, anon;
grant execute on function public.correct_labels to authenticated, service_role;
