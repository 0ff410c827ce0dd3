create function private.content_words(
    workspace_id uuid,
    content text,
    prompt text,
    alt_text text,
    file_path text
)
    returns tsvector
    language sql
    immutable
    parallel safe
    set search_path = ''
    -- so that the planner looks it up in the index instead
    cost 10000
as $$
    -- a workspace's words stand apart: however many rows of others have a word, nobody walks over them
    select array_to_tsvector(
        array(
            select private.content_word(content_words.workspace_id, found.word)
            from unnest(
                private.search_words(
                    private.asset_text(
                        content_words.content, content_words.prompt, content_words.alt_text, content_words.file_path
                    )
                )
            ) as found (word)
        )
    );
$$;
comment on function private.content_words is
'What the index of words holds of an asset; compared with its workspace too, of whose id it has the beginning alone.';
revoke execute on function private.content_words from public, anon;
grant execute on function private.content_words to authenticated, service_role;
