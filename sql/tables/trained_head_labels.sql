create table private.trained_head_labels (
    workspace_id uuid not null,
    head_id uuid not null,
    category_id uuid not null,

    weights extensions.vector(1536) not null,
    bias real not null,

    constraint trained_head_labels_pkey primary key (head_id, category_id),
    constraint trained_head_labels_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint trained_head_labels_head_id_fkey
    foreign key (workspace_id, head_id) references private.trained_heads (workspace_id, id) on delete cascade,
    constraint trained_head_labels_category_id_fkey
    foreign key (workspace_id, category_id) references public.categories (workspace_id, id) on delete cascade
);
create index idx_trained_head_labels_category_id on private.trained_head_labels (workspace_id, category_id);
create index idx_trained_head_labels_head_id on private.trained_head_labels (workspace_id, head_id);
comment on table private.trained_head_labels is
'score of a label = weights . embedding + bias; softmax over the labels of the head.';
