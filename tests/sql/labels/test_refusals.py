"""Tags that a person keeps away, while others edit the vocabulary."""

from concurrent.futures import ThreadPoolExecutor

from tests.sql.labels.test_audience import wait_for_a_lock
from tests.sql.labels.test_people import links
from tests.sql.scene import Scene


def test_a_tag_that_is_refused_is_not_renamed_meanwhile(scene: Scene) -> None:
    """Else the name that was refused would be nobody's when it is written down."""
    workspace = scene.workspace()
    tag = scene.tag(workspace, "sale")
    asset = scene.asset(workspace, "Half price.")
    holder, person, admin = (scene.as_("service_role", autocommit=False) for _ in range(3))
    holder.execute("select from public.content_assets where id = %s for update", [asset])
    with ThreadPoolExecutor(2) as pool:
        feedback = 'select public.record_feedback(%s, \'{"remove_tags": ["sale"]}\')'
        refusing = pool.submit(person.execute, feedback, [str(asset)])
        wait_for_a_lock(scene, person.info.backend_pid)
        rename = "update public.tags set name = 'offers' where id = %s"
        renaming = pool.submit(admin.execute, rename, [tag])
        wait_for_a_lock(scene, admin.info.backend_pid, holder=person.info.backend_pid)
        holder.rollback()
        refusing.result(timeout=10)
        person.commit()
        renaming.result(timeout=10)
        admin.commit()
    assert links(scene) == {"offers": ("human", "rejected")}
