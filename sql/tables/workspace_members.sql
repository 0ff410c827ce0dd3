create table public.workspace_members (
    workspace_id uuid not null,
    user_id uuid not null,

    role text not null,

    created_at timestamptz not null default now(),

    constraint workspace_members_pkey primary key (workspace_id, user_id),
    constraint workspace_members_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint workspace_members_user_id_fkey
    foreign key (user_id) references auth.users (id) on delete cascade,
    constraint workspace_members_role_is_known check (role in ('owner', 'editor', 'viewer'))
);
create index idx_workspace_members_user_id on public.workspace_members (user_id);
comment on table public.workspace_members is
'Who belongs to a workspace, and what they may do there.

owner: everything; editor: content, campaigns, posts, vocabulary, rules; viewer: read.';
