create function private.tg_workspaces__fill_vocabulary()
    returns trigger
    language plpgsql
    security definer  -- whoever creates a workspace gets it filled
    set search_path = ''
as $$
declare
    vocabulary jsonb := private.default_vocabulary();
begin
    insert into public.categories
    (workspace_id, name, description, keywords, examples, counter_examples)
    select
        new.id,
        category.name,
        category.description,
        coalesce(category.keywords, '{}'),
        coalesce(category.examples, '{}'),
        coalesce(category.counter_examples, '{}')
    from jsonb_to_recordset(vocabulary -> 'categories') as category
        (name text, description text, keywords text[], examples text[], counter_examples text[]);

    update public.categories
    set parent_id = parents.id
    from jsonb_to_recordset(vocabulary -> 'categories') as category (name text, parent text)
    inner join public.categories as parents
        on
            parents.workspace_id = new.id
            and parents.name = category.parent
    where
        categories.workspace_id = new.id
        and categories.name = category.name;

    insert into public.tags
    (workspace_id, name, tag_type, description, keywords, examples, counter_examples, aliases)
    select
        new.id,
        tag.name,
        tag.tag_type,
        tag.description,
        coalesce(tag.keywords, '{}'),
        coalesce(tag.examples, '{}'),
        coalesce(tag.counter_examples, '{}'),
        coalesce(tag.aliases, '{}')
    from jsonb_to_recordset(vocabulary -> 'tags') as tag
        (
            name text, tag_type text, description text, keywords text[], examples text[],
            counter_examples text[], aliases text[]
        );

    insert into public.automation_rules
    (workspace_id, name, rule_type, conditions, actions, priority)
    select
        new.id,
        rule.name,
        rule.rule_type,
        rule.conditions,
        rule.actions,
        coalesce(rule.priority, 0)
    from jsonb_to_recordset(vocabulary -> 'rules') as rule
        (name text, rule_type text, conditions jsonb, actions jsonb, priority integer);
    return null;
end
$$;
comment on function private.tg_workspaces__fill_vocabulary is
'Gives a new workspace the default categories, tags and rules.';
revoke execute on function private.tg_workspaces__fill_vocabulary from public, anon, authenticated, service_role;
