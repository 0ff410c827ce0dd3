create function public.list_members(
    -- null: of all the caller belongs to
    workspace_id uuid default null
)
    -- by workspace, then by how long they are in it
    returns table (
        workspace_name text,
        user_id uuid,
        -- null: signed up without one
        email text,
        role text,
        created_at timestamptz
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select * from private.list_members(list_members.workspace_id);
$$;
comment on function public.list_members is
'Who belongs to a workspace, with the addresses that only the auth server knows. For its members.';
revoke execute on function public.list_members from public, anon;
grant execute on function public.list_members to authenticated, service_role;
