create function private.rule_actions_error(
    actions jsonb,
    rule_type text
)
    -- null when nothing is wrong
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = ''
as $$
declare
    known constant text[] := array[
        'add_category', 'add_tags', 'category', 'remove_tags', 'set_audience', 'set_sentiment', 'webhook'
    ];
    key text;
    value jsonb;
    sentiments constant text[] := array['mixed', 'negative', 'neutral', 'positive'];
    error text;
begin
    if jsonb_typeof(actions) is distinct from 'object' then
        return format('actions: expected an object, got %s', coalesce(jsonb_typeof(actions), 'null'));
    elsif actions = '{}' then
        return 'actions: empty; give at least one action';
    end if;
    for key, value in
        select action.key, action.value
        from jsonb_each(actions) as action
        order by action.key collate "C"
    loop
        if key in ('approve', 'require_approval', 'schedule') then
            return format('actions: action ''%s'' is not built yet; leave it out', key);
        elsif key <> all(known) then
            return format(
                'actions: unknown action ''%s''; known: %s', left(key, 60), array_to_string(known, ', ')
            );
        elsif key in ('add_category', 'category') and rule_type <> 'categorization' then
            return format(
                'actions: action ''%s'' needs a rule of type categorization, not %s', key, rule_type
            );
        elsif key in ('add_tags', 'remove_tags') then
            error := private.rule_texts_error(value, 'actions.' || key);
        else
            error := private.rule_text_error(value, 'actions.' || key);
            -- as it will be written, so not folded
            if error is null and key = 'set_sentiment' and value #>> '{}' <> all(sentiments) then
                error := format(
                    'actions.%s: unknown value ''%s''; known: %s',
                    key, value #>> '{}', array_to_string(sentiments, ', ')
                );
            end if;
        end if;
        if error is not null then
            return error;
        end if;
    end loop;
    if actions ?& array['add_category', 'category'] then
        return 'actions: ''add_category'' and ''category'' mean the same; keep one';
    end if;
    return null;
end
$$;
comment on function private.rule_actions_error is
'The first thing wrong with the actions of a rule, in the words and the order of campaignbase.core.rule_schema.';
revoke execute on function private.rule_actions_error from public, anon;
grant execute on function private.rule_actions_error to authenticated, service_role;
