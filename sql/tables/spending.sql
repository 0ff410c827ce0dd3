create table public.spending (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    day date not null,  -- of UTC
    kind text not null,  -- what it was for: categorize_content, categorize_campaign, embedding
    model text not null,

    requests bigint not null default 0,  -- texts that were asked about
    cost numeric(14, 6) not null default 0,  -- US dollars

    constraint spending_pkey primary key (id),
    constraint spending_line_is_unique unique (workspace_id, day, kind, model),
    constraint spending_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint spending_kind_is_snake_case check (kind ~ '^[a-z][a-z0-9_]*$'),
    constraint spending_is_not_negative check (least(requests, cost) >= 0)
);
comment on table public.spending is
'What models cost, by workspace, day of UTC, kind of work and model; what was reserved is added when it is settled.

What nobody reported, because a worker died, counts as its estimate.';
