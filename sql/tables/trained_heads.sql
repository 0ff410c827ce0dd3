create table public.trained_heads (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,

    version integer not null,  -- 1, 2, 3 in each workspace
    active boolean not null default false,
    origin text not null default 'person',
    embedding_model text not null,
    train_rows integer not null,
    threshold real not null,  -- 0..1; of labels without one of their own
    target_precision real not null,  -- 0..1; how often right what it decides alone shall be
    margin real not null,  -- 0..1; what it might lose against the version before, and go live
    measures jsonb not null default '{}',
    comparison jsonb,

    activated_at timestamptz,  -- the last time; null: it never went live
    created_at timestamptz not null default now(),

    constraint trained_heads_pkey primary key (id),
    constraint trained_heads_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint trained_heads_version_is_unique unique (workspace_id, version),
    constraint trained_heads_workspace_id_id_is_unique unique (workspace_id, id),
    constraint trained_heads_version_is_positive check (version > 0),
    constraint trained_heads_origin_is_known check (origin in ('person', 'automatic')),
    constraint trained_heads_train_rows_is_positive check (train_rows > 0),
    constraint trained_heads_threshold_is_unit check (threshold between 0 and 1),
    constraint trained_heads_target_precision_is_unit check (target_precision between 0 and 1),
    constraint trained_heads_margin_is_unit check (margin between 0 and 1),
    constraint trained_heads_measures_is_an_object check (jsonb_typeof(measures) = 'object'),
    constraint trained_heads_comparison_is_an_object check (jsonb_typeof(comparison) = 'object')
);
-- of each model one, so that a workspace that returns to its former vectors has their head again
create unique index idx_trained_heads_active on public.trained_heads (workspace_id, embedding_model) where active;
comment on table public.trained_heads is
'The classifiers a workspace learned from its confirmed rows, a row a version; of each embedding model at most one is active.

One vector and one bias a label, in private.trained_head_labels: those of the last ten versions and of the active one.';
comment on column public.trained_heads.origin is
'person: somebody asked for it; automatic: enough new corrections had come in.';
comment on column public.trained_heads.measures is
'On rows it was not fitted on, by cross-validation: {"rows", "accuracy", "coverage", "precision", "calibration_error",
"temperature", "labels": [{"category", "rows", "threshold", "precision", "recall", "coverage"}]}. coverage: the share it
decides alone; precision: how often that was right. "golden": the golden set it was fitted beside,
beginnings of ids; rows
that became golden later it may have learned from, so they are not asked when it is compared.';
comment on column public.trained_heads.comparison is
'With the version that was active then: {"basis", "rows", "before", "after", "margin", "passed", "told", "labels":
[{"category", "rows", "before", "after"}]}. basis golden: the golden set; fresh: rows filed since that version;
cross_validation: what each reached by itself; none: there was no version to compare with.';
comment on column public.trained_heads.activated_at is 'When it last went live; null: it never did.';
