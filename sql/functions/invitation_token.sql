create function private.invitation_token(invitation_id uuid)
    returns text
    language sql
    volatile
    set search_path = ''
as $$
    -- the id, which finds the row, and 244 random bits, which nobody guesses
    select
        replace(invitation_token.invitation_id::text, '-', '')
        || encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
$$;
comment on function private.invitation_token is 'A new secret for an invitation: 96 hex digits, kept only as a hash.';
revoke execute on function private.invitation_token from public, anon, authenticated;
grant execute on function private.invitation_token to service_role;
