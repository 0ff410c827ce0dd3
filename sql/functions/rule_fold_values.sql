create function private.rule_fold_values(
    -- of an equality condition
    fact text,
    -- texts
    vals jsonb
)
    returns jsonb
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        coalesce(
            jsonb_agg(
                case
                    when fact in ('tag', 'target_audience') then private.fold_tag(listed)
                    else private.rule_fold(listed)
                end
            ),
            '[]'
        )
    from jsonb_array_elements_text(vals) as listed;
$$;
comment on function private.rule_fold_values is
'Values of a fact as both engines compare them: tags and audiences as tags fold, others in lower case.';
revoke execute on function private.rule_fold_values from public, anon;
grant execute on function private.rule_fold_values to authenticated, service_role;
