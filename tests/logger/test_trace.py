"""Where the id of a trace comes from."""

from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace import TracerProvider

import intentlog
from intentlog.logger.trace import active_trace_id, from_header, from_traceparent

TRACE = "1-5759e988-bd862e3fe1be46a994272793"


@pytest.mark.parametrize(
    ("header", "trace"),
    [
        (f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=1", TRACE),
        (f"Self=1-67891234-12456789abcdef012345678; Root={TRACE}", TRACE),
        (f"Root={TRACE}", TRACE),
        ("Root=1-5759e988-short;Sampled=1", None),
        ("", None),
        ("Root=", None),
    ],
)
def test_header_of_xray(header: str, trace: str | None) -> None:
    """The root of the header is the trace, wherever it stands in it."""
    assert from_header(header) == trace


@pytest.mark.parametrize(
    ("header", "trace"),
    [
        ("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01", TRACE),
        ("00-5759E988BD862E3FE1BE46A994272793-53995C3F42CD8AD8-01", TRACE),
        ("cc-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01-more", TRACE),
        ("00-00000000000000000000000000000000-53995c3f42cd8ad8-01", None),
        ("00-xyz-53995c3f42cd8ad8-01", None),
        ("", None),
    ],
)
def test_traceparent(header: str, trace: str | None) -> None:
    """The W3C's form becomes X-Ray's; an invalid one is no trace."""
    assert from_traceparent(header) == trace


def test_trace_of_a_lambda_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda says it in a variable that changes with every invocation."""
    assert active_trace_id() is None
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=0")
    assert active_trace_id() == TRACE
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "nonsense")
    assert active_trace_id() is None


def test_trace_of_the_real_opentelemetry(logged: Callable[..., dict[str, object]]) -> None:
    """The id of the active span is on the line, as X-Ray writes it; without a span, none is."""
    tracer = TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("outer") as span:
        inside = logged("m")
        with tracer.start_as_current_span("inner"):
            deeper = logged("m")
        with intentlog.bind_context(trace_id="own"):
            own = logged("m")
    digits = f"{span.get_span_context().trace_id:032x}"

    assert inside["trace_id"] == deeper["trace_id"] == f"1-{digits[:8]}-{digits[8:]}"
    assert own["trace_id"] == "own"
    assert "trace_id" not in logged("m")


def test_span_wins_over_the_variable(
    logged: Callable[..., dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Lambda with OpenTelemetry, lines belong to the span."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=0")
    with TracerProvider().get_tracer("test").start_as_current_span("span"):
        assert logged("m")["trace_id"] != TRACE
    assert logged("m")["trace_id"] == TRACE
