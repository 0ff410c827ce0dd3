create table private.invitation_mails (
    id bigint not null generated always as identity,
    workspace_id uuid not null,

    tried_at timestamptz not null default clock_timestamp(),

    constraint invitation_mails_pkey primary key (id),
    constraint invitation_mails_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade
);
create index idx_invitation_mails_workspace_id on private.invitation_mails (workspace_id, tried_at);
create index idx_invitation_mails_tried_at on private.invitation_mails (tried_at);
comment on table private.invitation_mails is
'A row a mail that was handed to a worker in the last hour, also where its invitation was revoked since.

It limits what a workspace sends to people who did not ask for it; older rows are removed by the next claim.';
