-- twin of: private.content_words, private.content_word
-- An index of words, which every program that writes keeps. Rows have no number of their own that stays: VACUUM may
-- give others.
create table content_numbers (
    number integer not null primary key,
    asset_id text not null unique
) strict;

create view content_texts as
select
    content_numbers.number,
    content_numbers.asset_id,
    substr(
        case
            when trim(content_assets.content, ' ' || char(9, 10, 13)) <> '' then content_assets.content
            when trim(content_assets.prompt, ' ' || char(9, 10, 13)) <> '' then content_assets.prompt
            when trim(content_assets.alt_text, ' ' || char(9, 10, 13)) <> '' then content_assets.alt_text
            -- what stands after the last slash
            else replace(
                content_assets.file_path,
                rtrim(content_assets.file_path, replace(content_assets.file_path, '/', '')),
                ''
            )
        end,
        1,
        100000
    ) as words
from content_numbers
inner join content_assets on content_numbers.asset_id = content_assets.id;

-- what Unicode calls numbers or letters and campaignbase.core.text does not
create virtual table content_words using fts5 (
    words,
    content = 'content_texts',
    content_rowid = 'number',
    columnsize = 0,
    detail = 'none',
    tokenize = "unicode61 remove_diacritics 0 separators 'ªº²³¹¼½¾µ'"
);

create trigger content_assets__log_words_insert
after insert on content_assets
begin
    insert or ignore into content_numbers (asset_id) values (new.id);
    insert into content_words (rowid, words)
    select number, words from content_texts where asset_id = new.id;
end;

create trigger content_assets__log_words_before
before update of content, prompt, alt_text, file_path on content_assets
begin
    insert into content_words (content_words, rowid, words)
    select 'delete', number, words from content_texts where asset_id = old.id;
end;

create trigger content_assets__log_words_update
after update of content, prompt, alt_text, file_path on content_assets
begin
    insert into content_words (rowid, words)
    select number, words from content_texts where asset_id = new.id;
end;

create trigger content_assets__log_words_delete
before delete on content_assets
begin
    insert into content_words (content_words, rowid, words)
    select 'delete', number, words from content_texts where asset_id = old.id;
    delete from content_numbers where asset_id = old.id;
end;
