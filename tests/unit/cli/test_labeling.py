"""What is said about a run of labeling."""

import pytest

from campaignbase.cli.labeling import report_line
from campaignbase.pipeline.labeler import BatchReport


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (BatchReport(), "nothing was waiting to be labeled"),
        (BatchReport(claimed=165, labels_embedded=165), "165 labels embedded"),
        (BatchReport(claimed=2, labels_embedded=1, review=1), "0 assets labeled, 1 asset left for review"),
        (
            BatchReport(claimed=6, labeled=1, failed=2, campaigns_failed=1, labels_failed=2),
            "1 asset labeled, 0 assets left for review, 2 assets and 1 campaign and 2 labels failed",
        ),
        (
            BatchReport(claimed=201, labeled=200, campaigns_labeled=1),
            "200 assets and 1 campaign labeled, 0 assets left for review",
        ),
        (
            BatchReport(claimed=4, review=1, campaigns_review=2, failed=1),
            "0 assets labeled, 1 asset and 2 campaigns left for review, 1 asset failed",
        ),
        (
            BatchReport(claimed=2, labeled=1, stale=1),
            "1 asset labeled, 0 assets left for review, 1 job changed meanwhile and waits again",
        ),
        (
            BatchReport(claimed=5, campaigns_labeled=2, stale=1, unknown_label=2),
            "2 campaigns labeled, 0 assets left for review, 3 jobs changed meanwhile and wait again",
        ),
    ],
)
def test_report_line_tells_assets_and_campaigns_apart(report: BatchReport, line: str) -> None:
    assert report_line(report) == line
