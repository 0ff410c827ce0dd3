create table private.invitations (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,

    email text not null,  -- lower case, as the auth server keeps addresses
    role text not null,
    invited_by uuid,  -- null: the service
    -- hex sha256 of every token given out for it: one to the inviter, one in each mail that was tried
    token_hashes text[] not null default '{}',

    mailed_at timestamptz,  -- null: still to be sent
    -- not before; while one is being sent, its lease ends
    mail_after timestamptz not null default now(),
    mail_attempt integer not null default 0,  -- with the id: the fence; only grows
    mail_error text,

    expires_at timestamptz not null default now() + interval '7 days',
    created_at timestamptz not null default now(),

    constraint invitations_pkey primary key (id),
    constraint invitations_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint invitations_email_is_invited_once unique (workspace_id, email),
    constraint invitations_email_is_lower_case check (email = lower(email)),
    constraint invitations_role_is_known check (role in ('owner', 'editor', 'viewer')),
    constraint invitations_mail_attempt_is_not_negative check (mail_attempt >= 0)
);
create index idx_invitations_to_mail on private.invitations (mail_after) where mailed_at is null;
create index idx_invitations_email on private.invitations (email);
comment on table private.invitations is
'Who was asked into a workspace and has not answered yet; and the outbox of the mails that ask.

A row goes when it is accepted or revoked. No token is kept: a worker makes a fresh one for each mail it sends.';
