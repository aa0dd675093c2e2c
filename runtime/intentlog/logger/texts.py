"""Any object as a text, whatever it does when it is asked for one."""


def as_text(value: object) -> str:
    """Return ``str(value)``, or a marker where that raises."""
    try:
        return str.__str__(str(value))
    except Exception:  # noqa: BLE001 -- a __str__ may do anything
        return unshown(value)


def unshown(value: object) -> str:
    """Return the marker of an object that cannot be shown."""
    # The name as `type` itself has it: a metaclass may have one that raises.
    name = type.__dict__["__name__"].__get__(type(value))
    return f"<{name} that cannot be shown>"
