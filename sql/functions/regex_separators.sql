create function private.regex_separators()
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    -- campaignbase.core.text names the scripts
    select
        '\u0001-\u002F\u003A-\u0040\u005B-\u005E\u0060\u007B-\u00BF\u00D7\u00F7\u037E\u0387'
        || '\u055A-\u055F\u0589-\u058A\u05BE\u05C0\u05C3\u05C6\u05F3-\u05F4\u0600-\u060F\u061B'
        || '\u061D-\u061F\u066A-\u066D\u06D4\u0964-\u0965\u0E00-\u0EFF\u1000-\u109F\u1361-\u1368'
        || '\u1780-\u17FF\u2000-\u2BFF\u2E00-\uA4CF\uE000-\uFAFF\uFE00-\uFE6F\uFEFF-\uFF0F'
        || '\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFFFF\U0001F000-\U0010FFFF';
$$;
comment on function private.regex_separators is
'Everything that is not a word character, for between the brackets of a character class.';
revoke execute on function private.regex_separators from public, anon;
grant execute on function private.regex_separators to authenticated, service_role;
