create function private.tg_content_assets__reset_posts()
    returns trigger
    language plpgsql
    security definer  -- writes machine columns that the caller may not
    set search_path = ''
as $$
begin
    update public.social_posts
    set
        approval = 'required',
        approval_note = 'its content changed since it was ' || social_posts.approval
    where
        social_posts.workspace_id = new.workspace_id
        and social_posts.content_asset_id = new.id
        and social_posts.approval in ('approved', 'rejected')
        and social_posts.status in ('scheduled', 'failed');
    return null;
end
$$;
comment on function private.tg_content_assets__reset_posts is
'Posts that were approved or rejected and publish something else now wait for approval again.';
revoke execute on function private.tg_content_assets__reset_posts from public, anon, authenticated, service_role;
