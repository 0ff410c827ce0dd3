create function private.rule_error(
    rule_type text,
    conditions jsonb,
    actions jsonb,
    -- starts the message when given
    name text default null
)
    -- null when the rule may be saved
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        coalesce('rule ''' || name || ''': ', '') || coalesce(
            case
                when rule_type not in ('approval', 'categorization', 'scheduling', 'tagging')
                    then format(
                        'unknown rule_type ''%s''; known: approval, categorization, scheduling, tagging',
                        rule_type
                    )
            end,
            private.rule_conditions_error(conditions),
            private.rule_actions_error(actions, rule_type)
        );
$$;
comment on function private.rule_error is
'The first thing wrong with a rule, in the words and the order of campaignbase.core.rule_schema.';
revoke execute on function private.rule_error from public, anon;
grant execute on function private.rule_error to authenticated, service_role;
