create function public.create_workspace(
    -- not blank; longer than 100 characters: the beginning
    name text,
    -- for the service alone: a workspace that has it already is answered as it is
    id uuid default null
)
    returns setof public.workspaces
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    made uuid := private.create_workspace(create_workspace.name, create_workspace.id);
begin
    return query select * from public.workspaces where workspaces.id = made;
end
$$;
comment on function public.create_workspace is
'Create a workspace with the default vocabulary, owned by the caller; the service''s has no member yet.

Signing up creates the first one, unless an invitation waits for the address; this is for further ones.';
revoke execute on function public.create_workspace from public, anon;
grant execute on function public.create_workspace to authenticated, service_role;
