create function private.regex_word_characters()
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    -- campaignbase.core.text names the scripts
    select
        '\u0030-\u0039\u0041-\u005A\u005F\u0061-\u007A\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D'
        || '\u037F-\u0386\u0388-\u0559\u0560-\u0588\u058B-\u05BD\u05BF\u05C1-\u05C2\u05C4-\u05C5'
        || '\u05C7-\u05F2\u05F5-\u05FF\u0610-\u061A\u061C\u0620-\u0669\u066E-\u06D3\u06D5-\u0963'
        || '\u0966-\u0DFF\u0F00-\u0FFF\u10A0-\u1360\u1369-\u177F\u1800-\u1FFF\u2C00-\u2DFF'
        || '\uA4D0-\uDFFF\uFB00-\uFDFF\uFE70-\uFEFE\uFF10-\uFF19\uFF21-\uFF3A\uFF41-\uFF5A'
        || '\U00010000-\U0001EFFF';
$$;
comment on function private.regex_word_characters is
'Letters, digits and ''_'' of scripts that put spaces between words, for between the brackets of a character class.';
revoke execute on function private.regex_word_characters from public, anon;
grant execute on function private.regex_word_characters to authenticated, service_role;
