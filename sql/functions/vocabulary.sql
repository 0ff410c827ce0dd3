create function private.vocabulary(workspace_id uuid)
    returns jsonb
    language sql
    stable
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'vocabulary_version', workspaces.vocabulary_version,
            'categories', (
                select
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'id', categories.id,
                                'name', categories.name,
                                'parent_id', categories.parent_id,
                                'description', categories.description,
                                'keywords', categories.keywords,
                                'counter_examples', categories.counter_examples,
                                'manual_only', categories.manual_only
                            )
                            order by categories.name collate "C"
                        ),
                        '[]'
                    )
                from public.categories
                where categories.workspace_id = workspaces.id
            ),
            'tags', (
                select
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'id', tags.id,
                                'name', tags.name,
                                'tag_type', tags.tag_type,
                                'description', tags.description,
                                'keywords', tags.keywords,
                                'aliases', tags.aliases,
                                'manual_only', tags.manual_only
                            )
                            order by tags.name collate "C"
                        ),
                        '[]'
                    )
                from public.tags
                where tags.workspace_id = workspaces.id
            ),
            'rules', (
                select
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'id', automation_rules.id,
                                'name', automation_rules.name,
                                'rule_type', automation_rules.rule_type,
                                'conditions', automation_rules.conditions,
                                'actions', automation_rules.actions,
                                'priority', automation_rules.priority
                            )
                            order by
                                automation_rules.priority desc, automation_rules.created_at, automation_rules.id
                        ),
                        '[]'
                    )
                from public.automation_rules
                where
                    automation_rules.workspace_id = workspaces.id
                    and automation_rules.enabled
            ),
            'head', (
                select
                    jsonb_build_object(
                        'id', trained_heads.id,
                        'embedding_model', trained_heads.embedding_model,
                        'train_rows', trained_heads.train_rows,
                        'threshold', trained_heads.threshold
                    )
                from private.trained_heads
                where trained_heads.workspace_id = workspaces.id
            )
        )
    from public.workspaces
    where workspaces.id = vocabulary.workspace_id;
$$;
comment on function private.vocabulary is
'A workspace''s categories, tags, enabled rules in their order, and trained head.';
revoke execute on function private.vocabulary from public, anon, authenticated;
grant execute on function private.vocabulary to service_role;
