create function private.tg__forget_removed()
    returns trigger
    language plpgsql
    security definer  -- proposals are written by functions only
    set search_path = ''
as $$
begin
    delete from public.label_proposals
    where
        label_proposals.workspace_id = new.workspace_id
        and label_proposals.kind = tg_argv[0]
        and label_proposals.folded_name in (
            select private.fold_tag(word) from unnest(array_append(new.aliases, new.name)) as word
        );
    return null;
end
$$;
comment on function private.tg__forget_removed is
'A word that became a label, or another name of one, is no proposal, and no longer removed: somebody asked for it.
Argument: category or tag.';
revoke execute on function private.tg__forget_removed from public, anon, authenticated, service_role;
