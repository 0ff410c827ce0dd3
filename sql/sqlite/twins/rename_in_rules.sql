-- twin of: private.tg__rename_in_rules, private.rule_renamed,
--   public.categories._700_rename_in_rules, public.tags._710_rename_in_rules
-- A call is an insert: puts a name in one place of a rule.
create view rename_in_rule as
select id as rule_id, name as part, name as fullkey, name
from automation_rules
where false;

create trigger rename_in_rule__call
instead of insert on rename_in_rule
begin
    insert into acting (actor) values ('rename in rules');
    update automation_rules
    set conditions = json_set(conditions, new.fullkey, new.name)
    where id = new.rule_id and new.part = 'conditions';
    update automation_rules
    set actions = json_set(actions, new.fullkey, new.name)
    where id = new.rule_id and new.part = 'actions';
    delete from acting where actor = 'rename in rules';
end;

create trigger categories__rename_in_rules
after update of name on categories
when new.name is not old.name
begin
    insert into rename_in_rule (rule_id, part, fullkey, name)
    select automation_rules.id, 'conditions', word.fullkey, new.name
    from automation_rules
    inner join json_tree(automation_rules.conditions) as word
    where
        automation_rules.workspace_id = new.workspace_id
        and word.type = 'text'
        and (replace(word.fullkey, '"', '') like '%.category' or replace(word.path, '"', '') like '%.category')
        and lower(word.value) = lower(old.name);
    insert into rename_in_rule (rule_id, part, fullkey, name)
    select automation_rules.id, 'actions', word.fullkey, new.name
    from automation_rules
    inner join json_tree(automation_rules.actions) as word
    where
        automation_rules.workspace_id = new.workspace_id
        and word.type = 'text'
        and (replace(word.fullkey, '"', '') like '%.category' or replace(word.path, '"', '') like '%.category'
            or replace(word.fullkey, '"', '') like '%.add_category' or replace(word.path, '"', '') like '%.add_category')
        and lower(word.value) = lower(old.name);
end;

create trigger tags__rename_in_rules
after update of name on tags
when new.name is not old.name
begin
    delete from folded_words;
    insert into folded_words (word)
    select word.value
    from automation_rules
    inner join json_tree(automation_rules.conditions) as word
    where automation_rules.workspace_id = new.workspace_id and word.type = 'text';
    insert into rename_in_rule (rule_id, part, fullkey, name)
    select automation_rules.id, 'conditions', word.fullkey, new.name
    from automation_rules
    inner join json_tree(automation_rules.conditions) as word
    where
        automation_rules.workspace_id = new.workspace_id
        and word.type = 'text'
        and (replace(word.fullkey, '"', '') like '%.tag' or replace(word.path, '"', '') like '%.tag'
            or replace(word.fullkey, '"', '') like '%.target_audience' or replace(word.path, '"', '') like '%.target_audience')
        and word.value in (select folded_words.word from folded_words where folded_words.folded = old.folded_name);
    insert into folded_words (word)
    select word.value
    from automation_rules
    inner join json_tree(automation_rules.actions) as word
    where automation_rules.workspace_id = new.workspace_id and word.type = 'text';
    insert into rename_in_rule (rule_id, part, fullkey, name)
    select automation_rules.id, 'actions', word.fullkey, new.name
    from automation_rules
    inner join json_tree(automation_rules.actions) as word
    where
        automation_rules.workspace_id = new.workspace_id
        and word.type = 'text'
        and (replace(word.fullkey, '"', '') like '%.add_tags' or replace(word.path, '"', '') like '%.add_tags'
            or replace(word.fullkey, '"', '') like '%.remove_tags' or replace(word.path, '"', '') like '%.remove_tags'
            or replace(word.fullkey, '"', '') like '%.set_audience' or replace(word.path, '"', '') like '%.set_audience')
        and word.value in (select folded_words.word from folded_words where folded_words.folded = old.folded_name);
    delete from folded_words;
end;
