"""The shipped contracts hold everything that the two systems promise and that is data."""

from pathlib import Path

import pytest

from intentlog.contract import Contract, load, matcher


@pytest.fixture
def agent(drawing_agent: Path) -> Contract:
    """Return the drawing-agent's contract."""
    return load(drawing_agent)


@pytest.fixture
def bot(chimera: Path) -> Contract:
    """Return chimera's contract."""
    return load(chimera)


def in_one_line(text: str) -> str:
    """Return a text with its white space normalised."""
    return " ".join(text.split())


def test_agent_record(agent: Contract) -> None:
    """The line has these fields in this order, to the millisecond."""
    assert agent.record.all_fields == (
        *("timestamp", "level", "category", "logger", "message"),
        *("user_id", "trace_id", "extra"),
    )
    assert agent.record.optional == ("user_id", "trace_id")
    assert agent.record.timestamp == "milliseconds"


def test_agent_categories(agent: Contract) -> None:
    """Seven categories, each with its loggers and its usual level."""
    prefixes = {
        name: [prefix.removeprefix("code_monet.") for prefix in category.loggers]
        for name, category in agent.categories.items()
    }

    assert prefixes == {
        "auth": ["auth"],
        "agent": ["agent", "orchestrator", "tools"],
        "websocket": ["websocket", "connections", "user_handlers"],
        "drawing": ["drawing"],
        "workspace": ["workspace", "workspace_state", "registry"],
        "system": ["system", "shutdown", "config"],
        "http": ["http", "main"],
    }
    levels = {name: category.level for name, category in agent.categories.items()}
    assert levels == dict.fromkeys(prefixes, "INFO") | {"drawing": "DEBUG"}
    assert all(category.purpose for category in agent.categories.values())


def test_agent_streams(agent: Contract) -> None:
    """All lines for 30 days, errors for 90, in the container's and the host's directory."""
    streams = {name: (s.file, s.log_group, s.retention_days) for name, s in agent.streams.items()}

    assert streams == {
        "app": ("app.log", "/drawing-agent/app", 30),
        "errors": ("error.log", "/drawing-agent/errors", 90),
    }
    assert agent.streams["app"].where == ""
    errors = matcher(agent.streams["errors"].where)
    taken = [
        level
        for level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
        if errors({"level": level})
    ]
    assert taken == ["ERROR", "CRITICAL"]
    assert agent.delivery.by == "agent"
    assert agent.files.directory == "/app/data/logs"
    assert agent.files.host_directory == "/home/ec2-user/data/logs"


def test_agent_rotation(agent: Contract) -> None:
    """Daily, 7 kept, compressed, 100 MB, and looked at far more often than daily."""
    rotation = agent.rotation_of("app")

    assert rotation == agent.rotation_of("errors")
    assert (rotation.by, rotation.every, rotation.keep) == ("logrotate", "daily", 7)
    assert (rotation.compress, rotation.max_megabytes) == (True, 100)
    assert rotation.check_minutes <= 60


def test_agent_metrics(agent: Contract) -> None:
    """Errors and refused sign-ins are counted on the app group, under these names."""
    assert agent.namespace == "DrawingAgent"
    metrics = {m.filter: (n, m.stream, m.where) for n, m in agent.metrics.items()}
    assert metrics == {
        "error-count": ("ErrorCount", "app", 'level = "ERROR"'),
        "auth-failures": ("AuthFailureCount", "app", 'category = "auth" and level = "WARNING"'),
    }


@pytest.mark.parametrize("name", ["drawing-agent", "chimera"])
def test_high_error_rate(drawing_agent: Path, name: str) -> None:
    """More than 10 errors in 5 minutes; missing data is not breaching."""
    contract = load(drawing_agent.with_name(f"{name}.toml"))
    alarm = contract.alarms["high-error-rate"]

    assert contract.alarm_name("high-error-rate") == f"{name}-high-error-rate"
    assert (alarm.metric, alarm.more_than, alarm.within_minutes) == ("ErrorCount", 10, 5)
    assert alarm.missing_data == "not breaching"


def test_agent_queries(agent: Contract) -> None:
    """The five texts, asked of the app group; the user is a parameter whose default is 42."""
    texts = {name: in_one_line(query.text) for name, query in agent.queries.items()}
    five = {
        "errors-by-category": 'filter level = "ERROR" '
        "| stats count(*) as errors by category | sort errors desc",
        "auth-failures": 'filter category = "auth" and level in ["WARNING", "ERROR"] '
        "| fields @timestamp, message, extra.email | sort @timestamp desc | limit 50",
        "agent-tool-usage": 'filter category = "agent" and message like /Tool use/ '
        '| parse message "Tool use: *" as tool_name '
        "| stats count(*) as calls by tool_name | sort calls desc",
        "user-activity": "filter user_id = {{user}} "
        "| fields @timestamp, category, level, message | sort @timestamp asc",
        "trace-correlation": 'filter trace_id != "" '
        "| fields @timestamp, category, message, trace_id | sort @timestamp desc | limit 100",
    }

    assert five.items() <= texts.items()
    assert agent.queries["user-activity"].parameters["user"].default == "42"
    assert {agent.log_groups_of(name) for name in five} == {("/drawing-agent/app",)}
    assert agent.dashboard is not None


def test_bot_record(bot: Contract) -> None:
    """The line has the bot's own words, to the microsecond, and always a context."""
    assert bot.record.fields == ("timestamp", "level", "module", "event", "context")
    assert bot.record.all_fields == bot.record.fields
    assert bot.record.name_of("logger") == "module"
    assert bot.record.name_of("message") == "event"
    assert (bot.record.data, bot.record.timestamp) == ("context", "microseconds")


def test_bot_streams(bot: Contract) -> None:
    """All lines go to CloudWatch for 30 days; executions have a file and a group of their own."""
    streams = {name: (s.file, s.log_group, s.retention_days) for name, s in bot.streams.items()}

    assert streams["all"] == ("chimera.log", "Chimera", 30)
    assert streams["executions"] == ("executions.log", "Chimera/executions", 30)
    executions = matcher(bot.streams["executions"].where)
    assert executions({"event": "execution_attempt"})
    assert not executions({"event": "state_transition"})


def test_bot_rotation(bot: Contract) -> None:
    """100 MB, compressed, in the process; 10 kept, 50 of the executions."""
    general, executions = bot.rotation_of("all"), bot.rotation_of("executions")

    assert (general.by, general.max_megabytes, general.compress) == ("process", 100, True)
    assert (general.keep, executions.keep) == (10, 50)
    assert executions.max_megabytes == 100
    assert executions.compress


def test_bot_delivery_and_audit(bot: Contract) -> None:
    """Batches of 100 events or 5 seconds; the trail is kept 1,096 days."""
    assert (bot.delivery.by, bot.delivery.batch_events, bot.delivery.batch_seconds) == (
        "process",
        100,
        5,
    )
    assert bot.audit is not None
    assert (bot.audit.stream, bot.audit.retention_days) == ("executions", 1096)


def test_bot_events(bot: Contract) -> None:
    """Each of the five log functions has its event, with data that it must carry."""
    assert set(bot.events) == {
        "execution_attempt",
        "state_transition",
        "state_divergence",
        "safety_violation",
        "performance_metrics",
    }
    assert all(event.fields and event.logger and event.purpose for event in bot.events.values())
