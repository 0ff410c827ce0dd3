create function private.asset_text(
    content text,
    prompt text,
    alt_text text,
    file_path text
)
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case
            when not private.is_blank(content) then content
            when not private.is_blank(prompt) then prompt
            when not private.is_blank(alt_text) then alt_text
            when not private.is_blank(regexp_replace(file_path, '^.*/', ''))
                then regexp_replace(file_path, '^.*/', '')
        end;
$$;
comment on function private.asset_text is
'What there is to read of an asset: its content, else its prompt, else its alt text, else the name of its file; null for nothing.';
revoke execute on function private.asset_text from public, anon;
grant execute on function private.asset_text to authenticated, service_role;
