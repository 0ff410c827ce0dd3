create table private.schedulings (
    workspace_id uuid not null,
    content_asset_id uuid not null,
    platform text not null,
    rule text not null,  -- its name at that time
    scheduled_time timestamptz not null,

    created_at timestamptz not null default now(),

    constraint schedulings_pkey primary key (content_asset_id, platform),
    constraint schedulings_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint schedulings_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id)
    on delete cascade
);
create index idx_schedulings_workspace_id on private.schedulings (workspace_id, content_asset_id);
comment on table private.schedulings is
'What rules have scheduled, once for each content and platform: a post that a person deletes does not come back.';
