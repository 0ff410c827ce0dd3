create function public.list_invitations(
    -- null: of all the caller owns
    workspace_id uuid default null
)
    -- oldest first; expired ones too
    returns table (
        id uuid,
        workspace_name text,
        email text,
        role text,
        -- null: the service
        invited_by uuid,
        -- null: a worker is still to send it
        mailed_at timestamptz,
        -- why the last try to send it failed
        mail_error text,
        expires_at timestamptz,
        created_at timestamptz
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select * from private.list_invitations(list_invitations.workspace_id);
$$;
comment on function public.list_invitations is
'Who was invited and has not answered yet. For owners; nobody else sees any.';
revoke execute on function public.list_invitations from public, anon;
grant execute on function public.list_invitations to authenticated, service_role;
