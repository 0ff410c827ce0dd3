create table private.trained_heads (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,

    embedding_model text not null,
    train_rows integer not null,
    threshold real not null,  -- 0..1; a score at or above it is applied without asking

    created_at timestamptz not null default now(),

    constraint trained_heads_pkey primary key (id),
    constraint trained_heads_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint trained_heads_workspace_id_is_unique unique (workspace_id),
    constraint trained_heads_workspace_id_id_is_unique unique (workspace_id, id),
    constraint trained_heads_train_rows_is_positive check (train_rows > 0),
    constraint trained_heads_threshold_is_unit check (threshold between 0 and 1)
);
comment on table private.trained_heads is
'The classifier a workspace learned from its confirmed rows; one vector and one bias a label in trained_head_labels.';
