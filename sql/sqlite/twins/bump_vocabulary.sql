-- twin of: private.tg__bump_vocabulary, public.categories._600_bump_vocabulary_insert,
--   public.categories._600_bump_vocabulary_update, public.categories._600_bump_vocabulary_delete,
--   public.tags._600_bump_vocabulary_insert, public.tags._600_bump_vocabulary_update,
--   public.tags._600_bump_vocabulary_delete
create trigger categories__bump_vocabulary_insert
after insert on categories
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger categories__bump_vocabulary_update
after update of name, parent_id, description, keywords, examples, counter_examples, aliases, manual_only on categories
when
    (
        new.name, new.parent_id, new.description, new.keywords, new.examples,
        new.counter_examples, new.aliases, new.manual_only
    )
    is not (
        old.name, old.parent_id, old.description, old.keywords, old.examples,
        old.counter_examples, old.aliases, old.manual_only
    )
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
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger tags__bump_vocabulary_update
after update of name, tag_type, tag_group, description, keywords, examples, counter_examples, aliases, manual_only on tags
when
    (
        new.name, new.tag_type, new.tag_group, new.description, new.keywords,
        new.examples, new.counter_examples, new.aliases, new.manual_only
    )
    is not (
        old.name, old.tag_type, old.tag_group, old.description, old.keywords,
        old.examples, old.counter_examples, old.aliases, old.manual_only
    )
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger tags__bump_vocabulary_delete
after delete on tags
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = old.workspace_id;
end;
