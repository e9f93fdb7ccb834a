"""What is told of a batch that was measured."""

from bench.batch import Latencies, Moments, batch_table, latency_table


def test_batch_is_told_by_its_moments_and_peaks() -> None:
    table = batch_table("1,000 lines", 1000, Moments(0.5, 2.0, 10.0), {"API": 150, "worker": 300})

    assert table.headings[-2:] == ("API peak MiB", "worker peak MiB")
    assert list(table.rows) == [(0.5, 2.0, 10.0, 100, 150, 300)]


def test_job_beside_the_batch_stands_below_the_idle_one() -> None:
    table = latency_table(Latencies(idle=[0.01] * 20, beside=[0.02] * 20))

    assert [row[:3] for row in table.rows] == [("idle", 20, 10.0), ("beside the batch", 20, 20.0)]
