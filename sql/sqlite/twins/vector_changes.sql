-- twin of: public.semantic_search_content, public.categorization_context
-- Vectors are searched in memory; this tells every process which of them to read again.
create table vector_changes (
    seq integer not null primary key autoincrement,
    kind text not null,  -- the table
    target_id text not null
) strict;

-- who is further behind than this reads everything again
create trigger vector_changes__trim
after insert on vector_changes
begin
    delete from vector_changes where seq <= new.seq - 10000;
end;

create trigger content_assets__log_vector_insert
after insert on content_assets
when new.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('content_assets', new.id);
end;

create trigger content_assets__log_vector_update
after update of embedding, embedding_model, content_hash, confirmed_at, primary_category, golden on content_assets
when
    coalesce(new.embedding, old.embedding) is not null
    and (
        new.embedding is not old.embedding
        or new.embedding_model is not old.embedding_model
        or new.content_hash is not old.content_hash
        or new.golden is not old.golden
        or (new.confirmed_at is null or new.primary_category is null)
        <> (old.confirmed_at is null or old.primary_category is null)
    )
begin
    insert into vector_changes (kind, target_id) values ('content_assets', new.id);
end;

create trigger content_assets__log_vector_delete
after delete on content_assets
when old.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('content_assets', old.id);
end;

create trigger campaigns__log_vector_insert
after insert on campaigns
when new.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('campaigns', new.id);
end;

create trigger campaigns__log_vector_update
after update of embedding, embedding_model, content_hash, confirmed_at, primary_category on campaigns
when
    coalesce(new.embedding, old.embedding) is not null
    and (
        new.embedding is not old.embedding
        or new.embedding_model is not old.embedding_model
        or new.content_hash is not old.content_hash
        or (new.confirmed_at is null or new.primary_category is null)
        <> (old.confirmed_at is null or old.primary_category is null)
    )
begin
    insert into vector_changes (kind, target_id) values ('campaigns', new.id);
end;

create trigger campaigns__log_vector_delete
after delete on campaigns
when old.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('campaigns', old.id);
end;

create trigger categories__log_vector_insert
after insert on categories
when new.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('categories', new.id);
end;

create trigger categories__log_vector_update
after update of embedding, embedding_model, manual_only on categories
when
    coalesce(new.embedding, old.embedding) is not null
    and (
        new.embedding is not old.embedding
        or new.embedding_model is not old.embedding_model
        or new.manual_only is not old.manual_only
    )
begin
    insert into vector_changes (kind, target_id) values ('categories', new.id);
end;

create trigger categories__log_vector_delete
after delete on categories
when old.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('categories', old.id);
end;

create trigger tags__log_vector_insert
after insert on tags
when new.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('tags', new.id);
end;

create trigger tags__log_vector_update
after update of embedding, embedding_model, manual_only on tags
when
    coalesce(new.embedding, old.embedding) is not null
    and (
        new.embedding is not old.embedding
        or new.embedding_model is not old.embedding_model
        or new.manual_only is not old.manual_only
    )
begin
    insert into vector_changes (kind, target_id) values ('tags', new.id);
end;

create trigger tags__log_vector_delete
after delete on tags
when old.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('tags', old.id);
end;
