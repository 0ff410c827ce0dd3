create function private.content_hash(value text)
    returns text
    language sql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
    select encode(sha256(convert_to(value, 'UTF8')), 'hex');
$$;
comment on function private.content_hash is 'sha256 of the text, lower-case hex; null for null.';
revoke execute on function private.content_hash from public, anon;
grant execute on function private.content_hash to authenticated, service_role;
