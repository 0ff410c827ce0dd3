create function public.create_workspace(
    -- not blank; longer than 100 characters: the beginning
    name text
)
    -- its id
    returns uuid
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.create_workspace(create_workspace.name);
$$;
comment on function public.create_workspace is
'Create a workspace with the default vocabulary, owned by the caller.

Signing up creates the first one, unless an invitation waits for the address; this is for further ones.';
revoke execute on function public.create_workspace from public, anon, service_role;
grant execute on function public.create_workspace to authenticated;
