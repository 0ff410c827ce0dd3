create function private.rule_matches(
    -- as rule_error accepts them
    conditions jsonb,
    -- from asset_facts
    facts jsonb
)
    returns boolean
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select private.rule_holds(private.rule_program(conditions), private.rule_facts(facts));
$$;
comment on function private.rule_matches is
'Would this rule hit this asset? For many rules or assets prepare each side once and ask rule_holds.';
revoke execute on function private.rule_matches from public, anon;
grant execute on function private.rule_matches to authenticated, service_role;
