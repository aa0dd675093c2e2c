"""Starts and stops the sandbox: one MiniStack process group on one loopback port.

Nothing survives a run but the log file, and nothing of the caller's own AWS settings reaches it.
"""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import boto3.session
from botocore.config import Config

from intentlog.errors import IntentlogError

ACCOUNT = "123456789012"
REGION = "us-east-1"
_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 60.0
_LOG_TAIL_LINES = 20


class SandboxError(IntentlogError):
    """The sandbox did not start or was used while it was not running."""


class Sandbox:
    """An AWS of one's own on 127.0.0.1, for as long as the ``with`` block lasts.

    Args:
        directory: Where its log file goes, and its temporary files while it runs.
        port: The port to listen on. Default: a free one.
    """

    def __init__(self, directory: Path, *, port: int | None = None) -> None:
        self.directory = directory.resolve()
        self.port = port or _free_port()
        self.log_file = self.directory / "emulator.log"
        self._scratch = self.directory / f"scratch-{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def endpoint_url(self) -> str:
        """The address for AWS clients."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start the emulator and return when it answers.

        Raises:
            SandboxError: It ended or stayed silent; the message ends with the tail of its log.
        """
        if _is_listening(self.port):
            raise SandboxError(
                f"port {self.port} is taken: stop what listens there or pass another"
            )
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "sandbox.emulator", str(self._scratch)],
                cwd=_ROOT,
                env=_emulator_environment(self.port, self._scratch),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_healthy(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill the whole process group and remove its temporary files; harmless when stopped."""
        process, self._process = self._process, None
        if process is not None:
            # Its state is not meant to outlive it, so there is nothing to end gracefully.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stdin:
                process.stdin.close()
            shutil.rmtree(self._scratch, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """Return the variables that point AWS clients and the CDK CLI at this sandbox only."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": REGION,
            # The CLI keeps a cache of accounts by access key: this one must not meet a real one.
            "CDK_HOME": str(self._scratch / "cdk-home"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CDK_NOTICES": "false",
            "NO_PROXY": "localhost,127.0.0.1",
        }

    def child_environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Return ``base`` for a child process, its own AWS settings replaced by the sandbox's."""
        return _without_aws(base) | self.environment()

    def client(self, service: str) -> Any:
        """Return a boto3 client for this sandbox, whatever the caller's own settings are."""
        return boto3.session.Session().client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint_url,
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",  # noqa: S106 - the emulator checks none
            config=Config(proxies={}, retries={"total_max_attempts": 2}),
        )

    def _wait_until_healthy(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not _is_healthy(self.port):
            if process.poll() is not None:
                raise SandboxError(f"the sandbox ended with {process.returncode}{self._log_tail()}")
            if time.monotonic() > deadline:
                raise SandboxError(f"no answer within {_START_SECONDS:.0f} s{self._log_tail()}")
            time.sleep(0.05)

    def _log_tail(self) -> str:
        lines = self.log_file.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
        return "\n".join([f"; the end of {self.log_file}:", *lines])


def _emulator_environment(port: int, scratch: Path) -> dict[str, str]:
    """The emulator's own variables; its Lambda workers inherit them."""
    return _without_aws(os.environ) | {
        "AUTH": "false",
        "AWS_EC2_METADATA_DISABLED": "true",
        "BIND_HOST": "127.0.0.1",
        "DOCKER_HOST": f"unix://{scratch}/no-docker",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "0",
        "PYTHONUNBUFFERED": "1",
        "S3_DATA_DIR": str(scratch / "s3"),
        "S3_PERSIST": "0",
        "SERVICES": "",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(scratch / "state"),
        "TMPDIR": str(scratch),
        "USE_SSL": "0",
    }


def _without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if not name.startswith("AWS_")}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
