create function private.vocabulary(
    workspace_id uuid,
    -- the "labels_key" of an earlier answer: as long as it holds, the labels are left out
    known text default null
)
    -- {"vocabulary_version", "labels_key", "categories", "tags", "groups", "rules", "head"}; categories and tags: null
    -- where they are known
    returns jsonb
    language sql
    stable
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'vocabulary_version', workspaces.vocabulary_version,
            'labels_key', labels.key,
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
                having not labels.are_known
            ),
            'tags', (
                select
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'id', tags.id,
                                'name', tags.name,
                                'tag_type', tags.tag_type,
                                'tag_group', tags.tag_group,
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
                having not labels.are_known
            ),
            'groups', (
                select
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'name', tag_groups.name,
                                'min_tags', tag_groups.min_tags,
                                'max_tags', tag_groups.max_tags
                            )
                            order by tag_groups.name collate "C"
                        ),
                        '[]'
                    )
                from public.tag_groups
                where tag_groups.workspace_id = workspaces.id
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
                        'version', trained_heads.version,
                        'embedding_model', trained_heads.embedding_model,
                        'train_rows', trained_heads.train_rows,
                        'threshold', trained_heads.threshold,
                        'thresholds', (
                            select coalesce(
                                jsonb_object_agg(trained_head_labels.category_id, trained_head_labels.threshold),
                                '{}'
                            )
                            from private.trained_head_labels
                            where
                                trained_head_labels.head_id = trained_heads.id
                                and trained_head_labels.threshold is not null
                        )
                    )
                from public.trained_heads
                where
                    trained_heads.workspace_id = workspaces.id
                    and trained_heads.embedding_model = workspaces.embedding_model
                    and trained_heads.active
            )
        )
    from public.workspaces
    cross join lateral (
        -- the version alone begins anew where a workspace was deleted and made again
        select
            made.key,
            made.key is not distinct from vocabulary.known as are_known
        from (
            select concat(workspaces.vocabulary_version, '@', extract(epoch from workspaces.created_at)) as key
        ) as made
    ) as labels
    where workspaces.id = vocabulary.workspace_id;
$$;
comment on function private.vocabulary is
'A workspace''s categories, tags, enabled rules in their order, and trained head.';
revoke execute on function private.vocabulary from public, anon, authenticated;
grant execute on function private.vocabulary to service_role;
