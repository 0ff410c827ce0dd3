create function public.head_predictions(
    workspace_id uuid,
    -- of the trained head
    version integer,
    -- content; what has no vector of the head's model is left out
    target_ids uuid[]
)
    returns table (
        id uuid,
        -- the best label
        category_id uuid,
        -- its probability
        score double precision,
        -- from which on it would have been applied
        threshold real
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        scored.id,
        scored.category_id,
        scored.score,
        scored.threshold
    from (
        select
            logit.id,
            logit.category_id,
            logit.threshold,
            exp(logit.logit - max(logit.logit) over whole) / sum(exp(logit.logit - logit.highest)) over whole as score,
            row_number() over (partition by logit.id order by logit.logit desc, logit.category_id) as place
        from (
            select
                plain.*,
                max(plain.logit) over (partition by plain.id) as highest
            from (
                select
                    content_assets.id,
                    trained_head_labels.category_id,
                    coalesce(trained_head_labels.threshold, trained_heads.threshold) as threshold,
                    trained_head_labels.bias
                    - (trained_head_labels.weights operator(extensions.<#>) content_assets.embedding) as logit
                from public.content_assets
                inner join public.trained_heads
                    on
                        content_assets.workspace_id = trained_heads.workspace_id
                        and content_assets.embedding_model = trained_heads.embedding_model
                inner join private.trained_head_labels on trained_heads.id = trained_head_labels.head_id
                where
                    content_assets.workspace_id = head_predictions.workspace_id
                    and content_assets.id = any(head_predictions.target_ids)
                    and content_assets.embedding is not null
                    and trained_heads.version = head_predictions.version
            ) as plain
        ) as logit
        window whole as (partition by logit.id)
    ) as scored
    where scored.place = 1
    order by scored.id;
$$;
comment on function public.head_predictions is
'What a version of a trained head would say of content: its best label, and how sure. For workers only.';
revoke execute on function public.head_predictions from public, anon, authenticated;
grant execute on function public.head_predictions to service_role;
