"""The machine image of the host."""

import re

from intentlog.contract import Contract

# Graviton: a "g" after the generation, as in t4g, c7gn, im4gn; g4dn has it before (EC2 user guide,
# "Amazon EC2 instance type naming conventions").
_GRAVITON = re.compile(r"a1\.|[a-z]+\d+[a-z]*g[a-z]*[.-]")


def image_id(contract: Contract) -> str:
    """Return the image as EC2 resolves it at launch: the latest Amazon Linux 2023 there is.

    A new image then changes no template.
    """
    arm = _GRAVITON.match(contract.host.instance_type)
    architecture = "arm64" if arm else "x86_64"
    name = f"al2023-ami-kernel-default-{architecture}"
    return f"resolve:ssm:/aws/service/ami-amazon-linux-latest/{name}"
