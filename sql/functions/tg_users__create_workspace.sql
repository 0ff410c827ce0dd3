create function private.tg_users__create_workspace()
    returns trigger
    language plpgsql
    security definer  -- the auth server, which writes auth.users, may not write here
    set search_path = ''
as $$
declare
    wanted text := nullif(btrim(new.raw_user_meta_data ->> 'workspace_name', e' \t\r\n'), '');
begin
    -- An error below ends the sign-up: better a visible failure than a user without workspace. So nothing below may
    -- fail for what the user wrote about herself, and all of that may be missing.
    if
        new.is_anonymous
        or exists (select from public.workspace_members where workspace_members.user_id = new.id)
        -- the user of a key, whose id nobody who signs up can choose
        or exists (select from public.api_keys where api_keys.id = new.id)
    then
        return null;
    end if;
    -- she comes for another's workspace; with one of her own too she would have to name one in each insert
    if
        wanted is null
        and exists (
            select
            from private.invitations
            where invitations.email = lower(new.email) and invitations.expires_at > clock_timestamp()
        )
    then
        return null;
    end if;
    perform private.add_workspace(coalesce(wanted, split_part(new.email, '@', 1)), new.id);
    return null;
end
$$;
comment on function private.tg_users__create_workspace is
'Gives a new user a workspace, named as signing up said (workspace_name), else like her address.

Anonymous ones get it when they become permanent. Who is invited and named none gets none; where the invitation is gone
by the time her address is confirmed, she gets it then.';
revoke execute on function private.tg_users__create_workspace from public, anon, authenticated, service_role;
