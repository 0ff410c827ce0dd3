create function public.save_head(
    workspace_id uuid,
    -- {"embedding_model", "train_rows", "threshold", "labels": [{"category_id", "weights": "[0.1,...]", "bias"}]};
    -- null: only remove the stored one
    head jsonb
)
    returns void
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    added uuid;
begin
    delete from private.trained_heads where trained_heads.workspace_id = save_head.workspace_id;
    if save_head.head is null or jsonb_typeof(save_head.head) = 'null' then
        return;
    end if;
    insert into private.trained_heads (workspace_id, embedding_model, train_rows, threshold)
    values (
        save_head.workspace_id,
        save_head.head ->> 'embedding_model',
        (save_head.head ->> 'train_rows')::integer,
        (save_head.head ->> 'threshold')::real
    )
    returning trained_heads.id into added;
    insert into private.trained_head_labels (workspace_id, head_id, category_id, weights, bias)
    select
        save_head.workspace_id,
        added,
        categories.id,
        label.weights,
        label.bias
    from jsonb_to_recordset(save_head.head -> 'labels') as label (
        category_id uuid, weights extensions.vector(1536), bias real
    )
    -- a category removed while the head was fitted takes no part
    inner join public.categories
        on
            label.category_id = categories.id
            and categories.workspace_id = save_head.workspace_id;
end
$$;
comment on function public.save_head is 'Replace a workspace''s trained head. For workers only.';
revoke execute on function public.save_head from public, anon, authenticated;
grant execute on function public.save_head to service_role;
