"""The id of the active trace, in the form of AWS X-Ray."""

import sys


def active_trace_id() -> str | None:
    """Return ``1-<8 hex>-<24 hex>`` of the active OpenTelemetry span, if there is one.

    OpenTelemetry is never imported from here: without it in the process, no span is active.
    """
    opentelemetry = sys.modules.get("opentelemetry.trace")
    if opentelemetry is None:
        return None
    try:
        context = opentelemetry.get_current_span().get_span_context()
        return xray(context.trace_id) if context.is_valid else None
    except Exception:  # noqa: BLE001 -- half imported, or somebody's own span
        return None


def xray(trace_id: int) -> str:
    """Return a 128-bit trace id as X-Ray writes it (AWS X-Ray, "Trace IDs")."""
    digits = f"{trace_id:032x}"
    return f"1-{digits[:8]}-{digits[8:]}"
