-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  the private schema, the vector extension, and no grant that is not by name
-- Touches:  schema extensions, private; function private.is_blank, private.fold_tag,
--           private.asset_text, private.regex_separators, private.search_words,
--           private.content_word, private.content_words, private.campaign_text, private.label_text,
--           private.content_hash, private.word_count
-- Mirrors:  sql/schemas.sql, sql/functions/is_blank.sql, sql/functions/fold_tag.sql,
--           sql/functions/asset_text.sql, sql/functions/regex_separators.sql,
--           sql/functions/search_words.sql, sql/functions/content_word.sql,
--           sql/functions/content_words.sql, sql/functions/campaign_text.sql,
--           sql/functions/label_text.sql, sql/functions/content_hash.sql,
--           sql/functions/word_count.sql
-- Undo:     forward only; it removes nothing

-- sql/schemas.sql
-- What the platform grants by itself differs by age and by host, so it is revoked here and every grant below is by name.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

create schema if not exists extensions;
do $$
begin
    if exists (select from pg_catalog.pg_extension where extname = 'vector') then
        return;
    end if;
    create extension vector with schema extensions;
exception
    when insufficient_privilege or undefined_file or feature_not_supported then
        raise exception using
            message = 'the extension vector is needed and this role may not create it: ' || sqlerrm,
            hint = 'Enable "vector" under Database, Extensions in the dashboard, or as a superuser: create extension vector with schema extensions.';
end
$$;

create schema if not exists private;
comment on schema private is
'Internals of Campaignbase: the queue, trigger functions, membership helpers. Never exposed by the Data API.';
revoke all on schema private from public, anon;
-- policies and invoker wrappers call helpers in private as the caller
grant usage on schema private to authenticated, service_role;

-- sql/functions/is_blank.sql
create function private.is_blank(value text)
    returns boolean
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select value is null or btrim(value, e' \t\n\r') = '';
$$;
comment on function private.is_blank is
'True for null and for text of nothing but space, tab, line feed and carriage return.';
revoke execute on function private.is_blank from public, anon;
grant execute on function private.is_blank to authenticated, service_role;

-- sql/functions/fold_tag.sql
create function private.fold_tag(name text)
    returns text
    language sql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
    -- the same steps as campaignbase.core.tags.fold_tag and the SQLite expression of the translator
    select
        case
            when word like '%ies' and length(word) > 4 then left(word, -3) || 'y'
            when word like '%ss' or word like '%us' or word like '%is' then word
            when
                length(word) > 4 and (
                    word like '%sses' or word like '%shes' or word like '%ches'
                    or word like '%xes' or word like '%zes'
                )
                then left(word, -2)
            when word like '%s' and length(word) > 3 then left(word, -1)
            else word
        end
    from (
        select ltrim(replace(replace(replace(lower(fold_tag.name), ' ', ''), '-', ''), '_', ''), '#') as word
    ) as folded;
$$;
comment on function private.fold_tag is
'What is left of a tag without case, spaces, hyphens, underscores, leading # and plural; equal for two spellings of one tag.';
revoke execute on function private.fold_tag from public, anon;
grant execute on function private.fold_tag to authenticated, service_role;

-- sql/functions/asset_text.sql
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

-- sql/functions/regex_separators.sql
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

-- sql/functions/search_words.sql
create function private.search_words(value text)
    returns text[]
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    -- campaignbase.core.text says the same. Words of a text that nobody types in full would be refused by the index.
    select coalesce(array_agg(distinct left(found.word, 64)), '{}')
    from regexp_split_to_table(
        translate(lower(left(search_words.value, 100000)), e'\u03c2', e'\u03c3'),
        '[' || private.regex_separators() || '_]+'
    ) as found (word)
    where found.word <> '';
$$;
comment on function private.search_words is
'The words of a text by which it is searched: runs of letters and digits of its first 100,000 characters, folded.';
revoke execute on function private.search_words from public, anon;
grant execute on function private.search_words to authenticated, service_role;

-- sql/functions/content_word.sql
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

-- sql/functions/content_words.sql
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

-- sql/functions/campaign_text.sql
create function private.campaign_text(
    name text,
    content_style text,
    visual_style text,
    hashtag_strategy text,
    cta_pattern text
)
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        nullif(
            concat_ws(
                e'\n',
                case when not private.is_blank(name) then name end,
                case when not private.is_blank(content_style) then content_style end,
                case when not private.is_blank(visual_style) then visual_style end,
                case when not private.is_blank(hashtag_strategy) then hashtag_strategy end,
                case when not private.is_blank(cta_pattern) then cta_pattern end
            ),
            ''
        );
$$;
comment on function private.campaign_text is
'What there is to read of a campaign, a line each: name, styles, hashtags, call to action.';
revoke execute on function private.campaign_text from public, anon;
grant execute on function private.campaign_text to authenticated, service_role;

-- sql/functions/label_text.sql
create function private.label_text(
    name text,
    description text,
    keywords text[]
)
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        nullif(
            concat_ws(
                e'\n',
                case when not private.is_blank(name) then name end,
                case when not private.is_blank(description) then description end,
                case
                    when not private.is_blank(array_to_string(keywords, ', ')) then array_to_string(keywords, ', ')
                end
            ),
            ''
        );
$$;
comment on function private.label_text is
'What there is to read of a category or tag, a line each: name, description, keywords.';
revoke execute on function private.label_text from public, anon;
grant execute on function private.label_text to authenticated, service_role;

-- sql/functions/content_hash.sql
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

-- sql/functions/word_count.sql
create function private.word_count(value text)
    returns integer
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case
            when private.is_blank(value) then 0
            else cardinality(regexp_split_to_array(btrim(value, e' \t\n\r'), '[ \t\n\r]+'))
        end;
$$;
comment on function private.word_count is 'Runs of characters other than space, tab, line feed and carriage return.';
revoke execute on function private.word_count from public, anon;
grant execute on function private.word_count to authenticated, service_role;
