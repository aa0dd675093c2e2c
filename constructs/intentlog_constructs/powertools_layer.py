"""The public layer of Powertools for AWS Lambda, without asking anybody for its ARN.

Source: Powertools for AWS Lambda (Python), "Installation", the tables of layers. The accounts are
those of its makers; a layer is used from the region that the function is in.
"""

from aws_cdk import Aws, Token

RUNTIME = "python3.14"
ARCHITECTURE = "arm64"
VERSION = 27
"""The layer's version: that of Powertools 3.37, which ``requirements-dev.txt`` tests with."""

_ACCOUNT = "017000801446"
_OTHER_ACCOUNTS = {
    "cn-north-1": ("aws-cn", "498634801083"),
    "us-gov-east-1": ("aws-us-gov", "165087284144"),
    "us-gov-west-1": ("aws-us-gov", "165093116878"),
}


def powertools_layer_arn(region: str) -> str:
    """Return the ARN of the layer in a region; one that is not known yet is of the usual kind."""
    partition, account = _OTHER_ACCOUNTS.get(region, ("aws", _ACCOUNT))
    if Token.is_unresolved(region):
        partition = Aws.PARTITION
    name = f"AWSLambdaPowertoolsPythonV3-{RUNTIME.replace('.', '')}-{ARCHITECTURE}"
    return f"arn:{partition}:lambda:{region}:{account}:layer:{name}:{VERSION}"
