create table public.label_proposal_uses (
    workspace_id uuid not null,
    proposal_id uuid not null,
    content_asset_id uuid not null,

    created_at timestamptz not null default now(),

    constraint label_proposal_uses_pkey primary key (proposal_id, content_asset_id),
    constraint label_proposal_uses_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint label_proposal_uses_proposal_id_fkey
    foreign key (workspace_id, proposal_id) references public.label_proposals (workspace_id, id)
    on delete cascade,
    constraint label_proposal_uses_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id)
    on delete cascade
);
create index idx_label_proposal_uses_proposal_id on public.label_proposal_uses (workspace_id, proposal_id);
create index idx_label_proposal_uses_content_asset_id on public.label_proposal_uses (workspace_id, content_asset_id);
comment on table public.label_proposal_uses is
'The evidence of a proposal: content in which a machine met the word.';
