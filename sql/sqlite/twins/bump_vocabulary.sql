-- twin of: private.tg__bump_vocabulary, public.categories._600_bump_vocabulary_insert,
--   public.categories._600_bump_vocabulary_update, public.categories._600_bump_vocabulary_delete,
--   public.tags._600_bump_vocabulary_insert, public.tags._600_bump_vocabulary_update,
--   public.tags._600_bump_vocabulary_delete
-- A row counts where Postgres counts a statement; a version only has to grow.
create trigger categories__bump_vocabulary_insert
after insert on categories
when not exists (select 1 from acting where actor = 'vocabulary')
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger categories__bump_vocabulary_update
after update of name, description, keywords, examples, counter_examples, manual_only on categories
when
    (new.name, new.description, new.keywords, new.examples, new.counter_examples, new.manual_only)
    is not (old.name, old.description, old.keywords, old.examples, old.counter_examples, old.manual_only)
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger categories__bump_vocabulary_delete
after delete on categories
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = old.workspace_id;
end;
create trigger tags__bump_vocabulary_insert
after insert on tags
when not exists (select 1 from acting where actor in ('vocabulary', 'words counted'))
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
    -- the words of one person's edit are one edit of the vocabulary, see resolve_tags
    update acting set actor = 'words counted' where actor = 'words';
end;

create trigger tags__bump_vocabulary_update
after update of name, description, keywords, examples, counter_examples, manual_only on tags
when
    (new.name, new.description, new.keywords, new.examples, new.counter_examples, new.manual_only)
    is not (old.name, old.description, old.keywords, old.examples, old.counter_examples, old.manual_only)
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger tags__bump_vocabulary_delete
after delete on tags
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = old.workspace_id;
end;
