-- twin of: private.tg_workspaces__fill_vocabulary, public.workspaces._500_fill_vocabulary
create trigger workspaces__fill_vocabulary
after insert on workspaces
-- one that a program without foreign keys deleted comes back to what it had
when
    not exists (select 1 from categories where categories.workspace_id = new.id)
    and not exists (select 1 from tags where tags.workspace_id = new.id)
    and not exists (select 1 from automation_rules where automation_rules.workspace_id = new.id)
begin
    insert into categories (workspace_id, name, description, keywords, examples, counter_examples)
    select
        new.id,
        json_extract(category.value, '$.name'),
        json_extract(category.value, '$.description'),
        coalesce(json_extract(category.value, '$.keywords'), '[]'),
        coalesce(json_extract(category.value, '$.examples'), '[]'),
        coalesce(json_extract(category.value, '$.counter_examples'), '[]')
    from default_vocabulary
    inner join json_each(default_vocabulary.data, '$.categories') as category;

    update categories
    set parent_id = (
        select parents.id
        from default_vocabulary
        inner join json_each(default_vocabulary.data, '$.categories') as category
        inner join categories as parents
            on
                parents.workspace_id = new.id
                and parents.name = json_extract(category.value, '$.parent')
        where json_extract(category.value, '$.name') = categories.name
    )
    where workspace_id = new.id;

    insert into tags (workspace_id, name, tag_type, description, keywords, examples, counter_examples, aliases)
    select
        new.id,
        json_extract(tag.value, '$.name'),
        json_extract(tag.value, '$.tag_type'),
        json_extract(tag.value, '$.description'),
        coalesce(json_extract(tag.value, '$.keywords'), '[]'),
        coalesce(json_extract(tag.value, '$.examples'), '[]'),
        coalesce(json_extract(tag.value, '$.counter_examples'), '[]'),
        coalesce(json_extract(tag.value, '$.aliases'), '[]')
    from default_vocabulary
    inner join json_each(default_vocabulary.data, '$.tags') as tag;

    insert into automation_rules (workspace_id, name, rule_type, conditions, actions, priority)
    select
        new.id,
        json_extract(rule.value, '$.name'),
        json_extract(rule.value, '$.rule_type'),
        json_extract(rule.value, '$.conditions'),
        json_extract(rule.value, '$.actions'),
        coalesce(json_extract(rule.value, '$.priority'), 0)
    from default_vocabulary
    inner join json_each(default_vocabulary.data, '$.rules') as rule;
end;
