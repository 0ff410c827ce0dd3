-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  the private schema, the vector extension, and no grant that is not by name
-- Touches:  schema extensions, private; function private.is_blank, private.fold_tag,
--           private.asset_text, private.campaign_text, private.label_text, private.content_hash,
--           private.word_count
-- Mirrors:  sql/schemas.sql, sql/functions/is_blank.sql, sql/functions/fold_tag.sql,
--           sql/functions/asset_text.sql, sql/functions/campaign_text.sql,
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
