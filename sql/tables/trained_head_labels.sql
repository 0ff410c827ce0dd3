create table private.trained_head_labels (
    workspace_id uuid not null,
    head_id uuid not null,
    category_id uuid not null,

    weights extensions.vector(1536) not null,
    bias real not null,
    threshold real,  -- 0..1; a score at or above it is applied without asking; null: the head's

    constraint trained_head_labels_pkey primary key (head_id, category_id),
    constraint trained_head_labels_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint trained_head_labels_head_id_fkey
    foreign key (workspace_id, head_id) references public.trained_heads (workspace_id, id) on delete cascade,
    constraint trained_head_labels_category_id_fkey
    foreign key (workspace_id, category_id) references public.categories (workspace_id, id) on delete cascade,
    constraint trained_head_labels_threshold_is_unit check (threshold between 0 and 1)
);
create index idx_trained_head_labels_category_id on private.trained_head_labels (workspace_id, category_id);
create index idx_trained_head_labels_head_id on private.trained_head_labels (workspace_id, head_id);
comment on table private.trained_head_labels is
'score of a label = weights . embedding + bias; softmax over the labels of the head.';
