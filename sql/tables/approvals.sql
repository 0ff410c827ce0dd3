create table public.approvals (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    content_asset_id uuid,
    social_post_id uuid,

    previous_approval text not null,
    approval text not null,
    rule text,  -- its name at that time; null: a person or a program decided
    note text,
    decided_by uuid,  -- of the account; null: a rule, or somebody with the service's key

    created_at timestamptz not null default now(),

    constraint approvals_pkey primary key (id),
    constraint approvals_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint approvals_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id)
    on delete cascade,
    constraint approvals_social_post_id_fkey
    foreign key (workspace_id, social_post_id) references public.social_posts (workspace_id, id)
    on delete cascade,
    constraint approvals_target_is_one check ((content_asset_id is null) <> (social_post_id is null)),
    constraint approvals_previous_approval_is_known
    check (previous_approval in ('none', 'required', 'approved', 'rejected')),
    constraint approvals_approval_is_known
    check (approval in ('none', 'required', 'approved', 'rejected'))
);
create index idx_approvals_content_asset_id
on public.approvals (workspace_id, content_asset_id, created_at desc);
create index idx_approvals_social_post_id
on public.approvals (workspace_id, social_post_id, created_at desc);
comment on table public.approvals is
'Every change of an approval of content or a post: who, when, from what to what, by which rule. Written by triggers.';
