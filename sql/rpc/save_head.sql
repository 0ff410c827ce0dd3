create function public.save_head(
    workspace_id uuid,
    -- {"embedding_model", "train_rows", "threshold", "target_precision", "margin", "origin", "measures", "comparison",
    --  "labels": [{"category_id", "weights": "[0.1,...]", "bias", "threshold"}]}
    head jsonb,
    -- it goes live at once
    activate boolean default true
)
    -- its version
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    added uuid;
    next_version integer;
begin
    -- versions are counted one after the other
    perform from public.workspaces where workspaces.id = save_head.workspace_id for no key update;
    select coalesce(max(trained_heads.version), 0) + 1 into next_version
    from public.trained_heads
    where trained_heads.workspace_id = save_head.workspace_id;
    insert into public.trained_heads (
        workspace_id, version, origin, embedding_model, train_rows, threshold, target_precision, margin, measures,
        comparison
    )
    values (
        save_head.workspace_id,
        next_version,
        coalesce(save_head.head ->> 'origin', 'person'),
        save_head.head ->> 'embedding_model',
        (save_head.head ->> 'train_rows')::integer,
        (save_head.head ->> 'threshold')::real,
        (save_head.head ->> 'target_precision')::real,
        (save_head.head ->> 'margin')::real,
        coalesce(save_head.head -> 'measures', '{}'),
        nullif(save_head.head -> 'comparison', 'null')
    )
    returning trained_heads.id into added;
    insert into private.trained_head_labels (workspace_id, head_id, category_id, weights, bias, threshold)
    select
        save_head.workspace_id,
        added,
        categories.id,
        label.weights,
        label.bias,
        label.threshold
    from jsonb_to_recordset(save_head.head -> 'labels') as label (
        category_id uuid, weights extensions.vector(1536), bias real, threshold real
    )
    -- a category removed while the head was fitted takes no part
    inner join public.categories
        on
            label.category_id = categories.id
            and categories.workspace_id = save_head.workspace_id;
    if save_head.activate then
        perform public.activate_head(save_head.workspace_id, next_version);
    end if;
    -- measures are kept, the vectors of old versions are not
    delete from private.trained_head_labels
    using public.trained_heads
    where
        trained_head_labels.head_id = trained_heads.id
        and trained_heads.workspace_id = save_head.workspace_id
        and trained_heads.version <= next_version - 10
        and not trained_heads.active;
    return next_version;
end
$$;
comment on function public.save_head is
'Keep a new version of a workspace''s trained head, and let it go live if asked to. For workers only.';
revoke execute on function public.save_head from public, anon, authenticated;
grant execute on function public.save_head to service_role;
