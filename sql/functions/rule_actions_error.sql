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
        'add_category', 'add_tags', 'approve', 'category', 'remove_tags', 'require_approval', 'schedule',
        'set_audience', 'set_sentiment', 'webhook'
    ];
    key text;
    value jsonb;
    sentiments constant text[] := array['mixed', 'negative', 'neutral', 'positive'];
    error text;
    -- the type of rule that may have the action
    needed text;
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
        needed := case
            when key in ('add_category', 'category') then 'categorization'
            when key in ('approve', 'require_approval') then 'approval'
            when key = 'schedule' then 'scheduling'
        end;
        if key <> all(known) then
            return format(
                'actions: unknown action ''%s''; known: %s', left(key, 60), array_to_string(known, ', ')
            );
        elsif needed <> rule_type then
            return format(
                'actions: action ''%s'' needs a rule of type %s, not %s', key, needed, rule_type
            );
        elsif key in ('approve', 'require_approval', 'schedule') then
            if value <> 'true' then
                error := format('actions.%s: expected true; to do nothing, leave it out', key);
            end if;
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
    if actions ?& array['approve', 'require_approval'] then
        return 'actions: ''approve'' and ''require_approval'' contradict each other; keep one';
    end if;
    return null;
end
$$;
comment on function private.rule_actions_error is
'The first thing wrong with the actions of a rule, in the words and the order of campaignbase.core.rule_schema.';
revoke execute on function private.rule_actions_error from public, anon;
grant execute on function private.rule_actions_error to authenticated, service_role;
