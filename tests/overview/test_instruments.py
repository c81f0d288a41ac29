"""OpenTelemetry reads what this process counted."""

import gc
from collections.abc import Iterator

import pytest
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint

from tests.driving import get, mounted, page, visit_page
from tests.overview.test_team_pages import TOKEN, choose


@pytest.fixture(scope="module")
def reader() -> Iterator[InMemoryMetricReader]:
    """The process has one provider; whoever sets a second one is not heard."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader])
    metrics.set_meter_provider(provider)
    yield reader
    provider.shutdown()


def read(reader: InMemoryMetricReader) -> dict[tuple[str, ...], int | float]:
    data = reader.get_metrics_data()
    points = [
        (metric.name, point)
        for resource in (data.resource_metrics if data is not None else ())
        for scope in resource.scope_metrics
        if scope.scope.name == "consent_middleware"
        for metric in scope.metrics
        for point in metric.data.data_points
    ]
    return {
        (name, *map(str, (point.attributes or {}).values())): point.value
        for name, point in points
        if isinstance(point, NumberDataPoint)
    }


def test_each_reading_has_the_counts_so_far_and_nothing_of_anybody(reader: InMemoryMetricReader) -> None:
    gc.collect()
    before = read(reader)
    middleware = mounted(page("zzz=1"), overview_token=TOKEN)
    for times in (1, 2):
        visit_page(middleware, "/basket", cookie="_ga=1")
        found = {key: value - before.get(key, 0) for key, value in read(reader).items()}
        assert found["consent.gate.actions", "hide", "analytics"] == times
        assert found["consent.gate.actions", "drop", "unclassified"] == times
        assert found["consent.page.views", "none"] == times
    choose(middleware, "accept-all")
    found = {key: value - before.get(key, 0) for key, value in read(reader).items()}
    assert found["consent.choices", "accept"] == 1
    assert not any("zzz" in text or "_ga" in text or "basket" in text for key in found for text in key)


def test_a_middleware_that_is_gone_is_counted_no_more(reader: InMemoryMetricReader) -> None:
    gc.collect()
    hidden = ("consent.gate.actions", "hide", "marketing")
    before = read(reader).get(hidden, 0)
    middleware = mounted(page(), overview_token=TOKEN)
    get(middleware, cookie="_fbp=1")
    assert read(reader)[hidden] == before + 1
    del middleware
    # A gate is out of the collector's sight, so that what it holds goes with the pass after the one that takes its scope.
    gc.collect()
    gc.collect()
    assert read(reader).get(hidden, 0) == before


def test_where_nothing_is_counted_there_is_no_instrument(reader: InMemoryMetricReader) -> None:
    gc.collect()
    before = read(reader)
    get(mounted(page()), cookie="_fbp=1")
    assert read(reader) == before
