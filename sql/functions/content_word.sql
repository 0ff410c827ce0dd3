create function private.content_word(workspace_id uuid, word text)
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select left(content_word.workspace_id::text, 8) || ':' || content_word.word;
$$;
comment on function private.content_word is 'A word of a workspace as the index of words has it.';
revoke execute on function private.content_word from public, anon;
grant execute on function private.content_word to authenticated, service_role;
