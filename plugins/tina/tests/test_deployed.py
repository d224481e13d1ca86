"""The editor's own backend, deployed with the site's stack into the embedded AWS and asked through the edge."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.assembly import Assembly, synth
from platform_core.aws import Aws
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import Stage
from platform_core.deploy import bootstrap, deploy, destroy
from platform_core.discovery import discover
from platform_core.outputs import ADDRESS, DISTRIBUTION_ID
from platform_core.site import parse_site
from platform_testing.embedded import ACCOUNT, REGION, EmbeddedAws, local_edge

pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
ADA = "ghu_adaadaadaadaadaadaadaadaadaadaada01"
DOMAIN = "www.acme.example"
SITE = f"""
client = "acme"
domain = "{DOMAIN}"
engine = "hugo"
cms = "tina"
"""
OWN = """
[settings.tina]
backend = "aws"
repository = "acme/website"
oauth_client_id = "Iv1.0123456789abcdef"
"""


def assembly_of(folder: Path, text: str, *, validate: bool = False) -> Assembly:
    """Synthesize a site as it is deployed on AWS."""
    (folder / "hugo.toml").write_text('title = "Acme"\n')
    catalogue = Catalogue(discover(disabled=()).plugins)
    composition = compose(parse_site(text, catalogue), folder, catalogue)
    return synth([(composition, Stage("aws", f"https://{DOMAIN}"))], folder / "out", validate=validate)


def resources(assembly: Assembly, kind: str) -> dict[str, Any]:
    template = json.loads((assembly.folder / "platform-acme.template.json").read_text("utf-8"))
    return {name: item["Properties"] for name, item in template["Resources"].items() if item["Type"] == kind}


def test_the_stack_is_clean_and_least(tmp_path: Path) -> None:
    """CDK's validator and cdk-nag find nothing; the function may use its table, in four ways, and nothing else."""
    made = assembly_of(tmp_path, SITE + OWN, validate=True)
    (table,) = [item for item in resources(made, "AWS::DynamoDB::Table").values() if len(item["KeySchema"]) == 2]
    assert (table["BillingMode"], table["SSESpecification"]) == ("PAY_PER_REQUEST", {"SSEEnabled": True})
    (role,) = [item for name, item in resources(made, "AWS::IAM::Role").items() if name.startswith("TinaBackendRole")]
    (policy,) = role["Policies"]
    log, index = policy["PolicyDocument"]["Statement"]
    assert log["Sid"] == "Log"
    assert index["Action"] == ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"]
    assert "*" not in json.dumps(index["Resource"])
    functions = resources(made, "AWS::Lambda::Function")
    (backend,) = [item for name, item in functions.items() if name.startswith("TinaBackend")]
    assert not [name for name in backend["Environment"]["Variables"] if "SECRET" in name]
    routers = [item["Environment"]["Variables"].get("ADAPTERS", "") for item in functions.values()]
    assert [list(json.loads(text)) for text in routers if text] == [["github"]]


def test_a_site_with_tinacloud_has_none_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is bundled and nothing is added for a site that does not ask for it."""
    monkeypatch.setattr("platform_plugin_tina.bundling.ensure_backend", lambda: pytest.fail("it was bundled"))
    made = assembly_of(tmp_path, SITE + '[settings.tina]\nclient_id = "11111111-2222-3333-4444-555555555555"\n')
    assert not [name for name in resources(made, "AWS::Lambda::Function") if name.startswith("Tina")]
    assert not [name for name in resources(made, "AWS::DynamoDB::Table") if name.startswith("Tina")]


class Deployed:
    """The deployed site behind the local edge."""

    def __init__(self, url: str, origin: str) -> None:
        self.url = url
        self.origin = origin

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        """Send a request as the editor does and return status and JSON."""
        sent = {"content-type": "application/json", "origin": self.origin}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(f"{self.url}/_platform/tina/{path}", body, sent, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


@pytest.fixture
def deployed(embedded: EmbeddedAws, github: Any, tmp_path: Path) -> Iterator[Deployed]:
    """The site's stack in the embedded AWS; its function asks the stand-in for GitHub."""
    keys = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": REGION, "AWS_PROFILE": ""}
    endpoints = {"AWS_ENDPOINT_URL": embedded.endpoint, "AWS_ENDPOINT_URL_S3": embedded.endpoint}
    aws = Aws({**keys, **endpoints, "AWS_EC2_METADATA_DISABLED": "true"})
    bootstrap(aws, ACCOUNT, REGION, timeout=120)
    made = assembly_of(tmp_path, f'{SITE}[aws]\naccount = "{ACCOUNT}"\n{OWN}')
    found = deploy(made, aws, timeout=300).outputs["acme"]
    functions = aws.client("lambda")
    (name,) = [
        item["FunctionName"]
        for item in functions.list_functions()["Functions"]
        if "TinaBackend" in item["FunctionName"]
    ]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**variables, "GITHUB_API": github.url}}
    )
    with local_edge(embedded, distribution=str(found.get(DISTRIBUTION_ID)), domain=DOMAIN) as edge:
        yield Deployed(edge["url"].rstrip("/"), str(found.get(ADDRESS)))
    destroy(made, aws, timeout=300)


def test_the_editor_is_answered_through_the_edge(deployed: Deployed, github: Any) -> None:
    """Who may push lists and saves through CloudFront, API and function; nobody else gets anything."""
    bearer = f"Bearer {ADA}"
    query = '{ document(collection: "posts", relativePath: "hello.md") { ...on Document { _values } } }'
    body = json.dumps({"query": query}).encode()
    assert deployed.send("POST", "graphql", body)[0] == 401
    assert deployed.send("POST", "graphql", body, authorization=bearer, origin="https://mallory.example")[0] == 403
    status, said = deployed.send("POST", "graphql", body, authorization=bearer)
    assert status == 200, said
    assert said["data"]["document"]["_values"]["title"] == "Hello"
    picture = b"\x89PNG\x00\xff"
    kind = "application/octet-stream"
    sent = deployed.send("PUT", "media/upload/cup.png", picture, authorization=bearer, content_type=kind)
    assert sent == (200, {"success": True})
    assert github.files["static/media/cup.png"] == picture
    change = 'mutation { deleteDocument(collection: "posts", relativePath: "hello.md") { __typename } }'
    status, said = deployed.send("POST", "graphql", json.dumps({"query": change}).encode(), authorization=bearer)
    assert (status, said.get("errors")) == (200, None)
    assert "content/posts/hello.md" not in github.files
