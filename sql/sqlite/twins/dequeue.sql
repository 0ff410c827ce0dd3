-- twin of: private.tg__dequeue, public.campaigns._510_dequeue, public.categories._510_dequeue,
--   public.content_assets._510_dequeue, public.tags._510_dequeue
create trigger campaigns__dequeue
after delete on campaigns
begin
    delete from jobs where kind = 'categorize_campaign' and target_id = old.id;
end;

create trigger categories__dequeue
after delete on categories
begin
    delete from jobs where kind = 'embed_category' and target_id = old.id;
end;

create trigger content_assets__dequeue
after delete on content_assets
begin
    delete from jobs where kind = 'categorize_content' and target_id = old.id;
end;

create trigger tags__dequeue
after delete on tags
begin
    delete from jobs where kind = 'embed_tag' and target_id = old.id;
end;
