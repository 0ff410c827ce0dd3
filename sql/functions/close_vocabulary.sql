create function private.close_vocabulary(workspace_id uuid)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    perform private.check_editor(close_vocabulary.workspace_id);
    perform pg_advisory_xact_lock(
        hashtext('campaignbase.vocabulary'), hashtext(close_vocabulary.workspace_id::text)
    );
end
$$;
comment on function private.close_vocabulary is
'Lets one editor merge labels: waits for the batches under way, and others wait until the transaction ends.';
revoke execute on function private.close_vocabulary from public, anon, authenticated, service_role;
