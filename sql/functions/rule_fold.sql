create function private.rule_fold(value text)
    returns text
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
begin
    -- apostrophes of three kinds, no-break and narrow no-break space
    return translate(lower(value), e'\u2018\u2019\u02bc\u00a0\u202f', '''''''  ');
end
$$;
comment on function private.rule_fold is
'What rules compare: lower case, one form of apostrophe, no no-break spaces; as long as it was.';
revoke execute on function private.rule_fold from public, anon;
grant execute on function private.rule_fold to authenticated, service_role;
